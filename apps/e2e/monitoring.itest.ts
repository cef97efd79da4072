import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Joi from 'joi';
import { parse } from 'yaml';
import { findProgram } from '#libs/localServers/findProgram.ts';
import { makeEvents } from '#libs/testing/fixtures.ts';
import { send } from '../api/tests/httpClient.ts';
import { readMetrics } from './metrics.ts';
import { type Platform, startPlatform } from './platform.ts';
import { mentionedIn } from './promql.ts';
import { newClientId, OPERATOR } from './settings.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RULES = 'docker/helm/postrider/files/alerts.yaml';
const readText = (path: string) => readFile(`${ROOT}/${path}`, 'utf8');

/** Prometheus makes them, not what it reads. */
const OF_PROMETHEUS = { metrics: ['up'], labels: ['job', 'instance'] };

const promtool = await findProgram('promtool', process.env.PATH ?? '');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
}

/** What of Prometheus' rule files we use. */
const rulesSchema = Joi.object({
  groups: Joi.array()
    .items({
      name: Joi.string().required(),
      rules: Joi.array()
        .items({
          alert: Joi.string()
            .pattern(/^Postrider[A-Za-z]+$/)
            .required(),
          expr: Joi.string().required(),
          for: Joi.string().pattern(/^\d+[smhd]$/),
          labels: Joi.object({ severity: Joi.valid('critical', 'warning').required() }).required(),
          annotations: Joi.object({
            summary: Joi.string().required(),
            runbook: Joi.string().required(),
          }).required(),
        })
        .min(1)
        .required(),
    })
    .unique('name')
    .min(1)
    .required(),
});

async function readRules(): Promise<Rule[]> {
  const file: unknown = parse(await readText(RULES));
  const { groups }: { groups: { rules: Rule[] }[] } = Joi.attempt(file, rulesSchema);
  return groups.flatMap(({ rules }) => rules);
}

/** By which the workers' number grows on Kubernetes; the adapter adds matchers of labels. */
async function adapterExpressions(): Promise<string[]> {
  const { rules } = parse(await readText('docker/prometheus/prometheus-adapter.yaml')) as {
    rules: { external: { metricsQuery: string }[] };
  };
  return rules.external.map(({ metricsQuery }) => metricsQuery.replace('{<<.LabelMatchers>>}', ''));
}

async function dashboardExpressions(): Promise<string[]> {
  const { panels } = JSON.parse(await readText('docker/helm/postrider/files/dashboard.json')) as {
    panels: { targets?: { expr: string }[] }[];
  };
  return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
}

