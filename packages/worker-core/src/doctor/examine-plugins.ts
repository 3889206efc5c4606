/** Do the enabled plugins load, which accounts do they find, and may they do in them what they have to? */
import type { CollectorInput } from '../collect/jobs.ts';
import type { ThreadPool } from '../collect/thread-pool.ts';
import type { Configuration } from '../config/configuration.ts';
import type { AccountJob, Purpose } from '../plugin/contract.ts';
import type { PluginRegistry, RegisteredCollector } from '../plugin/registry.ts';
import type { Generation } from '../protocol/generation.ts';
import { failed, type Diagnosis } from './diagnosis.ts';

export interface PluginExamination {
  readonly registry: PluginRegistry;
  readonly configuration: Configuration;
  readonly pool: ThreadPool;
  readonly generation: Generation;
  readonly signal: AbortSignal;
}

/** Accounts that are looked at at the same time. */
const accountsAtOnce = 10;

export async function* examinePlugins(options: PluginExamination): AsyncGenerator<Diagnosis> {
  const { registry, configuration } = options;
  const enabled = registry.collectors.filter(({ cloud }) => configuration.worker.collector.includes(cloud));
  for (const collector of enabled) yield* examineCollector(collector, options);
  yield* examineParts(options);
}

/** Plugins that cannot be used at all. */
export function* brokenPlugins({ problems }: PluginRegistry): Generator<Diagnosis> {
  for (const problem of problems) yield failed('plugin', problem);
}

async function* examineCollector(
  collector: RegisteredCollector,
  options: PluginExamination,
): AsyncGenerator<Diagnosis> {
  const about = `plugin ${collector.cloud}`;
  const input = inputOf(collector, options);
  const found: AccountJob[] = [];
  const remarks: Diagnosis[] = [];
  try {
    await options.pool.run('accounts', () => input, {
      signal: options.signal,
      onEvent(event) {
        if (event.type === 'account') found.push(event.account);
        else if (event.type === 'report' && event.level === 'error') {
          remarks.push({ about, status: 'warn', what: [...event.context, event.message].join(': ') });
        }
      },
    });
    yield* remarks;
    yield accountsFinding(about, found, collector.plugin.setup);
  } catch (error) {
    options.signal.throwIfAborted();
    yield* remarks;
    yield failed(about, error);
  }
  for (let next = 0; next < found.length; next += accountsAtOnce) {
    const some = found.slice(next, next + accountsAtOnce);
    yield* (await Promise.all(some.map((account) => examineAccount(account, input, options)))).flat();
  }
}

function accountsFinding(about: string, { length }: readonly AccountJob[], setup: string | undefined): Diagnosis {
  if (length === 0) return { about, status: 'warn', what: 'finds no account', advice: setup };
  return { about, status: 'ok', what: `finds ${length} ${length === 1 ? 'account' : 'accounts'}` };
}

async function examineAccount(
  account: AccountJob,
  input: CollectorInput,
  { pool, configuration: { worker }, signal }: PluginExamination,
): Promise<readonly Diagnosis[]> {
  const name = account.name === account.id ? '' : ` (${account.name})`;
  const about = `account ${input.cloud} ${account.id}${name}`;
  const purposes: readonly Purpose[] = ['collect', ...(worker.cleanup ? (['cleanup'] as const) : [])];
  try {
    const findings = await pool.run('check', () => ({ ...input, account, purposes }), { signal });
    return findings.map((finding) => ({ about, ...finding }));
  } catch (error) {
    signal.throwIfAborted();
    return [failed(about, error)];
  }
}

function inputOf(
  { cloud, package: { entry }, section }: RegisteredCollector,
  options: PluginExamination,
): CollectorInput {
  const { configuration, generation } = options;
  return { cloud, entry, generation, config: section === undefined ? {} : configuration.section(section.name) };
}

/** Action plugins and services: those that are enabled. */
async function* examineParts({ registry, configuration }: PluginExamination): AsyncGenerator<Diagnosis> {
  const parts = [...registry.actions.map((action) => ({ name: action.className, ...action })), ...registry.services];
  for (const { name, section, load } of parts) {
    if (configuration.section(section.name)['enabled'] !== true) continue;
    const about = `plugin ${name}`;
    try {
      const error = configuration.sectionError?.(section.name);
      if (error !== undefined) throw error;
      await load();
      yield { about, status: 'ok', what: 'is enabled and loads' };
    } catch (error) {
      yield failed(about, error);
    }
  }
}
