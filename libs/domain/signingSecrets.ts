/** How a webhook signs by Standard Webhooks: with its secret, and for a while with those that it had before. */
export interface Signing {
  readonly type: 'standardWebhooks';
  /** `whsec_` and the base64 of 24 to 64 bytes. */
  readonly secret: string;
  /** The latest first. */
  readonly former?: readonly FormerSecret[];
}

export interface FormerSecret {
  readonly secret: string;
  /** Epoch ms: until then it signs too. */
  readonly until: number;
}

/** So long has a receiver to change over to a new secret (contract §5). */
const OVERLAP_MS = 24 * 60 * 60 * 1000;
/** Each costs a signature a POST: who changes more often within a day leaves the oldest behind. */
const MAX_FORMER = 4;

/** What `given` becomes when it follows `before`: what has signed until now signs on for a day. Pure. */
export function succeed(given: Signing, before: Signing, now: number): Signing {
  const { secret } = given;
  const replaced = before.secret === secret ? [] : [{ secret: before.secret, until: now + OVERLAP_MS }];
  const former = [...replaced, ...(before.former ?? [])]
    .filter((one) => one.until > now && one.secret !== secret)
    .slice(0, MAX_FORMER);
  return { type: given.type, secret, ...(former.length > 0 && { former }) };
}

/** All that sign at `now`, the current one first. Pure. */
export function secretsAt({ secret, former = [] }: Signing, now: number): string[] {
  return [secret, ...former.filter(({ until }) => until > now).map((one) => one.secret)];
}
