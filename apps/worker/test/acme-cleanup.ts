import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { JsonObject } from '@resoto/worker-core';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram, type Run } from './core-program.ts';
import { call } from './http.ts';
import { killPrograms } from './program.ts';
import {
  installProgram,
  startWorker,
  startWorkerProgram,
  type TestPlugin,
  type WorkerProgram,
} from './worker-program.ts';

interface Parts {
  readonly directory: string;
  readonly main: URL;
  readonly cloud: AcmeCloud;
  readonly core: CoreProgram;
}

/** The cloud of this folder, a core, and a worker that may delete there. */
export class AcmeCleanup {
  readonly directory: string;
  readonly cloud: AcmeCloud;
  readonly core: CoreProgram;
  readonly #main: URL;

  private constructor({ directory, main, cloud, core }: Parts) {
    this.directory = directory;
    this.cloud = cloud;
    this.core = core;
    this.#main = main;
  }

  /** `chain`: ids of the boxes; each has to go before the one in front of it. `plugins`: more to install. */
  static async start(
    chain: readonly string[],
    plugins: Readonly<Record<string, TestPlugin>> = {},
  ): Promise<AcmeCleanup> {
    const directory = await mkdtemp(join(tmpdir(), 'acme-cleanup-'));
    const main = await installProgram(directory, { acme: acmePackage, ...plugins });
    const cloud = await AcmeCloud.start();
    cloud.accounts = {
      one: chain.map((id, index) => {
        const after = chain[index + 1];
        return after === undefined ? { id } : { id, after };
      }),
    };
    const acme = new AcmeCleanup({ directory, main, cloud, core: await CoreProgram.start() });
    await acme.configure({ cleanup_dry_run: false });
    return acme;
  }

  async end(): Promise<void> {
    await killPrograms();
    await this.cloud.stop();
    await this.core.remove();
    await rm(this.directory, { recursive: true });
  }

  async configure(settings: JsonObject, sections: JsonObject = {}): Promise<void> {
    await this.core.configure({
      resotoworker: { collector: ['acme'], cleanup: true, ...settings },
      acme: { endpoint: this.cloud.endpoint },
      ...sections,
    });
  }

  startWorker(): Promise<WorkerProgram> {
    return startWorker({ uri: this.core.uri, directory: this.directory, main: this.#main });
  }

  /** Runs a command of the program beside the worker, on its state. */
  command(...args: readonly string[]) {
    return this.commandIn('state', ...args);
  }

  /** Runs a command of the program on a state of its own. */
  async commandIn(state: string, ...args: readonly string[]) {
    const program = startWorkerProgram({
      main: this.#main,
      args: [...args, '--resotocore-uri', this.core.uri, '--data', join(this.directory, state)],
      env: { HOME: this.directory },
    });
    const code = await program.ended;
    return { code, stdout: program.stdout(), stderr: program.stderr() };
  }

  /** Starts a worker and collects. */
  async collected(): Promise<WorkerProgram> {
    const worker = await this.startWorker();
    await this.core.finished(await this.core.startCollect());
    return worker;
  }

  /** Marks every box. */
  async mark(): Promise<void> {
    await this.execute('search is(acme_box) or is(acme_crate) | clean');
  }

  /** Runs a command line of the core. */
  async execute(command: string): Promise<void> {
    await call(`${this.core.uri}/cli/execute?graph=resoto&section=reported`, { method: 'POST', body: command });
  }

  /** Runs a cleanup to its end. */
  async cleanUp(): Promise<Run> {
    return this.core.finished(await this.core.startWorkflow('cleanup'));
  }

  /** Number of nodes that the core knows to be deleted. */
  async cleaned(): Promise<number> {
    return (await this.core.search('/metadata.cleaned == true')).length;
  }
}
