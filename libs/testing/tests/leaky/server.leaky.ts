// No test of this project: leakCheck.itest.ts runs it to see it fail.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from '@jest/globals';

it('passes, but leaves a server open', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  expect(server.listening).toBe(true);
});
