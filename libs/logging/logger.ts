import { createLogger as createWinston, format, transports } from 'winston';
import { bufferedLines } from './bufferedLines.ts';
import { redact } from './redact.ts';

export type LogFields = Readonly<Record<string, unknown>>;

/** What the stages need of a logger. A line has a sentence and named fields. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** JSON lines on standard output: `{ level, time, service, message, … }`, redacted. */
export function createLogger({ level, service }: { level: string; service: string }): Logger {
  const winston = createWinston({
    level,
    format: format.printf(({ level: lineLevel, message, ...fields }) => {
      const line = { time: new Date().toISOString(), level: lineLevel, service, message, ...fields };
      return JSON.stringify(redact(line));
    }),
    transports: [new transports.Stream({ stream: bufferedLines(process.stdout) })],
  });
  return {
    debug: (message, fields) => void winston.debug(message, fields),
    info: (message, fields) => void winston.info(message, fields),
    warn: (message, fields) => void winston.warn(message, fields),
    error: (message, fields) => void winston.error(message, fields),
  };
}

/** For tests and tools that have nothing to say. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
