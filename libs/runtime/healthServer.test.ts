import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { findProblems, HealthServer } from './healthServer.ts';

type Checks = Parameters<typeof findProblems>[0];

async function withServer(checks: Checks, use: (url: string) => Promise<void>, warnings: Checks = {}) {
  const server = new HealthServer({ checks, warnings, registry: new Registry() });
  const port = await server.listen(0);
  try {
    await use(`http://127.0.0.1:${port}`);
  } finally {
    await server.close();
  }
}

describe('the health server', () => {
  it('is live whatever the checks say, and ready when none complains', async () => {
    await withServer({ redis: async () => null }, async (url) => {
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    });
  });

  it('says with a 503 what is wrong', async () => {
    await withServer({ redis: async () => 'gone', mysql: async () => null }, async (url) => {
      const answer = await fetch(`${url}/health/ready`);
      expect(answer.status).toBe(503);
      expect(await answer.json()).toEqual({ status: 'not ready', problems: { redis: 'gone' } });
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
    });
  });

  it('warns, and is ready all the same', async () => {
    const use = async (url: string) => {
      const answer = await fetch(`${url}/health/ready`);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ status: 'ok', warnings: { disk: 'nearly full' } });
    };
    await withServer({ redis: async () => null }, use, { disk: async () => 'nearly full' });
  });

  it('counts a check that throws or hangs as a problem', async () => {
    const checks = {
      throwing: () => Promise.reject(new Error('no connection')),
      hanging: () => new Promise<null>(() => {}),
    };
    expect(await findProblems(checks, 10)).toEqual({
      throwing: 'no connection',
      hanging: 'no answer within 10 ms',
    });
  });
});
