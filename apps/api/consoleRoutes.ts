import { existsSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { ApiProblem } from './problem.ts';

export const CONSOLE_PATH = '/console';

/** Made by `npm run build:console`, which every npm script runs where it is needed. */
const BUILT_CONSOLE = join(import.meta.dirname, '../console/dist');
/** The names of the files hold a hash of what is in them. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** The page asks nobody but this server, and runs nothing but its own files. */
const policy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'none'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
    requireTrustedTypesFor: ["'script'"],
    trustedTypes: ["'none'"],
  },
});

/** The console's files, for everybody: they hold nothing. All that it shows comes from `/rest`. */
export function createConsoleRoutes(folder: string = BUILT_CONSOLE): Router {
  const setHeaders = (response: ServerResponse) => response.setHeader('Cache-Control', FOR_EVER);
  const assets = express.static(join(folder, 'assets'), {
    index: false,
    redirect: false,
    dotfiles: 'ignore',
    setHeaders,
  });
  const router = Router();
  router.use(policy);
  router.use('/assets', assets, missing);
  router.get(['/', '/{*path}'], page(join(folder, 'index.html')));
  return router;
}

/** One page for all addresses of the console; it looks at the address itself. */
function page(path: string): RequestHandler {
  return (_request, response, next) => {
    if (!existsSync(path)) return notBuilt();
    // `noStore` has set Cache-Control.
    response.sendFile(path, { cacheControl: false, lastModified: false, acceptRanges: false }, (error) => {
      if (error) next(error);
    });
  };
}

function notBuilt(): never {
  throw new ApiProblem('no-such-path', 'The console is not built here: npm run build:console builds it.');
}

const missing: RequestHandler = () => {
  throw new ApiProblem('no-such-path', 'The path is wrong, or names something that does not exist.');
};
