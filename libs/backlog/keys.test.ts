import { describe, expect, it } from '@jest/globals';
import { KeyLayout } from './keys.ts';

/** The part of a key that decides about its slot in a Redis Cluster. */
const hashTag = (key: string) => /\{(.+?)\}/.exec(key)?.[1];

describe('the layout of keys', () => {
  it.each([1, 4, 1024])('keeps all keys of a webhook and its queues in one slot with %i shards', (shards) => {
    const keys = new KeyLayout({ prefix: 'postrider', shards });
    for (const webhookId of [1, 2, 1023, 1024, 987_654_321_012]) {
      const tags = Object.values(keys.of(webhookId)).map(hashTag);
      const shard = keys.shardOf(webhookId);
      expect(shard).toBe(webhookId % shards);
      expect(new Set([...tags, hashTag(`${keys.shardTag(shard)}:deliveries:wait`)]).size).toBe(1);
      expect(tags[0]).toBe(`postrider:shard-${shard}`);
    }
  });

  it('gives each shard a tag of its own where the prefix has one', () => {
    const keys = new KeyLayout({ prefix: '{postrider}', shards: 2 });
    expect([1, 2].map((id) => hashTag(keys.of(id).backlog))).toEqual([
      'postrider:shard-1',
      'postrider:shard-0',
    ]);
  });

  it('gives no two webhooks a key in common but those of their shard', () => {
    const keys = new KeyLayout({ prefix: 'postrider', shards: 2 });
    const own = (id: number) => {
      const shard = keys.ofShard(keys.shardOf(id));
      expect(keys.of(id)).toMatchObject(shard);
      const common = new Set(Object.values(shard));
      return Object.values(keys.of(id)).filter((key) => !common.has(key));
    };
    expect(new Set([...own(1), ...own(3), ...own(11)]).size).toBe(18);
  });
});
