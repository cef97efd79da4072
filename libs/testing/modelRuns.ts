/**
 * How many histories a model test makes up, and which. `npm test` has the same ones each time, so that what fails there
 * comes of a change. MODEL_RUNS=5000 MODEL_SEED=7 looks further; MODEL_PATH, which a failure prints, repeats one.
 */
export function modelRuns(usual: number): { seed: number; numRuns: number; path?: string } {
  const { MODEL_RUNS, MODEL_SEED, MODEL_PATH } = process.env;
  return {
    seed: Number(MODEL_SEED ?? 1),
    numRuns: Number(MODEL_RUNS ?? usual),
    ...(MODEL_PATH === undefined ? {} : { path: MODEL_PATH }),
  };
}
