/** Docker's health check, of the API or of a worker: whichever of the two runs in this container, is it ready? */
const { PORT, WORKER_PORT } = process.env;
const ports = [PORT || '3000', WORKER_PORT || '3001'];
const LIMIT_MS = 4_000;

const answers = await Promise.allSettled(
  ports.map((port) =>
    fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(LIMIT_MS) }),
  ),
);
process.exit(answers.some(({ value }) => value?.ok) ? 0 : 1);
