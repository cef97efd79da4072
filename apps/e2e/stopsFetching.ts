import { PatientWorker } from '#libs/runtime/patientWorker.ts';

/** Loaded into a worker before anything else: its deliveries are never fetched, though all its connections answer. */
const proto = PatientWorker.prototype as unknown as {
  moveToActive(this: { name: string }, ...args: unknown[]): unknown;
};
const fetch = proto.moveToActive;
proto.moveToActive = function (...args) {
  return this.name === 'deliveries' ? new Promise(() => {}) : fetch.apply(this, args);
};
