import {
  base,
  boolean,
  datetime,
  double,
  int64,
  list,
  object,
  oneOf,
  path,
  ref,
  string,
  tagValue,
} from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue, nameTag, tagList } from '../../../aws-kind.ts';
import { getMetricData } from '../../../metrics.ts';
import { describeInstanceAttribute } from '../calls.ts';
import { cleanup } from '../cleanup.ts';
import { ec2 } from '../client.ts';
import { tags } from '../tags.ts';

const placement = awsValue('aws_ec2_placement', {
  availability_zone: string('AvailabilityZone'),
  affinity: string('Affinity'),
  group_name: string('GroupName'),
  partition_number: int64('PartitionNumber'),
  host_id: string('HostId'),
  tenancy: string('Tenancy'),
  spread_domain: string('SpreadDomain'),
  host_resource_group_arn: string('HostResourceGroupArn'),
});

export const productCode = awsValue('aws_ec2_product_code', {
  product_code_id: string('ProductCodeId'),
  product_code_type: string('ProductCodeType'),
});

const instanceState = awsValue('aws_ec2_instance_state', {
  code: int64('Code'),
  name: string('Name'),
});

const ebsInstanceBlockDevice = awsValue('aws_ec2_ebs_instance_block_device', {
  attach_time: datetime('AttachTime'),
  delete_on_termination: boolean('DeleteOnTermination'),
  status: string('Status'),
  volume_id: string('VolumeId'),
});

const instanceBlockDeviceMapping = awsValue('aws_ec2_instance_block_device_mapping', {
  device_name: string('DeviceName'),
  ebs: object(ebsInstanceBlockDevice, 'Ebs'),
});

const iamInstanceProfile = awsValue('aws_ec2_iam_instance_profile', {
  arn: string('Arn'),
  id: string('Id'),
});

const elasticGpuAssociation = awsValue('aws_ec2_elastic_gpu_association', {
  elastic_gpu_id: string('ElasticGpuId'),
  elastic_gpu_association_id: string('ElasticGpuAssociationId'),
  elastic_gpu_association_state: string('ElasticGpuAssociationState'),
  elastic_gpu_association_time: string('ElasticGpuAssociationTime'),
});

const elasticInferenceAcceleratorAssociation = awsValue('aws_ec2_elastic_inference_accelerator_association', {
  elastic_inference_accelerator_arn: string('ElasticInferenceAcceleratorArn'),
  elastic_inference_accelerator_association_id: string('ElasticInferenceAcceleratorAssociationId'),
  elastic_inference_accelerator_association_state: string('ElasticInferenceAcceleratorAssociationState'),
  elastic_inference_accelerator_association_time: datetime('ElasticInferenceAcceleratorAssociationTime'),
});

const instanceNetworkInterfaceAssociation = awsValue('aws_ec2_instance_network_interface_association', {
  carrier_ip: string('CarrierIp'),
  customer_owned_ip: string('CustomerOwnedIp'),
  owner_id: string('IpOwnerId'),
  public_dns_name: string('PublicDnsName'),
  public_ip: string('PublicIp'),
});

const instanceNetworkInterfaceAttachment = awsValue('aws_ec2_instance_network_interface_attachment', {
  attach_time: datetime('AttachTime'),
  attachment_id: string('AttachmentId'),
  delete_on_termination: boolean('DeleteOnTermination'),
  device_index: int64('DeviceIndex'),
  status: string('Status'),
  network_card_index: int64('NetworkCardIndex'),
});

export const groupIdentifier = awsValue('aws_ec2_group_identifier', {
  group_name: string('GroupName'),
  group_id: string('GroupId'),
});

const instancePrivateIpAddress = awsValue('aws_ec2_instance_private_ip_address', {
  association: object(instanceNetworkInterfaceAssociation, 'Association'),
  primary: boolean('Primary'),
  private_dns_name: string('PrivateDnsName'),
  private_ip_address: string('PrivateIpAddress'),
});

