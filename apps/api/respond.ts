import type { Request, Response } from 'express';

/** The media type of the original's clients. */
export const VENDOR_TYPE = 'application/vnd.optivo.broadmail.v1+json';
const JSON_TYPE = 'application/json';

/** JSON, under the media type that the caller prefers. */
export function respond(
  request: Request,
  response: Response,
  { status, body }: { status: number; body: unknown },
) {
  const type = request.accepts([JSON_TYPE, VENDOR_TYPE]) === VENDOR_TYPE ? VENDOR_TYPE : JSON_TYPE;
  response.status(status).vary('Accept').type(type).send(JSON.stringify(body));
}
