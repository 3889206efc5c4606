/** Would the configuration be understood? It is read as at a start, and nothing is stored. */
import type { Configuration } from '../config/configuration.ts';
import type { StoredConfig } from '../core-client/core-client.ts';
import { logOf } from '../log/log.ts';
import type { LogRecord } from '../log/log-record.ts';
import type { PluginRegistry } from '../plugin/registry.ts';
import { failed, remark, type Diagnosis } from './diagnosis.ts';

export interface ConfigurationExamination {
  /** Id of the document. */
  readonly worker: string;
  /** Reads the document. Absent: the core cannot be asked, and the defaults are looked at. */
  readonly fetch: (() => Promise<StoredConfig | undefined>) | undefined;
  /** Makes the document effective, and logs what is odd about it. */
  readonly load: (stored: StoredConfig | undefined, log: ReturnType<typeof logOf>) => Promise<Configuration>;
  readonly registry: PluginRegistry;
}

/** @returns the configuration; undefined when a worker would not start with it */
export async function* examineConfiguration(
  options: ConfigurationExamination,
): AsyncGenerator<Diagnosis, Configuration | undefined> {
  const { worker, fetch, load, registry } = options;
  const about = 'configuration';
  const remarks: LogRecord[] = [];
  try {
    const stored = await fetch?.();
    if (fetch === undefined) {
      yield { about, status: 'warn', what: 'cannot be read from the core, so the defaults are looked at' };
    } else if (stored === undefined) {
      yield { about, status: 'ok', what: `there is no document ${worker} yet, the first start stores the defaults` };
    } else yield { about, status: 'ok', what: `the document ${worker} was read` };
    const configuration = await load(
      stored,
      logOf((record) => remarks.push(record), 'warn', 'doctor'),
    );
    yield* remarks.map((record) => remark(about, record));
    yield* collectorFindings(configuration, registry);
    return configuration;
  } catch (error) {
    yield* remarks.map((record) => remark(about, record));
    yield failed(about, error);
    return undefined;
  }
}

function* collectorFindings(
  { worker: { collector } }: Configuration,
  { collectors }: PluginRegistry,
): Generator<Diagnosis> {
  const about = 'configuration';
  const installed = collectors.map(({ cloud }) => cloud);
  const advice = `Name installed clouds in the setting collector: ${installed.join(', ') || 'none is installed'}.`;
  const unknown = collector.filter((name) => !installed.includes(name));
  for (const name of unknown) yield { about, status: 'fail', what: `the collector ${name} is not installed`, advice };
  if (collector.length === 0) yield { about, status: 'warn', what: 'no cloud is enabled', advice };
  else if (unknown.length < collector.length) {
    const enabled = collector.filter((name) => installed.includes(name));
    yield { about, status: 'ok', what: `these clouds are enabled: ${enabled.join(', ')}` };
  }
}
