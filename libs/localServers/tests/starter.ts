// Run as a process of its own by guard.itest.ts: starts both servers, says where they are, and waits to be killed.
import { ensureServers } from '../ensureServers.ts';

const { redisUrl, databaseUrl, dataFolder } = await ensureServers({
  environment: { PATH: process.env.PATH },
  report: () => {},
});
process.stdout.write(`${JSON.stringify({ redisUrl, databaseUrl, dataFolder })}\n`);
setInterval(() => {}, 1_000);
