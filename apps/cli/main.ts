import { runCli } from './cli.ts';
import { createTerminal } from './terminal.ts';

/** `npm run postrider -- …`: the public API for people at a terminal. */
const stop = new AbortController();
/** The first one asks it to end, the second one ends it. */
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
// Whoever reads what is printed, such as `head`, may have read enough.
process.stdout.on('error', () => process.exit(0));

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: createTerminal(process),
  environment: process.env,
  signal: stop.signal,
  now: Date.now,
});
