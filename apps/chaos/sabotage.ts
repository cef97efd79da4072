import { fileURLToPath } from 'node:url';

/** Ways to break what keeps events safe: with each of them, the suite must find loss or a stall. */
export const SABOTAGES = ['redis-forgets', 'nobody-wakes', 'completes-before-append'] as const;
export type Sabotage = (typeof SABOTAGES)[number];

export function isSabotage(text: string): text is Sabotage {
  return (SABOTAGES as readonly string[]).includes(text);
}

const MODULES: Partial<Record<Sabotage, string>> = {
  'nobody-wakes': './sabotage/nobodyWakes.ts',
  'completes-before-append': './sabotage/completesBeforeAppend.ts',
};

/** What a worker loads first, so that the code under test needs no switch for it. */
export function sabotageModule(sabotage: Sabotage | null): string | null {
  const file = sabotage && MODULES[sabotage];
  return file ? fileURLToPath(new URL(file, import.meta.url)) : null;
}
