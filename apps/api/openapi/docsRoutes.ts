import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import express, { Router } from 'express';
import { createDocument } from './document.ts';

const DOCUMENT_PATH = '/openapi.json';
const DOCS_PATH = '/docs';
const require = createRequire(import.meta.url);
const VIEWER_FOLDER = dirname(require.resolve('swagger-ui-dist/package.json'));
/** Of all that the package brings, what the page needs; its source maps are ten times as big. */
const VIEWER_FILES = ['swagger-ui-bundle.js', 'swagger-ui.css', 'favicon-32x32.png'];
/** The viewer is over a megabyte and changes with a release only. */
const CACHE = 'public, max-age=3600';
const PAGE_FILES = ['page.html', 'page.css', 'startViewer.js'];

/**
 * The document, and a page that shows it and can try its calls with credentials that a person types in. Both are
 * for everybody: they tell what the API takes, and nothing of what it holds. All comes from this server.
 */
export function createDocsRoutes(): Router {
  const document = JSON.stringify(createDocument());
  const page = readFileSync(join(import.meta.dirname, 'viewer/page.html'), 'utf8');
  const router = Router();
  router.get(DOCUMENT_PATH, (_request, response) => {
    response.type('application/json').send(document);
  });
  router.get(DOCS_PATH, (_request, response) => {
    response.type('html').send(page);
  });
  router.use(`${DOCS_PATH}/viewer`, only(VIEWER_FILES), staticFiles(VIEWER_FOLDER));
  router.use(`${DOCS_PATH}/page`, only(PAGE_FILES), staticFiles(join(import.meta.dirname, 'viewer')));
  return router;
}

function only(files: readonly string[]): express.RequestHandler {
  return (request, _response, next) => next(files.includes(request.path.slice(1)) ? undefined : 'router');
}

function staticFiles(folder: string): express.RequestHandler {
  const setHeaders = (response: ServerResponse) => response.setHeader('Cache-Control', CACHE);
  return express.static(folder, { index: false, redirect: false, dotfiles: 'ignore', setHeaders });
}
