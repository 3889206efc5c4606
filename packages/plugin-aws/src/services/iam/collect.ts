/** Users, groups, roles and policies all come with the authorization details of the account. */
import { member, path } from '@resoto/worker-core/plugin';
import type { NodeRef } from '@resoto/worker-core/plugin';

import { forEach } from '../../limits.ts';
import type { RegionRun } from '../../region-run.ts';
import { listOf, membersOf } from '../../values.ts';
import { readAccessKeys, rootKeys } from './access-keys.ts';
import { calls } from './calls.ts';
import { readCredentialReport, rootAccount } from './credential-report.ts';
import type { CredentialReport } from './credential-report.ts';
import { accessKey, group, policy, role, rootUser, user } from './kinds.ts';

export async function collectIdentities(run: RegionRun): Promise<void> {
  const known = await readKnown(run);
  const problems: unknown[] = [];
  for await (const page of run.client.pages(calls.authorizationDetails, { MaxItems: 1000 })) {
    for (const answer of listOf(member(page, 'GroupDetailList'))) run.add(group, answer);
    for (const answer of listOf(member(page, 'RoleDetailList'))) run.add(role, answer);
    for (const answer of listOf(member(page, 'Policies'))) run.add(policy, answer);
    const users = listOf(member(page, 'UserDetailList'));
    await forEach(users, run.client.width(calls.accessKeys), async (answer) => {
      const node = addUser(run, answer, known);
      await addKeys(run, answer, node, known).catch((problem: unknown) => problems.push(problem));
    });
  }
  addRootUser(run, known);
  if (known.reportProblem !== undefined) await run.fail(rootUser, known.reportProblem);
  const keyProblem = problems[0] ?? known.reportProblem;
  if (keyProblem !== undefined) await run.fail(accessKey, keyProblem);
}

/** What is known of all users beside the authorization details. */
interface Known {
  readonly report: CredentialReport | undefined;
  readonly reportProblem: unknown;
  /** Devices by the ARN of their user. */
  readonly mfaDevices: ReadonlyMap<unknown, readonly unknown[]>;
  /** Properties of users that could not be read. */
  readonly missing: readonly string[];
}

async function readKnown(run: RegionRun): Promise<Known> {
  const [report, mfaDevices] = await Promise.allSettled([
    readCredentialReport(run.client, run.context.signal),
    readMfaDevices(run),
  ]);
  if (report.status === 'rejected') run.incomplete(user, report.reason);
  if (mfaDevices.status === 'rejected') run.incomplete(user, mfaDevices.reason);
  return {
    report: report.status === 'fulfilled' ? report.value : undefined,
    reportProblem: report.status === 'rejected' ? report.reason : undefined,
    mfaDevices: mfaDevices.status === 'fulfilled' ? mfaDevices.value : new Map(),
    missing: [
      ...(report.status === 'rejected' ? reportProperties : []),
      ...(mfaDevices.status === 'rejected' ? ['user_virtual_mfa_devices'] : []),
    ],
  };
}

const reportProperties = [
  'atime',
  'password_enabled',
  'password_last_used',
  'password_last_changed',
  'password_next_rotation',
  'mfa_active',
];

const deviceOwner = path('User.Arn');

async function readMfaDevices(run: RegionRun): Promise<ReadonlyMap<unknown, readonly unknown[]>> {
  const devices = new Map<unknown, unknown[]>();
  if (run.account.mfaDevices === 0) return devices;
  for await (const page of run.client.pages(calls.virtualMfaDevices)) {
    for (const device of listOf(member(page, 'VirtualMFADevices'))) {
      const owned = devices.get(deviceOwner(device));
      if (owned === undefined) devices.set(deviceOwner(device), [device]);
      else owned.push(device);
    }
  }
  return devices;
}

function addUser(run: RegionRun, answer: unknown, { report, mfaDevices, missing }: Known): NodeRef {
  const line = report?.get(String(member(answer, 'UserName')));
  return run.add(
    user,
    { ...membersOf(answer), report: line, mfaDevices: mfaDevices.get(member(answer, 'Arn')) },
    { missing },
  );
}

async function addKeys(
  run: RegionRun,
  answer: unknown,
  owner: NodeRef,
  { report, reportProblem }: Known,
): Promise<void> {
  const missing = reportProblem === undefined ? [] : ['access_key_last_used'];
  const line = report?.get(String(member(answer, 'UserName')));
  for (const key of await readAccessKeys(run.client, answer, line)) {
    const node = run.add(accessKey, key, { missing });
    run.context.sink.edge(owner, node);
    run.context.sink.edge(node, owner, 'delete');
  }
}

/** The owner of the account is no user of IAM; only the report knows it. */
function addRootUser(run: RegionRun, { report, mfaDevices, missing }: Known): void {
  const line = report?.get(rootAccount);
  if (line === undefined) return;
  const root = run.add(rootUser, { report: line, mfaDevices: mfaDevices.get(line['arn']) }, { missing });
  for (const key of rootKeys(line)) run.context.sink.edge(root, run.add(accessKey, key));
}
