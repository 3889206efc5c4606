import { coreConnection } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import { createAccountGraph, type AccountGraph } from '../graph/account-graph.ts';
import { baseKinds } from '../kinds/base-generations.ts';
import { KindRegistry } from '../kinds/registry.ts';
import type { CollectContext, Collector, PluginContext } from '../plugin/contract.ts';
import type { JsonObject } from '../protocol/json.ts';
import { carryOverAccount, carryOverScopes } from './carry-over.ts';
import { flagsQuery, idsQuery } from './core-queries.ts';
import type { AccountInput, AccountResult } from './jobs.ts';
import { readFlags, type FlaggedNodes } from './node-flags.ts';
import { ScopeLog } from './scope-log.ts';
import type { JobHost } from './job-host.ts';
import { wholeAnswer } from './whole-answer.ts';

/** Collects one account into a graph on disk. What could not be listed is kept as the core has it. */
export async function collectAccount(
  collector: Collector,
  input: AccountInput,
  host: JobHost,
  plugin: PluginContext,
): Promise<AccountResult> {
  return withGraph(collector, input, host, async (graph, core, flags) => {
    const scopes = new ScopeLog(host.signal, ({ kinds, region }, outcome) =>
      host.emit({ type: 'scope', kinds, outcome, ...(region === undefined ? {} : { region: region.name }) }),
    );
    await collector.collect(input.account, collectContext(input, host, plugin, graph, scopes));
    host.signal.throwIfAborted();
    const reports = scopes.reports();
    const { expired } = await carryOverScopes(core, graph, input, reports, host.signal);
    await graph.resolveHeld((ids) => storedReported(core, input.core.graph, ids, host.signal));
    return { graph: await graph.finish(), scopes: reports, flags, expired };
  });
}

/** Takes the graph of an account from the core, as if none of it could be listed. Null: the core does not know the account. */
export async function keepAccount(
  collector: Collector,
  input: AccountInput,
  host: JobHost,
): Promise<AccountResult | null> {
  return withGraph(collector, input, host, async (graph, core, flags) => {
    const { carried, expired } = await carryOverAccount(core, graph, input, host.signal);
    if (carried === 0) return null;
    return { graph: await graph.finish(), scopes: [], flags, expired };
  });
}

async function withGraph<Result extends AccountResult | null>(
  collector: Collector,
  input: AccountInput,
  { signal, log }: JobHost,
  work: (graph: AccountGraph, core: CoreClient, flags: FlaggedNodes) => Promise<Result>,
): Promise<Result> {
  const { trust, ...access } = input.core;
  const core = new CoreClient({ connection: coreConnection({ ...access, tls: () => trust }), log });
  let graph: AccountGraph | undefined;
  try {
    const flags = await readFlags(
      core,
      input.core.graph,
      flagsQuery({ cloud: input.cloud, account: input.account.id }),
      signal,
    );
    graph = accountGraph(collector, input, flags);
    const result = await work(graph, core, flags);
    if (result === null) await graph.discard();
    return result;
  } catch (error) {
    await graph?.discard();
    throw error;
  } finally {
    core.close();
  }
}

function accountGraph({ kinds }: Collector, input: AccountInput, flags: FlaggedNodes): AccountGraph {
  const { cloud, directory, generation, mergeKind, exportedAt, maxResources } = input;
  return createAccountGraph({
    directory,
    cloud: { id: cloud, name: cloud },
    generation,
    mergeKind,
    // Plugins declare their kinds on top of these base kinds, whatever the generation of the core is.
    registry: new KindRegistry([...baseKinds('resoto'), ...kinds]),
    flags,
    now: new Date(exportedAt),
    maxNodes: maxResources,
  });
}

function collectContext(
  { account, exportedAt, lastRun }: AccountInput,
  { emit }: JobHost,
  plugin: PluginContext,
  sink: AccountGraph,
  scopes: ScopeLog,
): CollectContext {
  return {
    ...plugin,
    sink,
    startedAt: new Date(exportedAt),
    ...(lastRun === undefined ? {} : { lastRun }),
    report: (level, message, context = [account.name]) => plugin.report(level, message, context),
    scope: (scope, work) => scopes.run(scope, work),
    incomplete: (scope, error) => scopes.incomplete(scope, error),
    progress: (region, state) => emit({ type: 'region', region, state }),
  };
}

async function storedReported(
  core: CoreClient,
  graph: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, JsonObject>> {
  return wholeAnswer(signal, async () => {
    const stored = new Map<string, JsonObject>();
    for await (const { id, reported } of core.searchList(graph, idsQuery(ids), { section: '/', signal })) {
      stored.set(id, reported);
    }
    return stored;
  });
}
