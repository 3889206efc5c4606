import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { moto, type RunningServer } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';
import { isJsonObject, type JsonObject, type NodeRow } from '@resoto/worker-core';

import { awsEnvironment } from './aws-environment.ts';
import { AwsProxy, type AwsCall } from './aws-proxy.ts';
import { AwsWeb } from './aws-web.ts';
import { CoreProgram } from './core-program.ts';
import { call } from './http.ts';
import { killPrograms } from './program.ts';
import { startWorker, type WorkerProgram } from './worker-program.ts';

const emulator = await moto();

describeWith('a cleanup of AWS over moto', [emulator], () => {
  let directory: string;
  let server: RunningServer;
  let proxy: AwsProxy;
  let web: AwsWeb;
  let core: CoreProgram;
  let worker: WorkerProgram;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cleanup-aws-'));
    server = await emulator.start();
    proxy = await AwsProxy.start(server.url);
    web = await AwsWeb.make(server.url);
    core = await CoreProgram.start();
  });

  afterEach(async () => {
    await killPrograms();
    web.close();
    await Promise.all([proxy.stop(), server.stop(), core.remove()]);
    await rm(directory, { recursive: true });
  });

  test('deletes a whole web in order, and nothing is refused', async () => {
    await collectAndMark({ cleanup_dry_run: false });
    proxy.calls.length = 0;
    expect((await marked()).map(nameOf).toSorted()).toEqual([...web.ids.keys()].toSorted());

    const { id, answers } = await core.finished(await core.startWorkflow('cleanup'));

    const log = await core.log(id);
    expect(log.filter(({ level }) => level === 'error')).toEqual([]);
    expect(log.at(-1)?.message).toContain(`${web.ids.size} deleted`);
    expect(answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_done' });
    expect(await web.left()).toEqual([]);
    expect(proxy.calls.filter(isRefused)).toEqual([]);
    const nodes = await marked();
    expect(nodes.filter(({ metadata }) => metadata?.['cleaned'] !== true).map(nameOf)).toEqual([]);
    const deleted = (await worker.hasLogged('resource deleted', web.ids.size)).map((line) => line['id'] as string);
    expect(deleted.toSorted()).toEqual(nodes.map((node) => node.id).toSorted());
    const entries = nodes.map(({ metadata }) => metadata?.['event_log']);
    expect(entries).toEqual(nodes.map(() => [expect.objectContaining({ msg: 'Successfully cleaned up' })]));
    // A group cannot be deleted while rules of the other one name it.
    expect(deletionOf('web-front')).toBeGreaterThan(revocationOf('web-back'));
    expect(deletionOf('web-back')).toBeGreaterThan(revocationOf('web-front'));
    for (const [first, then] of orders) {
      expect([first, then, deletionOf(first) < deletionOf(then)]).toEqual([first, then, true]);
    }
  });

  test('leaves what depends on a resource that it may not delete, and says why', async () => {
    await collectAndMark({ cleanup_dry_run: false });
    proxy.calls.length = 0;
    proxy.denies = ({ action, values }) => action === 'TerminateInstances' && values.includes(web.id('web-instance-b'));

    const { id, answers } = await core.finished(await core.startWorkflow('cleanup'));

    const stays = ['web-back', 'web-front', 'web-instance-b', 'web-subnet-b', 'web-vpc'];
    expect(await web.left()).toEqual(stays);
    expect(answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_done' });
    const messages = (await core.log(id)).map(({ message }) => message);
    expect(messages.at(-1)).toContain('14 deleted, 1 failed, 4 blocked');
    const nodes = await marked();
    const kept = nodes.filter(({ metadata }) => metadata?.['cleaned'] !== true);
    expect(kept.map(nameOf).toSorted()).toEqual(stays);
    for (const node of kept) {
      const failed = nameOf(node) === 'web-instance-b';
      const reason = failed ? 'Allow ec2:TerminateInstances' : 'aws_ec2_instance web-instance-b';
      expect(JSON.stringify(node.metadata?.['event_log'])).toContain(reason);
      expect(messages.join('\n')).toContain(
        `${nameOf(node)} (${web.id(nameOf(node))}) ${failed ? 'failed' : 'blocked'}`,
      );
    }
    const touched = proxy.calls.filter(({ action }) => /^(Delete|Revoke|Detach|Disassociate)/.test(action));
    // Only steps of other resources name the VPC, and the group in front may have dropped its rules already.
    const ids = ['web-back', 'web-instance-b', 'web-subnet-b'].map((name) => web.id(name));
    expect(touched.filter(({ values: [, , first = ''] }) => ids.includes(first))).toEqual([]);
  });

  test('sends nothing that changes anything while it collects, or in a dry run', async () => {
    await collectAndMark({});

    await core.finished(await core.startWorkflow('cleanup'));

    expect(await worker.hasLogged('resource dry run', web.ids.size)).toHaveLength(web.ids.size);
    expect(proxy.calls.length).toBeGreaterThan(100);
    const changes = proxy.calls
      .map(({ action }) => action)
      .filter((action) => !/^(Describe|Get|List|Generate|GET )/.test(action));
    expect(changes).toEqual([]);
  });

  async function collectAndMark(settings: JsonObject): Promise<void> {
    await core.configure({
      resotoworker: { collector: ['aws'], cleanup: true, ...settings },
      aws: { region: ['us-east-1'] },
    });
    worker = await startWorker({ uri: core.uri, directory, env: awsEnvironment(proxy.url) });
    await core.finished(await core.startCollect());
    const body = 'search (name ~ "^web-" or tags.Name ~ "^web-") and /metadata.phantom == false | clean';
    await call(`${core.uri}/cli/execute?graph=resoto&section=reported`, { method: 'POST', body });
  }

  async function marked(): Promise<readonly NodeRow[]> {
    const rows = await core.search('/desired.clean == true');
    return rows.filter((row) => row.type === 'node');
  }

  /** Position of the call that took rules from a security group. */
  function revocationOf(name: string): number {
    const isIt = ({ action, values }: AwsCall): boolean =>
      action === 'RevokeSecurityGroupIngress' && values[2] === web.id(name);
    const index = proxy.calls.findIndex(isIt);
    if (index < 0) throw new Error(`No rule was taken from ${name}`);
    return index;
  }

  /** Position of the call that deleted a resource. */
  function deletionOf(name: string): number {
    const id = web.id(name);
    const [action = '', value = id] = deletions[name.replace(/-[ab]$/, '')] ?? [];
    const index = proxy.calls.findIndex((it) => it.action === action && (value === '' || it.values.includes(value)));
    if (index < 0) throw new Error(`${name} was not deleted by ${action}`);
    return index;
  }
});

