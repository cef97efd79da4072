import { send } from '../api/tests/httpClient.ts';

/** What a process shows at /metrics now (Prometheus' text format). */
export async function readMetrics(port: number): Promise<string> {
  const { status, text } = await send(port, { method: 'GET', path: '/metrics' });
  if (status !== 200) throw new Error(`GET /metrics was answered with ${status}: ${text}`);
  return text;
}

/** The value of `name` with exactly these labels; 0 when there is no such line yet. */
export function metric(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const inBraces = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const series = inBraces.length === 0 ? name : `${name}{${inBraces.join(',')}}`;
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? 0);
}
