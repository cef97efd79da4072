import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { answerOf } from './answers.ts';
import { ENDPOINTS, Phases } from './endpoints.ts';
import { LedgerFile } from './ledger.ts';
import { RECEIVER_ADDRESSES } from './nameServer.ts';

/**
 * The process that plays all customers. A POST to `/<endpoint>/<revision>` comes in; what it carried is in the
 * ledger before a 200 goes out.
 */
export interface ReceiverOptions {
  readonly port: number;
  readonly ledgerPath: string;
  readonly seed: number;
  readonly startedAt: number;
  readonly loadMs: number;
  readonly timeoutMs: number;
}

const REPORT_EVERY_MS = 500;
/**
 * After a pause of this process: whose sender has hung up long ago was not accepted. Node reads first what came in,
 * and in the next round that it was the last.
 */
const ROUNDS_UNTIL_HEARD = 3;

const options = JSON.parse(process.argv[2] ?? '') as ReceiverOptions;
const ledger = new LedgerFile(options.ledgerPath);
const endpoints = new Map(
  ENDPOINTS.map((endpoint) => [
    endpoint.name,
    { ...endpoint, phases: new Phases({ ...options, name: endpoint.name }) },
  ]),
);
let accepted = 0;
let posts = 0;

for (const address of RECEIVER_ADDRESSES) createServer(receive).listen(options.port, address);
setInterval(report, REPORT_EVERY_MS);
process.once('disconnect', () => process.exit());

/** What came since the last report. */
function report(): void {
  process.send?.({ accepted });
  accepted = 0;
}

interface ReceivedEvent {
  readonly id: string;
  readonly attempt: number;
  readonly poison?: true;
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    return;
  }
  const [, name = '', revision = ''] = request.url?.split('/') ?? [];
  const events = JSON.parse(Buffer.concat(chunks).toString()) as ReceivedEvent[];
  const at = Date.now();
  posts += 1;
  const post = `${process.pid}-${posts}`;
  const write = (verdict: 'a' | 'r') => {
    const carried = events.map(({ id, attempt }) => `${id}:${attempt}`).join(',');
    ledger.append(post, at, name, revision, verdict, carried);
  };
  const endpoint = endpoints.get(name);
  if (!endpoint) {
    write('r');
    response.writeHead(404).end();
    return;
  }
  const answer = answerOf({
    behaviour: endpoint.behaviour,
    bad: endpoint.phases.isBad(at),
    poisoned: events.some(({ poison }) => poison),
    timeoutMs: options.timeoutMs,
  });
  if (answer.kind !== 'status') {
    write('r');
    if (answer.kind === 'reset') request.socket.destroy();
    return;
  }
  if (answer.delayMs > 0) await sleep(answer.delayMs);
  for (let round = 0; round < ROUNDS_UNTIL_HEARD; round += 1) await setImmediate();
  const isHeard = answer.status === 200 && !request.socket.destroyed;
  write(isHeard ? 'a' : 'r');
  if (isHeard) accepted += events.length;
  if (isHeard) response.once('finish', () => ledger.append(post, 'sent'));
  response.writeHead(answer.status).end();
}
