import { describe, expect, it } from '@jest/globals';
import { ConfiguredCredentials } from './configuredCredentials.ts';
import { mayActFor } from './principal.ts';

const credentials = new ConfiguredCredentials([
  { user: 'operator', password: 'one', clientId: null },
  { user: 'anna', password: 'two:with:colons', clientId: 1 },
  { user: 'anna', password: 'two:with:colons', clientId: 2 },
  { user: 'bernd', password: 'pässwörd', clientId: 3 },
]);

describe('configured credentials', () => {
  it.each([
    ['operator', 'one', [1, 2, 3, 99]],
    ['anna', 'two:with:colons', [1, 2]],
    ['bernd', 'pässwörd', [3]],
  ])('%s may act for the clients of all entries of that pair', async (user, password, clients) => {
    const principal = credentials.check(user, password);
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

  it('nobody may act for nobody', () => {
    expect(mayActFor(undefined, 1)).toBe(false);
  });
});
