import type { ThreadPool } from '../collect/thread-pool.ts';
import { TimedOutError } from '../errors.ts';
import type { Log } from '../log/log.ts';
import type { PluginRegistry, RegisteredCollector } from '../plugin/registry.ts';
import type { Generation } from '../protocol/generation.ts';
import type { JsonObject } from '../protocol/json.ts';
import { withTimeLimit } from '../time-limit.ts';

export interface AutoEnableOptions {
  readonly registry: PluginRegistry;
  readonly pool: ThreadPool;
  readonly generation: Generation;
  readonly section: (name: string) => JsonObject;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Milliseconds for all of them together. Default: 10 seconds. */
  readonly timeout?: number;
}

/** Clouds that can be collected with what is at hand. One that fails or does not answer in time counts as no. */
export async function autoEnabledClouds(options: AutoEnableOptions): Promise<readonly string[]> {
  const { registry, log, signal, timeout = 10_000 } = options;
  const late = () => new TimedOutError(`No answer within ${timeout / 1000} s`);
  const answers = await withTimeLimit({ milliseconds: timeout, late, signal }, (limited) =>
    Promise.all(registry.collectors.map((collector) => mayCollect(collector, { ...options, signal: limited }))),
  );
  signal.throwIfAborted();
  const clouds = registry.collectors.filter((_, index) => answers[index]).map(({ cloud }) => cloud);
  log.info('clouds that can be collected with what is at hand', { clouds });
  return clouds;
}

async function mayCollect(
  { cloud, package: { entry }, section }: RegisteredCollector,
  { pool, generation, section: values, log, signal }: AutoEnableOptions,
): Promise<boolean> {
  const config = section === undefined ? {} : values(section.name);
  try {
    return await pool.run('autoEnable', () => ({ cloud, entry, generation, config }), { signal, grace: 0 });
  } catch (error) {
    log.warn('cannot tell whether a cloud can be collected', { cloud, error });
    return false;
  }
}
