import { boolean, datetime, double, int64, list, object, string } from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue, tagList } from '../../../aws-kind.ts';
import { ec2 } from '../client.ts';
import { tags } from '../tags.ts';

const launchTemplateIamInstanceProfileSpecification = awsValue(
  'aws_ec2_launch_template_iam_instance_profile_specification',
  {
    arn: string('Arn'),
    name: string('Name'),
  },
);

const launchTemplateEbsBlockDevice = awsValue('aws_ec2_launch_template_ebs_block_device', {
  encrypted: boolean('Encrypted'),
  delete_on_termination: boolean('DeleteOnTermination'),
  iops: int64('Iops'),
  kms_key_id: string('KmsKeyId'),
  snapshot_id: string('SnapshotId'),
  volume_size: int64('VolumeSize'),
  volume_type: string('VolumeType'),
  throughput: int64('Throughput'),
});

const launchTemplateBlockDeviceMapping = awsValue('aws_ec2_launch_template_block_device_mapping', {
  device_name: string('DeviceName'),
  virtual_name: string('VirtualName'),
  ebs: object(launchTemplateEbsBlockDevice, 'Ebs'),
  no_device: string('NoDevice'),
});

const launchTemplateInstanceIpv6Address = awsValue('aws_ec2_launch_template_instance_ipv6_address', {
  ipv6_address: string('Ipv6Address'),
  is_primary_ipv6: boolean('IsPrimaryIpv6'),
});

const launchTemplatePrivateIpAddressSpecification = awsValue(
  'aws_ec2_launch_template_private_ip_address_specification',
  {
    primary: boolean('Primary'),
    private_ip_address: string('PrivateIpAddress'),
  },
);

const launchTemplateEnaSrdSpecification = awsValue('aws_ec2_launch_template_ena_srd_specification', {
  ena_srd_enabled: boolean('EnaSrdEnabled'),
  ena_srd_udp_specification: boolean('EnaSrdUdpSpecification.EnaSrdUdpEnabled'),
});

const launchTemplateConnectionTrackingSpecification = awsValue(
  'aws_ec2_launch_template_connection_tracking_specification',
  {
    tcp_established_timeout: int64('TcpEstablishedTimeout'),
    udp_timeout: int64('UdpTimeout'),
    udp_stream_timeout: int64('UdpStreamTimeout'),
  },
);

const launchTemplateInstanceNetworkInterfaceSpecification = awsValue(
  'aws_ec2_launch_template_instance_network_interface_specification',
  {
    associate_carrier_ip_address: boolean('AssociateCarrierIpAddress'),
    associate_public_ip_address: boolean('AssociatePublicIpAddress'),
    delete_on_termination: boolean('DeleteOnTermination'),
    description: string('Description'),
    device_index: int64('DeviceIndex'),
    groups: list('string', 'Groups'),
    interface_type: string('InterfaceType'),
    ipv6_address_count: int64('Ipv6AddressCount'),
    ipv6_addresses: list(launchTemplateInstanceIpv6Address, 'Ipv6Addresses'),
    network_interface_id: string('NetworkInterfaceId'),
    private_ip_address: string('PrivateIpAddress'),
    private_ip_addresses: list(launchTemplatePrivateIpAddressSpecification, 'PrivateIpAddresses'),
    secondary_private_ip_address_count: int64('SecondaryPrivateIpAddressCount'),
    subnet_id: string('SubnetId'),
    network_card_index: int64('NetworkCardIndex'),
    ipv4_prefixes: list('string', 'Ipv4Prefixes[].Ipv4Prefix'),
    ipv4_prefix_count: int64('Ipv4PrefixCount'),
    ipv6_prefixes: list('string', 'Ipv6Prefixes[].Ipv6Prefix'),
    ipv6_prefix_count: int64('Ipv6PrefixCount'),
    primary_ipv6: boolean('PrimaryIpv6'),
    ena_srd_specification: object(launchTemplateEnaSrdSpecification, 'EnaSrdSpecification'),
    connection_tracking_specification: object(
      launchTemplateConnectionTrackingSpecification,
      'ConnectionTrackingSpecification',
    ),
  },
);

const launchTemplatePlacement = awsValue('aws_ec2_launch_template_placement', {
  availability_zone: string('AvailabilityZone'),
  affinity: string('Affinity'),
  group_name: string('GroupName'),
  host_id: string('HostId'),
  tenancy: string('Tenancy'),
  spread_domain: string('SpreadDomain'),
  host_resource_group_arn: string('HostResourceGroupArn'),
  partition_number: int64('PartitionNumber'),
  group_id: string('GroupId'),
});

const launchTemplateTagSpecification = awsValue('aws_ec2_launch_template_tag_specification', {
  resource_type: string('ResourceType'),
});

const launchTemplateElasticInferenceAcceleratorResponse = awsValue(
  'aws_ec2_launch_template_elastic_inference_accelerator_response',
  {
    type: string('Type'),
    count: int64('Count'),
  },
);

