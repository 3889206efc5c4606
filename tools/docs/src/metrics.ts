import { metricDocs } from '@resoto/worker-core';

import { table } from './table.ts';

const block = /(<!-- metrics -->)[\s\S]*?(<!-- end -->)/g;

/** Puts the table of all metrics of a worker between `<!-- metrics -->` and `<!-- end -->`. */
export function withMetrics(document: string): string {
  return document.replaceAll(block, (_, start: string, end: string) => `${start}\n\n${metricsTable()}\n\n${end}`);
}

function metricsTable(): string {
  const rows = metricDocs().map(({ name, type, labels, help }) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(' '),
    help,
  ]);
  return table(['Name', 'Type', 'Labels', 'Counts'], rows);
}
