import type { Request, RequestHandler, Response } from 'express';
import type { Author } from '#libs/store/auditLog.ts';
import { ApiProblem } from '../problem.ts';
import { addressOf } from './clientAddress.ts';

/** Who asks, and for which clients they may act. */
export interface Principal {
  readonly user: string;
  /** `all`: an operator. */
  readonly clientIds: ReadonlySet<number> | 'all';
}

export function principalOf(response: Response): Principal | undefined {
  return response.locals.principal as Principal | undefined;
}

export function isOperator(principal: Principal | undefined): boolean {
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

/** For the audit log. */
export function authorOf(request: Request, response: Response): Author {
  return { user: principalOf(response)?.user ?? '', address: addressOf(request) };
}
