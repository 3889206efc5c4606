import type * as promClient from 'prom-client';
import type { Generation } from '../protocol/generation.ts';
import { declarations, metricName, type MetricDeclaration, type MetricKey } from './declarations.ts';
import { Counter, Gauge, Summary } from './prom-client.ts';

type Metric<Declared> = Declared extends { type: infer Type; labels: readonly (infer Label extends string)[] }
  ? Type extends 'counter'
    ? promClient.Counter<Label>
    : Type extends 'gauge'
      ? promClient.Gauge<Label>
      : promClient.Summary<Label>
  : never;

export type Metrics = { readonly [Key in MetricKey]: Metric<(typeof declarations)[Key]> };

/** Makes all declared metrics in a registry. Once per registry. */
export function registerMetrics(registry: promClient.Registry, generation: Generation): Metrics {
  const metrics = Object.entries(declarations).map(([key, declaration]) => [
    key,
    create(declaration, registry, generation),
  ]);
  // Each was made as its declaration says.
  return Object.fromEntries(metrics) as Metrics;
}

/** What was never set has no value: zero would be a time. With labels it is so anyway. */
function emptyGauge(options: promClient.GaugeConfiguration<string>): promClient.Gauge {
  const gauge = new Gauge(options);
  if (options.labelNames?.length === 0) gauge.remove();
  return gauge;
}

function create(
  { type, name, help, labels }: MetricDeclaration,
  registry: promClient.Registry,
  generation: Generation,
) {
  const options = { name: metricName(name, generation), help, labelNames: [...labels], registers: [registry] };
  switch (type) {
    case 'counter':
      return new Counter(options);
    case 'gauge':
      return emptyGauge(options);
    case 'summary':
      // Quantiles of one worker cannot be summed over several, and the reference has none.
      return new Summary({ ...options, percentiles: [] });
  }
}
