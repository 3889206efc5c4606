/** The action plugins: each has a subscription of its own, and none of them can stop the others (worker behaviour 4.2). */
import { plainError, redactedError, type PlainError } from '../collect/plain-error.ts';
import type { CurrentConfiguration } from '../config/configuration.ts';
import { ActionClient, type ActionEnd } from '../core-client/actions.ts';
import type { SocketState } from '../core-client/socket.ts';
import { PluginError, TimedOutError } from '../errors.ts';
import type { ActionPlugin } from '../plugin/action-contract.ts';
import { raced } from '../raced.ts';
import { withTimeLimit } from '../time-limit.ts';
import { actionPluginHandler, type ActionPluginServices } from './run-action-plugin.ts';

/**
 * `starting` while its bootstrap is asked; `ended` when that said no, `failed` when it threw. From then on, or with no bootstrap,
 * the state of its connection.
 */
export type ActionPluginState =
  | SocketState
  | { readonly is: 'starting' | 'ended' }
  /** Without secrets. */
  | { readonly is: 'failed'; readonly error: PlainError };

export interface ActionPluginsOptions {
  readonly onState?: (className: string, state: ActionPluginState) => void;
  readonly onEnd?: (className: string, end: ActionEnd) => void;
  /** Milliseconds a bootstrap has. Default: 30 seconds. */
  readonly bootstrapTime?: number;
}

export interface ActionPlugins {
  /** Resolves when all that take part are registered at the core for the first time. */
  readonly registered: Promise<void>;
  /** Those that are enabled, by class name. */
  states(): ReadonlyMap<string, ActionPluginState>;
  /** See `ActionClient.announce`. */
  announce(): void;
  /** See `ActionClient.drain`. */
  drain(signal: AbortSignal): Promise<void>;
  /** Aborts what runs, delivers answers and closes; see `ActionClient.close`. */
  close(signal: AbortSignal): Promise<void>;
}

/** Starts those that are enabled. */
export function startActionPlugins(
  id: string,
  live: CurrentConfiguration,
  services: ActionPluginServices,
  options: ActionPluginsOptions = {},
): ActionPlugins {
  const enabled = services.registry.actions.filter(
    ({ section }) => live.current.section(section.name)['enabled'] === true,
  );
  if (enabled.length > 0) {
    services.log.info('action plugins take part', { plugins: enabled.map(({ className }) => className) });
  }
  const states = new Map<string, ActionPluginState>();
  const started = enabled.map((plugin) => {
    const onState = (state: ActionPluginState): void => {
      states.set(plugin.className, state);
      options.onState?.(plugin.className, state);
    };
    return new StartedPlugin(plugin, { ...options, id, live, services, onState });
  });
  return {
    registered: Promise.all(started.map(({ registered }) => registered)).then(() => {}),
    states: () => states,
    announce: () => {
      for (const plugin of started) plugin.announce();
    },
    drain: async (signal) => {
      await Promise.all(started.map((plugin) => plugin.drain(signal)));
    },
    close: async (signal) => {
      await Promise.all(started.map((plugin) => plugin.close(signal)));
    },
  };
}

interface StartOptions {
  readonly id: string;
  readonly live: CurrentConfiguration;
  readonly services: ActionPluginServices;
  readonly bootstrapTime?: number;
  readonly onState: (state: ActionPluginState) => void;
  readonly onEnd?: ActionPluginsOptions['onEnd'];
}

class StartedPlugin {
  /** Also resolves when it does not take part. */
  readonly registered: Promise<void>;
  readonly #plugin: ActionPlugin;
  readonly #options: StartOptions;
  readonly #stop = new AbortController();
  readonly #started: Promise<void>;
  #client: ActionClient | undefined;
  #resolveRegistered = (): void => {};

  constructor(plugin: ActionPlugin, options: StartOptions) {
    this.#plugin = plugin;
    this.#options = options;
    this.registered = new Promise((resolve) => (this.#resolveRegistered = resolve));
    if (plugin.bootstrap === undefined) this.#subscribe();
    this.#started = plugin.bootstrap === undefined ? Promise.resolve() : this.#bootstrap(plugin.bootstrap);
  }

  announce(): void {
    this.#client?.announce();
  }

  async drain(signal: AbortSignal): Promise<void> {
    this.#stop.abort();
    await this.#started;
    await this.#client?.drain(signal);
  }

  async close(signal: AbortSignal): Promise<void> {
    this.#stop.abort();
    await this.#started;
    await this.#client?.close(signal);
  }

  async #bootstrap(bootstrap: NonNullable<ActionPlugin['bootstrap']>): Promise<void> {
    const { services, live, onState, bootstrapTime = 30_000 } = this.#options;
    const { className, section } = this.#plugin;
    const log = services.log.child(className);
    onState({ is: 'starting' });
    const late = () => new TimedOutError(`it did not say within ${bootstrapTime / 1000} s whether it takes part`);
    try {
      const configuration = live.current;
      const error = configuration.sectionError?.(section.name);
      if (error !== undefined) throw error;
      const config = configuration.section(section.name);
      const limit = { milliseconds: bootstrapTime, late, signal: this.#stop.signal };
      const takesPart = await withTimeLimit(limit, (signal) =>
        raced(bootstrap({ config, generation: services.generation, log, signal }), signal),
      );
      if (takesPart && !this.#stop.signal.aborted) this.#subscribe();
      else this.#end({ is: 'ended' });
    } catch (cause) {
      if (this.#stop.signal.aborted) {
        this.#end({ is: 'ended' });
        return;
      }
      const failed = redactedError(plainError(cause), services.secrets);
      const error = new PluginError(`The action plugin ${className} does not take part: ${failed.message}`, {
        hint: failed.hint,
        cause,
      });
      log.error('an action plugin cannot start', { plugin: className, error });
      this.#end({ is: 'failed', error: failed });
    }
  }

  #subscribe(): void {
    const { id, live, services, onState, onEnd } = this.#options;
    const { className, action } = this.#plugin;
    this.#client = new ActionClient({
      core: services.core,
      subscriberId: `${id}-actions-${action}-${className}`,
      events: [{ name: action }],
      timeout: () => live.current.worker.timeout,
      handle: actionPluginHandler(this.#plugin, live, services),
      log: services.log.child(className),
      // A plugin in the same step twice at once would judge what it is about to change.
      concurrency: 1,
      ...(onEnd && { onEnd: (end) => onEnd(className, end) }),
      onState: (state) => {
        onState(state);
        if (state.is === 'connected') this.#resolveRegistered();
      },
    });
  }

  #end(state: ActionPluginState): void {
    this.#options.onState(state);
    this.#resolveRegistered();
  }
}
