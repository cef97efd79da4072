/** What a baseline's worker is told, as its argument. */
export interface BaselineTask {
  readonly redisUrl: string;
  readonly prefix: string;
  readonly queue: string;
  readonly targetUrl: string;
}

export function baselineTask(): BaselineTask {
  return JSON.parse(process.argv[2] ?? '{}') as BaselineTask;
}
