import { Gauge, type Registry } from 'prom-client';
import { findProblems, type HealthCheck } from './healthServer.ts';

/** Shorter than any scraper's patience. */
const CHECK_TIMEOUT_MS = 1_000;

/** Tells by each check of `/health/ready` whether it passes, so that an alert can say what is wrong, and for how long. */
export function addCheckGauge(registry: Registry, checks: Readonly<Record<string, HealthCheck>>): void {
  new Gauge({
    name: 'postrider_check_ok',
    help: 'Whether a check of /health/ready passes: 1, else 0',
    labelNames: ['check'],
    registers: [registry],
    async collect() {
      const problems = await findProblems(checks, CHECK_TIMEOUT_MS);
      for (const check of Object.keys(checks)) this.set({ check }, check in problems ? 0 : 1);
    },
  });
}
