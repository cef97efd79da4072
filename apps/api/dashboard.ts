import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Queue } from 'bullmq';
import type { Express, RequestHandler } from 'express';

export const DASHBOARD_PATH = '/admin/queues';

export interface DashboardQueue {
  readonly queue: Queue;
  /** Put before the queue's name, where several have the same one. */
  readonly label?: string;
}

/** Bull Board over all queues. Who may see it, and where its calls may come from, is decided before it. */
export function createDashboard(queues: readonly DashboardQueue[]): RequestHandler {
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(DASHBOARD_PATH);
  createBullBoard({
    queues: queues.map(({ queue, label = '' }) => new BullMQAdapter(queue, { prefix: label })),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Postrider' } },
  });
  // To the API's own error handler, which tells nobody what broke.
  serverAdapter.setErrorHandler((error) => {
    throw error;
  });
  const app: Express = serverAdapter.getRouter();
  return app.disable('x-powered-by').disable('etag');
}
