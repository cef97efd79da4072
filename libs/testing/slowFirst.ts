import { createRequire } from 'node:module';

/** The package's types are of its CommonJS form, in which the class is a property. */
const { default: Sequencer } = createRequire(import.meta.url)(
  '@jest/test-sequencer',
) as typeof import('@jest/test-sequencer');

type Tests = Parameters<InstanceType<typeof Sequencer>['sort']>[0];

/** Those that take longest, most of it waiting. Begun last, one of them alone would be waited for at the end. */
const SLOW = [
  'chaos',
  'console',
  'pages',
  'processes',
  'clockJumps',
  'demo',
  'fuzz',
  'commands',
  'outages',
  'faults',
];

/** Jest's own order is by what it remembers of the last run, which a fresh clone does not have. */
export default class SlowFirst extends Sequencer {
  override async sort(tests: Tests): Promise<Tests> {
    const rank = ({ path }: { path: string }) => {
      const at = SLOW.findIndex((name) => path.endsWith(`/${name}.itest.ts`));
      return at < 0 ? SLOW.length : at;
    };
    return (await super.sort(tests)).toSorted((a, b) => rank(a) - rank(b));
  }
}
