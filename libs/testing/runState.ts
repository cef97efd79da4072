import type { Servers } from '#libs/localServers/ensureServers.ts';

/** What setup, reporter and teardown of one run tell each other. */
export interface RunState {
  servers?: Servers;
  runId?: string;
  failed?: boolean;
}

const KEY = Symbol.for('postrider.testRun');

/**
 * Jest runs the three in one process, but loads setup and teardown through its transform and the reporter as an ES
 * module, each with modules of its own. The global object is all that they share.
 */
export function runState(): RunState {
  const holder = globalThis as { [KEY]?: RunState };
  holder[KEY] ??= {};
  return holder[KEY];
}
