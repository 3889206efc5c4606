import type { KindJson } from '../protocol/model-json.ts';
import type { RegisteredCollector } from '../plugin/registry.ts';
import type { CollectorInput } from './jobs.ts';
import type { ThreadPool } from './thread-pool.ts';

/** The models of collectors. They are made in worker threads, because only these load kinds, and do not change while the program runs. */
export class ModelCache {
  readonly #models = new Map<string, readonly KindJson[]>();

  async get(request: {
    readonly pool: ThreadPool;
    readonly registered: RegisteredCollector;
    readonly collector: CollectorInput;
    readonly deadline: AbortSignal;
  }): Promise<readonly KindJson[]> {
    const { pool, registered, collector, deadline } = request;
    const key = [registered.package.directory, registered.package.version, collector.cloud, collector.generation].join(
      ' ',
    );
    const kinds = this.#models.get(key) ?? (await pool.run('model', () => collector, { signal: deadline }));
    this.#models.set(key, kinds);
    return kinds;
  }
}
