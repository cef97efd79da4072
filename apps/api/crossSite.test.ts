import { describe, expect, it } from '@jest/globals';
import { isOwnSite } from './crossSite.ts';

const host = 'postrider.example:3000';

describe('where a request comes from', () => {
  it.each([
    ['a program', { site: undefined, origin: undefined }, true],
    ['a page of this server', { site: 'same-origin', origin: 'https://postrider.example:3000' }, true],
    ['the address bar', { site: 'none', origin: undefined }, true],
    ['a neighbour of the same site', { site: 'same-site', origin: 'https://evil.postrider.example' }, false],
    ['another site', { site: 'cross-site', origin: 'https://evil.example' }, false],
    [
      'another site that lies about its origin',
      { site: 'cross-site', origin: 'https://postrider.example:3000' },
      false,
    ],
    ['an older browser, this server', { site: undefined, origin: 'https://postrider.example:3000' }, true],
    ['an older browser, another port', { site: undefined, origin: 'https://postrider.example' }, false],
    ['an older browser, another site', { site: undefined, origin: 'https://evil.example' }, false],
    ['an older browser, a sandboxed frame', { site: undefined, origin: 'null' }, false],
    ['nonsense', { site: '', origin: undefined }, false],
  ])('%s', (_from, { site, origin }, expected) => {
    expect(isOwnSite({ site, origin, host })).toBe(expected);
  });
});
