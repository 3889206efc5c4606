/** Amazon EC2. API version 2016-11-15. */
import { regional } from '../../part.ts';
import type { ServiceParts } from '../../part.ts';
import { collectInstances } from './instances.ts';
import { internetGateway, natGateway, routeTable } from './kinds/gateways.ts';
import { image } from './kinds/images.ts';
import { instanceType } from './kinds/instance-types.ts';
import { instance } from './kinds/instances.ts';
import { launchTemplate } from './kinds/launch-templates.ts';
import { elasticIp, networkInterface } from './kinds/network-interfaces.ts';
import { host, keypair, reservedInstances } from './kinds/reservations.ts';
import { flowLog, networkAcl, securityGroup } from './kinds/security.ts';
import { snapshot, volume, volumeType } from './kinds/volumes.ts';
import { subnet, vpc, vpcEndpoint, vpcPeeringConnection } from './kinds/vpcs.ts';
import { collectVolumes } from './volumes.ts';

const plain = [
  elasticIp,
  flowLog,
  host,
  image,
  internetGateway,
  keypair,
  launchTemplate,
  natGateway,
  networkAcl,
  networkInterface,
  reservedInstances,
  routeTable,
  securityGroup,
  snapshot,
  subnet,
  vpc,
  vpcEndpoint,
  vpcPeeringConnection,
];

export const ec2Parts: ServiceParts = {
  kinds: [...plain, instance, instanceType, volume, volumeType],
  parts: [
    { kinds: [instance, instanceType], where: ['regional'], collect: collectInstances },
    { kinds: [volume, volumeType], where: ['regional'], collect: collectVolumes },
    ...plain.map(regional),
  ],
};
