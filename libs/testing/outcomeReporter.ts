import { runState } from './runState.ts';

interface Counts {
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** Notes whether a test or a file failed, for the teardown, which keeps the data then. Prints nothing. */
export default class OutcomeReporter {
  onRunComplete(_contexts: unknown, { numFailedTests, numRuntimeErrorTestSuites }: Counts): void {
    runState().failed = numFailedTests + numRuntimeErrorTestSuites > 0;
  }
}
