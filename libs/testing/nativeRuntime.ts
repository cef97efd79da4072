import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

type Globals = Readonly<Record<string, unknown>>;
type Environment = { readonly global: typeof globalThis };

const require = createRequire(import.meta.url);

/** Here jest-circus looks for the time limit of a test. */
const TIMEOUT = Symbol.for('TEST_TIMEOUT_SYMBOL');
/** Here jest-circus keeps what listens to it, also to another copy of it. */
const LISTENERS = Symbol.for('EVENT_HANDLERS');
const GLOBALS = Symbol.for('postrider.jestGlobals');
const GLOBALS_URL = 'jest-globals:';

const shared = globalThis as Record<symbol, unknown>;
let testUrl = '';

/**
 * `@jest/globals` is an empty shell: Jest gives every test file an `it` and `describe` of its own. A helper lives
 * longer than one test file: it gets nothing but `expect`, which is the same for all; more than that is an error.
 */
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== '@jest/globals') return next(specifier, context);
    const isTest = context.parentURL === testUrl;
    return { url: isTest ? `${GLOBALS_URL}${testUrl}` : GLOBALS_URL, format: 'module', shortCircuit: true };
  },
  load(url, context, next) {
    if (!url.startsWith(GLOBALS_URL)) return next(url, context);
    const names = url === GLOBALS_URL ? ['expect'] : Object.keys(shared[GLOBALS] as Globals);
    const source = `export const { ${names.join(', ')} } = globalThis[Symbol.for('${GLOBALS.description}')];`;
    return { format: 'module', source, shortCircuit: true };
  },
});

/**
 * Jest's runtime (its setting `runtime`), as far as its runner and jest-circus ask for one. Jest's own loads every
 * module anew for every test file, in a VM context, which takes half of the CPU time of all tests. This one has Node
 * load them: a process that runs several test files loads bullmq, typeorm or got once. So these files share not only
 * the process, but its modules too, which keep no state. Mocks of modules, fake timers and coverage are not to be had.
 */
export default class NativeRuntime {
  constructor(
    _config: unknown,
    _environment: Environment,
    _resolver: unknown,
    _transformer: unknown,
    _files: unknown,
    _coverage: unknown,
    testPath: string,
  ) {
    testUrl = pathToFileURL(testPath).href;
  }

  /** jest-circus, a fresh copy for each test file: what a file registers is kept in its modules. */
  requireInternalModule(path: string): unknown {
    delete shared[LISTENERS];
    delete require.cache[path];
    return require(path);
  }

  setGlobalsForRuntime(globals: Globals): void {
    const setTimeout = (ms: number) => {
      shared[TIMEOUT] = ms;
    };
    shared[GLOBALS] = { ...globals, jest: { setTimeout } };
  }

  unstable_shouldLoadAsEsm(): boolean {
    return true;
  }

  unstable_importModule(path: string): Promise<unknown> {
    return import(pathToFileURL(path).href);
  }

  requireModule(path: string): unknown {
    return require(path);
  }

  /** Node strips types without moving anything. */
  getSourceMaps(): ReadonlyMap<string, string> {
    return new Map();
  }

  getAllCoverageInfoCopy(): undefined {}

  /** Jest asks this of a runtime that can tell code of tests from its own. */
  enterTestCode(): void {}
  leaveTestCode(): void {}

  teardown(): void {
    delete shared[TIMEOUT];
  }
}
