/** Can an account be used, and what do its credentials lack? Asks IAM to simulate the policies of whoever is logged in. */
import { errorCode, errorText, path, purposeVerbs } from '@resoto/worker-core/plugin';
import type { AccountJob, Finding, NodeKind, PluginContext, Purpose } from '@resoto/worker-core/plugin';

import { foundAccount } from './account-job.ts';
import type { ReadClient } from './call.ts';
import { checkLogin } from './collect-account.ts';
import { readConfig } from './config.ts';
import { accountCredentials } from './credentials.ts';
import { permissionsFor } from './iam-policy.ts';
import { globalRegion } from './partitions.ts';
import { iam } from './services/iam/client.ts';
import { sts } from './services/sts/client.ts';
import { openSession } from './session.ts';
import { listOf, membersOf, textOf } from './values.ts';

const getCallerIdentity = sts('GetCallerIdentity');
const getRole = iam('GetRole');
const simulate = iam('SimulatePrincipalPolicy');
const callerArn = path('Arn');
const roleArn = path('Role.Arn');
const results = path('EvaluationResults');

/** Permissions one simulation is asked for. */
const atOnce = 50;
/** Permissions that are named one by one. */
const namedAtMost = 10;

/**
 * Yields who is logged in and which permissions are missing for each purpose.
 *
 * @throws LoginError when the credentials do not work or belong to another account
 */
export async function* checkAccount(
  kinds: readonly NodeKind[],
  job: AccountJob,
  purposes: readonly Purpose[],
  context: PluginContext,
): AsyncGenerator<Finding> {
  const config = readConfig(context.config);
  const found = foundAccount(job);
  const session = openSession({
    account: job.id,
    credentials: accountCredentials(found, config),
    config,
    signal: context.signal,
  });
  try {
    const home = globalRegion(found.partition);
    await checkLogin(session, home, job.id);
    const client = session.in(home);
    const arn = textOf(callerArn(await client.read(getCallerIdentity)));
    yield { status: 'ok', what: `logged in as ${arn}` };
    const wanted = kinds.filter(({ fqn }) => config.wants(fqn));
    for (const purpose of purposes) yield await checkPermissions(client, arn, permissionsFor(wanted, purpose), purpose);
  } finally {
    session.close();
  }
}

async function checkPermissions(
  client: ReadClient,
  arn: string,
  permissions: readonly string[],
  purpose: Purpose,
): Promise<Finding> {
  if (arn.endsWith(':root')) return { status: 'ok', what: `the root user may ${purposeVerbs[purpose]}` };
  try {
    const principal = await principalOf(arn, client);
    if (principal === undefined) return cannotTell(purpose, `${arn} is neither a user nor a role`);
    const missing = await missingPermissions(client, principal, permissions);
    return missing.length === 0
      ? { status: 'ok', what: `all ${permissions.length} permissions to ${purposeVerbs[purpose]} are there` }
      : lacking(missing, permissions.length, purpose);
  } catch (error) {
    if (errorCode(error) === 'ABORT_ERR') throw error;
    return cannotTell(purpose, errorText(error));
  }
}

/** The user, or the role behind an assumed one. Undefined: its policies cannot be simulated. */
async function principalOf(arn: string, client: ReadClient): Promise<string | undefined> {
  if (/^arn:[^:]+:iam::\d+:user\//.test(arn)) return arn;
  const [, partition, account, role] = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  if (partition === undefined || account === undefined || role === undefined) return undefined;
  // The path of a role is not in the name of its session.
  const known = await client.read(getRole, { RoleName: role }).catch(() => undefined);
  const withPath = textOf(roleArn(known));
  return withPath === '' ? `arn:${partition}:iam::${account}:role/${role}` : withPath;
}

async function missingPermissions(
  client: ReadClient,
  principal: string,
  permissions: readonly string[],
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let next = 0; next < permissions.length; next += atOnce) {
    const input = { PolicySourceArn: principal, ActionNames: permissions.slice(next, next + atOnce) };
    for await (const page of client.pages(simulate, input)) {
      const denied = listOf(results(page))
        .map(membersOf)
        .filter((result) => result['EvalDecision'] !== 'allowed');
      missing.push(...denied.map((result) => textOf(result['EvalActionName'])));
    }
  }
  return missing;
}

function lacking(missing: readonly string[], all: number, purpose: Purpose): Finding {
  const named = missing.slice(0, namedAtMost).join(', ');
  const rest = missing.length > namedAtMost ? ` and ${missing.length - namedAtMost} more` : '';
  return {
    status: 'fail',
    what: `${missing.length} of ${all} permissions to ${purposeVerbs[purpose]} are missing: ${named}${rest}`,
    advice: `Attach the policy that the command "permissions aws --${purpose}" prints.`,
  };
}

function cannotTell(purpose: Purpose, reason: string): Finding {
  return {
    status: 'warn',
    what: `cannot tell which permissions to ${purposeVerbs[purpose]} are missing: ${reason}`,
    advice: 'Allow iam:SimulatePrincipalPolicy and iam:GetRole to have them checked.',
  };
}
