import { runState } from './globalSetup.ts';

/** Notes whether the run failed, for the teardown, which keeps the data then. Prints nothing. */
export default class OutcomeReporter {
  onRunComplete(_contexts: unknown, { success }: { readonly success: boolean }): void {
    runState.failed = !success;
  }
}
