import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Needed } from './needed.ts';
import { shared } from './shared-dir.ts';

const run = promisify(execFile);

export interface GraphDifference {
  readonly equal: boolean;
  /** The report for people. */
  readonly report: string;
}

/** Compares graphs in the upload format. */
export interface GraphDiff extends Needed {
  /** Compares two NDJSON files; `options` as the command line of the tool. Throws when it cannot read them. */
  compare(expected: string, actual: string, options?: readonly string[]): Promise<GraphDifference>;
}

export async function graphDiff(): Promise<GraphDiff> {
  const files = shared();
  const missing = files.missing ?? (await withoutPython());
  return {
    missing,
    async compare(expected, actual, options = []) {
      const tool = files.path('tools/graph-diff/graph_diff.py');
      try {
        const { stdout } = await run('python3', [tool, expected, actual, ...options], { maxBuffer: 64 * 1024 * 1024 });
        return { equal: true, report: stdout };
      } catch (error) {
        // Exit code 1 says that the graphs differ, everything else that there was no comparison.
        if (!isExit(error, 1) || error.stdout === '') throw error;
        return { equal: false, report: error.stdout };
      }
    },
  };
}

async function withoutPython(): Promise<string | undefined> {
  try {
    await run('python3', ['--version']);
    return undefined;
  } catch {
    return 'no python3';
  }
}

function isExit(error: unknown, code: number): error is { readonly code: number; readonly stdout: string } {
  return typeof error === 'object' && error !== null && 'stdout' in error && 'code' in error && error.code === code;
}
