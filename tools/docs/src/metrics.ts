import { metricDocs } from '@resoto/worker-core';

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
  const head = ['Name', 'Type', 'Labels', 'Counts'];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[], fill = ' '): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  return [
    line(head),
    line(
      head.map(() => ''),
      '-',
    ),
    ...rows.map((cells) => line(cells)),
  ].join('\n');
}
