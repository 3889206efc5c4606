/** What of a worker has to do with its configuration, without the rest. */
import { CoreClient, coreConnection, errorText, type Configuration, type Generation } from '@resoto/worker-core';
import { declareSection, type JsonObject, type SectionDeclaration } from '@resoto/worker-core/plugin';
import { eventually, recordingLog } from '@resoto/worker-core/testing';

// Parts of the worker that nobody but the worker uses, so no entry file exports them.
import {
  openConfiguration,
  type LiveConfiguration,
} from '../../../packages/worker-core/src/config/live-configuration.ts';
import { validateConfigHandler } from '../../../packages/worker-core/src/config/validate-config.ts';
import { workerSection } from '../../../packages/worker-core/src/config/worker-section.ts';
import { TaskClient } from '../../../packages/worker-core/src/core-client/tasks.ts';

export const acme = declareSection({
  name: 'acme',
  description: 'Acme cloud.',
  fields: {
    token: { type: 'string', nullable: true, default: null, description: 'Key.', secret: true },
    ratio: { type: 'double', nullable: true, default: 0.5, description: 'Ratio.' },
    limits: { type: { map: 'int64' }, default: { boxes: 3 }, description: 'Limits.' },
  },
});

interface ConfiguredWorkerOptions {
  readonly uri: string;
  readonly id: string;
  readonly generation: Generation;
  readonly sections: readonly SectionDeclaration[];
  readonly overrides?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export class ConfiguredWorker {
  /** What it was told, in order: `change`, `restart section.field`, or the text of what was rejected. */
  readonly told: string[] = [];
  /** Patches of the document that it sent. */
  readonly writes: JsonObject[] = [];
  readonly #options: ConfiguredWorkerOptions;
  readonly #client: CoreClient;
  #live: LiveConfiguration | undefined;
  #tasks: TaskClient | undefined;

  private constructor(options: ConfiguredWorkerOptions) {
    this.#options = options;
    this.#client = new CoreClient({ connection: coreConnection({ uri: options.uri }) });
  }

  /** Resolves when it listens for changes. */
  static async open(options: ConfiguredWorkerOptions): Promise<ConfiguredWorker> {
    const worker = new ConfiguredWorker(options);
    await worker.#open();
    return worker;
  }

  get current(): Configuration {
    if (this.#live === undefined) throw new Error('The configuration is not open');
    return this.#live.current;
  }

  /** Offers the core to validate documents; resolves when it has. */
  async validate(): Promise<void> {
    const { id, sections, environment = {} } = this.#options;
    const handler = validateConfigHandler({
      ...{ id, environment },
      sections: [this.#section([]), ...sections],
      onSecret: () => {},
    });
    const tasks = new TaskClient({ connection: this.#client.connection, handlers: [handler], log: recordingLog() });
    this.#tasks = tasks;
    await eventually(() => {
      if (tasks.state?.is !== 'connected') throw new Error('The work queue is not connected');
    });
  }

  async close(): Promise<void> {
    await this.#tasks?.close();
    await this.#live?.close();
    this.#client.close();
  }

  async #open(): Promise<void> {
    const { id, sections, overrides = [], environment = {} } = this.#options;
    const client = this.#client;
    let isListening = false;
    this.#live = await openConfiguration({
      store: {
        config: (config, signal) => client.config(config, signal),
        patchConfig: (config, patch, signal, query) => {
          this.writes.push(patch);
          return client.patchConfig(config, patch, signal, query);
        },
        patchConfigModel: (kinds, signal) => client.patchConfigModel(kinds, signal),
      },
      connection: client.connection,
      ...{ id, sections, overrides, environment },
      workerSection: (collectors) => this.#section(collectors),
      autoEnabled: async () => ['acme'],
      log: recordingLog(),
      onSecret: () => {},
      redact: (text) => text,
      onChange: () => this.told.push('change'),
      onRestart: (settings) => this.told.push(`restart ${settings.join(' ')}`),
      onRejected: (error) => this.told.push(errorText(error)),
      onState: ({ is }) => (isListening ||= is === 'connected'),
      signal: new AbortController().signal,
    });
    await eventually(() => {
      if (!isListening) throw new Error('The worker does not listen');
    });
  }

  #section(collectors: readonly string[]): ReturnType<typeof workerSection> {
    return workerSection({ generation: this.#options.generation, collectors, cores: 4 });
  }
}
