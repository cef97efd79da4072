import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Makes the system tables of a new MariaDB in an empty data folder, as mariadb-install-db does, but without that
 * script: it needs programs of the client's package, and fills in help texts and views that nobody reads here.
 */
export async function makeSystemTables(
  program: string,
  args: readonly string[],
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const statements = await systemTablesSql(await shareFolder(program));
  const server = spawn(program, [...args, '--bootstrap', '--log-warnings=0', '--enforce-storage-engine='], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let complaints = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  server.stdin.on('error', () => {});
  server.stdin.end(statements);
  const [code] = await once(server, 'close');
  if (code !== 0) throw new Error(`mariadbd could not make its system tables in ${folder}:\n${complaints}`);
}

/** Root comes in only through the socket, as the user who owns the process. */
async function systemTablesSql(folder: string): Promise<string> {
  const files = ['mysql_system_tables.sql', 'mysql_performance_tables.sql', 'mysql_system_tables_data.sql'];
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return [
    'CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;',
    `SET @auth_root_socket='${userInfo().username.replaceAll("'", "''")}';`,
    ...texts,
  ].join('\n');
}

/** The program tells where its character sets are; the SQL files are beside them. */
async function shareFolder(program: string): Promise<string> {
  const run = promisify(execFile);
  const { stdout } = await run(program, ['--no-defaults', '--verbose', '--help'], {
    maxBuffer: 8 * 1024 * 1024,
  });
  const path = /^character-sets-dir\s+(\S.*)$/m.exec(stdout)?.[1];
  if (path === undefined)
    throw new Error(`${program} does not say where its files are (character-sets-dir).`);
  return dirname(path.replace(/\/+$/, ''));
}
