import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import * as iam from '@aws-sdk/client-iam';
import * as s3 from '@aws-sdk/client-s3';
import * as sns from '@aws-sdk/client-sns';
import {
  CloudFormationClient,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { moto } from '@resoto/tools-shared';
import type { RunningServer } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';
import type { AccountCleanup, CleanupResource } from '@resoto/worker-core/plugin';

import { deleteAll } from '../../test/delete-all.ts';
import { collect, files, useEndpoint } from '../../test/replay.ts';
import { storedNodes } from '../../test/stored-nodes.ts';
import type { StoredNodes } from '../../test/stored-nodes.ts';
import { signal } from '../../test/test-changes.ts';
import { pluginContext } from '../../test/test-run.ts';
import { textOf } from '../values.ts';
import { openCleanup } from './cleanup.ts';
import { describeCleanup } from './describe.ts';

const emulator = await moto();
const region = 'us-east-1';

/** These calls do not tell what was gone before. */
const silent = ['aws_alb', 'aws_cloudformation_stack', 'aws_elb', 'aws_sns_endpoint', 'aws_sns_topic'];
/** On this server; the vendor's tells. */
const silentHere = [
  'aws_cloudformation_stack_set',
  'aws_cloudwatch_alarm',
  'aws_cloudwatch_metric_filter',
  'aws_sns_subscription',
];

describeWith('cleanup on moto', [emulator, files], () => {
  let server: RunningServer;
  let account: AccountCleanup;

  beforeAll(async () => {
    server = await emulator.start();
    await promisify(execFile)(String(emulator.python), [files.path('tools/moto-seed/seed.py'), server.url]);
    useEndpoint(server.url);
    account = openCleanup({ id: '123456789012', name: 'test', data: {} }, pluginContext());
    await Promise.all([fillBucket(), makeIdentities(), makeEndpoint(), makeStackSet()]);
  });

  afterAll(async () => {
    account.close?.();
    await server.stop();
  });

  test('deletes what all services beside EC2 have, and says so when it is gone', async () => {
    const before = await deletable();

    await deleteAll(account, before, signal);

    expect(await left()).toEqual([]);
    const again = await Promise.all(
      before.nodes.map(async (node) => [node.kind.fqn, await deleteAgain(node)] as const),
    );
    const untold = again.filter(([, result]) => result !== 'already_gone').map(([kind]) => kind);
    expect([...new Set(untold)].toSorted()).toEqual([...silent, ...silentHere].toSorted());
    expect(new Set(again.map(([kind]) => kind))).toEqual(new Set(kinds));
  });

  /** Deleted stack sets are listed like all others. */
  async function left(): Promise<string[]> {
    const { nodes } = await deletable();
    const exist = await Promise.all(nodes.map((node) => account.exists([node], signal)));
    return nodes.filter((_, index) => exist[index]?.[0] !== false).map(titleOf);
  }

  async function deleteAgain(node: CleanupResource): Promise<unknown> {
    try {
      const [result] = await account.delete([node], signal);
      return result;
    } catch {
      // An error that says nothing for sure.
      const [exists] = await account.exists([node], signal);
      return exists === false ? 'already_gone' : exists;
    }
  }
});

/** All that is tested here. */
const kinds = [
  ...['aws_alb', 'aws_alb_target_group', 'aws_autoscaling_group', 'aws_cloudformation_stack', 'aws_elb'],
  ...[
    'aws_cloud_formation_stack_instance_summary',
    'aws_cloudformation_stack_set',
    'aws_cloudwatch_alarm',
    'aws_cloudwatch_log_group',
    'aws_cloudwatch_metric_filter',
  ],
  ...[
    'aws_dynamodb_table',
    'aws_eks_cluster',
    'aws_eks_nodegroup',
    'aws_lambda_function',
    'aws_s3_bucket',
    'aws_sqs_queue',
  ],
  ...['user', 'group', 'role', 'policy', 'instance_profile', 'server_certificate', 'access_key'].map(
    (it) => `aws_iam_${it}`,
  ),
  ...['instance', 'cluster', 'snapshot', 'cluster_snapshot'].map((it) => `aws_rds_${it}`),
  ...['topic', 'subscription', 'platform_application', 'endpoint'].map((it) => `aws_sns_${it}`),
];

async function deletable(): Promise<StoredNodes> {
  const { nodes, waits } = storedNodes(await collect({ region: [region, 'eu-central-1'] }));
  const isOwn = ({ kind: { fqn } }: CleanupResource) => !/^aws_(ec2|vpc)/.test(fqn);
  return { nodes: nodes.filter((node) => isOwn(node) && describeCleanup(node.kind) !== undefined), waits };
}

function titleOf({ kind, reported }: CleanupResource): string {
  return `${kind.fqn} ${textOf(reported['id'])}`;
}

/** With versions, marked as deleted and not, and an upload nobody finished. */
async function fillBucket(): Promise<void> {
  const client = new s3.S3Client({ region, forcePathStyle: true });
  const bucket = { Bucket: 'versioned' };
  await client.send(new s3.CreateBucketCommand(bucket));
  await client.send(new s3.PutBucketVersioningCommand({ ...bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  for (const Key of ['a', 'a', 'b']) await client.send(new s3.PutObjectCommand({ ...bucket, Key, Body: 'text' }));
  await client.send(new s3.DeleteObjectCommand({ ...bucket, Key: 'a' }));
  await client.send(new s3.CreateMultipartUploadCommand({ ...bucket, Key: 'large' }));
}

/** A policy with two versions that a user, a group and a role have; the role is in an instance profile. */
async function makeIdentities(): Promise<void> {
  const client = new iam.IAMClient({ region });
  const PolicyDocument = document({ Effect: 'Allow', Action: 's3:*', Resource: '*' });
  const AssumeRolePolicyDocument = document({
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { Service: 'ec2.amazonaws.com' },
  });
  const [UserName, GroupName, RoleName, PolicyName] = ['carol', 'readers', 'web', 'inline'];
  const { Policy } = await client.send(new iam.CreatePolicyCommand({ PolicyName: 'all', PolicyDocument }));
  const PolicyArn = Policy?.Arn;
  await client.send(new iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));

  await client.send(new iam.CreateUserCommand({ UserName }));
  await client.send(new iam.AttachUserPolicyCommand({ UserName, PolicyArn }));
  await client.send(new iam.PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
  await client.send(new iam.CreateAccessKeyCommand({ UserName }));
  await client.send(new iam.CreateLoginProfileCommand({ UserName, Password: 'a-Password-1' }));

  await client.send(new iam.CreateGroupCommand({ GroupName }));
  await client.send(new iam.AttachGroupPolicyCommand({ GroupName, PolicyArn }));
  await client.send(new iam.PutGroupPolicyCommand({ GroupName, PolicyName, PolicyDocument }));
  await client.send(new iam.AddUserToGroupCommand({ GroupName, UserName }));

  await client.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  await client.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn }));
  await client.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  const InstanceProfileName = 'web-profile';
  await client.send(new iam.CreateInstanceProfileCommand({ InstanceProfileName }));
  await client.send(new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));

  const certificate = { CertificateBody: 'body', PrivateKey: 'key' };
  await client.send(new iam.UploadServerCertificateCommand({ ServerCertificateName: 'site', ...certificate }));
}

function document(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

async function makeEndpoint(): Promise<void> {
  const client = new sns.SNSClient({ region });
  const application = new sns.CreatePlatformApplicationCommand({ Name: 'app', Platform: 'GCM', Attributes: {} });
  const { PlatformApplicationArn } = await client.send(application);
  await client.send(new sns.CreatePlatformEndpointCommand({ PlatformApplicationArn, Token: 'device' }));
}

async function makeStackSet(): Promise<void> {
  const client = new CloudFormationClient({ region });
  const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'of-the-set' } };
  const TemplateBody = JSON.stringify({ Resources: { Queue: queue } });
  const StackSetName = 'set';
  await client.send(new CreateStackSetCommand({ StackSetName, TemplateBody }));
  const places = { Accounts: ['123456789012'], Regions: [region, 'eu-central-1'] };
  await client.send(new CreateStackInstancesCommand({ StackSetName, ...places }));
}
