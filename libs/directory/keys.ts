/** Stream: an entry for each change of a webhook, `clientId` and `webhookId`. */
export function webhookChangesKey(prefix: string): string {
  return `${prefix}:webhook-changes`;
}
