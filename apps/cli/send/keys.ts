import { createHash, randomUUID } from 'node:crypto';

/** The `Idempotency-Key` of a request: its number in the file, and what is in it. */
export type NameKey = (index: number, lines: readonly string[]) => string;

/** Of its content unless it is named: so the same file may be sent again, and what was accepted is not queued twice. */
export function keyNaming({ key, again }: { readonly key?: string; readonly again?: boolean }): NameKey {
  if (key !== undefined) return (index) => `${key}-${index}`;
  const run = again ? `${randomUUID()}-` : '';
  return (index, lines) => {
    const hash = createHash('sha256').update(lines.join('\n')).digest('base64url');
    return `postrider-cli-${run}${index}-${hash}`;
  };
}
