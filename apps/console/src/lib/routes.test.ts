import { describe, expect, it } from '@jest/globals';
import { parseRoute, pathTo } from './routes.ts';

describe('addresses of the console', () => {
  it.each([
    { page: 'home' },
    { page: 'list', clientId: 7 },
    { page: 'create', clientId: 123456789001 },
    { page: 'webhook', clientId: 7, id: 3 },
    { page: 'edit', clientId: 7, id: 3 },
  ] as const)('lead where they came from: $page', (route) => {
    expect(parseRoute(pathTo(route))).toEqual(route);
  });

  it.each([
    '/console/clients/0',
    '/console/clients/x',
    '/console/clients/7/webhooks/',
    '/console/clients/7/webhooks/3/edit/more',
    '/console/nothing',
    '/elsewhere',
  ])('%s is nowhere', (path) => expect(parseRoute(path)).toEqual({ page: 'nowhere' }));
});