const instanceNetworkInterface = awsValue('aws_ec2_instance_network_interface', {
  association: object(instanceNetworkInterfaceAssociation, 'Association'),
  attachment: object(instanceNetworkInterfaceAttachment, 'Attachment'),
  description: string('Description'),
  groups: list(groupIdentifier, 'Groups'),
  ipv6_addresses: list('string', 'Ipv6Addresses[].Ipv6Address'),
  mac_address: string('MacAddress'),
  network_interface_id: string('NetworkInterfaceId'),
  private_dns_name: string('PrivateDnsName'),
  private_ip_address: string('PrivateIpAddress'),
  private_ip_addresses: list(instancePrivateIpAddress, 'PrivateIpAddresses'),
  source_dest_check: boolean('SourceDestCheck'),
  status: string('Status'),
  interface_type: string('InterfaceType'),
  ipv4_prefixes: list('string', 'Ipv4Prefixes[].Ipv4Prefix'),
  ipv6_prefixes: list('string', 'Ipv6Prefixes[].Ipv6Prefix'),
});

export const stateReason = awsValue('aws_ec2_state_reason', {
  code: string('Code'),
  message: string('Message'),
});

const cpuOptions = awsValue('aws_ec2_cpu_options', {
  core_count: int64('CoreCount'),
  threads_per_core: int64('ThreadsPerCore'),
});

const capacityReservationTargetResponse = awsValue('aws_ec2_capacity_reservation_target_response', {
  capacity_reservation_id: string('CapacityReservationId'),
  capacity_reservation_resource_group_arn: string('CapacityReservationResourceGroupArn'),
});

const capacityReservationSpecificationResponse = awsValue('aws_ec2_capacity_reservation_specification_response', {
  capacity_reservation_preference: string('CapacityReservationPreference'),
  capacity_reservation_target: object(capacityReservationTargetResponse, 'CapacityReservationTarget'),
});

const instanceMetadataOptionsResponse = awsValue('aws_ec2_instance_metadata_options_response', {
  state: string('State'),
  http_tokens: string('HttpTokens'),
  http_put_response_hop_limit: int64('HttpPutResponseHopLimit'),
  http_endpoint: string('HttpEndpoint'),
  http_protocol_ipv6: string('HttpProtocolIpv6'),
  instance_metadata_tags: string('InstanceMetadataTags'),
});

const privateDnsNameOptionsResponse = awsValue('aws_ec2_private_dns_name_options_response', {
  hostname_type: string('HostnameType'),
  enable_resource_name_dns_a_record: boolean('EnableResourceNameDnsARecord'),
  enable_resource_name_dns_aaaa_record: boolean('EnableResourceNameDnsAAAARecord'),
});

