import {
  errorText,
  generationNames,
  WorkerError,
  type Generation,
  type JsonObject,
  type Logger,
} from '@resoto/worker-core';
import { MessageBus } from './bus/message-bus.ts';
import { Subscriptions } from './bus/subscriptions.ts';
import { CustomCommands } from './command/custom-commands.ts';
import { ConfigStore } from './config/config-store.ts';
import { openDataDirectory } from './data-directory.ts';
import { openDatabase } from './database.ts';
import { openGraphStore } from './graph/open-graph-store.ts';
import { Imports } from './graph/imports.ts';
import { textOf } from './json.ts';
import { silentLog } from './log.ts';
import { openModelStore } from './model/model-store.ts';
import { startHttpServer, type ServerFactory } from './server/http-server.ts';
import { addCliRoutes } from './server/routes/cli-routes.ts';
import { addConfigRoutes } from './server/routes/config-routes.ts';
import { addGraphRoutes } from './server/routes/graph-routes.ts';
import { addSubscriberRoutes } from './server/routes/subscriber-routes.ts';
import { addSystemRoutes } from './server/routes/system-routes.ts';
import { addWorkRoutes } from './server/routes/work-routes.ts';
import { addWorkflowRoutes } from './server/routes/workflow-routes.ts';
import { Router, type RouteHandler } from './server/router.ts';
import type { SocketHandler } from './server/sockets.ts';
import { TokenCheck } from './server/token-check.ts';
import { DEFAULT_TIMERS, type Timers } from './timers.ts';
import { onSchedule, parseCron } from './workflow/cron.ts';
import { builtInWorkflows } from './workflow/definitions.ts';
import { RunStore } from './workflow/run-store.ts';
import { WorkflowRunner, type OwnStep } from './workflow/runner.ts';
import { WorkQueue } from './work-queue/work-queue.ts';

export interface EmbeddedCoreOptions {
  readonly generation: Generation;
  /** Directory for everything that survives a restart; made when missing. Default: the state lives in memory. */
  readonly data?: string;
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Pre-shared key. Without one nobody needs a token; then the core refuses to listen beyond this machine. */
  readonly psk?: string;
  /** Listen beyond this machine although there is no pre-shared key. */
  readonly allowOpen?: boolean;
  /** Workflow to five-field schedule in UTC, e.g. `{ collect_and_cleanup: '0 * * * *' }`. Default: none starts by itself. */
  readonly cron?: Readonly<Record<string, string>>;
  /** Waiting times in milliseconds; what is left out keeps the value of the protocol. */
  readonly timers?: Partial<Timers>;
  /** Default: nothing is logged. */
  readonly log?: Logger;
  /** Variables that fill placeholders of configs. Default: those of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly serverFactory?: ServerFactory;
}

export interface EmbeddedCore {
  /** Base URI, e.g. `http://127.0.0.1:40123`. */
  readonly uri: string;
  /** Stops accepting, cuts connections and closes the database. Unfinished runs go on when a core opens it again. */
  close(): Promise<void>;
}

/**
 * Starts a core.
 *
 * @throws WorkerError `port_in_use`, `cannot_listen`, `open_core` (no key beyond this machine), `data_in_use`,
 *   `data_unusable`, `database_failed`, `database_too_new`, `wrong_configuration` (schedule)
 */
