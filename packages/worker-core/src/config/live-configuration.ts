/** The configuration in force, kept up to date with the document at the core (worker behaviour 2.3, protocol 3.6). */
import { isDeepStrictEqual } from 'node:util';
import { pause, pauseAfter, type BackOff } from '../core-client/back-off.ts';
import type { CoreConnection } from '../core-client/connection.ts';
import type { StoredConfig } from '../core-client/core-client.ts';
import { configEvents, type ConfigEvents } from '../core-client/events.ts';
import type { SocketState } from '../core-client/socket.ts';
import { ConfigError, errorCode, errorHint, errorText } from '../errors.ts';
import { changedSettings } from './changed-settings.ts';
import type { Configuration, CurrentConfiguration, LoadOptions } from './configuration.ts';
import { firstConfiguration } from './load-configuration.ts';
import { readConfiguration } from './read-configuration.ts';
import { logRemarks } from './remarks.ts';

export interface LiveConfiguration extends CurrentConfiguration {
  /** Stops listening. What is in force then stays. */
  close(): Promise<void>;
}

export interface LiveOptions extends LoadOptions {
  readonly connection: CoreConnection;
  /** Effective values have changed, and the new ones are in force. */
  readonly onChange?: (current: Configuration, previous: Configuration) => void;
  /**
   * Names of marked settings whose effective value would be another one: the worker has to be started again to have it. Until
   * then the old configuration stays, whole.
   */
  readonly onRestart: (settings: readonly string[]) => void;
  /** The document cannot be used. The old configuration stays, and whoever listens to `error` at the core is told. */
  readonly onRejected?: (error: ConfigError) => void;
  /** Takes secrets out of a text that goes to the core. */
  readonly redact: (text: string) => string;
  /** State of the connection on which changes are heard of. */
  readonly onState?: (state: SocketState) => void;
  /** Pauses between attempts to listen, and to read a changed document. */
  readonly backOff?: BackOff;
}

/**
 * Loads the configuration as {@link loadConfiguration} and follows the document until it is closed. Reloads write nothing, and
 * never fail what is in force. The signal only ends the start.
 *
 * @throws ConfigError that names every value and override which cannot be understood
 * @throws CoreError, ConnectionClosedError when the document cannot be read. Nothing is left open then
 */
export async function openConfiguration(options: LiveOptions): Promise<LiveConfiguration> {
  const autoEnabled = once(options.autoEnabled);
  const collectorsAtHand = options.collectorsAtHand && once(options.collectorsAtHand);
  const own = { ...options, autoEnabled, ...(collectorsAtHand && { collectorsAtHand }) };
  const { configuration, stored } = await firstConfiguration(own);
  return new FollowedConfiguration(configuration, stored, own);
}

/** What can be collected with what is at hand is decided once per start, and only if somebody asks. */
function once<Question, Answer>(ask: (question: Question) => Promise<Answer>): (question: Question) => Promise<Answer> {
  let answer: { readonly is: Answer } | undefined;
  return async (question) => (answer ??= { is: await ask(question) }).is;
}

class FollowedConfiguration implements LiveConfiguration {
  readonly #options: LiveOptions;
  readonly #backOff: BackOff;
  readonly #closing = new AbortController();
  readonly #events: ConfigEvents;
  #current: Configuration;
  /** The document that was looked at last, in force or not. */
  #seen: StoredConfig | undefined;
  #seenRevision: string | undefined;
  /** Revisions somebody told of since the last look; undefined: there may be a new one. */
  readonly #told = new Set<string | undefined>();
  #looking: Promise<void> | undefined;
  #isLooking = false;
  #pausing = new AbortController();

