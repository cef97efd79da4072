import { Router } from 'express';
import type { Registry } from 'prom-client';
import { findProblems, type HealthCheck } from '#libs/runtime/healthServer.ts';
import { ApiProblem } from './problem.ts';

export interface HealthParts {
  /** By the name of the part that is checked. */
  readonly checks: Readonly<Record<string, HealthCheck>>;
  /** Told as well, in words; they change nothing. */
  readonly warnings: Readonly<Record<string, HealthCheck>>;
  readonly registry: Registry;
}

/** An orchestrator asks every few seconds, and counts what comes late as a failure. */
const CHECK_TIMEOUT_MS = 1800;

/**
 * live: the process answers. ready: so do the parts that it needs. Everybody may ask, so that the answer names
 * what is down, but not where it is.
 */
export function createHealthRoutes({ checks, warnings, registry }: HealthParts): Router {
  const router = Router();
  router.get('/health/live', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/health/ready', async (_request, response) => {
    const down = Object.keys(await findProblems(checks, CHECK_TIMEOUT_MS));
    if (down.length > 0) throw new ApiProblem('unavailable', `Not reachable: ${down.join(', ')}.`);
    const found = await findProblems(warnings, CHECK_TIMEOUT_MS);
    response.json({ status: 'ok', ...(Object.keys(found).length > 0 && { warnings: found }) });
  });
  router.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}
