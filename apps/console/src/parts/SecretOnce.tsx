import { useState } from 'preact/hooks';
import type { Webhook } from '#libs/apiClient/answers.ts';
import type { WebhookRef } from '#libs/apiClient/operations.ts';
import { Link } from '../lib/navigation.tsx';
import { Field } from './Field.tsx';

/** The secret that was made for a webhook, if one was. The API tells it in this answer and never again. */
export function madeSecret({ authentication }: Webhook): string | null {
  return ('secret' in authentication && authentication.secret) || null;
}

/** Shows it until the person goes on. */
export function SecretOnce({ webhook, secret }: { readonly webhook: WebhookRef; readonly secret: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => navigator.clipboard.writeText(secret).then(() => setCopied(true));
  return (
    <section class="card" aria-label="The secret">
      <p role="status">
        The webhook is saved. This is the secret of its signatures: <strong>it is shown only now.</strong> Who
        receives the events needs it to check them.
      </p>
      <Field label="Secret" name="secret">
        {(props) => (
          <input
            {...props}
            class="url"
            readOnly
            value={secret}
            onFocus={(event) => event.currentTarget.select()}
          />
        )}
      </Field>
      <div class="buttons">
        {window.isSecureContext && (
          <button type="button" onClick={copy}>
            {isCopied ? 'Copied' : 'Copy'}
          </button>
        )}
        <Link to={{ page: 'webhook', ...webhook }} class="button primary">
          I have kept it
        </Link>
      </div>
    </section>
  );
}
