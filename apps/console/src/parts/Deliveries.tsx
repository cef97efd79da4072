import { useState } from 'preact/hooks';
import type { DeliveryPage } from '#libs/apiClient/answers.ts';
import { isNotThere, messageOf } from '#libs/apiClient/apiError.ts';
import type { WebhookRef } from '#libs/apiClient/operations.ts';
import { listDeliveries } from '../api/webhooks.ts';
import { usePoll } from '../lib/usePoll.ts';
import { DeliveryTable } from './DeliveryTable.tsx';
import { Empty, Trouble } from './Notice.tsx';

const POLL_MS = 4_000;
/** An older page changes no more. */
const OLDER_POLL_MS = 600_000;
const PAGE_ROWS = 25;
/** One types a while. */
const TYPING_MS = 350;

interface Filter {
  readonly outcome: string;
  readonly search: string;
}

/** The transmissions of a webhook, newest first, and what to find among them. */
export function Deliveries({ webhook }: { readonly webhook: WebhookRef }) {
  const [filter, setFilter] = useState<Filter>({ outcome: '', search: '' });
  // The cursors of the pages that led here; none: the newest.
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const key = JSON.stringify([webhook.id, filter, cursor]);
  const load = (signal: AbortSignal) =>
    listDeliveries(webhook, { ...filter, cursor, limit: PAGE_ROWS }, signal);
  const { data, error } = usePoll<DeliveryPage>(key, load, cursor === undefined ? POLL_MS : OLDER_POLL_MS);
  const change = (next: Filter) => {
    setFilter(next);
    setCursors([]);
  };
  const isFiltered = filter.outcome !== '' || filter.search !== '';
  return (
    <section aria-labelledby="deliveries" class="card">
      <div class="section-head">
        <h2 id="deliveries">Deliveries</h2>
        <FilterBar filter={filter} onChange={change} />
      </div>
      {error &&
        (isNotThere(error) ? (
          <Empty>This server keeps no log of its deliveries.</Empty>
        ) : (
          <Trouble>{messageOf(error)}</Trouble>
        ))}
      {!data && !error && <Empty>Loading …</Empty>}
      <p class="unseen" role="status">
        {data && isFiltered ? `${data.items.length} deliveries found` : ''}
      </p>
      {data?.items.length === 0 && (
        <Empty>{isFiltered ? 'No delivery matches.' : 'Nothing has been sent yet.'}</Empty>
      )}
      {data && data.items.length > 0 && <DeliveryTable items={data.items} />}
      {(cursors.length > 0 || data?.nextCursor) && (
        <Pages cursors={cursors} next={data?.nextCursor ?? null} onCursors={setCursors} />
      )}
    </section>
  );
}

interface PagesProps {
  readonly cursors: readonly string[];
  readonly next: string | null;
  readonly onCursors: (cursors: readonly string[]) => void;
}

function Pages({ cursors, next, onCursors }: PagesProps) {
  return (
    <div class="buttons">
      {cursors.length > 0 && (
        <button type="button" onClick={() => onCursors(cursors.slice(0, -1))}>
          Newer
        </button>
      )}
      {next !== null && (
        <button type="button" onClick={() => onCursors([...cursors, next])}>
          Older
        </button>
      )}
    </div>
  );
}

interface FilterBarProps {
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
}

function FilterBar({ filter, onChange }: FilterBarProps) {
  const [timer, setTimer] = useState(0);
  const search = (text: string) => {
    clearTimeout(timer);
    setTimer(setTimeout(() => onChange({ ...filter, search: text.trim() }), TYPING_MS));
  };
  return (
    <search class="filters">
      <label>
        <span>Find an event</span>
        <input
          type="search"
          placeholder="Event, mail or recipient id"
          autoComplete="off"
          spellcheck={false}
          onInput={(event) => search(event.currentTarget.value)}
        />
      </label>
      <label>
        <span>Outcome</span>
        <select
          value={filter.outcome}
          onChange={(event) => onChange({ ...filter, outcome: event.currentTarget.value })}
        >
          <option value="">All</option>
          <option value="delivered">Delivered</option>
          <option value="failed">Failed</option>
        </select>
      </label>
    </search>
  );
}
