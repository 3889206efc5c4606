import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** CPU seconds are user and system time of the process with all its threads; memory is the resident set in bytes. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly memory: number;
}

const ticksPerSecond = 100;
const pageSize = 4096;

/** What a process has used so far. Reads `/proc`, so it needs Linux. */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name of the program, in parentheses, may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { cpuSeconds: ticks / ticksPerSecond, memory: Number(fields[21]) * pageSize };
}

export interface Measured<Result> {
  readonly result: Result;
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly peakMemory: number;
}

/** Runs some work and tells what the process used meanwhile; memory is looked at ten times a second. */
export async function measure<Result>(pid: number, work: () => Promise<Result>): Promise<Measured<Result>> {
  const before = usageOf(pid);
  const started = performance.now();
  let peakMemory = before.memory;
  let done = false;
  const watching = (async () => {
    while (!done) {
      peakMemory = Math.max(peakMemory, usageOf(pid).memory);
      await sleep(100);
    }
  })();
  try {
    const result = await work();
    const seconds = (performance.now() - started) / 1000;
    const after = usageOf(pid);
    return {
      result,
      seconds,
      cpuSeconds: after.cpuSeconds - before.cpuSeconds,
      peakMemory: Math.max(peakMemory, after.memory),
    };
  } finally {
    done = true;
    await watching;
  }
}
