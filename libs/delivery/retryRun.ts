import { type Opening, OVERTAKEN } from '#libs/backlog/transitions.ts';
import { groupBatches, type Loaded, toBatch } from './batch.ts';
import { nextStep, probeSkip } from './nextStep.ts';
import { isolate, MAX_PARTS, MAX_PARTS_WHILE_ILL } from './poisoned.ts';
import { chooseTry } from './probe.ts';
import type { Reader } from './reader.ts';
import { describeFailure, dropExpired, postponePart, reportExpired, settleDelivered } from './record.ts';
import { DONE, type RunEnd, type RunParts, type Turn } from './runParts.ts';
import { activeWebhook, transmitBatch } from './transmitBatch.ts';

type Opened = Extract<Opening, { mine: true }>;

/** A run in the lane of retries: one try. It ends in recovery, or waits for the next interval. */
export async function retryRun(
  parts: RunParts,
  turn: Turn,
  opening: Opened,
  reader: Reader,
): Promise<RunEnd> {
  const chosen = await choose(parts, turn, opening, reader);
  if (chosen === OVERTAKEN || chosen === null) return DONE;
  const webhook = await activeWebhook(parts, turn);
  if (!webhook) return DONE;
  const batch = await dropExpired(parts, turn, chosen.batch);
  if (!batch) return { kind: 'again' };

  const outcome = await transmitBatch(parts, turn, webhook, batch);
  const at = { now: parts.clock(), random: parts.random() };
  const tried = { lane: turn.lane, source: batch.source, failures: opening.failures };
  const step = nextStep(tried, outcome, at, parts.settings);
  if (step.kind === 'settle') {
    await settleDelivered(parts, turn, batch);
    return recover(parts, turn, chosen.passedOver);
  }
  const answered = outcome.kind === 'refused';
  const error = describeFailure(outcome);
  const isPart = batch.source === 'part';
  if (isPart) {
    const split = answered && opening.parts < MAX_PARTS_WHILE_ILL;
    const dueAt = at.now + parts.settings.retryIntervalMs;
    await postponePart(parts, turn, batch, { now: at.now, dueAt, error, split });
  }
  const counted = isPart ? [] : batch.units.map(({ pending }) => pending);
  const failure = { now: at.now, nextTryAt: step.dueAt, answered, error };
  const result = await parts.backlog.fail(turn.webhookId, turn.run, counted, failure);
  return result === OVERTAKEN ? DONE : { kind: 'retryAt', at: step.dueAt };
}

/** The one batch that this interval tries; null when nothing waits. */
async function choose(parts: RunParts, turn: Turn, opening: Opened, reader: Reader) {
  const { batchSize } = parts.settings;
  const refusals = opening.parts < MAX_PARTS ? opening.refusals : 0;
  const units = await reader.read((probeSkip(refusals) + 1) * batchSize);
  if (units === OVERTAKEN) return OVERTAKEN;
  const mayTakeApart = opening.parts < MAX_PARTS_WHILE_ILL;
  const choice = chooseTry(units, { refusals, batchSize, mayTakeApart });
  if (choice.kind === 'batch') return choice;
  if (choice.kind === 'takeApart') {
    const result = await setApart(parts, turn, choice.units, parts.clock());
    if (result === OVERTAKEN) return OVERTAKEN;
  }
  const found = await reader.readParts(Number.MAX_SAFE_INTEGER, 1);
  if (found === OVERTAKEN) return OVERTAKEN;
  const [part] = found;
  if (part) return { batch: toBatch('part', [part]), passedOver: choice.passedOver };
  const [head] = groupBatches(units, batchSize);
  return head ? { batch: head, passedOver: [] } : null;
}

/** The target lives. What it refused while it took younger events is poison, and is set aside. */
async function recover(parts: RunParts, turn: Turn, passedOver: readonly Loaded[]): Promise<RunEnd> {
  const now = parts.clock();
  if ((await setApart(parts, turn, passedOver, now)) === OVERTAKEN) return DONE;
  const recovered = await parts.backlog.recover(turn.webhookId, turn.run);
  return recovered === OVERTAKEN ? DONE : { kind: 'handOver', lane: 'deliveries', at: now };
}

/** Sets what was refused aside in parts; what was never tried stays. */
async function setApart(parts: RunParts, turn: Turn, units: readonly Loaded[], dueAt: number) {
  const { backlog, newId, settings } = parts;
  const apart = isolate(units, { dueAt, newId, batchSize: settings.batchSize });
  if (apart.replaced.length === 0) return undefined;
  const replaced = apart.replaced.map(({ pending }) => pending);
  const result = await backlog.setAside(turn.webhookId, turn.run, replaced, apart.parts);
  if (result === undefined) reportExpired(parts, turn, apart.replaced);
  return result;
}
