// No test of this project: leakCheck.itest.ts runs it beside the leaky one.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from '@jest/globals';

it('closes what it opens', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
  expect(server.listening).toBe(false);
});
