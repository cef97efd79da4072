import { type RequestHandler, Router } from 'express';
import Joi from 'joi';
import { type Authentication, authenticate, logIn } from './access/authenticate.ts';
import { type Principal, principalOf } from './access/principal.ts';
import { otherMethods } from './otherMethods.ts';
import { readBody } from './readBody.ts';
import { respond } from './respond.ts';
import { validate } from './validate.ts';

const MAX_CHARACTERS = 4096;

export const sessionSchema = Joi.object({
  user: Joi.string().max(MAX_CHARACTERS).required().description('A user of this API.'),
  password: Joi.string().max(MAX_CHARACTERS).required(),
});

/** `/session`, below `/rest`: for pages that don't keep a password. Signing in is open to everybody. */
export function createSessionRoutes(parts: Authentication): Router {
  const { logins, sessions } = parts;

  const signIn: RequestHandler = async (request, response) => {
    const pair = validate<{ user: string; password: string }>(request.body, sessionSchema);
    const { principal, proof } = await logIn(request, pair, logins);
    await sessions.begin(request, response, { user: principal.user, proof });
    response.locals.principal = principal;
    respond(request, response, { status: 201, body: view(principal) });
  };

  const tell: RequestHandler = (request, response) => {
    const principal = principalOf(response);
    if (principal) respond(request, response, { status: 200, body: view(principal) });
  };

  const signOut: RequestHandler = async (request, response) => {
    await sessions.end(request, response);
    response.status(204).end();
  };

  const router = Router();
  router
    .route('/session')
    .post(readBody, signIn)
    .get(authenticate(parts), tell)
    .delete(signOut)
    .all(otherMethods('GET', 'POST', 'DELETE'));
  return router;
}

function view({ user, clientIds }: Principal) {
  const operator = clientIds === 'all';
  return { user, operator, clientIds: operator ? [] : [...clientIds].toSorted((a, b) => a - b) };
}
