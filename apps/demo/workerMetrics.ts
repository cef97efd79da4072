/** What the workers have counted by themselves, all of them together. */
export interface WorkerFigures {
  readonly received: number;
  readonly rejected: number;
  readonly delivered: number;
  readonly discarded: number;
  readonly acceptedPosts: number;
  readonly refusedPosts: number;
  readonly pending: number;
}

export async function readWorkers(urls: readonly string[], signal: AbortSignal): Promise<WorkerFigures> {
  const pages = await Promise.all(urls.map((url) => readPage(`${url}/metrics`, signal)));
  const sum = (name: string, label = '') => {
    return pages.reduce((total, page) => total + sumSamples(page, `postrider_${name}`, label), 0);
  };
  return {
    received: sum('events_received_total'),
    rejected: sum('events_rejected_total'),
    delivered: sum('events_delivered_total'),
    discarded: sum('events_discarded_total'),
    acceptedPosts: sum('transmissions_total', 'outcome="delivered"'),
    refusedPosts: sum('transmissions_total', 'outcome="failed"'),
    // It is in Redis, and every worker says the same.
    pending: sumSamples(pages[0] ?? '', 'postrider_pending_events', ''),
  };
}

async function readPage(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}.`);
  return response.text();
}

/** Adds up the samples of that name whose labels include `label`, in Prometheus' text format. */
export function sumSamples(page: string, name: string, label: string): number {
  return page
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .filter((line) => line.includes(label))
    .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0);
}
