import type { Webhook } from '../api/answers.ts';
import type { FormValues } from '../lib/webhookForm.ts';
import { Field } from './Field.tsx';

const NAMES: Readonly<Record<string, string>> = {
  none: 'None',
  basicAuth: 'User name and password',
  keyAuth: 'A request header',
};

const SECRETS: ReadonlySet<string> = new Set(['password', 'passphrase']);

interface AuthenticationFieldsProps {
  readonly values: FormValues;
  readonly webhook: Webhook | null;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (change: Partial<FormValues>) => void;
}

/** How the POSTs to the target authenticate. A stored secret is never shown; left empty, it stays. */
export function AuthenticationFields({ values, webhook, errors, onChange }: AuthenticationFieldsProps) {
  const stored = webhook?.authentication.type;
  const types = [...new Set([...Object.keys(NAMES), values.authentication])];
  const isStored = stored === values.authentication;
  const input = (name: 'userName' | 'password' | 'key' | 'passphrase', label: string, hint?: string) => (
    <Field key={name} label={label} name={name} error={errors[`authentication.${name}`]} hint={hint}>
      {(props) => (
        <input
          {...props}
          {...(SECRETS.has(name) && { type: 'password' as const })}
          autoComplete="off"
          autoCapitalize="none"
          spellcheck={false}
          value={values[name]}
          onInput={(event) => onChange({ [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  const secretHint = isStored ? 'Empty: the stored one stays.' : undefined;
  return (
    <fieldset class="group">
      <legend>Authentication of the POSTs</legend>
      <Field label="By" name="authentication" error={errors.authentication ?? errors['authentication.type']}>
        {(props) => (
          <select
            {...props}
            value={values.authentication}
            onChange={(event) => onChange({ authentication: event.currentTarget.value })}
          >
            {types.map((type) => (
              <option key={type} value={type}>
                {NAMES[type] ?? type}
              </option>
            ))}
          </select>
        )}
      </Field>
      {values.authentication === 'basicAuth' && [
        input('userName', 'User name'),
        input('password', 'Password', secretHint),
      ]}
      {values.authentication === 'keyAuth' && [
        input('key', 'Name of the header', 'Such as X-Api-Key.'),
        input('passphrase', 'Its value', secretHint),
      ]}
    </fieldset>
  );
}
