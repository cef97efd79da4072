import { useState } from 'preact/hooks';
import { ApiError, isNotThere, messageOf } from '#libs/apiClient/apiError.ts';
import { plural } from '#libs/apiClient/format.ts';
import type { Range, WebhookRef } from '#libs/apiClient/operations.ts';
import { resendAll } from '../api/webhooks.ts';
import { HOUR_MS } from '../lib/hours.ts';
import { Field } from './Field.tsx';
import { Trouble } from './Notice.tsx';

interface ResendPanelProps {
  readonly webhook: WebhookRef;
  readonly onResent: () => void;
}

/** Queues kept events again: those of a time, or some by their ids. */
export function ResendPanel({ webhook, onResent }: ResendPanelProps) {
  const [by, setBy] = useState<'time' | 'ids'>('time');
  const [result, setResult] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isBusy) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setError(null);
    setResult(null);
    try {
      setResult(await resendAll(webhook, by === 'time' ? rangeIn(form) : { eventIds: idsIn(form) }));
      onResent();
    } catch (refused) {
      setError(refused);
    }
    setBusy(false);
  };
  const fields = error instanceof ApiError ? error.fields : {};
  return (
    <section class="card" aria-labelledby="resend">
      <h2 id="resend">Send events again</h2>
      <p class="hint">
        Discarded events are kept for some days. What is sent again starts anew: attempt 1, and 72 hours.
      </p>
      <form onSubmit={submit} noValidate>
        <fieldset class="segments">
          <legend class="unseen">Which events</legend>
          {(['time', 'ids'] as const).map((way) => (
            <label key={way}>
              <input type="radio" name="by" checked={by === way} onChange={() => setBy(way)} />
              <span>{way === 'time' ? 'By time of creation' : 'By event id'}</span>
            </label>
          ))}
        </fieldset>
        {by === 'time' ? <TimeFields fields={fields} /> : <IdField error={fieldOf(fields, 'eventIds')} />}
        <button type="submit" class="primary" aria-disabled={isBusy}>
          Queue again
        </button>
      </form>
      {error !== null && Object.keys(fields).length === 0 && (
        <Trouble>
          {isNotThere(error) ? 'This server keeps no events to send again.' : messageOf(error)}
        </Trouble>
      )}
      <p role="status">{result !== null && tell(result)}</p>
    </section>
  );
}

function tell(events: number): string {
  if (events === 0) return 'No event of that choice is kept: nothing was queued.';
  return `${plural(events, 'event')} queued again.`;
}

function TimeFields({ fields }: { readonly fields: Readonly<Record<string, string>> }) {
  const [now] = useState(() => Date.now());
  return (
    <div class="inline">
      <Field label="From" name="from" error={fields.from}>
        {(props) => (
          <input {...props} type="datetime-local" step={1} defaultValue={localTime(now - 24 * HOUR_MS)} />
        )}
      </Field>
      <Field label="To" name="to" error={fields.to}>
        {(props) => <input {...props} type="datetime-local" step={1} defaultValue={localTime(now)} />}
      </Field>
    </div>
  );
}

function IdField({ error }: { readonly error: string | undefined }) {
  return (
    <Field label="Event ids" name="eventIds" error={error} hint="One a line, or with commas between them.">
      {(props) => <textarea {...props} rows={4} spellcheck={false} />}
    </Field>
  );
}

/** The error of a list, or of one of what is in it. */
function fieldOf(fields: Readonly<Record<string, string>>, name: string): string | undefined {
  const [, message] =
    Object.entries(fields).find(([field]) => field === name || field.startsWith(`${name}.`)) ?? [];
  return message;
}

function rangeIn(form: FormData): Range {
  return { from: instant(form.get('from')), to: instant(form.get('to')) };
}

function idsIn(form: FormData): readonly string[] {
  return String(form.get('eventIds'))
    .split(/[\s,]+/)
    .filter(Boolean);
}

/** The input's time is that of the wall clock here. What is none stays, for the API to refuse. */
function instant(value: unknown): string {
  const time = new Date(String(value));
  return Number.isNaN(time.getTime()) ? '' : time.toISOString();
}

function localTime(at: number): string {
  const shifted = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
}
