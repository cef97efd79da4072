/**
 * Builds the console (apps/console) into apps/console/dist, unless what is there was built of the same sources. It
 * takes about a second. Plain JavaScript, because scripts/prepare.mjs runs it with whatever Node the machine has.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CONSOLE = join(ROOT, 'apps', 'console');
/** What it shares with the command line. */
const SHARED = join(ROOT, 'libs', 'apiClient');
const BUILT = join(CONSOLE, 'dist');
const CACHE = join(ROOT, '.cache');
/** Holds the hash of the sources. */
const STAMP = 'sources.sha256';
const PACKAGES = ['vite', 'preact', 'uplot'];

function sourceFiles() {
  const inside = [join(CONSOLE, 'src'), SHARED]
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const packages = PACKAGES.map((name) => join(ROOT, 'node_modules', name, 'package.json'));
  return [...inside, join(CONSOLE, 'index.html'), join(CONSOLE, 'vite.config.ts'), ...packages].sort();
}

function hashSources() {
  const hash = createHash('sha256');
  for (const path of sourceFiles()) hash.update(path.slice(ROOT.length)).update(readFileSync(path));
  return hash.digest('hex');
}

function isBuilt(hash) {
  const stamp = join(BUILT, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

/** Elsewhere, then moved to where it belongs, so that nobody ever sees half of it. */
function build(hash) {
  const folder = join(CACHE, `console-${process.pid}`);
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const { status } = spawnSync(process.execPath, [vite, 'build', CONSOLE, '--outDir', folder], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error('The console could not be built: its messages are above.');
  }
  writeFileSync(join(folder, STAMP), hash);
  rmSync(BUILT, { recursive: true, force: true });
  renameSync(folder, BUILT);
}

export function buildConsole() {
  const hash = hashSources();
  if (isBuilt(hash)) return;
  const start = Date.now();
  process.stderr.write('Building the console …\n');
  build(hash);
  process.stderr.write(`Console built (${((Date.now() - start) / 1_000).toFixed(1)} s)\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildConsole();
