import { Router } from 'express';
import { otherMethods } from './otherMethods.ts';
import { respond } from './respond.ts';

/** `/egress`, below `/rest`: where deliveries come from, for every user of the API. */
export function createEgressRoutes(addresses: readonly string[]): Router {
  const router = Router();
  router
    .route('/egress')
    .get((request, response) => respond(request, response, { status: 200, body: { addresses } }))
    .all(otherMethods('GET'));
  return router;
}
