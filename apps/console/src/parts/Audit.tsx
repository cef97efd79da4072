import type { AuditPage } from '#libs/apiClient/answers.ts';
import { messageOf } from '#libs/apiClient/apiError.ts';
import { moment } from '#libs/apiClient/format.ts';
import type { WebhookRef } from '#libs/apiClient/operations.ts';
import { listAudit } from '../api/webhooks.ts';
import { usePoll } from '../lib/usePoll.ts';
import { Empty, Trouble } from './Notice.tsx';

const POLL_MS = 30_000;

interface AuditProps {
  readonly webhook: WebhookRef;
  /** A change of the webhook is one to read here. */
  readonly modified: string;
}

/** Who did what to a webhook. */
export function Audit({ webhook, modified }: AuditProps) {
  const { data, error } = usePoll(
    `${webhook.id} ${modified}`,
    (signal) => listAudit(webhook, signal),
    POLL_MS,
  );
  return (
    <section aria-labelledby="audit" class="card">
      <h2 id="audit">Changes</h2>
      {error && <Trouble>{messageOf(error)}</Trouble>}
      {data?.items.length === 0 && <Empty>Nobody has changed anything.</Empty>}
      {data && data.items.length > 0 && (
        <ul class="audit">
          {data.items.map((entry) => (
            <Entry key={entry.id} {...entry} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Entry({ at, action, user, changes }: AuditPage['items'][number]) {
  const fields = action === 'updated' ? changes.map(({ field }) => field) : [];
  return (
    <li>
      <time dateTime={at}>{moment(at)}</time>
      <span>
        {action} by <strong>{user || 'Postrider'}</strong>
        {fields.length > 0 && `: ${fields.join(', ')}`}
      </span>
    </li>
  );
}
