import { setTimeout as sleep } from 'node:timers/promises';
import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';

/** Connections, servers and child processes, as Node names them; only what keeps a process alive is listed. */
const LEAKS = ['TCPSocketWrap', 'TCPServerWrap', 'TLSWrap', 'ProcessWrap'];
/** Sockets close a moment after they are told to; on a busy machine it is a long one. */
const SETTLE_MS = 20_000;
const POLL_INTERVAL_MS = 20;

/** Node's environment, and a test file fails if it leaves a connection, a server or a child process open. */
export default class LeakCheckEnvironment extends NodeEnvironment {
  private openBefore: readonly string[] = [];

  override async setup(): Promise<void> {
    await super.setup();
    // What an earlier file left open is not this one's fault.
    this.openBefore = await settled([]);
  }

  override async teardown(): Promise<void> {
    await super.teardown();
    const left = await settled(this.openBefore);
    if (left.length > 0)
      throw new Error(`This test file left open: ${left.join(', ')}. Close them in afterAll.`);
  }
}

/** What is open beyond `before`, once nothing is or the time to settle is over. */
async function settled(before: readonly string[]): Promise<string[]> {
  const deadline = performance.now() + SETTLE_MS;
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
