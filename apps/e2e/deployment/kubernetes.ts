import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import type { Manifest } from './chart.ts';
import { ROOT } from './files.ts';

/** Kinds that the chart has. Each class checks what it is given by the JSON Schema of Kubernetes' own OpenAPI document. */
const MODELS = {
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  Job,
  NetworkPolicy,
  PodDisruptionBudget,
  PodMonitor,
  PrometheusRule,
  Service,
  ServiceAccount,
};

const FOLDERS: Readonly<Record<string, string>> = {
  'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
};

/** What is wrong by the schemas: a field that is missing, or of another type. They allow fields that they don't know. */
export function schemaProblems(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    const model = Object.entries(MODELS).find(([kind]) => kind === manifest.kind)?.[1];
    if (model?.apiVersion !== manifest.apiVersion)
      return [`unknown: ${manifest.apiVersion} ${manifest.kind}`];
    try {
      // Data of unknown shape is what it is there for.
      new model(manifest as never).validate();
      return [];
    } catch (error) {
      return [`${manifest.kind} ${manifest.metadata.name}: ${error}`];
    }
  });
}

/** What is wrong by Kubernetes' types, as TypeScript's compiler tells it: also a field that there is not. */
export async function typeProblems(manifests: readonly Manifest[]): Promise<string> {
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  const folder = await mkdtemp(join(ROOT, '.cache/manifests-'));
  try {
    const lines = manifests.map((manifest, index) => {
      const { apiVersion, kind } = manifest;
      const module = `${FOLDERS[apiVersion] ?? `kubernetes-models/${apiVersion}`}/${kind}`;
      return `export const manifest${index}: import('${module}').I${kind} = ${JSON.stringify(manifest)};`;
    });
    const file = join(folder, 'manifests.ts');
    await writeFile(file, lines.join('\n'));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--ignoreConfig', '--types', ''];
    const modules = ['--module', 'nodenext', '--moduleResolution', 'nodenext', '--target', 'esnext'];
    const tsc = promisify(execFile)(
      process.execPath,
      ['node_modules/typescript/bin/tsc', ...options, ...modules, file],
      { cwd: ROOT },
    );
    return await tsc.then(
      ({ stdout }) => stdout,
      ({ stdout }) => stdout,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
