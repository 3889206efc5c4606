import { errorText, generationNames, type Generation, type GenerationNames, type Logger } from '@resoto/worker-core';
import { MessageBus } from './bus/message-bus.ts';
import { Subscriptions } from './bus/subscriptions.ts';
import { CustomCommands } from './command/custom-commands.ts';
import { ConfigStore, type ExternalValidation } from './config/config-store.ts';
import type { Database } from './database.ts';
import type { GraphStore } from './graph/graph-store.ts';
import { Imports } from './graph/imports.ts';
import { openGraphStore } from './graph/open-graph-store.ts';
import { textOf } from './json.ts';
import { openModelStore, type ModelStore } from './model/model-store.ts';
import type { Timers } from './timers.ts';
import { builtInWorkflows, type Workflow } from './workflow/definitions.ts';
import { RunStore } from './workflow/run-store.ts';
import { WorkflowRunner } from './workflow/runner.ts';
import { WorkQueue } from './work-queue/work-queue.ts';

const OWN_STEP_TIMEOUT = 30;
const VALIDATION_TIMEOUT = 30_000;

export interface ServicesOptions {
  readonly generation: Generation;
  readonly database: Database;
  /** Directory for bodies that wait for their import. */
  readonly imports: string;
  readonly timers: Timers;
  readonly log: Logger;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Everything of a core but the network. */
export interface Services {
  readonly names: GenerationNames;
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly bus: MessageBus;
  readonly subscriptions: Subscriptions;
  readonly runner: WorkflowRunner;
  readonly queue: WorkQueue;
  readonly graphs: GraphStore;
  readonly imports: Imports;
  readonly configs: ConfigStore;
  readonly configModel: ModelStore;
  readonly customCommands: CustomCommands;
  readonly timers: Timers;
  readonly now: () => number;
  readonly log: Logger;
  /** Goes on with what a former process did not finish. */
  resume(): void;
  close(): Promise<void>;
}

export function openServices(options: ServicesOptions): Services {
  const { generation, database, timers, log, environment } = options;
  const now = Date.now;
  const names = generationNames[generation];
  const workflows = builtInWorkflows(generation);
  const bus = new MessageBus();
  const graphs = openGraphStore({ database, generation });
  const configModel = openModelStore({ database, generation, scope: 'configs' });
  const queue = new WorkQueue(now);
  const subscriptions = new Subscriptions({ database, now, ...timers });
  const imports = new Imports({
    database,
    graphs,
    directory: options.imports,
    finished: importFinished,
    failed: importFailed,
    log,
  });
  const runner = new WorkflowRunner({
    workflows,
    bus,
    subscriptions,
    store: new RunStore(database),
    openImports: (run) => imports.open(run),
    ownSteps: new Map([
      [names.deferredEdgesStep, { subscriber: names.coreSubscriberId, perform: resolveDeferredEdges }],
    ]),
    timers,
    now,
    log,
  });
  const configs = new ConfigStore({ database, model: configModel, bus, environment, validateExternally });

  graphs.create(names.graph);
  subscriptions.addOwn(names.coreSubscriberId, {
    message_type: names.deferredEdgesStep,
    wait_for_completion: true,
    timeout: OWN_STEP_TIMEOUT,
  });
  subscriptions.restore(runner.load() > 0);
  subscriptions.onChange(() => runner.check());
  // Where no step of a workflow resolves deferred edges, its end does: otherwise they would only be thrown away.
  bus.listen(['task_end'], ({ data: { task_id: run, descriptor_id: workflow } }) => {
    const steps = workflows.get(textOf(workflow))?.steps ?? [];
    if (steps.some((step) => step.name === names.deferredEdgesStep)) return;
    resolveDeferredEdges(textOf(run)).catch((error: unknown) => {
      log.error('deferred edges failed', { run, error: errorText(error) });
    });
  });

  function importFinished(run: string, open: number): void {
    if (open > 0) return;
    bus.event('graph-merge-completed', { task_id: run });
    runner.check();
  }

  function importFailed(run: string, message: string): void {
    runner.report(run, 'collect', `A graph could not be imported: ${message}`);
  }

  async function resolveDeferredEdges(run: string): Promise<void> {
    for (const graph of graphs.names()) {
      const { skipped, ...counts } = await graphs.resolveDeferredEdges(graph, [run]);
      if (counts.processed > 0) log.info('deferred edges resolved', { graph, run, ...counts });
      for (const reason of skipped) runner.report(run, names.deferredEdgesStep, reason);
    }
  }

  async function validateExternally(...[entry, id, config]: Parameters<ExternalValidation>): Promise<void> {
    const data = { task: 'validate_config', config, config_id: id };
    await queue.submit({ name: data.task, data, attrs: { config_id: entry }, timeout: VALIDATION_TIMEOUT }).result;
  }

  return {
    names,
    workflows,
    bus,
    subscriptions,
    runner,
    queue,
    graphs,
    imports,
    configs,
    configModel,
    customCommands: new CustomCommands(),
    timers,
    now,
    log,
    resume() {
      imports.resume();
      runner.resume();
    },
    async close() {
      queue.close();
      await imports.close();
    },
  };
}
