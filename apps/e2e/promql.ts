import { parser } from '@prometheus-io/lezer-promql';

/** What an expression of Prometheus speaks of. */
export interface Mentioned {
  readonly metrics: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
  /** Where it is no PromQL, the text from there on. */
  readonly errors: readonly string[];
}

/** What Grafana puts in the place of its variables. */
const GRAFANA_VARIABLES = { $__rate_interval: '1m', $__interval: '15s' };

/** Reads an expression by Prometheus' own grammar. Pure. */
export function mentionedIn(expression: string): Mentioned {
  const text = Object.entries(GRAFANA_VARIABLES).reduce(
    (changed, [variable, value]) => changed.replaceAll(variable, value),
    expression,
  );
  const metrics = new Set<string>();
  const labels = new Set<string>();
  const errors: string[] = [];
  parser.parse(text).iterate({
    enter({ name, type, from, to, node }) {
      const word = text.slice(from, to);
      if (type.isError) errors.push(text.slice(from));
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.add(word);
      if (name === 'LabelName') labels.add(word);
    },
  });
  return { metrics, labels, errors };
}
