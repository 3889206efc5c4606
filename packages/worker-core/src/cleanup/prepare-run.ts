/** From a configuration to a plan: everything that happens before the first deletion. Calls nothing that changes anything. */
import type { JobEvent } from '../collect/jobs.ts';
import { plainError } from '../collect/plain-error.ts';
import type { Configuration } from '../config/configuration.ts';
import { errorHint, errorText, PluginError } from '../errors.ts';
import type { AccountJob } from '../plugin/contract.ts';
import { parseDuration } from '../protocol/duration.ts';
import type { Approval } from './approval.ts';
import { applyBrakes } from './brakes.ts';
import { collectorInput, type CleanupServices } from './cleanup-services.ts';
import { countResources } from './count-resources.ts';
import type { Rules } from './judge.ts';
import type { Marks } from './marks.ts';
import { ownerId, type MarkedNode } from './marked-node.ts';
import { cannotTell, refused, skipped, type Verdict } from './outcome.ts';
import type { CleanupPlan, PlannedNode } from './plan.ts';
import { planWithRefusals } from './refusals.ts';
import type { KindDescription, ResourceData } from './resource.ts';
import { select, type Selection } from './select.ts';
import { tally } from './tally.ts';

type Clouds = ReadonlyMap<string, ReadonlyMap<string, KindDescription>>;

export interface PrepareOptions {
  readonly services: CleanupServices;
  readonly configuration: Configuration;
  readonly signal: AbortSignal;
  readonly marks: Marks | undefined;
  readonly approval?: Approval | undefined;
  /** Outcomes that an earlier process of the same run has reached. */
  readonly known?: ReadonlyMap<string, Verdict>;
}

export interface PreparedRun {
  readonly clouds: Clouds;
  readonly rules: Rules;
  readonly selection: Selection;
  readonly plan: CleanupPlan;
  readonly account: (account: PlannedNode['account']) => AccountJob | undefined;
  /** The limit that the plan goes beyond. */
  readonly brake: unknown;
}

/** @throws CoreError and ConnectionClosedError when the core cannot be asked */
export async function prepareRun(options: PrepareOptions): Promise<PreparedRun> {
  const { services, configuration, signal, marks, approval } = options;
  const { worker: settings } = configuration;
  const { clouds, warnings } = await describeClouds(options);
  const rules: Rules = {
    clouds,
    neverAccounts: settings.cleanup_never_accounts,
    neverKinds: settings.cleanup_never_kinds,
    waits: (node) => tooYoung(node, configuration, marks) ?? approval?.judge(node),
  };
  const found = await select(services.core, settings.graph, settings.collector, rules, signal);
  const accounts = await findAccounts(options, cloudsOf(found));
  const reachable = {
    ...found,
    candidates: found.candidates.map((candidate) => ({
      ...candidate,
      verdict: knownOutcome(candidate.node, options) ?? candidate.verdict ?? unreachable(candidate.node, accounts),
    })),
  };
  const selection = approval?.compared(reachable) ?? reachable;
  const plan = await planWithRefusals(selection, clouds, (cloud, resources) => askRefusals(options, cloud, resources));
  const brake = await brakeOf(plan, options);
  services.log.debug('cleanup planned', {
    ...{
      marked: plan.nodes.length,
      outcomes: tally(plan.nodes.map(({ verdict }) => verdict?.outcome ?? 'to_delete')),
      brake: brake === undefined ? null : errorText(brake),
    },
  });
  return {
    clouds,
    rules,
    selection,
    plan: { ...plan, warnings: [...warnings, ...unknownKinds(rules), ...plan.warnings] },
    account: ({ cloud, id }) => accounts.get(cloud)?.get(id),
    brake,
  };
}

/** How the kinds of all enabled clouds are deleted. Of a cloud that cannot tell, no kind is known, so nothing is deleted. */
async function describeClouds({ services, configuration, signal }: PrepareOptions) {
  const clouds = new Map<string, ReadonlyMap<string, KindDescription>>();
  const warnings: string[] = [];
  for (const cloud of configuration.worker.collector) {
    const input = collectorInput(services, configuration, cloud);
    if (input === undefined) {
      warnings.push(`no plugin for the cloud ${cloud} is installed`);
      continue;
    }
    try {
      const kinds = await services.pool.run('describeCleanup', () => input, { signal });
      clouds.set(cloud, new Map(kinds.map((kind) => [kind.kind, kind])));
    } catch (error) {
      signal.throwIfAborted();
      warnings.push(
        `the plugin of ${cloud} cannot tell how its resources are deleted: ${services.secrets.redact(errorText(error))}`,
      );
      clouds.set(cloud, new Map());
    }
  }
  return { clouds, warnings };
}

