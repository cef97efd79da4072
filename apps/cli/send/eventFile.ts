import { Refused } from '../usage.ts';

/** An event's JSON as it is sent, and where in the file it is, for people. */
export interface EventLine {
  readonly place: string;
  readonly text: string;
}

interface Line {
  readonly number: number;
  readonly text: string;
}

/** Whole in memory: what is larger belongs into lines, which are read one by one. */
const MAX_JSON_CHARACTERS = 200_000_000;

/** The lines of a file in UTF-8 that are not empty, numbered from 1. */
export async function* linesOf(input: AsyncIterable<Buffer | string>): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  let rest = '';
  for await (const chunk of input) {
    const text = decode(decoder, chunk);
    rest += text;
    if (!text.includes('\n')) continue;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      number += 1;
      if (line.trim() !== '') yield { number, text: line };
    }
  }
  rest += decode(decoder);
  if (rest.trim() !== '') yield { number: number + 1, text: rest };
}

function decode(decoder: TextDecoder, chunk?: Buffer | string): string {
  if (typeof chunk === 'string') return chunk;
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new Refused('The file is not UTF-8.');
  }
}

/**
 * The events of a file, whatever its form: an event a line, or one JSON document. A line is sent as it is, and judged by
 * the API. What the first line is decides.
 */
export async function* readEvents(lines: AsyncGenerator<Line>): AsyncGenerator<EventLine> {
  const { value: first } = await lines.next();
  if (!first) return;
  if (!isEvent(first.text)) {
    yield* fromDocument(await readWhole(first, lines));
    return;
  }
  yield toEvent(first);
  for await (const line of lines) yield toEvent(line);
}

function toEvent({ number, text }: Line): EventLine {
  return { place: `line ${number}`, text: text.trim() };
}

function isEvent(text: string): boolean {
  const value = parse(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('events' in value);
}

async function readWhole(first: Line, lines: AsyncGenerator<Line>): Promise<string> {
  const parts = [first.text];
  let length = first.text.length;
  for await (const { text } of lines) {
    parts.push(text);
    length += text.length;
    if (length > MAX_JSON_CHARACTERS)
      throw new Refused('The JSON document is too large: write an event a line (NDJSON).');
  }
  return parts.join('\n');
}

function* fromDocument(text: string): Generator<EventLine> {
  const document = parse(text);
  const events = Array.isArray(document) ? document : eventsIn(document);
  for (const [index, event] of events.entries()) {
    yield { place: `event ${index + 1}`, text: JSON.stringify(event) };
  }
}

function eventsIn(document: unknown): readonly unknown[] {
  if (typeof document === 'object' && document !== null) {
    const { events } = document as { readonly events?: unknown };
    if (Array.isArray(events)) return events;
    if (events === undefined) return [document];
  }
  throw new Refused(
    'The file is neither an event a line, nor a JSON array of events, nor { "events": [ … ] }.',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
