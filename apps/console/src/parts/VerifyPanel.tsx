import { useState } from 'preact/hooks';
import type { Verification } from '#libs/apiClient/answers.ts';
import { ApiError, messageOf } from '#libs/apiClient/apiError.ts';
import { plural } from '#libs/apiClient/format.ts';
import type { WebhookRef } from '#libs/apiClient/operations.ts';
import { verifyWebhook } from '../api/webhooks.ts';
import { Field } from './Field.tsx';
import { Trouble } from './Notice.tsx';

/** Sends sample events to the target, and shows what was sent and what came back. */
export function VerifyPanel({ webhook }: { readonly webhook: WebhookRef }) {
  const [result, setResult] = useState<Verification | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isBusy) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const query = {
      mailingId: String(form.get('mailingId')),
      numberOfEvents: String(form.get('numberOfEvents')),
    };
    setBusy(true);
    setError(null);
    setResult(null);
    await verifyWebhook(webhook, query).then(setResult, setError);
    setBusy(false);
  };
  const fields = error instanceof ApiError ? error.fields : {};
  return (
    <section class="card" aria-labelledby="verify">
      <h2 id="verify">Verify the target</h2>
      <p class="hint">Sends sample events once, just as a delivery would. Nothing is queued.</p>
      <form class="inline" onSubmit={submit} noValidate>
        <Field label="Mailing id" name="mailingId" error={fields.mailingId}>
          {(props) => <input {...props} inputMode="numeric" defaultValue="1" size={12} />}
        </Field>
        <Field label="Events" name="numberOfEvents" error={fields.numberOfEvents}>
          {(props) => <input {...props} inputMode="numeric" defaultValue="1" size={5} />}
        </Field>
        <button type="submit" class="primary" aria-disabled={isBusy}>
          {isBusy ? 'Waiting for the answer …' : 'Send'}
        </button>
      </form>
      {error !== null && Object.keys(fields).length === 0 && <Trouble>{messageOf(error)}</Trouble>}
      <div role="status">{result && <Result {...result} />}</div>
    </section>
  );
}

function Result({ httpStatusCode, responseBody, requestBody, numberOfEvents, targetUrl }: Verification) {
  const isAccepted = httpStatusCode === 200;
  return (
    <div class="exchange">
      <div>
        <h3>Sent</h3>
        <p class="url">
          POST {targetUrl}, {plural(numberOfEvents, 'event')}
        </p>
        {requestBody !== undefined && <Text text={pretty(requestBody)} label="The body that was sent" />}
      </div>
      <div>
        <h3>Came back</h3>
        <p class={isAccepted ? 'good' : 'bad'}>
          {httpStatusCode === 0 ? 'No answer' : `Status ${httpStatusCode}`}
          {isAccepted ? ': accepted' : ': a delivery would be tried again'}
        </p>
        {responseBody === '' ? (
          <p class="hint">The body is empty.</p>
        ) : (
          <Text text={responseBody} label="The answer" />
        )}
      </div>
    </div>
  );
}

function Text({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    <section class="scroll" tabIndex={0} aria-label={label}>
      <pre>{text}</pre>
    </section>
  );
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
