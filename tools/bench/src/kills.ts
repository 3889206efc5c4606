import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { repositoryRoot } from '@resoto/tools-shared';

import type { Row } from './row.ts';
import { source } from './with-core.ts';

const program = join(repositoryRoot, 'apps/worker/test/kill-many.ts');
const kills = 200;
const seed = 20_240_229;

interface Report {
  readonly kills: number;
  readonly collects: number;
  readonly points: Readonly<Record<string, number>>;
  readonly repeated: number;
}

/** Kills a worker while it collects, at random. Fails when a graph is not whole afterwards, or something is left behind. */
export async function measureKills(): Promise<readonly Row[]> {
  const started = performance.now();
  const args = [...source, program, String(kills), String(seed)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const report = JSON.parse(stdout) as Report;
  const wall = ((performance.now() - started) / 1000).toFixed(2);
  const at = Object.entries(report.points).map(([what, times]) => `${times} × ${what}`);
  const remark = `${report.collects} whole graphs, ${report.repeated} accounts sent again as before; at ${at.join(', ')}`;
  return [{ what: `killed ${report.kills} times`, cpu: '–', wall, memory: '–', remark }];
}
