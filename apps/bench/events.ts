import type { MailEvent } from '#libs/publisher/mailEvent.ts';

/** An event shaped as the seed's open sample, with ids and an address of its own: about 400 bytes of JSON. */
export function makeOpenEvent(clientId: number, index: number): MailEvent {
  const now = performance.timeOrigin + performance.now();
  const recipient = randomDigits();
  return {
    type: 'open',
    recipientId: String(recipient),
    userListId: 123456789003,
    remoteAddress: `10.${index & 255}.${(index >> 8) & 255}.42`,
    clientId,
    mailingId: 123456789004,
    created: Math.floor(now),
    sentAt: now,
    subscriptionId: 1234567,
    mailId: `${randomLetters()}-3P5W0LI-${randomLetters()}`,
    mediaTypesToAddresses: { EMAIL: `${randomLetters()}.smith@example.com` },
    device: 'desktop',
    operatingSystem: 'Windows 10',
    browser: 'Firefox 64.1',
  };
}

/** As little alike as real ones, so that compression is not flattered. */
function randomDigits(): number {
  return 100_000_000_000 + Math.floor(Math.random() * 900_000_000_000);
}

function randomLetters(): string {
  return Math.floor(Math.random() * 36 ** 7)
    .toString(36)
    .toUpperCase();
}
