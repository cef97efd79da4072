import { useState } from 'preact/hooks';
import type { Webhook } from '#libs/apiClient/answers.ts';
import { messageOf } from '#libs/apiClient/apiError.ts';
import { changeStatus, removeWebhook } from '../api/webhooks.ts';
import { Link, navigate } from '../lib/navigation.tsx';
import { announce } from './announce.ts';
import { Confirm } from './Confirm.tsx';
import { Trouble } from './Notice.tsx';
import { ResendPanel } from './ResendPanel.tsx';
import { VerifyPanel } from './VerifyPanel.tsx';

type Panel = 'verify' | 'resend';

interface ActionsProps {
  readonly clientId: number;
  readonly webhook: Webhook;
  readonly onChanged: () => void;
}

/** What can be done with a webhook. */
export function Actions({ clientId, webhook, onChanged }: ActionsProps) {
  const [panel, setPanel] = useState<Panel | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [asks, setAsks] = useState(false);
  const ref = { clientId, id: webhook.id };
  const isActive = webhook.status === 'activated';
  const act = async (work: () => Promise<void>) => {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    await work().catch(setError);
    setBusy(false);
  };
  const toggleStatus = () =>
    act(async () => {
      const { status } = await changeStatus(ref, isActive ? 'deactivate' : 'activate');
      announce(`The webhook is ${status}.`);
      onChanged();
    });
  const remove = () =>
    act(async () => {
      await removeWebhook(ref);
      announce('The webhook is deleted.');
      navigate({ page: 'list', clientId });
    });
  const panelButton = (name: Panel, label: string) => (
    <button
      type="button"
      aria-expanded={panel === name}
      aria-controls="panel"
      onClick={() => setPanel(panel === name ? null : name)}
    >
      {label}
    </button>
  );
  return (
    <>
      <div class="buttons">
        <button type="button" class={isActive ? '' : 'primary'} aria-disabled={isBusy} onClick={toggleStatus}>
          {isActive ? 'Deactivate' : 'Activate'}
        </button>
        {webhook.type !== 'webhooknode' && panelButton('verify', 'Verify')}
        {panelButton('resend', 'Resend')}
        <Link to={{ page: 'edit', ...ref }} class="button">
          Edit
        </Link>
        {!isActive && (
          <button type="button" class="danger" aria-disabled={isBusy} onClick={() => setAsks(true)}>
            Delete
          </button>
        )}
      </div>
      {error !== null && <Trouble>{messageOf(error)}</Trouble>}
      <div id="panel">
        {panel === 'verify' && <VerifyPanel webhook={ref} />}
        {panel === 'resend' && <ResendPanel webhook={ref} onResent={onChanged} />}
      </div>
      {asks && (
        <Confirm
          question={`Delete webhook ${webhook.id}?`}
          consequence="Events that wait for it are dropped. This can't be undone."
          yes="Delete"
          onYes={remove}
          onClose={() => setAsks(false)}
        />
      )}
    </>
  );
}
