import { describe, expect, test } from '@jest/globals';
import type { CleanupResource, JsonObject } from '@resoto/worker-core/plugin';

import { vendorError, writeClient } from '../../test/test-run.ts';
import type { Answers } from '../../test/test-run.ts';
import { collector } from '../collector.ts';
import { AwsCleanup } from './cleanup.ts';
import { describeCleanup, refuseCleanup } from './describe.ts';

const { signal } = new AbortController();

describe('a deletion', () => {
  test('of one resource that is not there any more is no error', async () => {
    const { account } = opened({ DeleteVolume: vendorError('InvalidVolume.NotFound') });

    expect(await account.delete([stored('aws_ec2_volume', { id: 'vol-1' })], signal)).toEqual(['already_gone']);
  });

  test('the vendor goes on with is not over', async () => {
    const { account, asked } = opened({});
    const instances = ['i-1', 'i-2'].map((id) => stored('aws_ec2_instance', { id }));

    expect(await account.delete(instances, signal)).toEqual(['requested', 'requested']);
    expect(asked).toEqual([{ call: 'TerminateInstances', input: { InstanceIds: ['i-1', 'i-2'] } }]);
  });

  test('of several, of which one is gone, says nothing about the others', async () => {
    const { account } = opened({ TerminateInstances: vendorError('InvalidInstanceID.NotFound') });
    const instances = ['i-1', 'i-2'].map((id) => stored('aws_ec2_instance', { id }));

    await expect(account.delete(instances, signal)).rejects.toMatchObject({ code: 'provider_failed' });
  });

  test('of several that the answer tells apart fails for some', async () => {
    const Unsuccessful = [
      { ResourceId: 'vpce-2', Error: { Code: 'InvalidVpcEndpointId.NotFound', Message: 'gone' } },
      { ResourceId: 'vpce-3', Error: { Code: 'DependencyViolation', Message: 'used' } },
    ];
    const { account } = opened({ DeleteVpcEndpoints: { Unsuccessful } });
    const endpoints = ['vpce-1', 'vpce-2', 'vpce-3'].map((id) => stored('aws_vpc_endpoint', { id }));

    expect(await account.delete(endpoints, signal)).toEqual([
      'requested',
      'already_gone',
      { error: expect.objectContaining({ code: 'resource_in_use' }) },
    ]);
  });

  test.each([
    ['DependencyViolation', 'resource_in_use'],
    ['InvalidGroup.InUse', 'resource_in_use'],
    ['RequestLimitExceeded', 'throttled'],
    ['UnauthorizedOperation', 'missing_permission'],
    ['InternalError', 'provider_failed'],
  ])('that fails with %s is %s, and is not tried again here (no. 6)', async (code, expected) => {
    const { account, asked } = opened({ DeleteSecurityGroup: vendorError(code) });

    const deleting = account.delete([stored('aws_ec2_security_group', { id: 'sg-1', name: 'web' })], signal);

    await expect(deleting).rejects.toMatchObject({ code: expected });
    expect(asked).toHaveLength(1);
  });

  test('that is denied names what has to be allowed', async () => {
    const { account } = opened({ DeleteVpc: vendorError('UnauthorizedOperation', 403) });

    await expect(account.delete([stored('aws_vpc', { id: 'vpc-1' })], signal)).rejects.toMatchObject({
      facts: { permission: 'ec2:DeleteVpc', region: 'us-east-1' },
      hint: 'Allow ec2:DeleteVpc.',
    });
  });

  test('of a default VPC is refused', () => {
    const [own, other] = [stored('aws_vpc', { id: 'vpc-1', vpc_is_default: true }), stored('aws_vpc', { id: 'vpc-2' })];

    expect([own, other].map(refuseCleanup)).toEqual(['it is the default VPC of its region', undefined]);
  });

  test.each([
    ['aws_ec2_security_group', { name: 'default' }],
    ['aws_ec2_network_acl', { is_default: true }],
    ['aws_ec2_route_table', { route_table_associations: [{ main: true }] }],
  ])('of the %s that comes with a VPC is left to the VPC', async (kind, reported) => {
    const { account, asked } = opened({});
    const withVpc = (stays: boolean) => {
      const vpc = { nodeId: 'v', kind: 'aws_vpc', reported: {}, edgeType: 'delete', direction: 'in', stays } as const;
      return { ...stored(kind, { id: 'x', ...reported }), neighbours: [vpc] };
    };

    expect(refuseCleanup(withVpc(true))).toContain('goes only with that');
    expect(refuseCleanup(withVpc(false))).toBeUndefined();
    expect(await account.delete([withVpc(false)], signal)).toEqual(['deleted']);
    expect(asked).toEqual([]);
  });

  test('of a network interface that a service made is left to the service', async () => {
    const { account, asked } = opened({});
    const nic = stored('aws_ec2_network_interface', { id: 'eni-1', nic_requester_managed: true });

    expect(await account.delete([nic], signal)).toEqual(['requested']);
    expect(asked).toEqual([]);
  });
});