  constructor(configuration: Configuration, stored: StoredConfig | undefined, options: LiveOptions) {
    const { connection, id, log, onState, backOff } = options;
    this.#options = { ...options, signal: this.#closing.signal };
    this.#backOff = backOff ?? { minimum: 1_000, maximum: 60_000 };
    this.#current = configuration;
    this.#seen = stored;
    this.#seenRevision = configuration.revision;
    this.#events = configEvents({
      connection,
      configId: id,
      log,
      onChange: (revision) => this.#hear(revision),
      onState: (state) => {
        onState?.(state);
        // The document may have been edited between the load and this moment. Later connections are told as a change.
        if (state.is === 'connected' && state.epoch === 1) this.#hear(undefined);
      },
      ...(backOff && { backOff }),
    });
  }

  get current(): Configuration {
    return this.#current;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#events.close();
    await this.#looking;
  }

  #hear(revision: string | undefined): void {
    if (this.#closing.signal.aborted) return;
    this.#told.add(revision);
    // A core that tells something can be asked again.
    this.#pausing.abort();
    if (!this.#isLooking) this.#looking = this.#look();
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    try {
      await this.#lookAtAll();
    } finally {
      this.#isLooking = false;
    }
  }

  async #lookAtAll(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; this.#told.size > 0 && !signal.aborted;) {
      const told = [...this.#told];
      this.#told.clear();
      if (told.every((revision) => revision !== undefined && revision === this.#seenRevision)) continue;
      try {
        await this.#reload();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#told.add(undefined);
        const retryIn = pauseAfter((failures += 1), this.#backOff);
        const { id, log } = this.#options;
        log.warn('the changed configuration cannot be read yet', {
          ...{ config: id, error: errorText(error), hint: errorHint(error), retryIn },
        });
        this.#pausing = new AbortController();
        await pause(retryIn, AbortSignal.any([signal, this.#pausing.signal])).catch(() => undefined);
      }
    }
  }

  async #reload(): Promise<void> {
    const { store, id, signal } = this.#options;
    const stored = await store.config(id, signal);
    if (stored?.revision === this.#seenRevision && isDeepStrictEqual(stored?.config, this.#seen?.config)) return;
    this.#options.log.debug('another configuration is looked at', { config: id, revision: stored?.revision });
    try {
      await this.#apply(stored);
    } catch (error) {
      if (!isConfigError(error)) throw error;
      this.#reject(error, stored?.revision);
    }
    this.#seen = stored;
    this.#seenRevision = stored?.revision;
  }

  async #apply(stored: StoredConfig | undefined): Promise<void> {
    const { id, log, onChange, onRestart } = this.#options;
    if (stored === undefined || Object.keys(stored.config).length === 0) throw emptyConfiguration(id);
    const { configuration, sections, remarks } = await readConfiguration(stored, this.#options);
    if (this.#closing.signal.aborted) return;
    const previous = this.#current;
    const { settings, restart } = changedSettings(sections, previous, configuration);
    const { revision } = configuration;
    if (restart.length > 0) {
      log.info('the changed configuration needs a restart', { config: id, revision, settings: restart });
      this.#tell(() => onRestart(restart));
      return;
    }
    if (settings.length === 0 && revision === previous.revision) return;
    this.#current = configuration;
    logRemarks(remarks, log);
    if (settings.length === 0) return;
    log.info('the configuration has changed', { config: id, revision, settings });
    this.#tell(() => onChange?.(configuration, previous));
  }

  #reject(error: ConfigError, revision: string | undefined): void {
    const { id, log, redact, onRejected } = this.#options;
    log.error('the changed configuration cannot be used, the old one stays', {
      ...{ config: id, revision, error: errorText(error), hint: errorHint(error) },
    });
    const text = `The worker keeps the configuration it has. ${errorText(error)}`;
    this.#tell(() => this.#events.unusable(redact(text)));
    this.#tell(() => onRejected?.(error));
  }

  /** Whoever is told must not keep the configuration from being followed. */
  #tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.log.error('a change of the configuration could not be handled', { error });
    }
  }
}

function isConfigError(error: unknown): error is ConfigError {
  return ['wrong_configuration', 'empty_configuration'].includes(errorCode(error) ?? '');
}

function emptyConfiguration(id: string): ConfigError {
  return new ConfigError(`The configuration ${id} is empty`, {
    code: 'empty_configuration',
    hint: `Store the document "${id}" again. To go back to the defaults, delete it and restart the worker.`,
    facts: { config: id },
  });
}
