import { parseAllDocuments } from 'yaml';
import { findHelm } from '#libs/testing/helm.ts';
import { ROOT } from './files.ts';

export const CHART = 'docker/helm/postrider';

/** As far as tests look at it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Record<string, string> };
  /** Of every kind that tests look into. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly data?: Record<string, string>;
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom: readonly { readonly secretRef: { readonly name: string } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: object;
  readonly [probe: string]: unknown;
}

export interface Pod {
  readonly labels: Record<string, string>;
  readonly spec: {
    readonly terminationGracePeriodSeconds: number;
    readonly securityContext: object;
    readonly [field: string]: unknown;
  };
  readonly container: Container;
}

interface PodTemplate {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: Pod['spec'] & { readonly containers: readonly [Container] };
}

/** What a user has to say. */
export const REQUIRED = { existingSecret: 'postrider', image: { repository: 'registry.example/postrider' } };

/** Everything that the chart has, switched on. */
export const EVERYTHING = {
  ...REQUIRED,
  settings: { EVENT_TTL_MS: 259_200_000, TRUSTED_PROXIES: '10.0.0.0/8', SHUTDOWN_TIMEOUT_MS: 60_500 },
  image: { ...REQUIRED.image, tag: 'nightly', pullSecrets: ['registry'] },
  api: { service: { annotations: { 'a.example/b': 'c' } } },
  ingress: {
    enabled: true,
    className: 'nginx',
    host: 'postrider.example',
    tlsSecret: 'certificate',
    annotations: { 'a.example/b': 'c' },
  },
  worker: { autoscaling: { enabled: true } },
  serviceAccount: { annotations: { 'a.example/b': 'c' } },
  networkPolicy: {
    enabled: true,
    metricsFrom: [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }],
    backends: [{ to: [{ ipBlock: { cidr: '10.20.0.0/24' } }], ports: [{ port: 6379 }, { port: 3306 }] }],
  },
  monitoring: { podMonitor: true, alerts: true, dashboard: true, labels: { release: 'prometheus' } },
  podAnnotations: { 'a.example/b': 'c' },
  podLabels: { team: 'mail' },
  nodeSelector: { 'kubernetes.io/arch': 'amd64' },
  tolerations: [{ key: 'mail', operator: 'Exists', effect: 'NoSchedule' }],
  affinity: { nodeAffinity: {} },
  priorityClassName: 'high',
  extraEnv: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/certificates/ca.pem' }],
  volumes: [{ name: 'certificates', secret: { secretName: 'authority' } }],
  volumeMounts: [{ name: 'certificates', mountPath: '/certificates', readOnly: true }],
};

const helm = await findHelm();

/** What `helm install` would make of these values; throws what Helm objects to. */
export async function render(values: object): Promise<Manifest[]> {
  const text = await helm(['template', 'mail', ROOT + CHART, '--values', '-'], values);
  return parseAllDocuments(text)
    .map((document) => document.toJS())
    .filter(Boolean);
}

export const lint = (values: object) => helm(['lint', '--strict', ROOT + CHART, '--values', '-'], values);

/** The one of that kind whose name ends so. */
export function pick(manifests: readonly Manifest[], kind: string, ending = ''): Manifest {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name.endsWith(ending));
  if (!found) throw new Error(`No ${kind} "…${ending}" was rendered.`);
  return found;
}

/** The pods that the manifests lead to, by what they run. */
export function podsOf(manifests: readonly Manifest[]): Record<string, Pod> {
  const templates = manifests
    .filter(({ kind }) => kind === 'Deployment' || kind === 'Job')
    .map(({ spec }) => spec.template as PodTemplate);
  const pods = templates.map(({ metadata: { labels }, spec: { containers, ...spec } }) => {
    const [container] = containers;
    return { labels, spec, container };
  });
  return Object.fromEntries(pods.map((pod) => [pod.container.name, pod]));
}
