import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { Registry } from 'prom-client';
import { parse } from 'yaml';
import { loadConfig } from '#libs/config/loadConfig.ts';
import { SETTINGS } from '#libs/config/settings.ts';
import { HealthServer } from '#libs/runtime/healthServer.ts';
import { createHealthRoutes } from '../../api/healthRoutes.ts';
import { parsePage } from '../documents/pages.ts';
import { CHART, EVERYTHING, lint, type Pod, pick, podsOf, REQUIRED, render } from './chart.ts';
import { readJson, readText, readYaml } from './files.ts';
import { schemaProblems, typeProblems } from './kubernetes.ts';

const plain = await render(REQUIRED);
const everything = await render(EVERYTHING);
const pods = podsOf(everything);
const { api, worker, migration } = pods as Record<'api' | 'worker' | 'migration', Pod>;
const example = parseEnv(await readText('.env.example'));
const isSecret = (wanted: string) => SETTINGS.find(({ name }) => name === wanted)?.secret === true;

/** What a container's process gets: its variables, and what the Secret should hold, as .env.example has it. */
function environmentOf({ container }: Pod): Record<string, string | undefined> {
  const secret = Object.entries(example).filter(([name]) => isSecret(name));
  return {
    ...Object.fromEntries(secret),
    ...Object.fromEntries(container.env.map((each) => Object.values(each))),
  };
}

const isPartOf = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

/** What runs in the pods that a selector of either form finds. */
function found(selector: unknown): string[] {
  const { matchLabels, ...labels } = selector as { matchLabels?: Record<string, string> };
  const isMeant = (pod: Pod) => isPartOf(matchLabels ?? labels, pod.labels);
  return Object.keys(pods).filter((name) => isMeant(pods[name] as Pod));
}

describe('the Helm chart', () => {
  it('passes helm lint, and renders what Kubernetes takes', async () => {
    await lint(REQUIRED);
    await lint(EVERYTHING);
    const manifests = [...plain, ...everything];
    expect(schemaProblems(manifests)).toEqual([]);
    expect(await typeProblems(manifests)).toBe('');
  });

  it('would not pass with a field of another type, or with one that there is not', async () => {
    const service = pick(plain, 'Service');
    const wrong = { ...service, spec: { ...service.spec, ports: [{ port: '80' }] } };
    expect(schemaProblems([wrong])).toEqual([expect.stringMatching(/^Service mail-postrider-api: .*port/)]);
    const unknown = { ...service, spec: { ...service.spec, prots: [] } };
    expect(await typeProblems([unknown])).toMatch(/prots.* does not exist/);
  });

  it('has all that it can have, and by default what everybody needs', () => {
    const kinds = (manifests: typeof plain) => manifests.map(({ kind }) => kind).toSorted();
    const byDefault = [
      'Deployment',
      'Deployment',
      'Job',
      'PodDisruptionBudget',
      'PodDisruptionBudget',
      'Service',
    ];
    expect(kinds(plain)).toEqual([...byDefault, 'ServiceAccount']);
    const more = ['ConfigMap', 'HorizontalPodAutoscaler', 'Ingress', 'PodMonitor', 'PrometheusRule'];
    const policies = ['NetworkPolicy', 'NetworkPolicy', 'NetworkPolicy'];
    expect(kinds(everything)).toEqual([...kinds(plain), ...more, ...policies].toSorted());
  });

  it.each([
    ['no Secret', { image: REQUIRED.image }, 'existingSecret: a Secret with DATABASE_URL'],
    ['no image', { existingSecret: 'postrider' }, 'image.repository: where you have pushed'],
    ['a value that there is not', { ...REQUIRED, replicas: 3 }, 'replicas'],
    ['a setting that there is not', { ...REQUIRED, settings: { BATCHSIZE: 50 } }, 'BATCHSIZE'],
    ['a secret among the settings', { ...REQUIRED, settings: { REDIS_URL: 'redis://x' } }, 'REDIS_URL'],
  ])('refuses %s', async (_, values, reason) => {
    await expect(render(values)).rejects.toThrow(reason);
  });

  it('takes each of the values in docs/kubernetes.md', async () => {
    const { blocks } = parsePage('docs/kubernetes.md', await readText('docs/kubernetes.md'));
    const values = blocks.filter(({ language }) => language === 'yaml').map(({ text }) => parse(text));
    expect(values.length).toBeGreaterThan(2);
    for (const each of values) expect(await render({ ...REQUIRED, ...each })).not.toEqual(plain);
  });

  it('has the version of the project, for itself and for its image', async () => {
    const { version } = await readJson<{ version: string }>('package.json');
    const chart = await readYaml<{ version: string; appVersion: string }>(`${CHART}/Chart.yaml`);
    expect([chart.version, chart.appVersion]).toEqual([version, version]);
    const images = Object.values(podsOf(plain)).map(({ container }) => container.image);
    expect(new Set(images)).toEqual(new Set([`registry.example/postrider:${version}`]));
  });
});

