/** What is done to resources of EC2 before they are deleted. Each step looks at the resource as it is now. */
import { member, path } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../../call.ts';
import type { Change } from '../../service.ts';
import { listOf, membersOf, textOf } from '../../values.ts';
import { ec2 } from './client.ts';

interface Step {
  readonly call: Change;
  readonly work: (client: WriteClient, item: unknown) => Promise<unknown>;
}

const disassociate = ec2.change('DisassociateAddress', { expected: ['InvalidAssociationID.NotFound'] });

export const disassociateAddress: Step = {
  call: disassociate,
  async work(client, address) {
    const AssociationId = textOf(member(address, 'AssociationId'));
    if (AssociationId !== '') await client.change(disassociate, { AssociationId });
  },
};

const detachGateway = ec2.change('DetachInternetGateway', { expected: ['Gateway.NotAttached'] });
const vpcsOf = path('Attachments[].VpcId');

export const detachFromVpcs: Step = {
  call: detachGateway,
  async work(client, gateway) {
    const InternetGatewayId = textOf(member(gateway, 'InternetGatewayId'));
    for (const VpcId of listOf(vpcsOf(gateway))) await client.change(detachGateway, { InternetGatewayId, VpcId });
  },
};

const detachInterface = ec2.change('DetachNetworkInterface', { expected: ['InvalidAttachmentID.NotFound'] });

export const detachFromInstance: Step = {
  call: detachInterface,
  async work(client, item) {
    const { AttachmentId, DeviceIndex, InstanceId, Status } = membersOf(member(item, 'Attachment'));
    // The first interface of an instance goes with the instance; others than instances give up theirs by themselves.
    if (textOf(InstanceId) === '' || DeviceIndex === 0 || Status === 'detaching' || Status === 'detached') return;
    await client.change(detachInterface, { AttachmentId, Force: true });
  },
};

const disassociateRoutes = ec2.change('DisassociateRouteTable', { expected: ['InvalidAssociationID.NotFound'] });

export const disassociateTable: Step = {
  call: disassociateRoutes,
  async work(client, table) {
    for (const association of listOf(member(table, 'Associations'))) {
      // What makes a table the main one of its VPC cannot be undone.
      if (member(association, 'Main') === true) continue;
      const AssociationId = member(association, 'RouteTableAssociationId');
      await client.change(disassociateRoutes, { AssociationId });
    }
  },
};

const gone = { expected: ['InvalidPermission.NotFound', 'InvalidGroup.NotFound'] };
const revokeIngress = ec2.change('RevokeSecurityGroupIngress', gone);
const revokeEgress = ec2.change('RevokeSecurityGroupEgress', gone);

/** A group cannot be deleted while rules of another one name it, so each group drops its rules that name others. */
export const revokeForeign = {
  calls: [revokeIngress, revokeEgress],
  work: async (client: WriteClient, group: unknown): Promise<void> => {
    const GroupId = textOf(member(group, 'GroupId'));
    const directions = [
      [revokeIngress, 'IpPermissions'],
      [revokeEgress, 'IpPermissionsEgress'],
    ] as const;
    for (const [call, rules] of directions) {
      const IpPermissions = listOf(member(group, rules)).flatMap((rule) => foreignPart(rule, GroupId));
      if (IpPermissions.length > 0) await client.change(call, { GroupId, IpPermissions });
    }
  },
};

/** The part of a rule that names other groups. */
function foreignPart(rule: unknown, own: string): object[] {
  const { IpProtocol, FromPort, ToPort, UserIdGroupPairs } = membersOf(rule);
  const pairs = listOf(UserIdGroupPairs).filter((pair) => member(pair, 'GroupId') !== own);
  return pairs.length === 0 ? [] : [{ IpProtocol, FromPort, ToPort, UserIdGroupPairs: pairs }];
}
