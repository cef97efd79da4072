import type { Cluster, Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';

/** Everything that a part of the system holds: by where it is, as bytes. */
export type Written = ReadonlyMap<string, Buffer>;

/** Every key of Redis below `prefix`, with what is in it. */
export async function readRedis(redis: Redis | Cluster, prefix: string): Promise<Written> {
  const keys = await redis.keys(`*${prefix.replaceAll(/[*?[\]\\]/g, '\\$&')}*`);
  const entries = await Promise.all(
    keys.map(
      async (key) => [key, Buffer.concat([Buffer.from(key), ...(await valuesOf(redis, key))])] as const,
    ),
  );
  return new Map(entries);
}

async function valuesOf(redis: Redis | Cluster, key: string): Promise<Buffer[]> {
  const type = await redis.type(key);
  switch (type) {
    case 'string':
      return flatten(await redis.getBuffer(key));
    case 'hash':
      return flatten(await redis.callBuffer('HGETALL', key));
    case 'list':
      return flatten(await redis.lrangeBuffer(key, 0, -1));
    case 'set':
      return flatten(await redis.smembersBuffer(key));
    case 'zset':
      return flatten(await redis.callBuffer('ZRANGE', key, '0', '-1'));
    case 'stream':
      return flatten(await redis.callBuffer('XRANGE', key, '-', '+'));
    case 'none':
      return [];
    default:
      throw new Error(`A Redis key of type "${type}" is not looked into.`);
  }
}

function flatten(value: unknown): Buffer[] {
  if (Array.isArray(value)) return value.flatMap(flatten);
  if (value === null || value === undefined) return [];
  return [Buffer.isBuffer(value) ? value : Buffer.from(String(value))];
}

/** Every row of every table. */
export async function readMysql(databaseUrl: string): Promise<Written> {
  const connection = await createConnection(databaseUrl);
  try {
    const [tables] = await connection.query('SHOW TABLES');
    const names = (tables as object[]).map((row) => String(Object.values(row)[0]));
    const written = new Map<string, Buffer>();
    for (const name of names) {
      const [rows] = await connection.query(`SELECT * FROM \`${name}\``);
      const values = (rows as object[]).flatMap((row) => Object.values(row));
      written.set(name, Buffer.concat(flatten(values)));
    }
    return written;
  } finally {
    await connection.end();
  }
}

/** Where one of `texts` is, in the clear or in an encoding that anybody undoes. */
export function findIn(written: Written, texts: readonly string[]): string[] {
  const needles = texts.flatMap((text) => encodings(text).map((bytes) => ({ text, bytes })));
  return [...written].flatMap(([where, bytes]) => {
    return needles.filter((needle) => bytes.includes(needle.bytes)).map(({ text }) => `${text} in ${where}`);
  });
}

function encodings(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const inBase64 = [0, 1, 2].map((offset) => {
    // What does not depend on the bytes before and after it.
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return encoded.slice(Math.ceil((offset * 4) / 3), -4);
  });
  const forms = [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1), bytes.toString('hex')];
  return [...forms, ...inBase64].map((form) => Buffer.from(form));
}
