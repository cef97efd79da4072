import { useEffect, useState } from 'preact/hooks';
import { type CreateWebhookBody, EVENT_TYPES, type Webhook } from '#libs/apiClient/answers.ts';
import { ApiError, messageOf } from '#libs/apiClient/apiError.ts';
import { createWebhook, getWebhook, updateWebhook } from '../api/webhooks.ts';
import { Link, navigate } from '../lib/navigation.tsx';
import { type FormValues, toBody, valuesOf } from '../lib/webhookForm.ts';
import { AuthenticationFields } from '../parts/AuthenticationFields.tsx';
import { announce } from '../parts/announce.ts';
import { Field } from '../parts/Field.tsx';
import { Empty, Trouble } from '../parts/Notice.tsx';
import { PageTitle } from '../parts/PageTitle.tsx';
import { madeSecret, SecretOnce } from '../parts/SecretOnce.tsx';

interface FormPageProps {
  readonly clientId: number;
  /** Null: a new one. */
  readonly id: number | null;
}

/** Creates a webhook, or changes one. */
export function FormPage({ clientId, id }: FormPageProps) {
  const [webhook, setWebhook] = useState<Webhook | null>(null);
  const [saved, setSaved] = useState<Webhook | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (id !== null) getWebhook({ clientId, id }).then(setWebhook, setError);
  }, [clientId, id]);
  const isThere = id === null || webhook !== null;
  return (
    <div class="narrow">
      <nav aria-label="Above this page" class="above">
        <Link to={{ page: 'list', clientId }}>Webhooks of client {clientId}</Link>
      </nav>
      <PageTitle title={id === null ? 'New webhook' : `Edit webhook ${id}`} />
      {error !== null && <Trouble>{messageOf(error)}</Trouble>}
      {!isThere && error === null && <Empty>Loading …</Empty>}
      {isThere && !saved && <WebhookForm clientId={clientId} webhook={webhook} onSecret={setSaved} />}
      {saved && <SecretOnce webhook={{ clientId, id: saved.id }} secret={madeSecret(saved) ?? ''} />}
    </div>
  );
}

interface WebhookFormProps {
  readonly clientId: number;
  readonly webhook: Webhook | null;
  /** It was saved, and a secret was made for it. */
  readonly onSecret: (saved: Webhook) => void;
}

function save(clientId: number, webhook: Webhook | null, body: CreateWebhookBody): Promise<Webhook> {
  return webhook ? updateWebhook({ clientId, id: webhook.id }, body) : createWebhook(clientId, body);
}

/** The fields with an input of their own. What is wrong elsewhere is told above the form. */
const SHOWN = /^(type|targetUrl|maxRequestsPerSecond|authentication(\.\w+)?)$/;

function WebhookForm({ clientId, webhook, onSecret }: WebhookFormProps) {
  const [values, setValues] = useState(() => valuesOf(webhook));
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const set = (change: Partial<FormValues>) => setValues((before) => ({ ...before, ...change }));
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isBusy) return;
    const form = event.currentTarget as HTMLFormElement;
    setBusy(true);
    try {
      const saved = await save(clientId, webhook, toBody(values, webhook));
      announce(webhook ? 'The webhook is changed.' : 'The webhook is created.');
      if (madeSecret(saved) === null) navigate({ page: 'webhook', clientId, id: saved.id });
      else onSecret(saved);
    } catch (refused) {
      setError(refused);
      setBusy(false);
      // Once the errors stand beside the fields.
      setTimeout(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    }
  };
  const fields = error instanceof ApiError ? error.fields : {};
  const isTold = Object.keys(fields).length > 0 && Object.keys(fields).every((name) => SHOWN.test(name));
  const back = webhook
    ? ({ page: 'webhook', clientId, id: webhook.id } as const)
    : ({ page: 'list', clientId } as const);
  return (
    <form class="card" onSubmit={submit} noValidate aria-label={webhook ? 'The webhook' : 'A new webhook'}>
      {error !== null && (
        <Trouble>{isTold ? 'Not saved: see what is wrong beside the fields.' : messageOf(error)}</Trouble>
      )}
      <Field label="Events" name="type" error={fields.type} hint="A webhook gets the events of one type.">
        {(props) => (
          <select
            {...props}
            value={values.type}
            onChange={(event) => set({ type: event.currentTarget.value })}
          >
            {EVENT_TYPES.map((type) => (
              <option key={type}>{type}</option>
            ))}
          </select>
        )}
      </Field>
      <Field
        label="Target URL"
        name="targetUrl"
        error={fields.targetUrl}
        hint="https, on port 443, at a public address."
      >
        {(props) => (
          <input
            {...props}
            type="url"
            placeholder="https://hooks.example.com/postrider"
            value={values.targetUrl}
            onInput={(event) => set({ targetUrl: event.currentTarget.value })}
          />
        )}
      </Field>
      <AuthenticationFields values={values} webhook={webhook} errors={fields} onChange={set} />
      <Field
        label="POSTs a second, at most"
        name="maxRequestsPerSecond"
        error={fields.maxRequestsPerSecond}
        hint="1 to 1,000. Empty: no limit."
      >
        {(props) => (
          <input
            {...props}
            inputMode="numeric"
            value={values.maxRequestsPerSecond}
            onInput={(event) => set({ maxRequestsPerSecond: event.currentTarget.value })}
          />
        )}
      </Field>
      <div class="buttons">
        <button type="submit" class="primary" aria-disabled={isBusy}>
          {webhook ? 'Save' : 'Create webhook'}
        </button>
        <Link to={back} class="button">
          Cancel
        </Link>
      </div>
    </form>
  );
}
