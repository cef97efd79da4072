import type { RequestHandler } from 'express';
import { ApiProblem } from './problem.ts';

/** The last handler of a path, which knows the methods before it. */
export function otherMethods(...known: readonly string[]): RequestHandler {
  const allow = [...known, ...(known.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  return (request, response) => {
    if (request.method === 'OPTIONS') {
      response.set('Allow', allow).status(204).end();
      return;
    }
    throw new ApiProblem('method-not-allowed', `This path takes ${allow}.`, { headers: { Allow: allow } });
  };
}