/** A misspelled kind keeps nothing, and nobody would see it. */
function unknownKinds({ clouds, neverKinds }: Rules): readonly string[] {
  const known = new Set([...clouds.values()].flatMap((kinds) => [...kinds.values()].flatMap((kind) => kind.kinds)));
  return neverKinds
    .filter((kind) => !known.has(kind))
    .map((kind) => `the setting cleanup_never_kinds names ${kind}, which no resource of the enabled clouds is`);
}

type Accounts = ReadonlyMap<string, ReadonlyMap<string, AccountJob>>;

/** Accounts of clouds in which something may be deleted, as a collect would find them. */
async function findAccounts(options: PrepareOptions, clouds: Iterable<string>): Promise<Accounts> {
  const found = new Map<string, ReadonlyMap<string, AccountJob>>();
  for (const cloud of clouds) found.set(cloud, await accountsOf(options, cloud));
  return found;
}

/** The accounts of a cloud as a collect would find them, by id. */
export async function accountsOf(
  { services, configuration, signal }: Pick<PrepareOptions, 'services' | 'configuration' | 'signal'>,
  cloud: string,
): Promise<ReadonlyMap<string, AccountJob>> {
  const { pool, log, secrets } = services;
  const accounts = new Map<string, AccountJob>();
  const input = collectorInput(services, configuration, cloud);
  if (input === undefined) return accounts;
  const onEvent = (event: JobEvent): void => {
    if (event.type === 'account') accounts.set(event.account.id, event.account);
    if (event.type === 'report' && event.level === 'error') {
      log.warn('an account cannot be cleaned', { cloud, error: secrets.redact(event.message) });
    }
  };
  try {
    await pool.run('accounts', () => input, { signal, onEvent });
  } catch (error) {
    signal.throwIfAborted();
    const { message, code } = plainError(error);
    log.error('the accounts of a cloud are not known', {
      cloud,
      code,
      error: secrets.redact(message),
      hint: errorHint(error),
    });
  }
  return accounts;
}

/** Of a plugin that cannot be asked nothing is deleted that it might refuse. */
async function askRefusals(
  { services, configuration, signal }: PrepareOptions,
  cloud: string,
  resources: readonly ResourceData[],
): Promise<readonly (string | null)[]> {
  try {
    const input = collectorInput(services, configuration, cloud);
    if (input === undefined) throw new PluginError(`no plugin for the cloud ${cloud} is installed`);
    return await services.pool.run('cleanupRefusals', () => ({ ...input, resources }), { signal });
  } catch (error) {
    signal.throwIfAborted();
    const reason = services.secrets.redact(cannotTell(error));
    return resources.map(() => reason);
  }
}

function cloudsOf({ candidates }: Selection): ReadonlySet<string> {
  const open = candidates.filter(({ verdict }) => verdict === undefined);
  return new Set(open.map(({ node }) => ownerId(node, 'cloud') ?? ''));
}

function unreachable(node: MarkedNode, accounts: Accounts): Verdict | undefined {
  const account = ownerId(node, 'account') ?? '';
  if (accounts.get(ownerId(node, 'cloud') ?? '')?.has(account) === true) return undefined;
  return refused(`its account ${account} cannot be reached with this configuration`);
}

/** The run has reached it before it was interrupted, and has told it. */
function knownOutcome({ id }: MarkedNode, { known }: PrepareOptions): Verdict | undefined {
  const verdict = known?.get(id);
  return verdict === undefined ? undefined : { ...verdict, quiet: true };
}

function tooYoung(node: MarkedNode, { worker }: Configuration, marks: Marks | undefined): Verdict | undefined {
  if (marks === undefined) return undefined;
  const needed = parseDuration(worker.cleanup_min_mark_age) ?? Infinity;
  const age = marks.age(node.id);
  if (age >= needed) return undefined;
  return skipped(
    `its mark was first seen ${Math.floor(age)} s ago, and cleanup_min_mark_age is ${worker.cleanup_min_mark_age}`,
  );
}

async function brakeOf(plan: CleanupPlan, { services, configuration, signal }: PrepareOptions): Promise<unknown> {
  const { graph } = configuration.worker;
  try {
    await applyBrakes(plan, configuration.worker, (accounts) =>
      countResources(accounts, { core: services.core, graph, signal }),
    );
    return undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return error;
  }
}