describe('a look', () => {
  test('asks for many at once, and knows what is gone though it is still listed', async () => {
    const Instances = [
      { InstanceId: 'i-1', State: { Name: 'running' } },
      { InstanceId: 'i-2', State: { Name: 'terminated' } },
    ];
    const { account, asked } = opened({ DescribeInstances: { Reservations: [{ Instances }] } });
    const instances = ['i-1', 'i-2', 'i-3'].map((id) => stored('aws_ec2_instance', { id }));

    expect(await account.exists(instances, signal)).toEqual([true, false, false]);
    expect(asked).toEqual([
      {
        call: 'DescribeInstances',
        input: { Filters: [{ Name: 'instance-id', Values: ['i-1', 'i-2', 'i-3'] }] },
      },
    ]);
  });

  test('reads all pages', async () => {
    const page = (input: { readonly NextToken?: string }) =>
      input.NextToken === undefined ? { Volumes: [], NextToken: 't' } : { Volumes: [{ VolumeId: 'vol-1' }] };
    const { account } = opened({ DescribeVolumes: page });

    expect(await account.exists([stored('aws_ec2_volume', { id: 'vol-1' })], signal)).toEqual([true]);
  });
});

describe('a step', () => {
  test('drops rules that name other groups, and keeps all others', async () => {
    const pairs = [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }];
    const rules = [
      { IpProtocol: 'tcp', FromPort: 1, ToPort: 2, UserIdGroupPairs: pairs, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
      { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    ];
    const SecurityGroups = [{ GroupId: 'sg-1', IpPermissions: rules, IpPermissionsEgress: rules.slice(1) }];
    const { account, asked } = opened({ DescribeSecurityGroups: { SecurityGroups } });
    const groups = ['sg-1', 'sg-9'].map((id) => stored('aws_ec2_security_group', { id }));

    expect(await account.prepare(groups, signal)).toEqual(['done', 'already_gone']);
    expect(asked.slice(1)).toEqual([
      {
        call: 'RevokeSecurityGroupIngress',
        input: {
          GroupId: 'sg-1',
          IpPermissions: [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 2, UserIdGroupPairs: [{ GroupId: 'sg-2' }] }],
        },
      },
    ]);
  });

  test('detaches interfaces, but not the first one of an instance', async () => {
    const NetworkInterfaces = [
      { NetworkInterfaceId: 'eni-1', Attachment: { AttachmentId: 'a-1', InstanceId: 'i-1', DeviceIndex: 0 } },
      { NetworkInterfaceId: 'eni-2', Attachment: { AttachmentId: 'a-2', InstanceId: 'i-1', DeviceIndex: 1 } },
      { NetworkInterfaceId: 'eni-3' },
    ];
    const { account, asked } = opened({ DescribeNetworkInterfaces: { NetworkInterfaces } });
    const nics = ['eni-1', 'eni-2', 'eni-3'].map((id) => stored('aws_ec2_network_interface', { id }));

    expect(await account.prepare(nics, signal)).toEqual(['done', 'done', 'done']);
    expect(asked.slice(1)).toEqual([{ call: 'DetachNetworkInterface', input: { AttachmentId: 'a-2', Force: true } }]);
  });

  test('that fails for one is done for the others', async () => {
    const Addresses = [
      { AllocationId: 'e-1', AssociationId: 'as-1' },
      { AllocationId: 'e-2', AssociationId: 'as-2' },
      { AllocationId: 'e-3' },
    ];
    const { account } = opened({
      DescribeAddresses: { Addresses },
      DisassociateAddress: ({ AssociationId }: { readonly AssociationId: string }) =>
        AssociationId === 'as-1' ? vendorError('AuthFailure') : {},
    });
    const addresses = ['e-1', 'e-2', 'e-3'].map((id) => stored('aws_ec2_elastic_ip', { ip_allocation_id: id }));

    expect(await account.prepare(addresses, signal)).toEqual([
      { error: expect.objectContaining({ code: 'missing_permission' }) },
      'done',
      'done',
    ]);
  });

  test('leaves the association that makes a route table the main one', async () => {
    const Associations = [{ Main: true, RouteTableAssociationId: 'main' }, { RouteTableAssociationId: 'other' }];
    const { account, asked } = opened({
      DescribeRouteTables: { RouteTables: [{ RouteTableId: 'rtb-1', Associations }] },
    });

    await account.prepare([stored('aws_ec2_route_table', { id: 'rtb-1' })], signal);

    expect(asked.slice(1)).toEqual([{ call: 'DisassociateRouteTable', input: { AssociationId: 'other' } }]);
  });
});

