import type { DeliveryPage } from '#libs/apiClient/answers.ts';
import { count, duration, moment } from '#libs/apiClient/format.ts';

type Delivery = DeliveryPage['items'][number];

const ERRORS: Readonly<Record<string, string>> = {
  dns: 'name not found',
  refused: 'connection refused',
  reset: 'connection cut',
  timeout: 'no answer in time',
  tls: 'TLS failed',
  blocked: 'address not allowed',
};

/** One row for each POST; what came back can be unfolded. */
export function DeliveryTable({ items }: { readonly items: readonly Delivery[] }) {
  return (
    <table class="deliveries" aria-label="Deliveries">
      <thead>
        <tr>
          {['Began', 'Outcome', 'Events', 'Attempt', 'Took', 'Answer'].map((name) => (
            <th key={name} scope="col" class={NUMBERS.has(name) ? 'number' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <Row key={item.id} {...item} />
        ))}
      </tbody>
    </table>
  );
}

const NUMBERS: ReadonlySet<string> = new Set(['Events', 'Attempt', 'Took']);

function Row(delivery: Delivery) {
  const { at, outcome, events, attemptMin, attemptMax, durationMs, responseBody } = delivery;
  return (
    <tr>
      <td data-label="Began">
        <time dateTime={at}>{moment(at)}</time>
      </td>
      <td data-label="Outcome">
        <Outcome delivery={delivery} isGood={outcome === 'delivered'} />
      </td>
      <td data-label="Events" class="number">
        {count(events)}
      </td>
      <td data-label="Attempt" class="number">
        {attemptMin === attemptMax ? count(attemptMin) : `${count(attemptMin)}–${count(attemptMax)}`}
      </td>
      <td data-label="Took" class="number">
        {duration(durationMs)}
      </td>
      <td data-label="Answer" class="answer">
        {responseBody === '' ? (
          <span class="hint">empty</span>
        ) : (
          <details>
            <summary>{responseBody.slice(0, 60)}</summary>
            <pre>{responseBody}</pre>
          </details>
        )}
      </td>
    </tr>
  );
}

function Outcome({ delivery, isGood }: { readonly delivery: Delivery; readonly isGood: boolean }) {
  const { httpStatusCode, error } = delivery;
  const text = isGood
    ? 'Delivered'
    : `Failed: ${httpStatusCode === 0 ? (ERRORS[error ?? ''] ?? 'no answer') : `status ${httpStatusCode}`}`;
  return (
    <span class={isGood ? 'good' : 'bad'}>
      <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true" focusable="false">
        <path d={isGood ? 'M2.5 8.5l3.6 3.6 7.4-8' : 'M3 3l10 10M13 3L3 13'} class="line" />
      </svg>
      {text}
    </span>
  );
}
