import { describe, expect, it } from '@jest/globals';
import { Turnstile } from './turnstile.ts';

/** Works that end when told to, in the order of their start. */
function works() {
  const started: PromiseWithResolvers<string>[] = [];
  const work = () => {
    const one = Promise.withResolvers<string>();
    started.push(one);
    return one.promise;
  };
  return { started, work };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('turnstile', () => {
  it('lets so many run at once, and the others in their order', async () => {
    const turnstile = new Turnstile({ atOnce: 2, places: 8, placesPerParty: 8 });
    const { started, work } = works();
    const turns = ['a', 'b', 'c', 'd'].map((party) => turnstile.run(party, work));
    await settled();
    expect(started).toHaveLength(2);
    started[1]?.resolve('second');
    await settled();
    expect(started).toHaveLength(3);
    for (const [index, one] of started.entries()) one.resolve(String(index));
    await settled();
    started[3]?.resolve('last');
    expect(await turns[1]).toEqual({ kind: 'done', value: 'second' });
    expect(await turns[3]).toEqual({ kind: 'done', value: 'last' });
  });

  it('turns away whom it has no place for', async () => {
    const turnstile = new Turnstile({ atOnce: 1, places: 1, placesPerParty: 8 });
    const { started, work } = works();
    const first = turnstile.run('a', work);
    const second = turnstile.run('b', work);
    expect(await turnstile.run('c', work)).toEqual({ kind: 'busy' });
    await settled();
    started[0]?.resolve('');
    await first;
    await settled();
    started[1]?.resolve('');
    await second;
    const third = turnstile.run('c', work);
    await settled();
    started[2]?.resolve('in');
    expect(await third).toEqual({ kind: 'done', value: 'in' });
  });

  it('keeps places free from a party that has many', async () => {
    const turnstile = new Turnstile({ atOnce: 1, places: 4, placesPerParty: 2 });
    const { started, work } = works();
    const turns = [turnstile.run('loud', work), turnstile.run('loud', work)];
    expect(await turnstile.run('loud', work)).toEqual({ kind: 'busy' });
    turns.push(turnstile.run('quiet', work));
    for (let index = 0; index < 3; index++) {
      await settled();
      started[index]?.resolve('');
    }
    expect(await Promise.all(turns)).toHaveLength(3);
  });

  it('goes on after a work that fails', async () => {
    const turnstile = new Turnstile({ atOnce: 1, places: 1, placesPerParty: 1 });
    await expect(turnstile.run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await turnstile.run('a', async () => 1)).toEqual({ kind: 'done', value: 1 });
  });
});