describe("the chart's pods", () => {
  it('run what the image has, with its user and without any right', async () => {
    const commands = Object.values(pods).map(({ container }) => container.command.join(' '));
    expect(commands.toSorted()).toEqual(
      ['api', 'migrate', 'worker'].map((app) => `node apps/${app}/main.ts`),
    );
    const [, user] = /^USER (\d+):\1$/m.exec(await readText('docker/Dockerfile')) ?? [];
    for (const { spec, container } of Object.values(pods)) {
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: Number(user),
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
      expect(container).toMatchObject({
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { cpu: expect.any(String) }, limits: { memory: expect.any(String) } },
        envFrom: [{ secretRef: { name: REQUIRED.existingSecret } }],
      });
    }
  });

  it('get a configuration that works, whose secrets come from the Secret only', () => {
    for (const pod of Object.values(pods)) {
      const names = pod.container.env
        .map(({ name }) => name)
        .filter((name) => name !== 'NODE_EXTRA_CA_CERTS');
      expect(names.filter((name) => isSecret(name) || !(name in example))).toEqual([]);
      // Not 2.592e+08, which is how Helm writes a number of a file.
      expect(pod.container.env).toContainEqual({ name: 'EVENT_TTL_MS', value: '259200000' });
      expect(loadConfig(environmentOf(pod))).toMatchObject({
        eventTtlMs: EVERYTHING.settings.EVENT_TTL_MS,
        trustedProxies: [EVERYTHING.settings.TRUSTED_PROXIES],
      });
    }
  });

  it('have longer to stop than a process takes, with the pause before it', () => {
    for (const { api, worker } of [podsOf(plain), podsOf(everything)]) {
      for (const pod of [api, worker] as Pod[]) {
        const { shutdownTimeoutMs } = loadConfig(environmentOf(pod));
        const { lifecycle } = pod.container as { lifecycle?: { preStop: { exec: { command: string[] } } } };
        const pauseSeconds = Number(lifecycle?.preStop.exec.command[1] ?? 0);
        expect(pod.spec.terminationGracePeriodSeconds).toBeGreaterThan(
          shutdownTimeoutMs / 1_000 + pauseSeconds,
        );
      }
    }
  });

  it('are asked for their health where the API and a worker tell of it', async () => {
    const parts = { checks: {}, warnings: {}, registry: new Registry() };
    const worked = new HealthServer(parts);
    const served = express().use(createHealthRoutes(parts)).listen(0);
    await once(served, 'listening');
    const ports = { api: (served.address() as AddressInfo).port, worker: await worked.listen(0) };
    try {
      for (const [pod, app] of [
        [api, 'api'],
        [worker, 'worker'],
      ] as const) {
        const { port, workerPort } = loadConfig(environmentOf(pod));
        const name = { api: 'http', worker: 'health' }[app];
        expect(pod.container.ports).toEqual([
          { name, containerPort: { api: port, worker: workerPort }[app] },
        ]);
        for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
          const { httpGet } = pod.container[probe] as { httpGet: { path: string; port: string } };
          expect(httpGet.port).toBe(name);
          expect((await fetch(`http://127.0.0.1:${ports[app]}${httpGet.path}`)).status).toBe(200);
        }
      }
    } finally {
      await Promise.all([once(served.close(), 'close'), worked.close()]);
    }
  });

  it('are the ones that services, budgets and policies mean', () => {
    expect(found(pick(everything, 'Service').spec.selector)).toEqual(['api']);
    for (const name of ['api', 'worker']) {
      const budget = pick(everything, 'PodDisruptionBudget', `-${name}`);
      const policy = pick(everything, 'NetworkPolicy', `-${name}`);
      expect([found(budget.spec.selector), found(policy.spec.podSelector)]).toEqual([[name], [name]]);
    }
    expect(found(pick(everything, 'NetworkPolicy', '-egress').spec.podSelector)).toEqual(Object.keys(pods));
    expect(migration.spec).toMatchObject({ restartPolicy: 'Never' });
  });
});

describe("the chart's monitoring", () => {
  it('grows the workers by a metric that the rule for prometheus-adapter makes', async () => {
    const { rules } = await readYaml<{ rules: { external: { name: { as: string } }[] } }>(
      'docker/prometheus/prometheus-adapter.yaml',
    );
    const name = rules.external[0]?.name.as;
    const { spec } = pick(everything, 'HorizontalPodAutoscaler');
    expect(spec).toMatchObject({
      scaleTargetRef: { kind: 'Deployment', name: pick(everything, 'Deployment', '-worker').metadata.name },
      metrics: [{ type: 'Resource' }, { type: 'External', external: { metric: { name } } }],
    });
    expect(pick(everything, 'Deployment', '-worker').spec).not.toHaveProperty('replicas');
    expect(pick(plain, 'Deployment', '-worker').spec).toMatchObject({ replicas: 2 });
  });

  it('calls the jobs as the alerts and Compose do', async () => {
    const { scrape_configs: jobs } = await readYaml<{ scrape_configs: { job_name: string }[] }>(
      'docker/prometheus/prometheus.yaml',
    );
    const { podMetricsEndpoints } = pick(everything, 'PodMonitor').spec as {
      podMetricsEndpoints: { port: string; relabelings: { replacement: string }[] }[];
    };
    const named = Object.values(pods).flatMap(({ labels, container: { ports = [] } }) => {
      const endpoint = podMetricsEndpoints.find(({ port }) => ports.some(({ name }) => name === port));
      const component = labels['app.kubernetes.io/component'] ?? '';
      return endpoint?.relabelings.map(({ replacement }) => replacement.replace('$1', component)) ?? [];
    });
    expect(named.toSorted()).toEqual(jobs.map(({ job_name: name }) => name).toSorted());
  });

  it('has the alerts and the dashboard as they are', async () => {
    expect(pick(everything, 'PrometheusRule').spec).toEqual(await readYaml(`${CHART}/files/alerts.yaml`));
    const { data = {} } = pick(everything, 'ConfigMap', '-dashboard');
    expect(data['postrider.json']).toBe(await readText(`${CHART}/files/dashboard.json`));
  });
});
