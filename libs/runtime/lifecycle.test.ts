import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '#libs/logging/logger.ts';
import { Lifecycle } from './lifecycle.ts';

describe('Lifecycle', () => {
  it('stops in the reverse order of the start, one after the other', async () => {
    const stopped: string[] = [];
    const lifecycle = new Lifecycle({ logger: silentLogger, deadlineMs: 1_000 });
    for (const name of ['first', 'second', 'third']) {
      lifecycle.add(name, async () => {
        await new Promise(setImmediate);
        stopped.push(name);
      });
    }
    expect(await lifecycle.stop()).toBe(true);
    expect(stopped).toEqual(['third', 'second', 'first']);
  });

  it('tells each part how long it may take', async () => {
    const lifecycle = new Lifecycle({ logger: silentLogger, deadlineMs: 1_000 });
    const told: number[] = [];
    for (const name of ['first', 'second']) lifecycle.add(name, (leftMs) => told.push(leftMs));
    lifecycle.add('slow', () => new Promise((resolve) => setTimeout(resolve, 50)));
    await lifecycle.stop();
    for (const leftMs of told) expect(leftMs).toBeLessThan(960);
    expect(told).toEqual(told.toSorted((a, b) => b - a));
    expect(told.at(-1)).toBeGreaterThan(0);
  });

  it('gives up at the deadline and names the part that hangs', async () => {
    const errors: unknown[] = [];
    const logger = { ...silentLogger, error: (_message: string, fields?: object) => errors.push(fields) };
    const lifecycle = new Lifecycle({ logger, deadlineMs: 20 });
    lifecycle.add('hanging', () => new Promise(() => {}));
    expect(await lifecycle.stop()).toBe(false);
    expect(errors).toEqual([{ part: 'hanging', deadlineMs: 20 }]);
  });

  it('stops once, however often it is asked to', async () => {
    let stops = 0;
    const lifecycle = new Lifecycle({ logger: silentLogger, deadlineMs: 1_000 });
    lifecycle.add('part', () => stops++);
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    expect(stops).toBe(1);
  });
});
