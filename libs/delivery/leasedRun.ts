import { LEASE_MS } from '#libs/backlog/leases.ts';
import { deliveryRun } from './deliveryRun.ts';
import type { RunEnd, RunParts, Turn } from './runParts.ts';

/**
 * A direct run, and the lease that it takes when it begins: renewed while the run lasts, and given back before anybody
 * is woken to go on.
 */
export async function leasedRun(parts: RunParts, turn: Turn): Promise<RunEnd> {
  const { webhookId, run } = turn;
  // Without Redis the lease runs out, as a lock would.
  const ignore = () => {};
  const renewing = setInterval(
    () => void parts.leases.renew(webhookId, run).catch(ignore),
    LEASE_MS / 3,
  ).unref();
  try {
    return await deliveryRun(parts, turn);
  } finally {
    clearInterval(renewing);
    await parts.leases.end(webhookId, run).catch(ignore);
  }
}
