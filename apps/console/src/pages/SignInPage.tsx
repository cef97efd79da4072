import { useState } from 'preact/hooks';
import type { Session } from '#libs/apiClient/answers.ts';
import { ApiError, messageOf } from '#libs/apiClient/apiError.ts';
import { signIn } from '../api/webhooks.ts';
import { Field } from '../parts/Field.tsx';
import { Trouble } from '../parts/Notice.tsx';
import { PageTitle } from '../parts/PageTitle.tsx';

interface SignInProps {
  readonly because: string | undefined;
  readonly onSignedIn: (session: Session) => void;
}

export function SignInPage({ because, onSignedIn }: SignInProps) {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isBusy) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setError(null);
    try {
      onSignedIn(await signIn({ user: String(form.get('user')), password: String(form.get('password')) }));
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const fields = error instanceof ApiError ? error.fields : {};
  return (
    <form class="card narrow" onSubmit={submit} noValidate>
      <PageTitle title="Sign in" />
      {because && !error && <p role="status">{because}</p>}
      {error !== null && Object.keys(fields).length === 0 && <Trouble>{explain(error)}</Trouble>}
      <Field label="User name" name="user" error={fields.user}>
        {(props) => <input {...props} autoComplete="username" autoCapitalize="none" spellcheck={false} />}
      </Field>
      <Field label="Password" name="password" error={fields.password}>
        {(props) => <input {...props} type="password" autoComplete="current-password" />}
      </Field>
      <button type="submit" class="primary" aria-disabled={isBusy}>
        {isBusy ? 'Signing in …' : 'Sign in'}
      </button>
      <p class="hint">
        With a user of the API: those of <code>API_CREDENTIALS</code>, or made by{' '}
        <code>npm run api-user</code>.
      </p>
    </form>
  );
}

function explain(error: unknown): string {
  return error instanceof ApiError && error.status === 401
    ? 'User name or password is wrong.'
    : messageOf(error);
}
