import { boolean, datetime, double, int64, list, object, ref, string } from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue, nameTag, tagList } from '../../../aws-kind.ts';
import { cleanup } from '../cleanup.ts';
import { ec2 } from '../client.ts';
import { tags } from '../tags.ts';

export const keypair = awsKind('aws_ec2_keypair', [awsResource], {
  name: 'AWS EC2 Keypair',
  class: 'ec2.AwsEc2KeyPair',
  list: { call: ec2('DescribeKeyPairs'), items: 'KeyPairs' },
  arn: 'arn:{partition}:ec2:{region}:{account}:keypair/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/ec2/home?region={region}#KeyPairs:search={name}',
  tags: tags,
  cleanup: cleanup.keypair,
  properties: {
    id: string('KeyPairId'),
    name: string('KeyName'),
    tags: tagList(),
    ctime: datetime('CreateTime'),
    key_fingerprint: string('KeyFingerprint'),
    key_type: string('KeyType'),
    public_key: string('PublicKey'),
  },
});

const recurringCharge = awsValue('aws_ec2_recurring_charge', {
  amount: double('Amount'),
  frequency: string('Frequency'),
});

export const reservedInstances = awsKind('aws_ec2_reserved_instances', [awsResource], {
  name: 'AWS EC2 Reserved Instances',
  class: 'ec2.AwsEc2ReservedInstances',
  list: { call: ec2('DescribeReservedInstances'), items: 'ReservedInstances' },
  arn: 'arn:{partition}:ec2:{region}:{account}:reserved-instances/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/ec2/home?region={region}#ReservedInstances:instanceId={id}',
  tags: tags,
  properties: {
    id: string('ReservedInstancesId'),
    name: nameTag(),
    tags: tagList(),
    availability_zone: string('AvailabilityZone'),
    reservation_duration: int64('Duration'),
    reservation_end: datetime('End'),
    reservation_fixed_price: double('FixedPrice'),
    reservation_instance_count: int64('InstanceCount'),
    reservation_instance_type: string('InstanceType'),
    reservation_product_description: string('ProductDescription'),
    reservation_reserved_instances_id: string('ReservedInstancesId'),
    reservation_start: datetime('Start'),
    reservation_state: string('State'),
    reservation_usage_price: double('UsagePrice'),
    reservation_currency_code: string('CurrencyCode'),
    reservation_instance_tenancy: string('InstanceTenancy'),
    reservation_offering_class: string('OfferingClass'),
    reservation_offering_type: string('OfferingType'),
    reservation_recurring_charges: list(recurringCharge, 'RecurringCharges'),
    reservation_scope: string('Scope'),
  },
  references: [ref('aws_ec2_instance_type', { by: 'name', from: 'InstanceType', default: 'in' })],
});

const instanceCapacity = awsValue('aws_ec2_instance_capacity', {
  available_capacity: int64('AvailableCapacity'),
  instance_type: string('InstanceType'),
  total_capacity: int64('TotalCapacity'),
});

const availableCapacity = awsValue('aws_ec2_available_capacity', {
  available_instance_capacity: list(instanceCapacity, 'AvailableInstanceCapacity'),
  available_v_cpus: int64('AvailableVCpus'),
});

const hostProperties = awsValue('aws_ec2_host_properties', {
  cores: int64('Cores'),
  instance_type: string('InstanceType'),
  instance_family: string('InstanceFamily'),
  sockets: int64('Sockets'),
  total_v_cpus: int64('TotalVCpus'),
});

const hostInstance = awsValue('aws_ec2_host_instance', {
  instance_id: string('InstanceId'),
  instance_type: string('InstanceType'),
  owner_id: string('OwnerId'),
});

export const host = awsKind('aws_ec2_host', [awsResource], {
  name: 'AWS EC2 Host',
  class: 'ec2.AwsEc2Host',
  list: { call: ec2('DescribeHosts'), items: 'Hosts' },
  arn: 'arn:{partition}:ec2:{region}:{account}:host/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/ec2/home?region={region}#Host:hostId={id}',
  tags: tags,
  cleanup: cleanup.host,
  properties: {
    id: string('HostId'),
    name: nameTag(),
    tags: tagList(),
    ctime: datetime('AllocationTime'),
    host_auto_placement: string('AutoPlacement'),
    host_availability_zone: string('AvailabilityZone'),
    host_available_capacity: object(availableCapacity, 'AvailableCapacity'),
    host_client_token: string('ClientToken'),
    host_properties: object(hostProperties, 'HostProperties'),
    host_reservation_id: string('HostReservationId'),
    host_instances: list(hostInstance, 'Instances'),
    host_state: string('State'),
    host_release_time: datetime('ReleaseTime'),
    host_recovery: string('HostRecovery'),
    host_allows_multiple_instance_types: string('AllowsMultipleInstanceTypes'),
    host_owner_id: string('OwnerId'),
    host_availability_zone_id: string('AvailabilityZoneId'),
    host_member_of_service_linked_resource_group: boolean('MemberOfServiceLinkedResourceGroup'),
    host_outpost_arn: string('OutpostArn'),
  },
  references: [ref('aws_ec2_instance', { by: 'id', from: 'Instances[].InstanceId', default: 'out', delete: 'out' })],
});