export async function startEmbeddedCore(options: EmbeddedCoreOptions): Promise<EmbeddedCore> {
  const { generation, log = silentLog, host = '127.0.0.1', port = 0 } = options;
  const names = generationNames[generation];
  const timers = { ...DEFAULT_TIMERS, ...options.timers };
  const psk = options.psk === '' ? undefined : options.psk;
  const now = Date.now;
  const loopback = isLoopback(host);
  if (!loopback && psk === undefined && options.allowOpen !== true) throw openCore(host);
  const workflows = builtInWorkflows(generation);
  const schedules = Object.entries(options.cron ?? {}).map(([name, text]) => {
    if (!workflows.has(name)) throw unknownWorkflow(name, [...workflows.keys()]);
    return { name, schedule: parseCron(text) };
  });

  const data = openDataDirectory(options.data);
  const database = openDatabaseOf(data);
  const bus = new MessageBus();
  const graphs = openGraphStore({ database, generation });
  graphs.create(names.graph);
  const subscriptions = new Subscriptions({ database, now, ...timers });
  const queue = new WorkQueue(now);
  const customCommands = new CustomCommands();
  const imports = new Imports({
    database,
    graphs,
    directory: data.imports,
    finished(taskId, open) {
      if (open > 0) return;
      bus.event('graph-merge-completed', { task_id: taskId });
      runner.check();
    },
    failed: ({ taskId, graph }, message) => {
      if (taskId !== undefined) runner.report(taskId, 'collect', `Import into graph ${graph} failed: ${message}`);
    },
    log,
  });
  const mergeDeferredEdges: OwnStep = { subscriber: names.coreSubscriberId, perform: resolveDeferredEdges };
  const runner = new WorkflowRunner({
    workflows,
    bus,
    subscriptions,
    store: new RunStore(database),
    openImports: (runId) => imports.open(runId),
    ownSteps: new Map([[names.deferredEdgesStep, mergeDeferredEdges]]),
    timers,
    now,
    log,
  });
  const configModel = openModelStore({ database, generation, scope: 'configs' });
  const configs = new ConfigStore({
    database,
    model: configModel,
    bus,
    environment: options.environment ?? process.env,
    async validateExternally(entry, id, config) {
      const task = { task: 'validate_config', config, config_id: id } satisfies JsonObject;
      await queue.submit({ name: task.task, data: task, attrs: { config_id: entry }, timeout: 30_000 }).result;
    },
  });

  const routes = new Router<RouteHandler>();
  const sockets = new Router<SocketHandler>();
  addSystemRoutes(routes);
  addConfigRoutes(routes, { configs, configModel, names });
  addSubscriberRoutes(routes, sockets, { subscriptions, replies: { bus, runner, now } });
  addWorkflowRoutes(routes, { runner, workflows: [...workflows.keys()] });
  addWorkRoutes(routes, sockets, { queue, offered: (offers) => customCommands.learn(offers) });
  addGraphRoutes(routes, { graphs, imports, names, importIdle: timers.importIdle });
  addCliRoutes(routes, { graphs, runner, queue, customCommands, workflows: [...workflows.keys()], names, now, log });

  subscriptions.addOwn(names.coreSubscriberId, {
    message_type: names.deferredEdgesStep,
    wait_for_completion: true,
    timeout: 30,
  });
  subscriptions.restore(runner.load() > 0);
  subscriptions.onChange(() => runner.check());
  // Where no step of the workflow resolves deferred edges, its end does: they would only be thrown away otherwise.
  bus.listen(['task_end'], ({ data: { task_id: runId, descriptor_id: name } }) => {
    const steps = workflows.get(textOf(name))?.steps ?? [];
    if (typeof runId !== 'string' || steps.some((step) => step.name === names.deferredEdgesStep)) return;
    resolveDeferredEdges(runId).catch((error: unknown) =>
      log.error('deferred edges failed', { error: errorText(error) }),
    );
  });

  const stops = [
    repeat(timers.taskCheck, () => queue.check(), log),
    repeat(
      timers.check,
      () => {
        const absent = subscriptions.removeAbsent();
        if (absent.length > 0) log.warn('absent subscribers removed', { subscribers: absent });
        runner.check();
      },
      log,
    ),
    ...schedules.map(({ name, schedule }) => onSchedule(schedule, () => runner.start(name))),
  ];

  let closed: Promise<void> | undefined;

  async function shutDown(): Promise<void> {
    for (const stop of stops) stop();
    queue.close();
    await imports.close();
    database.close();
    data.close();
  }

  async function resolveDeferredEdges(runId: string): Promise<void> {
    for (const graph of graphs.names()) {
      const { skipped, ...counts } = await graphs.resolveDeferredEdges(graph, [runId]);
      if (counts.processed > 0) log.info('deferred edges resolved', { graph, run: runId, ...counts });
      for (const reason of skipped) runner.report(runId, names.deferredEdgesStep, reason);
    }
  }

  try {
    const server = await startHttpServer({
      host,
      port,
      routes,
      sockets,
      timers,
      log,
      auth: {
        cookie: names.authorizationCookie,
        loopbackOnly: loopback,
        ...(psk === undefined ? {} : { tokens: new TokenCheck(psk, now) }),
      },
      ...(options.serverFactory === undefined ? {} : { factory: options.serverFactory }),
    });
    imports.resume();
    runner.resume();
    log.info('core listens', { uri: server.uri, data: options.data ?? 'memory' });
    return {
      uri: server.uri,
      close() {
        closed ??= server.close().then(shutDown);
        return closed;
      },
    };
  } catch (error) {
    await shutDown();
    throw error;
  }

  function openDatabaseOf({ file }: { readonly file?: string }) {
    try {
      return openDatabase(file === undefined ? {} : { file });
    } catch (error) {
      data.close();
      throw error;
    }
  }
}

function repeat(every: number, work: () => void, log: Logger): () => void {
  const timer = setInterval(() => {
    try {
      work();
    } catch (error) {
      log.error('periodic check failed', { error: errorText(error) });
    }
  }, every);
  timer.unref();
  return () => clearInterval(timer);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

function openCore(host: string): WorkerError {
  return new WorkerError('open_core', `Refused to listen on ${host} without a pre-shared key`, {
    hint: 'Set a pre-shared key, listen on 127.0.0.1, or allow an open core explicitly.',
    facts: { host },
  });
}

function unknownWorkflow(name: string, known: readonly string[]): WorkerError {
  return new WorkerError('wrong_configuration', `Cannot schedule the workflow ${name}: there is none with this name`, {
    hint: `Workflows are: ${known.join(', ')}.`,
    facts: { name },
  });
}
