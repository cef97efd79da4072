import { InvalidArgumentError, Option } from 'commander';
import { isId } from './connection.ts';

/** What options and arguments have in common: a text of the command line in, its value out, or why it is none. */

export function parseId(text: string): number {
  if (isId(text)) return Number(text);
  throw new InvalidArgumentError('It must be a positive integer.');
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** A time with its zone, or a day, which begins at midnight UTC. As the API has it. */
function parseTime(text: string): string {
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  if (isTime && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new InvalidArgumentError('It must be like 2026-03-01T12:00:00Z, or like 2026-03-01.');
}

export const timeOption = (flags: string, about: string) => new Option(flags, about).argParser(parseTime);

export const outcomeOption = (choices: readonly string[]) =>
  new Option('--outcome <outcome>', 'only those that ended so').choices(choices);
