import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { repositoryRoot } from '@resoto/tools-shared';
import type { JsonObject } from '@resoto/worker-core';

import { coreAt, type Core } from './core.ts';
import { startProcess, startServer, type StartedProcess, type StartedServer } from './process.ts';

const workerProgram = join(repositoryRoot, 'apps/worker/dist/main.js');
/** Options of Node for what is started as it is written. */
export const source = ['--conditions=@resoto/source', '--disable-warning=ExperimentalWarning'];

/** Starts a server of this folder. */
export async function startOwnServer(program: URL, ...args: readonly string[]): Promise<StartedServer> {
  return startServer([...source, fileURLToPath(program), ...args]);
}

/** Runs a measurement with a fresh core that holds the configuration, and ends whatever was started. */
export async function withCore<Result>(
  config: JsonObject,
  env: NodeJS.ProcessEnv,
  work: (core: Core, startWorker: () => StartedProcess, data: string) => Promise<Result>,
): Promise<Result> {
  const coreProcess = await startOwnServer(new URL('./core-process.ts', import.meta.url));
  try {
    const core = coreAt(coreProcess.url);
    await core.configure(config);
    return await withWorkers(coreProcess.url, env, (startWorker, data) => work(core, startWorker, data));
  } finally {
    await coreProcess.stop();
  }
}

/** Runs a measurement with workers of a core, and ends them. `data` is their state directory. */
export async function withWorkers<Result>(
  core: string,
  env: NodeJS.ProcessEnv,
  work: (startWorker: () => StartedProcess, data: string) => Promise<Result>,
): Promise<Result> {
  const home = mkdtempSync(join(tmpdir(), 'resoto-bench-'));
  const data = join(home, 'data');
  const workers: StartedProcess[] = [];
  const { promise: lost, reject } = Promise.withResolvers<never>();
  const startWorker = (): StartedProcess => {
    const args = ['--resotocore-uri', core, '--data', data, '--override', 'resotoworker.web_port=0'];
    const worker = startProcess([workerProgram, ...args], {
      PATH: process.env['PATH'],
      HOME: home,
      ...env,
    });
    workers.push(worker);
    worker.lost.catch(reject);
    return worker;
  };
  try {
    return await Promise.race([work(startWorker, data), lost]);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    rmSync(home, { recursive: true, force: true });
  }
}

/** What a worker needs to take the server at this address for its AWS account. */
export function awsAt(url: string): NodeJS.ProcessEnv {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_REGION: 'us-east-1',
  };
}
