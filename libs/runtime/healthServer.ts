import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

/** A reason why the process should get no work, in words for an operator; null when it is fine. */
export type HealthCheck = () => Promise<string | null>;

/** Every check's reason at once; a check that throws or takes too long is a reason too. */
export async function findProblems(
  checks: Readonly<Record<string, HealthCheck>>,
  timeoutMs: number,
): Promise<Record<string, string>> {
  const answers = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await within(check, timeoutMs)] as const),
  );
  return Object.fromEntries(answers.filter((answer): answer is [string, string] => answer[1] !== null));
}

const CHECK_TIMEOUT_MS = 1_500;

/**
 * `/health/live` (the process answers), `/health/ready` (it makes progress; 503 names what is wrong) and
 * `/metrics` of a process that has no other HTTP interface.
 */
export class HealthServer {
  readonly #server: Server;

  /** `warnings` are told as well, and change nothing. */
  constructor(parts: {
    checks: Readonly<Record<string, HealthCheck>>;
    warnings?: Readonly<Record<string, HealthCheck>>;
    registry: Registry;
  }) {
    const { checks, warnings = {}, registry } = parts;
    this.#server = createServer((request, response) => {
      const answer = (status: number, type: string, body: string) =>
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
      const json = (status: number, body: object) => answer(status, 'application/json', JSON.stringify(body));
      void respond(request.url ?? '/');

      async function respond(url: string) {
        const path = url.split('?')[0];
        if (path === '/health/live') return json(200, { status: 'ok' });
        if (path === '/metrics') return answer(200, registry.contentType, await registry.metrics());
        if (path !== '/health/ready') return json(404, { status: 'not found' });
        const [problems, found] = await Promise.all([
          findProblems(checks, CHECK_TIMEOUT_MS),
          findProblems(warnings, CHECK_TIMEOUT_MS),
        ]);
        const ready = Object.keys(problems).length === 0;
        return json(ready ? 200 : 503, {
          status: ready ? 'ok' : 'not ready',
          problems,
          ...(Object.keys(found).length > 0 && { warnings: found }),
        });
      }
    });
    this.#server.requestTimeout = 10_000;
  }

  /** Resolves to the port: the given one, or a free one for 0. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(port, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function within(check: HealthCheck, timeoutMs: number): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, `no answer within ${timeoutMs} ms`);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}
