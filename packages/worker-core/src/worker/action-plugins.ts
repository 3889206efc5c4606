/** The action plugins: each has a subscription of its own, and none of them can stop the others (worker behaviour 4.2). */
import { RunGraph } from '../actions/action-graph.ts';
import type { CollectServices } from '../collect/collect-request.ts';
import type { Configuration } from '../config/configuration.ts';
import { ActionClient, type ActionHandler } from '../core-client/actions.ts';
import { PluginError, errorText } from '../errors.ts';
import type { ActionPlugin, ActionRun } from '../plugin/action-contract.ts';
import { lastStart } from '../protocol/messages.ts';

type Services = Pick<CollectServices, 'core' | 'registry' | 'generation' | 'log' | 'secrets'>;

export interface ActionPlugins {
  /** Resolves when all of them are registered at the core for the first time. */
  readonly registered: Promise<void>;
  /** Aborts what runs, delivers answers and closes; see `ActionClient.close`. */
  close(signal: AbortSignal): Promise<void>;
}

/** Subscribes those that are enabled. */
export function startActionPlugins(id: string, configuration: Configuration, services: Services): ActionPlugins {
  const enabled = services.registry.actions.filter(
    ({ section }) => configuration.section(section.name)['enabled'] === true,
  );
  if (enabled.length > 0) {
    services.log.info('action plugins take part', { plugins: enabled.map(({ className }) => className) });
  }
  const started = enabled.map((plugin) => start(id, plugin, configuration, services));
  return {
    registered: Promise.all(started.map(({ registered }) => registered)).then(() => {}),
    close: async (signal) => {
      await Promise.all(started.map(({ client }) => client.close(signal)));
    },
  };
}

function start(
  id: string,
  plugin: ActionPlugin,
  configuration: Configuration,
  services: Services,
): { readonly client: ActionClient; readonly registered: Promise<void> } {
  const { className, action } = plugin;
  const { log, core } = services;
  let resolveRegistered: () => void;
  const registered = new Promise<void>((resolve) => (resolveRegistered = resolve));
  const client = new ActionClient({
    core,
    subscriberId: `${id}-actions-${action}-${className}`,
    events: [{ name: action, timeout: configuration.worker.timeout }],
    handle: handler(plugin, configuration, services),
    log: log.child(className),
    // A plugin in the same step twice at once would judge what it is about to change.
    concurrency: 1,
    onState: (state) => {
      if (state.is === 'connected') resolveRegistered();
    },
  });
  return { client, registered };
}

function handler(plugin: ActionPlugin, configuration: Configuration, services: Services): ActionHandler {
  const { className, section } = plugin;
  const { core, generation, secrets } = services;
  const log = services.log.child(className);
  let loaded: Promise<ActionRun> | undefined;

  // A failed attempt is not the last one.
  const load = async (): Promise<ActionRun> => {
    try {
      return await (loaded ??= plugin.load());
    } catch (cause) {
      loaded = undefined;
      throw new PluginError(`The action plugin ${className} cannot be loaded: ${errorText(cause)}`, { cause });
    }
  };

  return async (action, feedback, signal) => {
    const part = await load();
    const config = configuration.section(section.name);
    const report = (level: 'info' | 'error', message: string, context: readonly string[] = []): void =>
      feedback.info(level, secrets.redact(message), [section.name, ...context]);
    const now = new Date();
    const graph = new RunGraph({
      core,
      graph: configuration.worker.graph,
      dryRun: config['dry_run'] === true,
      log,
      report,
      now: () => new Date(),
      signal,
    });
    const lastCollect = lastStart(action, 'collect');
    await part.run({
      ...{ config, generation, log, signal, report, now, graph },
      data: action.data,
      ...(lastCollect === undefined ? {} : { lastCollect }),
    });
    await graph.end();
  };
}