/** Call that deletes it, and what it is named by where that is not its id. */
const deletions: Readonly<Record<string, readonly [action: string, name?: string]>> = {
  'web-vpc': ['DeleteVpc'],
  'web-subnet': ['DeleteSubnet'],
  'web-front': ['DeleteSecurityGroup'],
  'web-back': ['DeleteSecurityGroup'],
  'web-instance': ['TerminateInstances'],
  'web-volume': ['DeleteVolume'],
  'web-internet-gateway': ['DeleteInternetGateway'],
  'web-address': ['ReleaseAddress'],
  'web-nat': ['DeleteNatGateway'],
  'web-routes': ['DeleteRouteTable'],
  'web-balancer': ['DeleteLoadBalancer'],
  'web-targets': ['DeleteTargetGroup'],
  'web-role': ['DeleteRole', 'web-role'],
  'web-profile': ['DeleteInstanceProfile', 'web-profile'],
};

const orders = [
  ['web-instance-a', 'web-volume'],
  ['web-instance-a', 'web-subnet-a'],
  ['web-instance-b', 'web-subnet-b'],
  ['web-instance-a', 'web-front'],
  ['web-instance-b', 'web-back'],
  ['web-nat', 'web-subnet-a'],
  ['web-nat', 'web-address'],
  ['web-nat', 'web-internet-gateway'],
  ['web-balancer', 'web-targets'],
  ['web-balancer', 'web-front'],
  ['web-balancer', 'web-subnet-a'],
  ['web-balancer', 'web-subnet-b'],
  ['web-subnet-a', 'web-vpc'],
  ['web-subnet-b', 'web-vpc'],
  ['web-front', 'web-vpc'],
  ['web-back', 'web-vpc'],
  ['web-routes-a', 'web-vpc'],
  ['web-routes-b', 'web-vpc'],
  ['web-internet-gateway', 'web-vpc'],
  ['web-profile', 'web-role'],
] as const;

/** Was something in the way of a call? */
function isRefused({ status, answer }: AwsCall): boolean {
  return status >= 400 && /DependencyViolation|InUse|DeleteConflict|BucketNotEmpty|IncorrectState/.test(answer);
}

/** Not every kind takes its name from the tag. */
function nameOf({ reported: { name, tags } }: NodeRow): string {
  const tag = isJsonObject(tags) ? tags['Name'] : undefined;
  return (tag ?? name) as string;
}
