import { createBullBoard } from '@bull-board/api';
import { ExpressAdapter } from '@bull-board/express';
import express, { type Express, type RequestHandler } from 'express';
import { type DashboardQueue, explained } from './dashboardQueues.ts';
import { ApiProblem } from './problem.ts';

export const DASHBOARD_PATH = '/admin/queues';

/** As the dashboard's own pages call it. */
const DATA_PATHS = ['/api/queues/:queueName/add', '/api/queues/:queueName/:jobId/update-data'];

/** Bull Board over all queues. Who may see it, and where its calls may come from, is decided before it. */
export function createDashboard(queues: readonly DashboardQueue[]): RequestHandler {
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(DASHBOARD_PATH);
  createBullBoard({
    queues: queues.map(explained),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'Postrider',
        miscLinks: [
          { text: 'Console', url: '/console' },
          { text: 'API', url: '/docs' },
        ],
        hideDocsLink: true,
      },
    },
  });
  // To the API's own error handler, which tells nobody what broke.
  serverAdapter.setErrorHandler((error) => {
    throw error;
  });
  const board: Express = serverAdapter.getRouter();
  return express.Router().all(DATA_PATHS, refuseData).use(board.disable('x-powered-by').disable('etag'));
}

/** Jobs are made by those whose they are. The pages know no job's data, and would write what they show in its place. */
const refuseData: RequestHandler = () => {
  throw new ApiProblem(
    'forbidden',
    "A job's data can be neither added nor changed here. Publish events instead.",
  );
};
