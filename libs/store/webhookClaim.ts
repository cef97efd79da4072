/** A webhook as a client names it: an id alone is not enough, it must be the client's own. */
export interface WebhookRef {
  readonly clientId: number;
  readonly id: number;
}

/** `foreign`: the webhook exists, but belongs to another client. */
export type NotFound = { readonly kind: 'missing' | 'foreign' };

/** Whether the row is what `ref` may have. Pure. */
export function claimed<Row extends { readonly clientId: number | string }>(
  row: Row | null,
  ref: WebhookRef,
): NotFound | { kind: 'own'; row: Row } {
  if (!row) return { kind: 'missing' };
  return Number(row.clientId) === ref.clientId ? { kind: 'own', row } : { kind: 'foreign' };
}
