import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWith } from '@resoto/tools-shared/jest';
import { NodeHttpHandler } from '@smithy/node-http-handler';

import { startFakeAws } from '../../test/fake-aws.ts';
import { replay, startReplay, useEndpoint } from '../../test/replay.ts';
import type { ReplayServer } from '../../test/replay.ts';
import { Clients } from '../clients.ts';
import type { Call } from '../service.ts';
import { listStackInstances, stackFollowUps } from '../services/cloudformation/calls.ts';
import { describeInstanceAttribute, describeRegions } from '../services/ec2/calls.ts';
import { followUps as elbFollowUps } from '../services/elb/calls.ts';
import { loadBalancerFollowUps, targetGroupFollowUps } from '../services/elbv2/calls.ts';
import { calls as iamCalls, reportCalls } from '../services/iam/calls.ts';
import { services } from '../services/index.ts';
import { clusterSnapshotAttributes, instanceTags, snapshotAttributes } from '../services/rds/calls.ts';
import { sts } from '../services/sts/client.ts';

const signal = new AbortController().signal;
const getCallerIdentity = sts('GetCallerIdentity');

const open: Clients[] = [];

function openClients(): Clients {
  const credentials = async () => ({ accessKeyId: 'AKTEST', secretAccessKey: 'secret' });
  const clients = new Clients({ accountId: '123456789012', credentials });
  open.push(clients);
  return clients;
}

afterEach(() => {
  for (const clients of open.splice(0)) clients.close();
});

describeWith('recorded answers', [replay], () => {
  let server: ReplayServer;

  beforeAll(async () => {
    server = await startReplay();
  });

  afterAll(() => server.stop());

  const lists = services
    .flatMap(({ kinds }) => kinds)
    .flatMap(({ list }) => (list?.call.service.isQuery === true ? [list] : []));
  const recorded: (readonly [call: Call, input: object])[] = [
    ...lists.map(({ call, input = {} }) => [call, input] as const),
    ...elbFollowUps.map(({ call, input }) => [call, input({ LoadBalancerName: 'elb-123' })] as const),
    ...loadBalancerFollowUps.map(({ call, input }) => [call, input({ LoadBalancerArn: 'lb1' })] as const),
    ...targetGroupFollowUps.map(({ call, input }) => [call, input({ TargetGroupArn: 'tg1' })] as const),
    ...stackFollowUps.map(({ call, input }) => [call, input({ StackName: 'management' })] as const),
    [listStackInstances, { StackSetName: 'FixAccessStack:some-id' }],
    [describeInstanceAttribute, { InstanceId: 'i-1', Attribute: 'userData' }],
    [describeRegions, {}],
    [iamCalls.authorizationDetails, {}],
    [iamCalls.accessKeys, { UserName: 'test_user' }],
    [iamCalls.virtualMfaDevices, {}],
    [reportCalls.generate, {}],
    [reportCalls.get, {}],
    [instanceTags.call, { ResourceName: 'arn:aws:rds:us-west-2:123456789012:db:dashboard' }],
    [snapshotAttributes.call, { DBSnapshotIdentifier: 'foo' }],
    [clusterSnapshotAttributes.call, { DBClusterSnapshotIdentifier: 'deleteme' }],
    [getCallerIdentity, {}],
  ];

  const named = recorded.map(([call, input]) => [call.service.name, call.name, call, input] as const);

  test.each(named)('%s %s is read as the vendor reads it', async (_service, _name, call, input) => {
    const clients = openClients();

    const expected = await askVendor(call, input);
    const first = await clients.send(call, input, 'us-east-1', signal);
    const second = await clients.send(call, input, 'us-east-1', signal);

    expect(first).toHaveProperty('$metadata');
    expect(second).not.toHaveProperty('$metadata');
    for (const answer of [first, second]) expect(comparable(answer)).toEqual(comparable(expected));
  });
});

describe('calls sent directly', () => {
  test('have the errors of the vendor', async () => {
    let refused = false;
    const aws = await startFakeAws(() => (refused ? { error: 'UnauthorizedOperation' } : '<Account>1</Account>'));
    useEndpoint(aws.url);
    const clients = openClients();
    await clients.send(getCallerIdentity, {}, 'us-east-1', signal);

    refused = true;
    const sent = clients.send(getCallerIdentity, {}, 'us-east-1', signal);

    await expect(sent).rejects.toMatchObject({ Code: 'UnauthorizedOperation', $metadata: { httpStatusCode: 403 } });
    aws.stop();
  });

  test('are signed for the same service and region', async () => {
    const aws = await startFakeAws(() => '<Account>1</Account>');
    useEndpoint(aws.url);
    const clients = openClients();

    await clients.send(getCallerIdentity, {}, 'eu-central-1', signal);
    await clients.send(getCallerIdentity, {}, 'eu-central-1', signal);

    expect(aws.calls.map(({ scope }) => scope)).toEqual(['eu-central-1/sts', 'eu-central-1/sts']);
    aws.stop();
  });

  test('end when they are cancelled', async () => {
    const aws = await startFakeAws(() => '<Account>1</Account>');
    useEndpoint(aws.url);
    const clients = openClients();
    await clients.send(getCallerIdentity, {}, 'us-east-1', signal);
    const stop = new AbortController();
    stop.abort();

    await expect(clients.send(getCallerIdentity, {}, 'us-east-1', stop.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    aws.stop();
  });
});

/** Sends a call with nothing but the vendor's client. */
async function askVendor(call: Call, input: object): Promise<object> {
  const sdk = await call.service.load();
  const credentials = async () => ({ accessKeyId: 'AKTEST', secretAccessKey: 'secret' });
  const requestHandler = new NodeHttpHandler();
  const client = await sdk.client({ region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 }, '123456789012');
  const answer = await client.send(sdk.command(call.name, input), { abortSignal: signal });
  requestHandler.destroy();
  return answer;
}

/** Bytes of different classes are equal when they say the same, and how an answer came does not matter. */
function comparable(answer: object): object {
  const entries = Object.entries(answer).map(([name, value]: [string, unknown]) => [
    name,
    ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString() : value,
  ]);
  return { ...(Object.fromEntries(entries) as object), $metadata: undefined };
}
