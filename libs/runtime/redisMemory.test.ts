import { describe, expect, it } from '@jest/globals';
import { memoryProblem, memoryWarning, readRedisMemory } from './redisMemory.ts';

const memory = (usedBytes: number, maxBytes = 1_000, policy = 'noeviction') => ({
  usedBytes,
  maxBytes,
  policy,
});

describe('the memory of Redis', () => {
  it('is read from its answer to INFO', async () => {
    const info = async () =>
      '# Memory\r\nused_memory:867896\r\nused_memory_human:847.55K\r\n' +
      'maxmemory:1048576\r\nmaxmemory_human:1.00M\r\nmaxmemory_policy:allkeys-lru\r\n';
    expect(await readRedisMemory([{ info }])).toEqual(memory(867_896, 1_048_576, 'allkeys-lru'));
  });

  it('of a cluster is that of its fullest node', async () => {
    const node = (used: number, max: number) => ({
      info: async () => `used_memory:${used}\r\nmaxmemory:${max}\r\nmaxmemory_policy:noeviction\r\n`,
    });
    const nodes = [node(500, 1_000), node(190, 200), node(9_000, 0)];
    expect(await readRedisMemory(nodes)).toEqual(memory(190, 200));
    await expect(readRedisMemory([])).rejects.toThrow('no node');
  });

  it.each([
    ['without a limit', memory(5_000, 0), null, null],
    ['with room', memory(799), null, null],
    ['with little room', memory(800), '80 % of Redis', null],
    ['nearly full', memory(950), '95 % of Redis', '95 % of Redis'],
    ['full', memory(1_010), '101 % of Redis', '101 % of Redis'],
    ['that evicts', memory(1, 1_000, 'allkeys-lru'), 'maxmemory-policy is allkeys-lru', null],
  ])('%s', (_name, given, warning, problem) => {
    const startOf = (text: string | null, length = 0) => text?.slice(0, length) ?? null;
    expect(startOf(memoryWarning(given), warning?.length)).toBe(warning);
    expect(startOf(memoryProblem(given), problem?.length)).toBe(problem);
  });
});
