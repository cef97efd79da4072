import type { NewPart } from '#libs/backlog/pending.ts';
import { type Opening, OVERTAKEN } from '#libs/backlog/transitions.ts';
import { groupBatches, type Loaded, leavingOf, loadedPart, toBatch } from './batch.ts';
import { mayTakeApart, nextStep } from './nextStep.ts';
import { permission } from './pace.ts';
import { type Cutting, isolate, isolateSample, MAX_PARTS } from './poisoned.ts';
import { chooseTry, eventsToChooseFrom } from './probe.ts';
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
  const permitted = await permission(parts, turn, () => activeWebhook(parts, turn));
  if (permitted === OVERTAKEN || permitted === null) return DONE;
  if (permitted.kind === 'later') return { kind: 'retryAt', at: permitted.at };
  const chosen = await choose(parts, turn, opening, reader);
  if (chosen === OVERTAKEN || chosen === null) return DONE;
  const batch = await dropExpired(parts, turn, chosen.batch);
  if (!batch) return { kind: 'again' };

  const outcome = await turn.slot.whileWaiting(transmitBatch(parts, turn, permitted.webhook, batch));
  if (outcome === null) return { kind: 'again' };
  const at = { now: parts.clock(), random: parts.random() };
  const tried = { lane: turn.lane, source: batch.source, failures: opening.failures };
  const step = nextStep(tried, outcome, at, parts.settings);
  if (step.kind === 'settle') {
    await settleDelivered(parts, turn, batch);
    return recover(parts, turn, opening, chosen.passedOver);
  }
  const answered = outcome.kind === 'refused';
  const error = describeFailure(outcome);
  const isPart = batch.source === 'part';
  if (isPart) {
    const split = answered && mayTakeApart(opening.refusals);
    const dueAt = at.now + parts.settings.retryIntervalMs;
    await postponePart(parts, turn, batch, { now: at.now, dueAt, error, split });
  }
  const counted = isPart ? [] : batch.units.map(({ pending }) => pending);
  const failure = { now: at.now, nextTryAt: step.dueAt, answered, error };
  const result = await parts.backlog.fail(turn.webhookId, turn.run, counted, failure);
  return result === OVERTAKEN ? DONE : { kind: 'retryAt', at: step.dueAt };
}

/** The one batch that this interval tries; null when nothing waits. */
async function choose(parts: RunParts, turn: Turn, { refusals }: Opened, reader: Reader) {
  const { batchSize } = parts.settings;
  const units = await reader.read(eventsToChooseFrom(refusals, batchSize));
  if (units === OVERTAKEN) return OVERTAKEN;
  const choice = chooseTry(units, { refusals, batchSize });
  if (choice.kind === 'batch') return choice;
  const found =
    choice.kind === 'sample'
      ? await takeSample(parts, turn, choice.units)
      : await reader.readParts(Number.MAX_SAFE_INTEGER, 1);
  if (found === OVERTAKEN) return OVERTAKEN;
  const [part] = found;
  if (part) return { batch: toBatch('part', [part]), passedOver: choice.passedOver };
  const [head] = groupBatches(units, batchSize);
  return head ? { batch: head, passedOver: [] } : null;
}

/** Sets what was refused aside; its first part is a single event, which is returned. */
async function takeSample(parts: RunParts, turn: Turn, units: readonly Loaded[]) {
  const apart = isolateSample(units, cuttingNow(parts));
  if ((await setAside(parts, turn, apart)) === OVERTAKEN) return OVERTAKEN;
  const [sample] = apart.parts;
  return sample ? [loadedPart(sample)] : [];
}

/** The target lives. What it refused while it took younger events is poison, and is set aside. */
async function recover(
  parts: RunParts,
  turn: Turn,
  opening: Opened,
  passedOver: readonly Loaded[],
): Promise<RunEnd> {
  const apart = opening.parts < MAX_PARTS ? isolate(passedOver, cuttingNow(parts)) : NOTHING;
  if ((await setAside(parts, turn, apart)) === OVERTAKEN) return DONE;
  const recovered = await parts.backlog.recover(turn.webhookId, turn.run);
  return recovered === OVERTAKEN ? DONE : { kind: 'handOver', lane: 'deliveries', at: parts.clock() };
}

interface Apart {
  readonly replaced: readonly Loaded[];
  readonly parts: readonly NewPart[];
}

const NOTHING: Apart = { replaced: [], parts: [] };

async function setAside(parts: RunParts, turn: Turn, apart: Apart) {
  if (apart.replaced.length === 0) return undefined;
  const replaced = apart.replaced.map(leavingOf);
  const result = await parts.backlog.setAside(turn.webhookId, turn.run, replaced, apart.parts);
  if (result === undefined) reportExpired(parts, turn, apart.replaced);
  return result;
}

function cuttingNow({ clock, newId, settings }: RunParts): Cutting {
  return { dueAt: clock(), newId, batchSize: settings.batchSize };
}
