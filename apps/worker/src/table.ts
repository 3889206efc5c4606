import { stripVTControlCharacters } from 'node:util';

/** Lays out rows in columns that fit into `width` characters; the widest columns are cut first. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const cells = [header, ...rows].map((row) => row.map(printable));
  const widths = fit(
    header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))),
    width,
  );
  const lines = cells.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join(gap)
      .trimEnd(),
  );
  return lines.join('\n');
}

const gap = '  ';
const narrowest = 8;

/** Values come from clouds: control characters in them must not reach a terminal. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return stripVTControlCharacters(text).replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, ' ');
}

function fit(widths: number[], total: number): readonly number[] {
  let excess = widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1) - total;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) break;
    widths[widths.indexOf(widest)] = widest - 1;
    excess--;
  }
  return widths;
}

function pad(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, Math.max(0, width - 1))}…`;
}
