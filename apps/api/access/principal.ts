import type { RequestHandler, Response } from 'express';
import { ApiProblem } from '../problem.ts';

/** Who asks, and for which clients they may act. */
export interface Principal {
  readonly user: string;
  /** `all`: an operator. */
  readonly clientIds: ReadonlySet<number> | 'all';
}

export function principalOf(response: Response): Principal | undefined {
  return response.locals.principal as Principal | undefined;
}

function isOperator(principal: Principal | undefined): boolean {
  return principal?.clientIds === 'all';
}

export function mayActFor(principal: Principal | undefined, clientId: number): boolean {
  return principal?.clientIds === 'all' || (principal?.clientIds.has(clientId) ?? false);
}

/** For pages that show the data of every client. */
export const requireOperator: RequestHandler = (_request, response, next) => {
  if (isOperator(principalOf(response))) return next();
  throw new ApiProblem('forbidden', 'This page is for operators.');
};
