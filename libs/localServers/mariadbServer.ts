import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { onPort } from './freePort.ts';
import { makeSystemTables } from './mariadbTables.ts';
import type { ServerFolder } from './serverFolder.ts';
import { type ServerProcess, startProcess } from './serverProcess.ts';

export interface MariadbServer extends ServerProcess {
  /** Of the database `postrider`; the user may create others beside it. */
  readonly url: string;
}

export interface MariadbOptions {
  /** Its path. */
  readonly program: string;
  readonly folder: ServerFolder;
  /** The data is in the sub-folder of that name. */
  readonly name?: string;
  /** Left out: a free one. */
  readonly port?: number;
}

const CONNECT_TIMEOUT_MS = 1_000;
const USER = 'postrider';
const DATABASE = 'postrider';

/** A MariaDB that is reachable from this machine only, by one user whose password is made here. */
export async function startMariadb(options: MariadbOptions): Promise<MariadbServer> {
  const { program, folder, name = 'mariadb' } = options;
  const dataFolder = join(folder.path, name);
  const tables = join(dataFolder, 'data');
  await mkdir(dataFolder, { recursive: true });
  if (!existsSync(tables)) await makeTables(program, tables);
  const password = await readOrMakePassword(join(dataFolder, 'password'));
  const initFile = await writeInitFile(join(dataFolder, 'init.sql'), password);

  return onPort(options.port, async (port) => {
    const url = `mysql://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`;
    const server = await startProcess({
      name: 'mariadbd',
      program,
      args: serverArgs({ tables, port, initFile }),
      port,
      folder,
      dataFolder,
      isReady: () => answersQuery(url),
    });
    return { ...server, url };
  });
}

/** Under another name until it is whole: an interrupted start must not leave half a database behind. */
async function makeTables(program: string, tables: string): Promise<void> {
  const unfinished = `${tables}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await makeSystemTables(program, dataArgs(unfinished), unfinished);
  await rename(unfinished, tables);
}

/** What makes the files of the data and what uses them agree on. */
function dataArgs(tables: string): string[] {
  // MariaDB refuses to run as root unless told by name.
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  // Not the system's /tmp: a server that starts removes the temporary tables of all that share it.
  const temporary = `--tmpdir=${dirname(tables)}`;
  return ['--no-defaults', ...asRoot, `--datadir=${tables}`, temporary, '--innodb-log-file-size=16M'];
}

function serverArgs(part: { tables: string; port: number; initFile: string }): string[] {
  return [
    ...dataArgs(part.tables),
    `--init-file=${part.initFile}`,
    '--bind-address=127.0.0.1',
    `--port=${part.port}`,
    // Relative to the data: a full path may be longer than the system allows for sockets.
    '--socket=mariadb.sock',
    '--skip-name-resolve',
    '--skip-log-bin',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
    '--max-connections=300',
    // Small: it shares the machine with everything else, and holds a few thousand rows.
    '--innodb-buffer-pool-size=64M',
    '--performance-schema=OFF',
    // What is committed outlives the server, but not the machine: a private server is there to try and to test.
    '--innodb-flush-log-at-trx-commit=2',
  ];
}

/** Kept beside the data, so that a restart has the same URL. */
async function readOrMakePassword(path: string): Promise<string> {
  if (existsSync(path)) return (await readFile(path, 'utf8')).trim();
  const password = randomBytes(18).toString('base64url');
  await writeFile(path, `${password}\n`, { mode: 0o600 });
  return password;
}

/** Runs at every start, before the server takes connections. A statement a line, as `init-file` wants it. */
async function writeInitFile(path: string, password: string): Promise<string> {
  const statements = [
    `CREATE DATABASE IF NOT EXISTS ${DATABASE} CHARACTER SET utf8mb4;`,
    `CREATE USER IF NOT EXISTS '${USER}'@'127.0.0.1' IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO '${USER}'@'127.0.0.1';`,
  ];
  await writeFile(path, `${statements.join('\n')}\n`, { mode: 0o600 });
  return path;
}

async function answersQuery(url: string): Promise<boolean> {
  try {
    const connection = await createConnection({ uri: url, connectTimeout: CONNECT_TIMEOUT_MS });
    await connection.query('SELECT 1');
    await connection.end();
    return true;
  } catch {
    return false;
  }
}
