import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuditRoutes } from '../auditRoutes.ts';
import { createDeliveryRoutes, type DeliveryRouteParts } from '../deliveryRoutes.ts';
import { createEventRoutes, type EventRouteParts } from '../events/eventRoutes.ts';
import { OPERATIONS } from '../openapi/operations.ts';
import { createResendRoutes, type ResendRouteParts } from '../resendRoutes.ts';
import { createWebhookRoutes, type WebhookRouteParts } from '../webhookRoutes.ts';
import { startTestApi, type TestApi } from './apiFixture.ts';

/** Never used: only the routes are looked at. */
const PARTS = { targetPolicy: { mode: 'strict', allow: [] } } as unknown as WebhookRouteParts;

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const get = (path: string) => api.call({ method: 'GET', path, auth: null });

describe('/openapi.json', () => {
  it('is for everybody', async () => {
    const { status, headers, body } = await get('/openapi.json');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(body.openapi).toMatch(/^3\.1\./);
  });

  it('has every route, and no other', () => {
    const routers = [
      createWebhookRoutes(PARTS),
      createAuditRoutes({ audit: { page: () => Promise.reject() } }),
      createDeliveryRoutes(PARTS as unknown as DeliveryRouteParts),
      createEventRoutes(PARTS as unknown as EventRouteParts),
      createResendRoutes(PARTS as unknown as ResendRouteParts),
    ];
    const routes = routers
      .flatMap(({ stack }) => stack)
      .flatMap(({ route }) => {
        const methods = new Set(route?.stack.map(({ method }) => method));
        // Express calls `all` undefined.
        return [...methods].filter(Boolean).map((method) => `${method} ${asTemplate(String(route?.path))}`);
      });
    const documented = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
    const below = documented.filter((one) => one.includes('/rest/{clientId}'));
    expect(routes.toSorted()).toEqual(below.toSorted());
  });
});

function asTemplate(path: string): string {
  return `/rest/{clientId}${path.replaceAll(/:(\w+)/g, '{$1}')}`;
}

describe('/docs', () => {
  it('is a page of which every part comes from this server, and runs under the policy of all pages', async () => {
    const page = await get('/docs');
    expect(page).toMatchObject({ status: 200 });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe|http/);
    // No script inside the page, which the policy would not run.
    expect(page.text).not.toMatch(/<script>|\son\w+=|style="/);
    const parts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => String(path));
    expect(parts.length).toBeGreaterThan(4);
    for (const path of parts) {
      expect(path).toMatch(/^\//);
      expect(await get(path)).toMatchObject({ status: 200 });
    }
  });

  it('asks no outside host: the viewer’s own addresses are links at most', async () => {
    const script = await get('/docs/page/startViewer.js');
    expect(script.text).toContain("url: '/openapi.json'");
    expect(script.text).toContain('validatorUrl: null');
    const style = await get('/docs/viewer/swagger-ui.css');
    expect(style.text).not.toMatch(/url\(["']?https?:|@import/);
  });

  it.each([
    '/docs/viewer/',
    '/docs/viewer/index.html',
    '/docs/viewer/package.json',
    '/docs/viewer/..%2fpackage.json',
    '/docs/viewer/%2e%2e/package.json',
    '/docs/page/',
    '/docs/page/%2e%2e/document.ts',
    '/docs/page/..%2fdocument.ts',
    '/docs/nothing',
  ])('serves nothing else: %s', async (path) => {
    expect(await get(path)).toMatchObject({ status: 404 });
  });
});
