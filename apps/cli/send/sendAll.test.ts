import { describe, expect, it } from '@jest/globals';
import { ApiError } from '#libs/apiClient/apiError.ts';
import { type SendParts, sendAll } from './sendAll.ts';

const BUSY = new ApiError({ status: 503, problem: 'unavailable', detail: 'Full.', retryAfterMs: 0 });
const WRONG = new ApiError({ status: 422, problem: 'key-reused', detail: 'Take a new key.' });

async function* batches(...sizes: number[]) {
  let line = 0;
  for (const size of sizes) {
    yield Array.from({ length: size }, () => {
      line += 1;
      return { place: `line ${line}`, text: String(line) };
    });
  }
}

/** An API that answers with these, one after another, and then takes all. */
function send(sizes: number[], ...answers: (Error | 'rejects the last')[]) {
  const keys: string[] = [];
  const said: string[] = [];
  const parts: SendParts = {
    async queue(lines, key) {
      keys.push(key);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      if (answer === undefined) return { accepted: lines.length, rejected: [] };
      return { accepted: lines.length - 1, rejected: [{ index: lines.length - 1, reason: 'No.' }] };
    },
    nameKey: (index) => `key-${index}`,
    signal: new AbortController().signal,
    say: (line) => void said.push(line),
    onProgress: () => undefined,
  };
  return { report: sendAll(batches(...sizes), parts), keys, said };
}

describe('sending a file', () => {
  it('adds up what was accepted, and says where in the file is what was not', async () => {
    const { report } = send([3, 2], 'rejects the last');
    expect(await report).toEqual({ accepted: 4, rejected: [{ place: 'line 3', reason: 'No.' }] });
  });

  it('sends a request again, under its key, while the API has no room or gives no answer', async () => {
    const { report, keys, said } = send([3, 2], BUSY, BUSY);
    expect(await report).toEqual({ accepted: 5, rejected: [] });
    expect(keys).toEqual(['key-0', 'key-0', 'key-0', 'key-1']);
    expect(said).toEqual(['Full. Trying again …']);
  });

  it.each([
    ['at what no repetition helps', [WRONG], 2, 'Take a new key.'],
    ['after ten tries', Array.from({ length: 10 }, () => BUSY), 11, 'Full.'],
  ])('ends %s, and says how far it came', async (_name, answers, requests, reason) => {
    const { report, keys } = send([3, 2], ...([undefined, ...answers] as Error[]));
    await expect(report).rejects.toThrow(
      `From line 4 on, nothing was accepted: ${reason}\n3 were accepted before.`,
    );
    expect(keys).toHaveLength(requests);
  });
});
