import type { MailEvent } from '#libs/publisher/mailEvent.ts';

/** An event shaped as the seed's open sample, with ids and an address of its own: about 400 bytes of JSON. */
export function makeOpenEvent(clientId: number, index: number): MailEvent {
  const now = performance.timeOrigin + performance.now();
  const drawn = pool[index % POOL];
  return {
    type: 'open',
    recipientId: drawn?.recipientId,
    userListId: 123456789003,
    remoteAddress: `10.${index & 255}.${(index >> 8) & 255}.42`,
    clientId,
    mailingId: 123456789004,
    created: Math.floor(now),
    sentAt: now,
    subscriptionId: 1234567,
    mailId: drawn?.mailId,
    mediaTypesToAddresses: drawn?.mediaTypesToAddresses,
    device: 'desktop',
    operatingSystem: 'Windows 10',
    browser: 'Firefox 64.1',
  };
}

/** Kinds of a recipient and a mail: drawn once, so that the generator costs next to nothing in a run. */
const POOL = 10_000;
const pool = Array.from({ length: POOL }, () => ({
  recipientId: String(100_000_000_000 + Math.floor(Math.random() * 900_000_000_000)),
  mailId: `${randomLetters()}-3P5W0LI-${randomLetters()}`,
  mediaTypesToAddresses: { EMAIL: `${randomLetters()}.smith@example.com` },
}));

/** As little alike as real ones, so that compression is not flattered. */
function randomLetters(): string {
  return Math.floor(Math.random() * 36 ** 7)
    .toString(36)
    .toUpperCase();
}
