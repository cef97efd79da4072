import { hash } from 'node:crypto';
import type { Batch } from './batch.ts';

/** 162 bits: nobody meets the same twice by chance. */
const CHARACTERS = 27;

/**
 * What a receiver may know a batch by (`webhook-id`): the same for every transmission of the same events, whichever
 * worker sends it, also when nobody knows whether the last one arrived. Units of the backlog never change, so that
 * their ids and the times of those of their events that are sent say which events these are. Events that are resent
 * by hand, or that travel with others than before, make a new one. Pure.
 */
export function messageId(webhookId: number, { units }: Batch): string {
  const events = units.map(({ pending, alive }) => [pending.id, alive.clocks]);
  return `msg_${hash('sha256', JSON.stringify([webhookId, events]), 'base64url').slice(0, CHARACTERS)}`;
}