const launchTemplateSpotMarketOptions = awsValue('aws_ec2_launch_template_spot_market_options', {
  max_price: string('MaxPrice'),
  spot_instance_type: string('SpotInstanceType'),
  block_duration_minutes: int64('BlockDurationMinutes'),
  valid_until: datetime('ValidUntil'),
  instance_interruption_behavior: string('InstanceInterruptionBehavior'),
});

const launchTemplateInstanceMarketOptions = awsValue('aws_ec2_launch_template_instance_market_options', {
  market_type: string('MarketType'),
  spot_options: object(launchTemplateSpotMarketOptions, 'SpotOptions'),
});

const launchTemplateCpuOptions = awsValue('aws_ec2_launch_template_cpu_options', {
  core_count: int64('CoreCount'),
  threads_per_core: int64('ThreadsPerCore'),
  amd_sev_snp: string('AmdSevSnp'),
});

const launchTemplateCapacityReservationTargetResponse = awsValue(
  'aws_ec2_launch_template_capacity_reservation_target_response',
  {
    capacity_reservation_id: string('CapacityReservationId'),
    capacity_reservation_resource_group_arn: string('CapacityReservationResourceGroupArn'),
  },
);

const launchTemplateCapacityReservationSpecificationResponse = awsValue(
  'aws_ec2_launch_template_capacity_reservation_specification_response',
  {
    capacity_reservation_preference: string('CapacityReservationPreference'),
    capacity_reservation_target: object(launchTemplateCapacityReservationTargetResponse, 'CapacityReservationTarget'),
  },
);

const launchTemplateInstanceMetadataOptions = awsValue('aws_ec2_launch_template_instance_metadata_options', {
  state: string('State'),
  http_tokens: string('HttpTokens'),
  http_put_response_hop_limit: int64('HttpPutResponseHopLimit'),
  http_endpoint: string('HttpEndpoint'),
  http_protocol_ipv6: string('HttpProtocolIpv6'),
  instance_metadata_tags: string('InstanceMetadataTags'),
});

const launchTemplateVCpuCountRange = awsValue('aws_ec2_launch_template_v_cpu_count_range', {
  min: int64('Min'),
  max: int64('Max'),
});

const launchTemplateMemoryMiB = awsValue('aws_ec2_launch_template_memory_mi_b', {
  min: int64('Min'),
  max: int64('Max'),
});

const launchTemplateMemoryGiBPerVCpu = awsValue('aws_ec2_launch_template_memory_gi_b_per_v_cpu', {
  min: double('Min'),
  max: double('Max'),
});

const launchTemplateNetworkInterfaceCount = awsValue('aws_ec2_launch_template_network_interface_count', {
  min: int64('Min'),
  max: int64('Max'),
});

const launchTemplateTotalLocalStorageGb = awsValue('aws_ec2_launch_template_total_local_storage_gb', {
  min: double('Min'),
  max: double('Max'),
});

const launchTemplateBaselineEbsBandwidthMbps = awsValue('aws_ec2_launch_template_baseline_ebs_bandwidth_mbps', {
  min: int64('Min'),
  max: int64('Max'),
});

const launchTemplateAcceleratorCount = awsValue('aws_ec2_launch_template_accelerator_count', {
  min: int64('Min'),
  max: int64('Max'),
});

const launchTemplateAcceleratorTotalMemoryMiB = awsValue('aws_ec2_launch_template_accelerator_total_memory_mi_b', {
  min: int64('Min'),
  max: int64('Max'),
});

const launchTemplateNetworkBandwidthGbps = awsValue('aws_ec2_launch_template_network_bandwidth_gbps', {
  min: double('Min'),
  max: double('Max'),
});

const launchTemplateInstanceRequirements = awsValue('aws_ec2_launch_template_instance_requirements', {
  v_cpu_count: object(launchTemplateVCpuCountRange, 'VCpuCount'),
  memory_mi_b: object(launchTemplateMemoryMiB, 'MemoryMiB'),
  cpu_manufacturers: list('string', 'CpuManufacturers'),
  memory_gi_b_per_v_cpu: object(launchTemplateMemoryGiBPerVCpu, 'MemoryGiBPerVCpu'),
  excluded_instance_types: list('string', 'ExcludedInstanceTypes'),
  instance_generations: list('string', 'InstanceGenerations'),
  spot_max_price_percentage_over_lowest_price: int64('SpotMaxPricePercentageOverLowestPrice'),
  on_demand_max_price_percentage_over_lowest_price: int64('OnDemandMaxPricePercentageOverLowestPrice'),
  bare_metal: string('BareMetal'),
  burstable_performance: string('BurstablePerformance'),
  require_hibernate_support: boolean('RequireHibernateSupport'),
  network_interface_count: object(launchTemplateNetworkInterfaceCount, 'NetworkInterfaceCount'),
  local_storage: string('LocalStorage'),
  local_storage_types: list('string', 'LocalStorageTypes'),
  total_local_storage_gb: object(launchTemplateTotalLocalStorageGb, 'TotalLocalStorageGB'),
  baseline_ebs_bandwidth_mbps: object(launchTemplateBaselineEbsBandwidthMbps, 'BaselineEbsBandwidthMbps'),
  accelerator_types: list('string', 'AcceleratorTypes'),
  accelerator_count: object(launchTemplateAcceleratorCount, 'AcceleratorCount'),
  accelerator_manufacturers: list('string', 'AcceleratorManufacturers'),
  accelerator_names: list('string', 'AcceleratorNames'),
  accelerator_total_memory_mi_b: object(launchTemplateAcceleratorTotalMemoryMiB, 'AcceleratorTotalMemoryMiB'),
  network_bandwidth_gbps: object(launchTemplateNetworkBandwidthGbps, 'NetworkBandwidthGbps'),
  allowed_instance_types: list('string', 'AllowedInstanceTypes'),
});

