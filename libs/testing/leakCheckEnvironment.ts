import { setTimeout as sleep } from 'node:timers/promises';

/** Connections, servers and child processes, as Node names them; only what keeps a process alive is listed. */
const LEAKS = ['TCPSocketWrap', 'TCPServerWrap', 'TLSWrap', 'ProcessWrap'];
/** Sockets close a moment after they are told to; on a busy machine it is a long one. */
const SETTLE_MS = 20_000;
const POLL_INTERVAL_MS = 20;

/** As far as it is used. */
interface CircusState {
  readonly unhandledErrors: unknown[];
}

interface Options {
  readonly settleMs?: number;
}

/**
 * The process as it is: no context of its own, see nativeRuntime.ts. A test file fails if it leaves a connection, a
 * server or a child process open.
 */
export default class LeakCheckEnvironment {
  readonly global = globalThis;
  private openBefore: readonly string[] = [];
  // Jest replaces both, and does not put them back.
  private readonly console = globalThis.console;
  private readonly exit = process.exit;
  private readonly settleMs: number;

  constructor({ projectConfig }: { readonly projectConfig: { readonly testEnvironmentOptions: Options } }) {
    this.settleMs = projectConfig.testEnvironmentOptions.settleMs ?? SETTLE_MS;
  }

  async setup(): Promise<void> {
    // What an earlier file left open is not this one's fault.
    this.openBefore = openResources();
  }

  /** Of jest-circus. After `afterAll`, but before the results are made: what failed besides is not hidden. */
  async handleTestEvent({ name }: { readonly name: string }, state: CircusState): Promise<void> {
    if (name !== 'run_finish') return;
    const left = await settled(this.openBefore, this.settleMs);
    if (left.length === 0) return;
    const message = `This test file left open: ${left.join(', ')}. Close them in afterAll.`;
    state.unhandledErrors.push(new Error(message));
  }

  async teardown(): Promise<void> {
    globalThis.console = this.console;
    process.exit = this.exit;
  }

  /** Jest asks whether there is this method. */
  getVmContext(): null {
    return null;
  }

  exportConditions(): string[] {
    return ['node', 'node-addons'];
  }
}

/** What is open beyond `before`, once nothing is or the time to settle is over. */
async function settled(before: readonly string[], settleMs: number): Promise<string[]> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const left = openedSince(before);
    if (left.length === 0 || performance.now() > deadline) return left;
    await sleep(POLL_INTERVAL_MS);
  }
}

function openResources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => LEAKS.includes(name));
}

function openedSince(before: readonly string[]): string[] {
  const known = [...before];
  return openResources().filter((name) => {
    const index = known.indexOf(name);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}
