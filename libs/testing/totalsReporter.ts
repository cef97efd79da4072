import type { AggregatedResult, Reporter } from '@jest/reporters';
import { runState } from './globalSetup.ts';

/**
 * Notes whether the run failed, for the teardown, and keeps the totals for the last line, which comes after it.
 */
export default class TotalsReporter implements Pick<Reporter, 'onRunComplete'> {
  onRunComplete(_contexts: unknown, result: AggregatedResult): void {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = result;
    // A file that could not even run counts as one failed test.
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    runState.failed = failed > 0;
    process.once('exit', () => process.stdout.write(`${numPassedTests} passed, ${failed} failed\n`));
  }
}
