import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface InputProps {
  readonly id: string;
  readonly name: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

interface FieldProps {
  readonly label: string;
  /** As the API calls it, in its errors too. */
  readonly name: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  /** Makes the input, with what ties it to its label, its hint and its error. */
  readonly children: (props: InputProps) => ComponentChildren;
}

/** A labelled input, its error beside it. */
export function Field({ label, name, hint, error, children }: FieldProps) {
  const id = useId();
  const [hintId, errorId] = [`${id}-hint`, `${id}-error`];
  const described = [hint && hintId, error && errorId].filter(Boolean).join(' ');
  return (
    <div class={error ? 'field wrong' : 'field'}>
      <label for={id}>{label}</label>
      {children({ id, name, 'aria-invalid': Boolean(error), 'aria-describedby': described || undefined })}
      {error && (
        <p class="field-error" id={errorId}>
          {label} {error}
        </p>
      )}
      {hint && (
        <p class="hint" id={hintId}>
          {hint}
        </p>
      )}
    </div>
  );
}
