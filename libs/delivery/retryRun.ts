import { type Opening, OVERTAKEN } from '#libs/backlog/transitions.ts';
import { type Batch, type Loaded, load, toBatch } from './batch.ts';
import { nextStep, probeSkip } from './nextStep.ts';
import { halves, isolate, MAX_PARTS, MAX_PARTS_WHILE_ILL } from './poisoned.ts';
import { chooseTry } from './probe.ts';
import type { Reader } from './reader.ts';
import { describeFailure, discardExpired, postponePart, reportExpired, settleDelivered } from './record.ts';
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
  const { batch, passedOver } = chosen;
  const webhook = await activeWebhook(parts, turn);
  if (!webhook) return DONE;

  const outcome = await transmitBatch(parts, turn, webhook, batch);
  const at = { now: parts.clock(), random: parts.random() };
  const tried = { lane: turn.lane, source: batch.source, failures: opening.failures };
  const step = nextStep(tried, outcome, at, parts.settings);
  if (step.kind === 'settle') {
    await settleDelivered(parts, turn, batch);
    return recover(parts, turn, passedOver);
  }
  const answered = outcome.kind === 'refused';
  const error = describeFailure(outcome);
  const isPart = batch.source === 'part';
  if (isPart) {
    const split = answered && opening.parts < MAX_PARTS_WHILE_ILL;
    await postponePart(parts, turn, batch, { now: at.now, dueAt: step.dueAt, error, split });
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
  const choice = chooseTry(units, refusals, batchSize);
  if (choice.kind === 'batch') return choice;
  if (choice.kind === 'split') {
    const cutting = { dueAt: parts.clock(), newId: parts.newId, batchSize };
    const pieces = halves(choice.unit.alive, choice.unit.pending.failed, cutting);
    const result = await parts.backlog.setAside(turn.webhookId, turn.run, [choice.unit.pending], pieces);
    if (result === OVERTAKEN) return OVERTAKEN;
    reportExpired(parts, turn, [choice.unit]);
  }
  return firstPart(parts, turn);
}

/** When nothing but parts waits, the part that has waited longest shows whether the target lives. */
async function firstPart(parts: RunParts, turn: Turn) {
  while (true) {
    const found = await parts.backlog.readAside(turn.webhookId, turn.run, Number.MAX_SAFE_INTEGER, 1);
    if (found === OVERTAKEN) return OVERTAKEN;
    const [pending] = found;
    if (!pending) return null;
    const unit = load(pending, parts.clock(), parts.settings.eventTtlMs);
    if (unit.alive.clocks.length > 0)
      return { batch: toBatch('part', [unit]) satisfies Batch, passedOver: [] };
    await discardExpired(parts, turn, [unit]);
  }
}

/** The target lives. What it refused while it took younger events is poison, and is set aside. */
async function recover(parts: RunParts, turn: Turn, passedOver: readonly Loaded[]): Promise<RunEnd> {
  const now = parts.clock();
  const cutting = { dueAt: now, newId: parts.newId, batchSize: parts.settings.batchSize };
  const { replaced, parts: newParts } = isolate(passedOver, cutting);
  if (replaced.length > 0) {
    const pendings = replaced.map(({ pending }) => pending);
    const result = await parts.backlog.setAside(turn.webhookId, turn.run, pendings, newParts);
    if (result === OVERTAKEN) return DONE;
    reportExpired(parts, turn, replaced);
  }
  const recovered = await parts.backlog.recover(turn.webhookId, turn.run);
  return recovered === OVERTAKEN ? DONE : { kind: 'handOver', lane: 'deliveries', at: now };
}
