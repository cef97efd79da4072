import { describe, expect, it } from '@jest/globals';
import { methodLabel, routeLabel, statusLabel } from './requestMetrics.ts';

describe('the labels of a request', () => {
  it.each([
    ['/rest/7/webhooks/8?x=1', '/webhooks/:webhookId', '/rest/:clientId/webhooks/:webhookId'],
    ['/rest/egress', '/egress', '/rest/egress'],
    ['/metrics', '/metrics', '/metrics'],
    ['/admin/queues/api/queues/events-open', '/api/queues/:queueName', '/admin/queues'],
    ['/admin/queues', undefined, '/admin/queues'],
    ['/console/webhooks/7', '/*splat', '/console'],
    ['/rest/jane@example.com/webhooks', undefined, '/rest'],
    ['/rest/7/secret', undefined, '/rest'],
    ['/restless', undefined, 'other'],
    ['/wp-admin/x', undefined, 'other'],
    ['/', undefined, 'other'],
  ])('%s that matched %s counts as %s', (originalUrl, path, route) => {
    expect(routeLabel({ originalUrl, ...(path !== undefined && { route: { path } }) })).toBe(route);
  });

  it('takes no pattern that is not a text', () => {
    expect(routeLabel({ originalUrl: '/docs/x', route: { path: /^x$/ } })).toBe('other');
  });

  it('has a method that is known, and the class of the status', () => {
    expect(['GET', 'DELETE', 'PROPFIND'].map(methodLabel)).toEqual(['GET', 'DELETE', 'other']);
    expect([statusLabel(201, true), statusLabel(503, true), statusLabel(200, false)]).toEqual([
      '2xx',
      '5xx',
      'aborted',
    ]);
  });
});