export const instance = awsKind('aws_ec2_instance', [awsResource, base.instance], {
  name: 'AWS EC2 Instance',
  class: 'ec2.AwsEc2Instance',
  list: { call: ec2('DescribeInstances'), items: 'Reservations[].Instances', pageSize: 1000 },
  calls: [describeInstanceAttribute, getMetricData],
  arn: 'arn:{partition}:ec2:{region}:{account}:instance/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/ec2/home?region={region}#InstanceDetails:instanceId={id}',
  tags: tags,
  cleanup: cleanup.instance,
  properties: {
    id: string('InstanceId'),
    name: nameTag(),
    tags: tagList(),
    ctime: datetime('LaunchTime'),
    instance_status: oneOf(
      base.instanceStatus,
      'State.Name',
      {
        pending: 'busy',
        running: 'running',
        'shutting-down': 'stopped',
        stopped: 'stopped',
        stopping: 'stopped',
        terminated: 'terminated',
      },
      'unknown',
    ),
    instance_cores: double('CpuOptions.CoreCount'),
    instance_type: string('InstanceType'),
    instance_ami_launch_index: int64('AmiLaunchIndex'),
    instance_image_id: string('ImageId'),
    instance_kernel_id: string('KernelId'),
    instance_key_name: string('KeyName'),
    instance_launch_time: datetime('LaunchTime'),
    instance_monitoring: string('Monitoring.State'),
    instance_placement: object(placement, 'Placement'),
    instance_platform: string('Platform'),
    instance_private_dns_name: string('PrivateDnsName'),
    instance_private_ip_address: string('PrivateIpAddress'),
    instance_product_codes: list(productCode, 'ProductCodes'),
    instance_public_dns_name: string('PublicDnsName'),
    instance_public_ip_address: string('PublicIpAddress'),
    instance_ramdisk_id: string('RamdiskId'),
    instance_state: object(instanceState, 'State'),
    instance_state_transition_reason: string('StateTransitionReason'),
    instance_subnet_id: string('SubnetId'),
    instance_architecture: string('Architecture'),
    instance_block_device_mappings: list(instanceBlockDeviceMapping, 'BlockDeviceMappings'),
    instance_client_token: string('ClientToken'),
    instance_ebs_optimized: boolean('EbsOptimized'),
    instance_ena_support: boolean('EnaSupport'),
    instance_hypervisor: string('Hypervisor'),
    instance_iam_instance_profile: object(iamInstanceProfile, 'IamInstanceProfile'),
    instance_lifecycle: string('InstanceLifecycle'),
    instance_elastic_gpu_associations: list(elasticGpuAssociation, 'ElasticGpuAssociations'),
    instance_elastic_inference_accelerator_associations: list(
      elasticInferenceAcceleratorAssociation,
      'ElasticInferenceAcceleratorAssociations',
    ),
    instance_network_interfaces: list(instanceNetworkInterface, 'NetworkInterfaces'),
    instance_outpost_arn: string('OutpostArn'),
    instance_root_device_name: string('RootDeviceName'),
    instance_root_device_type: string('RootDeviceType'),
    instance_security_groups: list(groupIdentifier, 'SecurityGroups'),
    instance_source_dest_check: boolean('SourceDestCheck'),
    instance_spot_instance_request_id: string('SpotInstanceRequestId'),
    instance_sriov_net_support: string('SriovNetSupport'),
    instance_state_reason: object(stateReason, 'StateReason'),
    instance_virtualization_type: string('VirtualizationType'),
    instance_cpu_options: object(cpuOptions, 'CpuOptions'),
    instance_capacity_reservation_id: string('CapacityReservationId'),
    instance_capacity_reservation_specification: object(
      capacityReservationSpecificationResponse,
      'CapacityReservationSpecification',
    ),
    instance_hibernation_options: boolean('HibernationOptions.Configured'),
    instance_licenses: list('string', 'Licenses[].LicenseConfigurationArn'),
    instance_metadata_options: object(instanceMetadataOptionsResponse, 'MetadataOptions'),
    instance_enclave_options: boolean('EnclaveOptions.Enabled'),
    instance_boot_mode: string('BootMode'),
    instance_platform_details: string('PlatformDetails'),
    instance_usage_operation: string('UsageOperation'),
    instance_usage_operation_update_time: datetime('UsageOperationUpdateTime'),
    instance_private_dns_name_options: object(privateDnsNameOptionsResponse, 'PrivateDnsNameOptions'),
    instance_ipv6_address: string('Ipv6Address'),
    instance_tpm_support: string('TpmSupport'),
    instance_maintenance_options: string('MaintenanceOptions.AutoRecovery'),
    instance_user_data: string(),
  },
  references: [
    ref('aws_ec2_keypair', { by: 'name', from: 'KeyName', default: 'out', delete: 'in' }),
    ref('aws_vpc', { by: 'id', from: 'VpcId', default: 'in', delete: 'in' }),
    ref('aws_ec2_subnet', { by: 'id', from: 'SubnetId', default: 'in', delete: 'in' }),
    ref('aws_ec2_security_group', { by: 'id', from: 'SecurityGroups[].GroupId', delete: 'in' }),
    ref('aws_ec2_image', { by: 'id', from: 'ImageId', default: 'in' }),
    ref('aws_ec2_launch_template', {
      by: 'id',
      from: path('Tags', tagValue('aws:ec2launchtemplate:id')),
      default: 'in',
    }),
  ],
});
