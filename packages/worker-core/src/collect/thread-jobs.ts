import { callCleanup, CleanupSessions, describeKinds, refusalsOf } from '../cleanup/thread-cleanup.ts';
import { runCommand } from '../commands/run-command.ts';
import { PluginError } from '../errors.ts';
import { modelJson } from '../kinds/model.ts';
import type { AccountJob, Collector, Finding, PluginContext } from '../plugin/contract.ts';
import { importPlugin } from '../plugin/registry.ts';
import { changeTags } from '../tagging/change-tags.ts';
import type { JobHost } from './job-host.ts';
import type { CheckInput, CollectorInput, Job, JobResult } from './jobs.ts';

/** Runs a job. Throws whatever made it fail. */
export async function runJob(job: Job, host: JobHost): Promise<JobResult> {
  if (job.type === 'command') return runCommand(job.input, host);
  const collector = await loadCollector(job.input);
  switch (job.type) {
    case 'autoEnable':
      return (await collector.autoEnable?.(pluginContext(job.input, host))) === true;
    case 'model':
      return modelJson(collector.kinds, job.input.generation);
    case 'accounts':
      for await (const account of collector.accounts(pluginContext(job.input, host))) {
        host.signal.throwIfAborted();
        host.emit({ type: 'account', account });
      }
      return null;
    case 'check':
      return checkAccount(collector, job.input, pluginContext(job.input, host));
    case 'collect':
      return (await collecting()).collectAccount(collector, job.input, host, pluginContext(job.input, host));
    case 'keep':
      return (await collecting()).keepAccount(collector, job.input, host);
    case 'describeCleanup':
      return describeKinds(collector);
    case 'cleanupRefusals':
      return refusalsOf(collector, job.input.resources);
    case 'cleanup':
      return callCleanup(collector, job.input, pluginContext(job.input, host), cleanupSessions);
    case 'tag':
      await changeTags(collector, job.input, host, pluginContext(job.input, host));
      return null;
  }
}

// Graphs and access to a core are half of what a thread can load, and only collects need them.
const collecting = () => import('./collect-account.ts');

async function checkAccount(
  collector: Collector,
  { account, purposes }: CheckInput,
  context: PluginContext,
): Promise<readonly Finding[]> {
  if (collector.check === undefined) return [{ status: 'ok', what: 'was found' }];
  const findings: Finding[] = [];
  for await (const finding of collector.check(account, purposes, context)) findings.push(finding);
  return findings;
}

const cleanupSessions = new CleanupSessions();
const collectors = new Map<string, Promise<Collector>>();

/** Loads a collector with its kinds and SDK, once per thread. */
function loadCollector({ entry, cloud }: CollectorInput): Promise<Collector> {
  const key = `${entry} ${cloud}`;
  const loaded = collectors.get(key) ?? load(entry, cloud);
  collectors.set(key, loaded);
  return loaded;
}

async function load(entry: string, cloud: string): Promise<Collector> {
  const { collectors: declared = [] } = await importPlugin(entry);
  const plugin = declared.find((collector) => collector.cloud === cloud);
  if (plugin === undefined) throw new PluginError(`The plugin at ${entry} does not collect ${cloud} any more`);
  return plugin.load();
}

function pluginContext(
  { cloud, config, generation, account }: CollectorInput & { readonly account?: AccountJob },
  { signal, log, emit, calls }: JobHost,
): PluginContext {
  return {
    config,
    generation,
    log: log.child(account === undefined ? `collector_${cloud}` : `${cloud}_${account.id}`, cloud),
    signal,
    report: (level, message, context = []) => emit({ type: 'report', level, message, context }),
    countCall: (service, result) => calls.add(cloud, service, result),
  };
}
