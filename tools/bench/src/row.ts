/** A line of the table. */
export interface Row {
  readonly what: string;
  readonly cpu: string;
  readonly wall: string;
  readonly memory: string;
  readonly remark: string;
}

const megabyte = 2 ** 20;

/** `seconds` of wall time; `memory` in bytes. */
export function row(what: string, cpuSeconds: number, seconds: number, memory: number, remark = ''): Row {
  return {
    what,
    cpu: cpuSeconds.toFixed(2),
    wall: seconds.toFixed(2),
    memory: (memory / megabyte).toFixed(0),
    remark,
  };
}

/** A measurement that this machine cannot do. */
export function skippedRow(what: string, reason: string): Row {
  return { what, cpu: '–', wall: '–', memory: '–', remark: `skipped: ${reason}` };
}

export function printRow(row: Row): void {
  const cells = [row.what.padEnd(38), row.cpu.padStart(8), row.wall.padStart(8), row.memory.padStart(8), row.remark];
  process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
}
