/** Services of plugins: they run as long as the worker does (worker behaviour 4.2, persistent plugins). */
import type { CollectServices } from '../collect/collect-request.ts';
import type { Configuration, CurrentConfiguration } from '../config/configuration.ts';
import type { BackOff } from '../core-client/back-off.ts';
import { coreEvents } from '../core-client/core-events.ts';
import { endsWithin, workerStops } from '../core-client/draining.ts';
import type { Logger } from '../plugin/contract.ts';
import type { ServiceContext, ServiceCore, ServicePlugin } from '../plugin/service-contract.ts';
import type { ServiceState } from './service-state.ts';
import { supervise } from './supervised-service.ts';

type Services = Pick<CollectServices, 'core' | 'registry' | 'generation' | 'log' | 'secrets'>;

/** What of the configuration they need. */
type ServicesConfiguration = CurrentConfiguration<
  Pick<Configuration, 'section' | 'sectionError'> & { readonly worker: Pick<Configuration['worker'], 'graph'> }
>;

export interface ServicesOptions {
  /** Told each change. */
  readonly onState?: (state: ServiceState) => void;
  /** Pauses before a service that failed is started again. Default: from a second to five minutes. */
  readonly backOff?: BackOff;
  /** Milliseconds a service has to work for its next failure to count as the first one. Default: five minutes. */
  readonly steadyAfter?: number;
}

export interface RunningServices {
  /** Of those that are enabled, in the order in which they were found. */
  states(): readonly ServiceState[];
  /** Aborts their signals and waits until all have ended, and at most until the signal is aborted. May be called again. */
  stop(signal: AbortSignal): Promise<void>;
}

/** Starts those that are enabled. One that fails, or cannot be loaded, is named and harms no other. */
export function startServices(
  live: ServicesConfiguration,
  services: Services,
  options: ServicesOptions = {},
): RunningServices {
  const { onState, backOff = { minimum: 1_000, maximum: 300_000 }, steadyAfter = 300_000 } = options;
  const { registry, log, secrets } = services;
  const enabled = registry.services.filter(({ section }) => live.current.section(section.name)['enabled'] === true);
  const states = new Map<string, ServiceState>();
  const stopping = new AbortController();
  const note = (state: ServiceState): void => {
    states.set(state.name, state);
    onState?.(state);
  };
  if (enabled.length > 0) log.info('services are started', { services: enabled.map(({ name }) => name) });
  const running = enabled.map((plugin) => {
    const context = (signal: AbortSignal): ServiceContext => contextOf(plugin, live, services, signal);
    return supervise(plugin, { context, log, secrets, onState: note, backOff, steadyAfter }, stopping.signal);
  });
  return {
    states: () => [...states.values()],
    async stop(signal) {
      stopping.abort(workerStops());
      if (await endsWithin(Promise.all(running), signal)) return;
      const left = [...states.values()].filter(({ is }) => is !== 'stopped' && is !== 'ended').map(({ name }) => name);
      if (left.length > 0) log.warn('services do not listen to their signal', { services: left });
    },
  };
}

function contextOf(
  { name, section }: ServicePlugin,
  live: ServicesConfiguration,
  { core, generation, log }: Services,
  signal: AbortSignal,
): ServiceContext {
  const configuration = live.current;
  const error = configuration.sectionError?.(section.name);
  if (error !== undefined) throw error;
  const config = configuration.section(section.name);
  const { graph } = configuration.worker;
  const own = log.child(name);
  return { config, generation, log: own, signal, core: coreOf(core, graph, own, signal) };
}

function coreOf(core: Services['core'], graph: string, log: Logger, signal: AbortSignal): ServiceCore {
  const options = { section: 'reported', signal } as const;
  return {
    nodes: (query) => core.searchList(graph, query, options),
    nodesAndEdges: (query) => core.searchGraph(graph, query, options),
    events: (...types) => coreEvents({ connection: core.connection, types, log, signal }),
    execute: (command) => core.execute(command, { graph, ...options }),
  };
}
