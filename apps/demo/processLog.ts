import { readFile } from 'node:fs/promises';

export type LogFields = Readonly<Record<string, unknown>>;

/** The lines of a process's log; what is not JSON, such as a stack trace, as an error with that message. */
export async function readLog(path: string): Promise<LogFields[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [parseLine(line)]));
}

/** The last lines that tell of an error, as they are in the file. */
export async function lastErrors(path: string, count: number): Promise<string[]> {
  const errors = (await readLog(path)).filter(({ level }) => level === 'error');
  return errors.slice(-count).map(({ message, raw, ...fields }) => {
    return typeof raw === 'string' ? raw : JSON.stringify({ message, ...fields });
  });
}

function parseLine(line: string): LogFields {
  try {
    return Object(JSON.parse(line)) as LogFields;
  } catch {
    return { level: 'error', message: line, raw: line };
  }
}
