/**
 * Looks at a set-up from the core to the permissions in each account, as a worker would meet it. Registers nothing and
 * changes nothing.
 */
import { coreConnection } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import { examineConfiguration } from '../doctor/examine-configuration.ts';
import { examineCore } from '../doctor/examine-core.ts';
import { brokenPlugins, examinePlugins } from '../doctor/examine-plugins.ts';
import { examineState } from '../doctor/examine-state.ts';
import type { CoreTrustOptions } from '../doctor/examine-tls.ts';
import { loadPlugins } from '../plugin/registry.ts';
import { configure, openPool, readOnly, type SetUpOptions } from './set-up.ts';

/** The set-up to look at. */
export interface DoctorOptions extends SetUpOptions {
  readonly trust: CoreTrustOptions;
  /** State directory. */
  readonly dataDirectory: string;
  readonly signal: AbortSignal;
}

/** Yields what is found, as it is found. What cannot be looked at because of an earlier failure is left out. */
export async function* examine(options: DoctorOptions): AsyncGenerator<Diagnosis> {
  const { trust, generation, log, secrets, signal, dataDirectory } = options;
  const { subscriberId: worker } = trust;
  const { pool } = openPool({ log });
  if (trust.core.psk !== undefined) secrets.add(trust.core.psk);
  let core: CoreClient | undefined;
  try {
    const access = yield* examineCore({ trust, generation, worker, signal });
    if (access !== undefined) core = new CoreClient({ connection: coreConnection(access) });
    const registry = await loadPlugins(options.pluginDirectories);
    yield* brokenPlugins(registry);
    const known = core;
    const configuration = yield* examineConfiguration({
      worker,
      registry,
      fetch: known === undefined ? undefined : () => known.config(worker, signal),
      load: (stored, remarks) =>
        configure(
          worker,
          readOnly(async () => stored),
          pool,
          registry,
          { ...options, log: remarks },
        ),
    });
    if (configuration !== undefined) {
      yield* examinePlugins({ registry, configuration, pool, generation, signal });
    }
    yield await examineState(configuration?.worker.tempdir ?? dataDirectory);
  } finally {
    await pool.close();
    core?.close();
  }
}
