import { defineConfig } from 'vite';

/** Builds the console into files that the API serves under /console: no inline script, no outside host. */
export default defineConfig({
  base: '/console/',
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2023',
    modulePreload: false,
    assetsInlineLimit: 0,
    // Its own folder is made and put into place by scripts/buildConsole.mjs.
    emptyOutDir: true,
  },
});