const launchTemplatePrivateDnsNameOptions = awsValue('aws_ec2_launch_template_private_dns_name_options', {
  hostname_type: string('HostnameType'),
  enable_resource_name_dns_a_record: boolean('EnableResourceNameDnsARecord'),
  enable_resource_name_dns_aaaa_record: boolean('EnableResourceNameDnsAAAARecord'),
});

const launchTemplateData = awsValue('aws_ec2_launch_template_data', {
  kernel_id: string('KernelId'),
  ebs_optimized: boolean('EbsOptimized'),
  iam_instance_profile: object(launchTemplateIamInstanceProfileSpecification, 'IamInstanceProfile'),
  block_device_mappings: list(launchTemplateBlockDeviceMapping, 'BlockDeviceMappings'),
  network_interfaces: list(launchTemplateInstanceNetworkInterfaceSpecification, 'NetworkInterfaces'),
  image_id: string('ImageId'),
  instance_type: string('InstanceType'),
  key_name: string('KeyName'),
  monitoring: boolean('Monitoring.Enabled'),
  placement: object(launchTemplatePlacement, 'Placement'),
  ram_disk_id: string('RamDiskId'),
  disable_api_termination: boolean('DisableApiTermination'),
  instance_initiated_shutdown_behavior: string('InstanceInitiatedShutdownBehavior'),
  user_data: string('UserData'),
  tag_specifications: list(launchTemplateTagSpecification, 'TagSpecifications'),
  elastic_gpu_specifications: list('string', 'ElasticGpuSpecifications[].Type'),
  elastic_inference_accelerators: list(
    launchTemplateElasticInferenceAcceleratorResponse,
    'ElasticInferenceAccelerators',
  ),
  security_group_ids: list('string', 'SecurityGroupIds'),
  security_groups: list('string', 'SecurityGroups'),
  instance_market_options: object(launchTemplateInstanceMarketOptions, 'InstanceMarketOptions'),
  credit_specification: string('CreditSpecification.CpuCredits'),
  cpu_options: object(launchTemplateCpuOptions, 'CpuOptions'),
  capacity_reservation_specification: object(
    launchTemplateCapacityReservationSpecificationResponse,
    'CapacityReservationSpecification',
  ),
  license_specifications: list('string', 'LicenseSpecifications[].LicenseConfigurationArn'),
  hibernation_options: boolean('HibernationOptions.Configured'),
  metadata_options: object(launchTemplateInstanceMetadataOptions, 'MetadataOptions'),
  enclave_options: boolean('EnclaveOptions.Enabled'),
  instance_requirements: object(launchTemplateInstanceRequirements, 'InstanceRequirements'),
  private_dns_name_options: object(launchTemplatePrivateDnsNameOptions, 'PrivateDnsNameOptions'),
  maintenance_options: string('MaintenanceOptions.AutoRecovery'),
  disable_api_stop: boolean('DisableApiStop'),
});

export const launchTemplate = awsKind('aws_ec2_launch_template', [awsResource], {
  name: 'AWS EC2 Launch Template',
  class: 'ec2.AwsEc2LaunchTemplate',
  list: {
    call: ec2('DescribeLaunchTemplateVersions'),
    items: 'LaunchTemplateVersions',
    input: { Versions: ['$Default'] },
  },
  arn: 'arn:{partition}:ec2:{region}:{account}:launch-template/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/ec2/v2/home?region={region}#LaunchTemplateDetails:launchTemplateId={LaunchTemplateId}',
  tags: tags,
  properties: {
    id: string('LaunchTemplateId'),
    name: string('LaunchTemplateName'),
    tags: tagList(),
    ctime: datetime('CreateTime'),
    version_number: int64('VersionNumber'),
    version_description: string('VersionDescription'),
    created_by: string('CreatedBy'),
    is_default_version: boolean('DefaultVersion'),
    launch_template_data: object(launchTemplateData, 'LaunchTemplateData'),
  },
});
