/** What never belongs in a log line, by field name. Values go; names stay, so that a reader sees what was there. */
const SECRET_FIELD = /pass(word|phrase)|secret|authorization|cookie|token|encryptionkey/i;
const MAIL_ADDRESS = /[^\s"'<>@,;:(){}[\]=]+@[^\s"'<>@,;:(){}[\]=]+\.[a-z]{2,}/gi;
const URL_CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;
const MAX_DEPTH = 6;

/** A copy of `value` without credentials and mail addresses. Pure. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Error) return { name: value.name, message: redactText(value.message) };
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      SECRET_FIELD.test(name) ? '[redacted]' : redact(field, depth + 1),
    ]),
  );
}

function redactText(text: string): string {
  // Most texts have none, and a busy worker writes a dozen a millisecond.
  if (!text.includes('@')) return text;
  return text.replace(URL_CREDENTIALS, '$1[redacted]@').replace(MAIL_ADDRESS, '[address]');
}
