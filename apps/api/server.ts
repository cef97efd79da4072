import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from '#libs/logging/logger.ts';
import type { AuditLog } from '#libs/store/auditLog.ts';
import type { AccessParts } from './access/accessParts.ts';
import { authenticate, limitAddresses, limitUsers } from './access/authenticate.ts';
import { mayActFor, principalOf, requireOperator } from './access/principal.ts';
import { createAuditRoutes } from './auditRoutes.ts';
import { type ClientRouteParts, createClientRoutes } from './clientRoutes.ts';
import { CONSOLE_PATH, createConsoleRoutes } from './consoleRoutes.ts';
import { refuseCrossSite } from './crossSite.ts';
import { createDashboard, DASHBOARD_PATH } from './dashboard.ts';
import type { DashboardQueue } from './dashboardQueues.ts';
import { createDeliveryRoutes, type DeliveryRouteParts } from './deliveryRoutes.ts';
import { createEgressRoutes } from './egressRoutes.ts';
import { createErrorHandler } from './errorHandler.ts';
import { createEventRoutes, type EventRouteParts } from './events/eventRoutes.ts';
import { createHealthRoutes, type HealthParts } from './healthRoutes.ts';
import { createDocsRoutes } from './openapi/docsRoutes.ts';
import { ApiProblem } from './problem.ts';
import { clientIdOf } from './requestIds.ts';
import { createRequestLog } from './requestLog.ts';
import { createResendRoutes, type ResendRouteParts } from './resendRoutes.ts';
import { createSessionRoutes } from './sessionRoutes.ts';
import { createWebhookRoutes, type WebhookRouteParts } from './webhookRoutes.ts';

export interface AppParts {
  readonly logger: Logger;
  readonly access: AccessParts;
  readonly webhooks: WebhookRouteParts;
  readonly audit: AuditLog;
  readonly clients: ClientRouteParts;
  readonly deliveries: DeliveryRouteParts;
  readonly events: EventRouteParts;
  readonly resends: ResendRouteParts;
  /** What customers are told to let in. */
  readonly publicEgressAddresses: readonly string[];
  readonly health: HealthParts;
  readonly dashboardQueues: readonly DashboardQueue[];
}

export interface RunningServer {
  readonly port: number;
  /** Takes no more requests, lets those under way end within `deadlineMs`, then cuts them. */
  close(deadlineMs: number): Promise<void>;
}

/** A client that sends its headers or its body drop by drop gives its connection back. */
const TIMEOUTS = { headersTimeoutMs: 10_000, requestTimeoutMs: 30_000, checkIntervalMs: 1000 };
/** Longer than the usual load balancer keeps its own, so that it is not we who close in the middle. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** Comes in: HTTP. Goes out: what the contract's §1 and §4 promise, errors as problem+json. */
export function createApp(parts: AppParts): Express {
  const { logger, access, webhooks, audit, health, dashboardQueues, publicEgressAddresses } = parts;
  const app = express();
  app.disable('x-powered-by').disable('etag').set('trust proxy', access.trustedProxies);
  const logIn = [authenticate(access), limitUsers(access.perUser)];
  app.use(createRequestLog({ logger, registry: health.registry }), securityHeaders, noStore);
  app.use(createHealthRoutes(health), limitAddresses(access.perAddress), createDocsRoutes());
  app.use(CONSOLE_PATH, createConsoleRoutes());
  app.use(refuseCrossSite);
  app.use(DASHBOARD_PATH, logIn, requireOperator, createDashboard(dashboardQueues));
  app.use('/rest', createSessionRoutes(access), logIn, createEgressRoutes(publicEgressAddresses));
  app.use('/rest', createClientRoutes(parts.clients));
  app.use('/rest/:clientId', requireClient, createEventRoutes(parts.events));
  app.use('/rest/:clientId', createWebhookRoutes(webhooks), createAuditRoutes({ audit }));
  app.use('/rest/:clientId', createDeliveryRoutes(parts.deliveries), createResendRoutes(parts.resends));
  app.use(nothingHere);
  app.use(createErrorHandler({ logger }));
  return app;
}

export async function startServer(parts: {
  app: Express;
  port: number;
  timeouts?: typeof TIMEOUTS;
}): Promise<RunningServer> {
  const { app, port, timeouts = TIMEOUTS } = parts;
  const server = createServer(
    {
      headersTimeout: timeouts.headersTimeoutMs,
      requestTimeout: timeouts.requestTimeoutMs,
      connectionsCheckingInterval: timeouts.checkIntervalMs,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    },
    app,
  ).listen(port);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: (deadlineMs) => closeServer(server, deadlineMs),
  };
}

async function closeServer(server: Server, deadlineMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await closed;
  clearTimeout(deadline);
}

/** For the dashboard's pages too: its fonts from elsewhere are not loaded, as no outside host is asked. */
const securityHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
});

const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

const requireClient: RequestHandler = (request, response, next) => {
  const clientId = clientIdOf(request);
  if (mayActFor(principalOf(response), clientId)) return next();
  throw new ApiProblem('forbidden', `These credentials are not for the client ${clientId}.`);
};

const nothingHere: RequestHandler = () => {
  throw new ApiProblem('no-such-path', 'The path is wrong, or names something that does not exist.');
};
