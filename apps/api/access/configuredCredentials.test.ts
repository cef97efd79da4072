import { describe, expect, it } from '@jest/globals';
import { ConfiguredCredentials } from './configuredCredentials.ts';
import { mayActFor } from './principal.ts';

const KEY = Buffer.alloc(32, 1);
const ENTRIES = [
  { user: 'operator', password: 'one', clientId: null },
  { user: 'anna', password: 'two:with:colons', clientId: 1 },
  { user: 'anna', password: 'two:with:colons', clientId: 2 },
  { user: 'bernd', password: 'pässwörd', clientId: 3 },
];
const credentials = new ConfiguredCredentials(ENTRIES, KEY);

describe('configured credentials', () => {
  it.each([
    ['operator', 'one', [1, 2, 3, 99]],
    ['anna', 'two:with:colons', [1, 2]],
    ['bernd', 'pässwörd', [3]],
  ])('%s may act for the clients of all entries of that pair', async (user, password, clients) => {
    const principal = credentials.check(user, password)?.principal;
    expect(principal?.user).toBe(user);
    const allowed = [1, 2, 3, 99].filter((id) => mayActFor(principal ?? undefined, id));
    expect(allowed).toEqual(clients);
  });

  it.each([
    ['operator', 'two'],
    ['operator', ''],
    ['', ''],
    ['anna', 'two'],
    ['Anna', 'two:with:colons'],
    ['bernd', 'passwörd'],
  ])('nobody is %s with the password "%s"', async (user, password) => {
    expect(credentials.check(user, password)).toBeNull();
  });

  it('are recalled by their proof, in every process, for as long as they are there', () => {
    const proof = credentials.check('anna', 'two:with:colons')?.proof ?? '';
    const elsewhere = new ConfiguredCredentials(ENTRIES, KEY);
    expect(elsewhere.recall('anna', proof)).toEqual(credentials.check('anna', 'two:with:colons')?.principal);
    const rotated = ENTRIES.map((entry) => ({ ...entry, password: `new-${entry.password}` }));
    expect(new ConfiguredCredentials(rotated, KEY).recall('anna', proof)).toBeNull();
    expect(new ConfiguredCredentials(ENTRIES.slice(3), KEY).recall('anna', proof)).toBeNull();
    expect(new ConfiguredCredentials(ENTRIES, Buffer.alloc(32, 2)).recall('anna', proof)).toBeNull();
    for (const forged of ['', 'x', proof.slice(1), `${proof}x`]) {
      expect(credentials.recall('anna', forged)).toBeNull();
    }
  });

  it('nobody may act for nobody', () => {
    expect(mayActFor(undefined, 1)).toBe(false);
  });
});
