import type { Found } from './checker.ts';
import type { ChaosResult } from './result.ts';

/**
 * Copies beyond this share of all deliveries are too many. A short run has few deliveries for its crashes, and each may
 * leave a second copy of what was in flight: up to a batch of each of some seven webhooks that a worker has, when it is
 * cut off from Redis with all of them accepted. Half a batch on average is well below that.
 */
const MAX_DUPLICATES = 0.005;
const DUPLICATES_PER_CRASH = 50;

/** Everything that makes a run a failure, in words; none when it passed. */
export function problems(result: ChaosResult): string[] {
  const { verdict, notFired, fired, planned, ownEnds, left } = result;
  const { lost, unexpected, attemptWentDown, forbiddenPosts } = verdict;
  return [
    ...found(lost, 'events were lost'),
    ...found(unexpected, 'events were not expected'),
    ...(verdict.stillPending > 0 ? [`${verdict.stillPending} events are still pending`] : []),
    ...(left.jobs > 0 || left.events > 0
      ? [`${left.jobs} jobs and ${left.events} events were left at the end`]
      : []),
    ...(left.rejected > 0 ? [`${left.rejected} jobs were refused by the router`] : []),
    ...found(attemptWentDown.withoutCrash, 'events went back to a lower attempt without a crash'),
    ...found(
      forbiddenPosts,
      'POSTs came to a webhook that was not activated or to a target that was replaced',
    ),
    ...(verdict.oversizedPosts > 0 ? [`${verdict.oversizedPosts} POSTs had more than 100 events`] : []),
    ...(verdict.duplicated > duplicatesAllowed(result)
      ? [`${verdict.duplicated} deliveries are duplicates, above ${duplicatesAllowed(result)}`]
      : []),
    ...notFired.map((reason) => `a planned fault did not happen: ${reason}`),
    ...(fired.length + notFired.length < planned ? ['not all planned faults had their turn'] : []),
    ...ownEnds,
    ...(verdict.expected === 0 ? ['no event was acknowledged at all'] : []),
  ];
}

function duplicatesAllowed({ verdict, fired }: ChaosResult): number {
  const crashes = fired.filter(({ isCrash }) => isCrash).length;
  return Math.max(Math.floor(verdict.delivered * MAX_DUPLICATES), crashes * DUPLICATES_PER_CRASH);
}

function duplicateShare({ verdict }: ChaosResult): number {
  return verdict.duplicated / Math.max(1, verdict.delivered);
}

export function renderReport(result: ChaosResult): string {
  const { verdict, figures, fired, planned } = result;
  const { published } = verdict;
  const longest = Math.max(0, ...figures.map(({ longestRecoveryMs }) => longestRecoveryMs));
  const rows: [string, string | number][] = [
    [
      'acknowledged',
      `${published.acknowledged} events (${published.unknown} unknown, ${published.failed} failed)`,
    ],
    ['expected', `${verdict.expected} deliveries`],
    ['delivered', verdict.delivered],
    ['expired', verdict.expired],
    ['still pending', verdict.stillPending],
    ['lost', verdict.lost.count],
    ['unexpected', verdict.unexpected.count],
    ['duplicated', `${verdict.duplicated} (${percent(duplicateShare(result))})`],
    ['attempt went down', `${verdict.attemptWentDown.events} events, each after a crash`],
    ['POSTs', verdict.posts],
    ['faults', `${fired.length} of ${planned} planned`],
    ['drained after', result.drainedAfterMs === null ? 'never' : seconds(result.drainedAfterMs)],
    ['longest recovery', seconds(longest)],
  ];
  const width = Math.max(...figures.map(({ description }) => description.length), 10);
  const table = [
    `${'healthy endpoints'.padEnd(width)}  fired      p99  longest recovery`,
    `${'  when no fault is near'.padEnd(width)}         ${ms(result.quietP99Ms)}`,
    ...figures
      .toSorted((a, b) => a.description.localeCompare(b.description))
      .map(({ description, fired: times, p99Ms, longestRecoveryMs }) => {
        const name = description.padEnd(width);
        return `${name}  ${String(times).padStart(5)}  ${ms(p99Ms)}  ${seconds(longestRecoveryMs).padStart(16)}`;
      }),
  ];
  return [...rows.map(([name, value]) => `${name.padEnd(18)} ${value}`), '', ...table].join('\n');
}

function found({ count, samples }: Found, what: string): string[] {
  return count === 0 ? [] : [`${count} ${what}, for example:\n    ${samples.join('\n    ')}`];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)} %`;
}

function seconds(value: number): string {
  return `${(value / 1_000).toFixed(1)} s`;
}

function ms(value: number | null): string {
  return (value === null ? '-' : `${Math.round(value)} ms`).padStart(7);
}
