import express, { type RequestHandler } from 'express';
import { ApiProblem } from './problem.ts';

/** The largest sensible webhook is about 10 KiB. */
const BODY_BYTES = 64 * 1024;
/** More than a webhook has fields. */
const FORM_FIELDS = 50;
const TYPES = ['application/json', 'application/x-www-form-urlencoded'];

/** JSON and form bodies alike become `request.body`; a request without a body has `undefined`. */
export const readBody: RequestHandler[] = [
  refuseOtherTypes,
  express.json({ limit: BODY_BYTES }),
  express.urlencoded({ limit: BODY_BYTES, extended: false, parameterLimit: FORM_FIELDS }),
];

function refuseOtherTypes(...[request, _response, next]: Parameters<RequestHandler>): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  const hasBody = encoding !== undefined || Number(length ?? 0) > 0;
  if (hasBody && !request.is(TYPES)) {
    throw new ApiProblem('unsupported-media-type', `Send the body as ${TYPES.join(' or ')}.`);
  }
  next();
}
