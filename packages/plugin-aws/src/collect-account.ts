/** Collects one account: the account itself first, then all of its regions. */
import { errorCode, LoginError, read } from '@resoto/worker-core/plugin';
import type { AccountJob, CollectContext } from '@resoto/worker-core/plugin';

import { foundAccount } from './account-job.ts';
import { addAccount } from './account-node.ts';
import type { AccountNode } from './account-node.ts';
import { readConfig } from './config.ts';
import type { AwsConfig } from './config.ts';
import { accountCredentials } from './credentials.ts';
import { region as regionKind } from './frame-kinds.ts';
import { accountIn, isLoginProblem, loginError } from './identity.ts';
import { forEach, settled } from './limits.ts';
import { NodeIndex } from './node-index.ts';
import { collectOrganization } from './organization.ts';
import type { Part } from './part.ts';
import { globalRegion } from './partitions.ts';
import { RegionRun } from './region-run.ts';
import { regionsOf } from './regions.ts';
import { services } from './services/index.ts';
import { withSession } from './session.ts';
import type { Session } from './session.ts';

/** Regions that are worked on at the same time. */
const regionsAtOnce = 10;

const parts = services.flatMap((service) => service.parts);

export async function collectAccount(job: AccountJob, context: CollectContext): Promise<void> {
  const config = readConfig(context.config);
  const found = foundAccount(job);
  const { signal, log, countCall: count } = context;
  const session = { account: job.id, credentials: accountCredentials(found, config), config, signal, log, count };
  await withSession(session, async (open) => {
    const home = globalRegion(found.partition);
    await checkLogin(open, home, job.id);
    const regions = await regionsOf(open, found.partition, config);
    const account = await addAccount(job, open.in(home), context);
    const runs = openRegions(account, regions, open, config, context);
    const problems: unknown[] = [];
    await settled([
      collectOrganization(account, open.in(home), context),
      forEach(runs, regionsAtOnce, (run) => collectRegion(run, problems)),
    ]);
    if (config.discardAccountOnError && problems.length > 0) throw problems[0];
    for (const run of runs) connect(run);
  });
}

/** The credentials have to work, and to be those of the account: else its nodes would be taken for another's. */
export async function checkLogin(session: Session, home: string, expected: string): Promise<void> {
  const account = await accountIn(session, home).catch((error: unknown) => {
    throw isLoginProblem(error) && errorCode(error) !== 'login_failed' ? loginError(error) : error;
  });
  if (account === expected) return;
  throw new LoginError(`The credentials for account ${expected} belong to account ${account}`, {
    hint: 'Check aws.profiles and aws.role.',
    facts: { expected, account },
  });
}

/** The region of the global services, which is called `global`, and the real ones; each gets its node. */
function openRegions(
  account: AccountNode,
  names: readonly string[],
  session: Session,
  config: AwsConfig,
  context: CollectContext,
): RegionRun[] {
  const home = globalRegion(account.partition);
  const index = new NodeIndex(parts.flatMap(({ connectsTo = [] }) => connectsTo));
  const regions = [{ id: home, name: 'global' }, ...names.map((name) => ({ id: name, name }))];
  return regions.map(({ id, name }) => {
    const ref = context.sink.add(regionKind, { reported: read(regionKind, { id, name }), parent: account.ref });
    const client = session.in(id);
    return new RegionRun({
      account,
      region: { id, name, ref },
      config,
      context,
      client,
      globalClient: session.in(home),
      index,
    });
  });
}

async function collectRegion(run: RegionRun, problems: unknown[]): Promise<void> {
  run.context.progress(run.region.name, 'started');
  await settled(partsOf(run).map((part) => collectPart(part, run, problems)));
  run.context.progress(run.region.name, 'done');
}

async function collectPart(part: Part, run: RegionRun, problems: unknown[]): Promise<void> {
  await run.context.scope(run.scope(...part.kinds), async () => {
    try {
      await part.collect(run);
    } catch (error) {
      if (!harmless.has(errorCode(error) ?? '')) problems.push(error);
      throw error;
    }
  });
}

/** Not a failure of the account: what it does not allow, or does not use. */
const harmless = new Set(['missing_permission', 'service_disabled']);

function connect(run: RegionRun): void {
  for (const part of partsOf(run)) part.connect?.(run);
}

function partsOf({ region, config }: RegionRun): Part[] {
  const where = region.name === 'global' ? 'global' : 'regional';
  return parts.filter((part) => part.where.includes(where) && config.wants(part.kinds[0].fqn));
}
