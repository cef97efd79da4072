import { expect, it } from '@jest/globals';
import { Cuts } from './cuts.ts';

it('a line that two faults have cut passes on when both are over', async () => {
  const done: string[] = [];
  const line = (name: string) => ({
    cut: async () => void done.push(`${name} cut`),
    hang: () => void done.push(`${name} hangs`),
    pass: async () => void done.push(`${name} passes`),
  });
  const [a, b] = [line('a'), line('b')];
  const cuts = new Cuts();
  const long = cuts.cutOff([a, b], { forMs: 60, silently: false });
  await cuts.cutOff([a], { forMs: 1, silently: true });
  expect(done).toEqual(['a cut', 'b cut', 'a hangs']);
  await long;
  expect(done.slice(3).toSorted()).toEqual(['a passes', 'b passes']);
  await cuts.cutOff([a], { forMs: 0, silently: false });
  expect(done.slice(5)).toEqual(['a cut', 'a passes']);
});