test('what is planned follows from the declaration', () => {
  const described = (kind: string) => describeCleanup(stored(kind, {}).kind);

  expect(described('aws_ec2_security_group')).toEqual({
    service: 'ec2',
    batch: 1,
    existsBatch: 200,
    prepare: { batch: 200, breaks: ['aws_ec2_security_group'] },
    needs: ['aws_vpc'],
    refuses: true,
  });
  expect(described('aws_ec2_instance')).toEqual({
    service: 'ec2',
    batch: 50,
    existsBatch: 200,
    takes: [
      { kind: 'aws_ec2_volume', when: 'volume_attachments[].delete_on_termination' },
      { kind: 'aws_ec2_network_interface', when: 'nic_attachment.delete_on_termination' },
    ],
  });
  expect(described('aws_ec2_image')).toBeUndefined();
});

test('what goes with a resource is of a known kind, and depends on a property of that kind', () => {
  const kinds = new Map(collector.kinds.map((kind) => [kind.fqn, kind]));
  const takes = collector.kinds.flatMap((kind) => describeCleanup(kind)?.takes ?? []);

  const unknown = takes.filter(({ kind, when }) => {
    const [property] = when?.split(/[.[]/) ?? [];
    return kind !== 'aws_resource' && (!kinds.has(kind) || (property && !kinds.get(kind)?.properties[property]));
  });

  expect(takes.map(({ kind }) => kind)).toContain('aws_iam_access_key');
  expect(unknown).toEqual([]);
});

function opened(answers: Answers) {
  const { client, asked } = writeClient(answers);
  return { account: new AwsCleanup({ in: () => client, close() {} }), asked };
}

function stored(kind: string, reported: JsonObject): CleanupResource {
  const found = collector.kinds.find(({ fqn }) => fqn === kind);
  if (found === undefined) throw new Error(`There is no kind ${kind}`);
  return { nodeId: 'n', kind: found, reported: { kind, ...reported }, owners: {}, metadata: {}, neighbours: [] };
}
