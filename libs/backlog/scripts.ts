import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';

/**
 * The scripts of lua/, one transition of a webhook's state each: atomic, and their headers say what goes in and
 * what comes out. Here they become commands of the connection; backlog.ts gives them types.
 */
const NAMES = [
  'append',
  'appendAtMaxmemory',
  'begin',
  'lease',
  'read',
  'readAside',
  'settle',
  'fail',
  'permit',
  'recover',
  'replace',
  'postpone',
  'kick',
  'drop',
  'claimLook',
  'lookAgain',
] as const;

export interface ScriptCall {
  readonly name: (typeof NAMES)[number];
  readonly keys: readonly string[];
  readonly args: readonly (string | number | Buffer)[];
}

type Command = (...all: unknown[]) => Promise<unknown>;

/** Replies hold Buffers where Redis has strings. */
export class Scripts {
  readonly #redis: Redis | Cluster;

  constructor(redis: Redis | Cluster) {
    this.#redis = redis;
    for (const name of NAMES) redis.defineCommand(commandName(name), { lua: readScript(name) });
  }

  run({ name, keys, args }: ScriptCall): Promise<unknown> {
    // ioredis adds the commands at run time, so that its types cannot know them.
    const commands = this.#redis as unknown as Record<string, Command | undefined>;
    const command = commands[`${commandName(name)}Buffer`];
    if (!command) throw new Error(`The script "${name}" is not registered on this connection.`);
    return command.call(this.#redis, keys.length, ...keys, ...args);
  }

  /** The lowest score of a sorted set, or null when it is empty. */
  async firstScore(key: string): Promise<number | null> {
    const [, score] = await this.#redis.zrange(key, '0', '0', 'WITHSCORES');
    return score === undefined ? null : Number(score);
  }
}

/**
 * A Redis that is full (maxmemory reached, noeviction) refuses scripts that do not say that they may run all the
 * same. All may that move or remove what is there; only what appends must wait for memory, unless its caller knows
 * that it frees more than it takes.
 */
function readScript(name: string): string {
  const file = name === 'appendAtMaxmemory' ? 'append' : name;
  const lua = readFileSync(new URL(`./lua/${file}.lua`, import.meta.url), 'utf8');
  return `#!lua${name === 'append' ? '' : ' flags=allow-oom'}\n${lua}`;
}

function commandName(name: string): string {
  return `postrider_${name}`;
}
