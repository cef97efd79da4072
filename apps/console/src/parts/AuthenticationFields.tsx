import type { Webhook } from '#libs/apiClient/answers.ts';
import type { FormValues } from '../lib/webhookForm.ts';
import { Field } from './Field.tsx';

const NAMES: Readonly<Record<string, string>> = {
  none: 'None',
  basicAuth: 'User name and password',
  keyAuth: 'A request header',
  standardWebhooks: 'A signature (Standard Webhooks)',
};

const SECRETS: ReadonlySet<string> = new Set(['password', 'passphrase', 'secret']);

interface AuthenticationFieldsProps {
  readonly values: FormValues;
  readonly webhook: Webhook | null;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (change: Partial<FormValues>) => void;
}

/** How the POSTs to the target authenticate. A stored secret is never shown; left empty, it stays. */
export function AuthenticationFields({ values, webhook, errors, onChange }: AuthenticationFieldsProps) {
  const stored = webhook?.authentication.type;
  const isStored = stored === values.authentication;
  const input = (
    name: 'userName' | 'password' | 'key' | 'passphrase' | 'secret',
    label: string,
    hint?: string,
  ) => (
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
      <Field
        label="Method"
        name="authentication"
        error={errors.authentication ?? errors['authentication.type']}
      >
        {(props) => (
          <select
            {...props}
            value={values.authentication}
            onChange={(event) => onChange({ authentication: event.currentTarget.value })}
          >
            {Object.entries(NAMES).map(([type, name]) => (
              <option key={type} value={type}>
                {name}
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
      {values.authentication === 'standardWebhooks' && [
        !values.renews &&
          input(
            'secret',
            'Secret',
            isStored ? 'Empty: the stored one stays.' : 'Empty: one is made, and shown once.',
          ),
        isStored && <Renewal key="renews" renews={values.renews} onChange={onChange} />,
      ]}
    </fieldset>
  );
}

function Renewal({
  renews,
  onChange,
}: { readonly renews: boolean } & Pick<AuthenticationFieldsProps, 'onChange'>) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={renews}
        onChange={(event) => onChange({ renews: event.currentTarget.checked })}
      />
      <span>Make a new secret. The old one signs too, for 24 hours.</span>
    </label>
  );
}
