import type { ComponentChildren } from 'preact';
import type { Statistics, Webhook } from '#libs/apiClient/answers.ts';
import { count, until } from '#libs/apiClient/format.ts';
import { HEALTH_MEANINGS, type Health } from '../lib/health.ts';
import { useNow } from '../lib/useNow.ts';
import { Ago } from './Ago.tsx';
import { HealthMark } from './HealthMark.tsx';

const TICK_MS = 1_000;

interface FactsProps {
  readonly webhook: Webhook;
  readonly health: Health;
  readonly statistics: Statistics | null;
}

/** How it stands with a webhook, in one look. The next try counts down. */
export function Facts({ webhook, health, statistics }: FactsProps) {
  const now = useNow(TICK_MS);
  const { authentication, maxRequestsPerSecond: limit } = webhook;
  return (
    <section class={`card standing standing-${health}`} aria-label="How it stands">
      <p class="state" role="status">
        <HealthMark health={health} /> <span class="meaning">{HEALTH_MEANINGS[health]}</span>
      </p>
      <dl class="facts">
        <Fact name="Pending events">{statistics ? count(statistics.pending) : '–'}</Fact>
        <Fact name="Oldest pending">
          {statistics?.oldestPending ? <Ago iso={statistics.oldestPending} now={now} /> : '–'}
        </Fact>
        <Fact name="Next try">
          {statistics?.nextTry ? <span role="timer">{until(statistics.nextTry, now)}</span> : '–'}
        </Fact>
        <Fact name="Last success">
          {statistics?.lastSuccess ? <Ago iso={statistics.lastSuccess} now={now} /> : '–'}
        </Fact>
        <Fact name="Last error">{statistics?.lastError ?? '–'}</Fact>
      </dl>
      <p class="hint">
        Authentication: {describe(authentication)}. POSTs a second:{' '}
        {limit === undefined ? 'no limit' : `at most ${count(limit)}`}.
      </p>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function describe(authentication: Webhook['authentication']): string {
  if ('userName' in authentication) return `user name ${authentication.userName}`;
  if ('key' in authentication) return `header ${authentication.key}`;
  return authentication.type === 'standardWebhooks' ? 'a signature' : authentication.type;
}
