import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENT_QUEUE_NAMES } from '#libs/publisher/queueNames.ts';
import { BOTH_CLIENTS, CLIENT, startTestApi, type TestApi } from './apiFixture.ts';
import { expectProblem } from './contractClient.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ SHARDS: '2' });
});

afterAll(() => api.stop());

const get = (path: string, more: object = {}) =>
  api.call({ method: 'GET', path: `/admin/queues${path}`, ...more });

describe('the dashboard', () => {
  it('is for operators only', async () => {
    for (const path of ['', '/', '/api/queues', '/static/css/main.css', '/nothing']) {
      const answer = await get(path, { auth: null });
      expectProblem(answer, 'unauthorized');
      expect(answer.headers['www-authenticate']).toContain('Basic');
      for (const auth of [CLIENT, BOTH_CLIENTS]) expectProblem(await get(path, { auth }), 'forbidden');
    }
  });

  it('shows its page and what belongs to it, all from this server', async () => {
    const page = await get('/');
    expect(page).toMatchObject({ status: 200 });
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    const assets = [...page.text.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, path]) => path);
    expect(assets.length).toBeGreaterThan(2);
    for (const path of assets) expect(await get(`/${path}`)).toMatchObject({ status: 200 });
  });

  it('shows every queue', async () => {
    const { status, body } = await get('/api/queues');
    expect(status).toBe(200);
    const names = body.queues.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining([...EVENT_QUEUE_NAMES]));
    for (const lane of ['deliveries', 'retries']) {
      expect(names.filter((name: string) => name.endsWith(lane))).toHaveLength(2);
    }
    expect(new Set(names).size).toBe(EVENT_QUEUE_NAMES.length + 5);
  });

  it('takes actions from its own pages, and from no others', async () => {
    const pause = (headers: Record<string, string>) => {
      return api.call({ method: 'PUT', path: '/admin/queues/api/queues/events-open/pause', headers });
    };
    const isPaused = async () => {
      const { queues } = (await get('/api/queues')).body;
      return queues.find(({ name }: { name: string }) => name === 'events-open').isPaused;
    };
    const foreign = [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site', Origin: `http://127.0.0.1:${api.port}` },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
    ];
    for (const headers of foreign)
      expectProblem(await pause(headers as Record<string, string>), 'cross-site');
    expect(await isPaused()).toBe(false);
    expect(await pause({ 'Sec-Fetch-Site': 'same-origin' })).toMatchObject({ status: 200 });
    expect(await isPaused()).toBe(true);
  });
});
