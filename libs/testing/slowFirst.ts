import { createRequire } from 'node:module';

/** The package's types are of its CommonJS form, in which the class is a property. */
const { default: Sequencer } = createRequire(import.meta.url)(
  '@jest/test-sequencer',
) as typeof import('@jest/test-sequencer');

type Tests = Parameters<InstanceType<typeof Sequencer>['sort']>[0];

/** Takes minutes, most of it waiting: begun last, it would be waited for alone. */
const SLOW = '/chaos.itest.ts';

/** Jest's own order is by what it remembers of the last run, which a fresh clone does not have. */
export default class SlowFirst extends Sequencer {
  override async sort(tests: Tests): Promise<Tests> {
    const rank = ({ path }: { path: string }) => (path.endsWith(SLOW) ? 0 : 1);
    return (await super.sort(tests)).toSorted((a, b) => rank(a) - rank(b));
  }
}
