import { constants } from 'node:os';
import { parseArgs, styleText } from 'node:util';
import { runDemo } from './demo.ts';
import { countEvents } from './demoEvents.ts';
import { Narrator } from './narrator.ts';
import { createScreen } from './screen.ts';
import { CAMPAIGN, RETRY_INTERVAL_MS } from './script.ts';
import type { Paint } from './table.ts';
import { HELP, TITLE } from './texts.ts';

/** What a shell adds to a signal's number, as the exit code of what the signal ended. */
const SIGNALLED = 128;

function readArguments(): { stay: boolean; help: boolean } {
  try {
    const options = {
      stay: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${HELP}\n`);
    process.exit(2);
  }
}

async function main(stay: boolean): Promise<number> {
  const screen = createScreen(process.stdout, process.env);
  const paint: Paint = (style, text) => (screen.isLive ? styleText(style, text) : text);
  const planned = countEvents(CAMPAIGN.waves * CAMPAIGN.mailsPerWave);
  const narrator = new Narrator({ screen, paint, retryIntervalMs: RETRY_INTERVAL_MS, planned });

  const stop = new AbortController();
  let stoppedBy: NodeJS.Signals | null = null;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'] as const) {
    process.on(signal, () => {
      stoppedBy ??= signal;
      stop.abort();
    });
  }
  // Nobody reads any more (`npm run demo | head`): the same as SIGPIPE, and no reason to leave things behind.
  process.stdout.on('error', () => process.emit('SIGPIPE', 'SIGPIPE'));

  narrator.title(TITLE);
  const succeeded = await runDemo({ environment: process.env, narrator, signal: stop.signal, stay });
  if (stoppedBy !== null) return SIGNALLED + constants.signals[stoppedBy as NodeJS.Signals];
  return succeeded ? 0 : 1;
}

const { stay, help } = readArguments();
if (help) process.stdout.write(`${HELP}\n`);
// Not only the code: what a library may have left open must not keep us alive.
else process.exit(await main(stay));
