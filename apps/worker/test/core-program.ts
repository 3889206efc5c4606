import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from '@resoto/tools-shared';
import { generationNames, parseJson, type Generation, type GraphRow, type JsonObject } from '@resoto/worker-core';

import { graphOf, type Graph } from './graph.ts';
import { call, callJson } from './http.ts';
import { startProgram, type Program } from './program.ts';

export interface CoreOptions {
  readonly psk?: string;
  /** Default: `resoto`. */
  readonly generation?: Generation;
  /** Serves with certificates of its own CA. */
  readonly tls?: boolean;
}

/** A run of a workflow, as the core tells it. */
export interface Run {
  readonly id: string;
  readonly state: 'running' | 'finished' | 'stopped';
  readonly step: string | null;
  /** Step → subscriber → kind of its answer. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly step: string;
}

/** An embedded core as a process on a data directory of its own: killed, it comes back where and as it was. */
export class CoreProgram {
  readonly port: number;
  readonly #options: CoreOptions;
  readonly #data: string;
  #program: Program | undefined;

  private constructor(data: string, port: number, options: CoreOptions) {
    this.#data = data;
    this.port = port;
    this.#options = options;
  }

  static async start(options: CoreOptions = {}): Promise<CoreProgram> {
    const core = new CoreProgram(await mkdtemp(join(tmpdir(), 'core-')), await freePort(), options);
    await core.start();
    return core;
  }

  get uri(): string {
    return `http${this.#options.tls === true ? 's' : ''}://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const { psk, tls, generation = 'resoto' } = this.#options;
    const options = {
      ...{ generation, data: this.#data, port: this.port },
      ...(psk === undefined ? {} : { psk }),
      ...(tls === undefined ? {} : { tls }),
    };
    const program = startProgram(new URL('./serve-core.ts', import.meta.url), { args: [JSON.stringify(options)] });
    this.#program = program;
    let end: number | NodeJS.Signals | undefined;
    void program.ended.then((code) => (end = code));
    await until('the core listens', () => {
      if (end !== undefined) throw new Error(`The core ended with ${end}: ${program.stderr()}`);
      return program.stdout().includes('\n');
    });
  }

  /** Ends the process without giving it a chance to tidy up. Its data stay. */
  async kill(): Promise<void> {
    await this.#program?.kill('SIGKILL');
  }

  /** Ends the process and removes its data. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#data, { recursive: true });
  }

  /** Stores the configuration document of the worker. */
  async configure(document: JsonObject, id = 'resoto.worker'): Promise<void> {
    await call(`${this.uri}/config/${id}`, { method: 'PUT', body: document });
  }

  /** Is this subscriber registered for the event? */
  async isRegistered(subscriber = 'resoto.worker-collector', event = 'collect'): Promise<boolean> {
    const subscribers = await callJson(`${this.uri}/subscribers/for/${event}`);
    return JSON.stringify(subscribers).includes(`"${subscriber}"`);
  }

  /** Starts the workflow that collects and returns the id of the run. */
  async startCollect(): Promise<string> {
    return this.startWorkflow('collect');
  }

  /** Starts a workflow. @returns the id of its run */
  async startWorkflow(name: string): Promise<string> {
    const { id } = await callJson<{ readonly id: string }>(`${this.uri}/workflow/${name}`, { method: 'POST' });
    return id;
  }

  /** Id of the run that is going on. */
  async runningRun(): Promise<string> {
    const [run] = await callJson<readonly Run[]>(`${this.uri}/workflows/running`);
    if (run === undefined) throw new Error('No workflow runs');
    return run.id;
  }

  async run(id: string): Promise<Run> {
    return callJson<Run>(`${this.uri}/workflow/task/${id}`);
  }

  async log(id: string): Promise<readonly LogLine[]> {
    return callJson<readonly LogLine[]>(`${this.uri}/workflow/task/${id}/log`);
  }

  /** Waits until the run is over. */
  async finished(id: string): Promise<Run> {
    let run = await this.run(id);
    const isOver = async (): Promise<boolean> => {
      run = await this.run(id);
      return run.state !== 'running';
    };
    await until(`run ${id} is over`, isOver);
    return run;
  }

  async search(query: string): Promise<readonly GraphRow[]> {
    return this.#rows('list', query);
  }

  /** Every node and edge, sorted, so that graphs can be compared. */
  async graph(): Promise<Graph> {
    const rows = await this.#rows('graph', 'is(graph_root) <-default,delete[0:]->');
    return graphOf(rows);
  }

  async #rows(kind: 'list' | 'graph', query: string): Promise<readonly GraphRow[]> {
    const { graph } = generationNames[this.#options.generation ?? 'resoto'];
    const text = await call(`${this.uri}/graph/${graph}/search/${kind}?section=/`, { method: 'POST', body: query });
    const parsed: unknown = text.startsWith('[') ? parseJson(text) : text.split('\n').filter(Boolean).map(parseJson);
    return parsed as readonly GraphRow[];
  }
}

/** Milliseconds that are enough for anything, also on a machine that has much else to do. */
const patience = 240_000;

/** Waits until the check passes. Throws when it does not in a long time. */
export async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`Not within ${patience} ms: ${what}`);
    await sleep(10);
  }
}
