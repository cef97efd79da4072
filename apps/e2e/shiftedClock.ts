import { readFileSync } from 'node:fs';

/**
 * Loaded into a process before anything else (`node --import`): its clock is off by as many ms as the file says
 * whose path is in `?offset=`, and follows when that changes, as the system's clock does when somebody sets it.
 * Timers and `performance.now()` go by another clock, which nobody can set.
 */
const LOOK_EVERY_MS = 20;

const RealDate = Date;
const file = new URL(import.meta.url).searchParams.get('offset') ?? '';
let offsetMs = readOffset();

class ShiftedDate extends RealDate {
  constructor(...args: unknown[]) {
    super(...((args.length === 0 ? [ShiftedDate.now()] : args) as [number]));
  }

  static override now(): number {
    return RealDate.now() + offsetMs;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
setInterval(() => {
  offsetMs = readOffset();
}, LOOK_EVERY_MS).unref();

function readOffset(): number {
  return Number(readFileSync(file, 'utf8'));
}