/** Names of series and of labels, as they are read. */
function seriesOf(text: string): { metrics: Set<string>; labels: Set<string> } {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return {
    metrics: new Set(lines.map((line) => /^\w+/.exec(line)?.[0] ?? '')),
    labels: new Set(lines.flatMap((line) => [...line.matchAll(/(\w+)="/g)].map(([, label = '']) => label))),
  };
}

/** Each series with its labels, without its value; those of Node itself come and go with what it does. */
function ownSeries(text: string): string[] {
  return text.split('\n').flatMap((line) => /^(postrider_\S+) /.exec(line)?.[1] ?? []);
}

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const scrape = () => Promise.all([platform.apiPort, platform.workerPort].map(readMetrics));

describe('the dashboard, the alerts and the rule of the autoscaler', () => {
  it('speak PromQL, and only of metrics and labels that the API or a worker has', async () => {
    const rules = await readRules();
    const others = [...(await dashboardExpressions()), ...(await adapterExpressions())];
    const expressions = [...others, ...rules.map(({ expr }) => expr)];
    expect(expressions.length).toBeGreaterThan(30);
    await send(platform.apiPort, { method: 'GET', path: '/rest/egress', auth: OPERATOR });
    const there = seriesOf((await scrape()).join('\n'));
    const metrics = there.metrics.union(new Set(OF_PROMETHEUS.metrics));
    const labels = there.labels.union(new Set(OF_PROMETHEUS.labels));
    for (const expression of expressions) {
      const used = mentionedIn(expression);
      expect({ expression, errors: used.errors }).toEqual({ expression, errors: [] });
      expect(used.metrics.size).toBeGreaterThan(0);
      expect({ expression, unknown: [...used.metrics.difference(metrics)] }).toEqual({
        expression,
        unknown: [],
      });
      expect({ expression, unknown: [...used.labels.difference(labels)] }).toEqual({
        expression,
        unknown: [],
      });
    }
  });

  it('would not pass with a name that is wrong, or with what is no PromQL', () => {
    const { metrics, labels, errors } = mentionedIn(
      'sum by (typo) (rate(postrider_nothing[$__rate_interval]))',
    );
    expect([[...metrics], [...labels], errors]).toEqual([['postrider_nothing'], ['typo'], []]);
    expect(mentionedIn('sum(rate(postrider_nothing[5m])').errors).not.toEqual([]);
  });

  it('have an entry in docs/runbook.md for each alert, which leads there, and none for any other', async () => {
    const rules = await readRules();
    const headings = [...(await readText('docs/runbook.md')).matchAll(/^### (Postrider\w+)$/gm)];
    expect(headings.map(([, name]) => name)).toEqual(rules.map(({ alert }) => alert));
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    }
  });

  it('and the table of metrics there has each metric of ours, and none that is not', async () => {
    const types = (await scrape()).join('\n').matchAll(/^# TYPE (postrider_\w+) /gm);
    const there = new Set([...types].map(([, name]) => name));
    const page = await readText('docs/operations.md');
    const rows = page.split('\n').filter((line) => /^\| `postrider_/.test(line));
    const shown = rows.flatMap((row) => [...row.matchAll(/`(postrider_\w+)/g)].map(([, name]) => name));
    expect(new Set(shown)).toEqual(there);
  });

  it('have each alert, and the rule, in the tests of the rules', async () => {
    const text = await readText('docker/prometheus/alerts.test.yaml');
    const names = (await readRules()).map(({ alert }) => alert);
    expect(names.filter((name) => !text.includes(`alertname: ${name}\n        exp_alerts:`))).toEqual([]);
    const { tests } = parse(text, { merge: true }) as { tests: { promql_expr_test?: { expr: string }[] }[] };
    const tried = tests.flatMap(({ promql_expr_test: each = [] }) => each.map(({ expr }) => expr));
    expect(tried).toEqual(expect.arrayContaining(await adapterExpressions()));
  });

  it('are what docker/compose.yaml mounts, each image with its version and a check of its health', async () => {
    const { services } = parse(await readText('docker/compose.yaml'));
    for (const name of ['prometheus', 'grafana']) {
      const { image, volumes, healthcheck } = services[name];
      expect(image).toMatch(/:v?\d+\.\d+\.\d+$/);
      expect(healthcheck.test.length).toBeGreaterThan(2);
      const folders = volumes.filter((volume: string) => volume.startsWith('./'));
      expect(folders.length).toBeGreaterThan(0);
      for (const folder of folders) expect(existsSync(`${ROOT}/docker/${folder.split(':')[0]}`)).toBe(true);
    }
  });

  const skipped = 'skipped, because promtool is not installed: `apt-get install prometheus` brings it';
  (promtool ? it : it.skip)(
    `pass promtool's checks and their own tests${promtool ? '' : ` (${skipped})`}`,
    async () => {
      const run = (...args: string[]) => promisify(execFile)(promtool ?? '', args, { cwd: ROOT });
      expect((await run('check', 'rules', RULES)).stdout).toContain('SUCCESS');
      expect((await run('test', 'rules', 'docker/prometheus/alerts.test.yaml')).stdout).toContain('SUCCESS');
      const config = parse(await readText('docker/prometheus/prometheus.yaml'));
      expect(config.rule_files).toEqual(['/etc/prometheus/alerts.yaml']);
    },
  );
});

describe('the series of a process', () => {
  it('are as many on a worker for one client as for thirty', async () => {
    const customers = [await platform.customer(), await platform.customer(() => ({ status: 500 }))];
    const [, before = ''] = await scrape();
    for (let client = 0; client < 30; client += 1) {
      const customer = customers[client % 2] ?? customers[0];
      if (!customer) continue;
      const { match } = await platform.activated({ customer, type: client % 3 === 0 ? 'click' : 'open' });
      await platform.publisher.publish(makeEvents(3, { ...match, recipientId: `jane${client}@example.com` }));
    }
    await customers[0]?.waitForAccepted(45);
    await customers[1]?.waitForRequests(15);
    const [, after = ''] = await scrape();
    expect(ownSeries(after)).toEqual(ownSeries(before));
  });

  it('stay few on the API, whatever it is asked for', async () => {
    const call = (method: string, path: string) => send(platform.apiPort, { method, path, auth: OPERATOR });
    for (let i = 0; i < 50; i += 1) {
      await call('GET', `/rest/${newClientId()}/webhooks/${i + 1}`);
      await call('GET', `/rest/jane${i}@example.com/webhooks`);
      await call('PROPFIND', `/nothing/${i}`);
      await call('GET', `/admin/queues/api/queues/none-${i}/job-${i}`);
      await call('GET', `/console/none-${i}`);
    }
    const [text = ''] = await scrape();
    const counts = ownSeries(text).filter((series) => series.includes('_seconds_count{'));
    const labels = counts.map((series) => Object.fromEntries(pairsOf(series)));
    expect(labels.filter(({ route = '' }) => /\d|@|none|nothing/.test(route))).toEqual([]);
    expect(labels).toContainEqual({
      method: 'GET',
      route: '/rest/:clientId/webhooks/:webhookId',
      status: '4xx',
    });
    expect(labels).toContainEqual({ method: 'other', route: 'other', status: '4xx' });
    expect(counts.length).toBeLessThan(20);
  });
});

function pairsOf(series: string): [string, string][] {
  return [...series.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]);
}
