import { isIP } from 'node:net';
import Joi from 'joi';
import { parseRedisUrl, REDIS_URL_FORMS } from '#libs/publisher/redisUrl.ts';

/** The rules that several settings share. */

export const port = (byDefault: number) => Joi.number().port().default(byDefault);

export const milliseconds = (byDefault: number) => Joi.number().integer().min(1).default(byDefault);

export const url = (...schemes: string[]) =>
  Joi.string()
    .uri({ scheme: schemes })
    .messages({ 'string.uriCustomScheme': `must be a URL with ${schemes.join('://… or ')}://…` });

/** A server, Sentinels or a cluster. */
export const redisUrl = () => text(isRedisUrl, REDIS_URL_FORMS);

/** A text that `isRight` accepts; `allowed` says what that is. */
export const text = (isRight: (value: string) => boolean, allowed: string) =>
  Joi.string()
    .custom((value: string, helpers) => (isRight(value) ? value : helpers.error('text.wrong')))
    .messages({ 'text.wrong': `must be ${allowed}` });

export const address = () => text(isAddress, 'an IPv4 or IPv6 address');

export const addressRanges = () =>
  text(
    (value) => splitList(value).every((item) => isAddress(item) || isRange(item)),
    'comma-separated IPv4 or IPv6 addresses or ranges, such as 10.1.0.0/16',
  );

export const ranges = () =>
  text((value) => splitList(value).every(isRange), 'comma-separated ranges, such as 10.1.0.0/16,fd00::/8');

/** Comma-separated, spaces around them allowed. */
export function splitList(value: string | undefined): readonly string[] {
  return value === undefined ? [] : value.split(',').map((item) => item.trim());
}

function isRedisUrl(value: string): boolean {
  try {
    parseRedisUrl(value);
    return true;
  } catch {
    return false;
  }
}

/** A zone (`%eth0`) means something on one machine only. */
function isAddress(value: string): boolean {
  return isIP(value) !== 0 && !value.includes('%');
}

function isRange(value: string): boolean {
  const [base = '', bits, more] = value.split('/');
  if (bits === undefined || more !== undefined || !isAddress(base)) return false;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(base) === 4 ? 32 : 128);
}

/** Strict base64 of exactly 32 bytes: 43 characters and one "=". */
export function isKey(value: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(value);
}
