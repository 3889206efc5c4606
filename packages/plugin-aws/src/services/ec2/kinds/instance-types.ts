import { base, boolean, double, int64, list, object, path, string } from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue, tagList } from '../../../aws-kind.ts';
import { ec2 } from '../client.ts';

const processorInfo = awsValue('aws_ec2_processor_info', {
  supported_architectures: list('string', 'SupportedArchitectures'),
  sustained_clock_speed_in_ghz: double('SustainedClockSpeedInGhz'),
  physical_processor: string('PhysicalProcessor'),
});

const vCpuInfo = awsValue(
  'aws_ec2_v_cpu_info',
  {
    default_v_cpus: int64('DefaultVCpus'),
    default_cores: int64('DefaultCores'),
    default_threads_per_core: int64('DefaultThreadsPerCore'),
    valid_cores: list('int64', 'ValidCores'),
    valid_threads_per_core: list('int64', 'ValidThreadsPerCore'),
  },
  'AWS EC2 vCPU Info',
);

const diskInfo = awsValue('aws_ec2_disk_info', {
  size_in_gb: int64('SizeInGB'),
  count: int64('Count'),
  type: string('Type'),
});

const instanceStorageInfo = awsValue('aws_ec2_instance_storage_info', {
  total_size_in_gb: int64('TotalSizeInGB'),
  disks: list(diskInfo, 'Disks'),
  nvme_support: string('NvmeSupport'),
  encryption_support: string('EncryptionSupport'),
});

const ebsOptimizedInfo = awsValue('aws_ec2_ebs_optimized_info', {
  baseline_bandwidth_in_mbps: int64('BaselineBandwidthInMbps'),
  baseline_throughput_in_mbps: double('BaselineThroughputInMBps'),
  baseline_iops: int64('BaselineIops'),
  maximum_bandwidth_in_mbps: int64('MaximumBandwidthInMbps'),
  maximum_throughput_in_mbps: double('MaximumThroughputInMBps'),
  maximum_iops: int64('MaximumIops'),
});

const ebsInfo = awsValue('aws_ec2_ebs_info', {
  ebs_optimized_support: string('EbsOptimizedSupport'),
  encryption_support: string('EncryptionSupport'),
  ebs_optimized_info: object(ebsOptimizedInfo, 'EbsOptimizedInfo'),
  nvme_support: string('NvmeSupport'),
});

const networkCardInfo = awsValue('aws_ec2_network_card_info', {
  network_card_index: int64('NetworkCardIndex'),
  network_performance: string('NetworkPerformance'),
  maximum_network_interfaces: int64('MaximumNetworkInterfaces'),
});

const networkInfo = awsValue('aws_ec2_network_info', {
  network_performance: string('NetworkPerformance'),
  maximum_network_interfaces: int64('MaximumNetworkInterfaces'),
  maximum_network_cards: int64('MaximumNetworkCards'),
  default_network_card_index: int64('DefaultNetworkCardIndex'),
  network_cards: list(networkCardInfo, 'NetworkCards'),
  ipv4_addresses_per_interface: int64('Ipv4AddressesPerInterface'),
  ipv6_addresses_per_interface: int64('Ipv6AddressesPerInterface'),
  ipv6_supported: boolean('Ipv6Supported'),
  ena_support: string('EnaSupport'),
  efa_supported: boolean('EfaSupported'),
  efa_info: int64('EfaInfo.MaximumEfaInterfaces'),
  encryption_in_transit_supported: boolean('EncryptionInTransitSupported'),
});

const gpuDeviceInfo = awsValue('aws_ec2_gpu_device_info', {
  name: string('Name'),
  manufacturer: string('Manufacturer'),
  count: int64('Count'),
  memory_info: int64('MemoryInfo.SizeInMiB'),
});

const gpuInfo = awsValue('aws_ec2_gpu_info', {
  gpus: list(gpuDeviceInfo, 'Gpus'),
  total_gpu_memory_in_mi_b: int64('TotalGpuMemoryInMiB'),
  gpu_model: string('Model'),
});

const fpgaDeviceInfo = awsValue('aws_ec2_fpga_device_info', {
  name: string('Name'),
  manufacturer: string('Manufacturer'),
  count: int64('Count'),
  memory_info: int64('MemoryInfo.SizeInMiB'),
});

const fpgaInfo = awsValue('aws_ec2_fpga_info', {
  fpgas: list(fpgaDeviceInfo, 'Fpgas'),
  total_fpga_memory_in_mi_b: int64('TotalFpgaMemoryInMiB'),
});

const placementGroupInfo = awsValue('aws_ec2_placement_group_info', {
  supported_strategies: list('string', 'SupportedStrategies'),
});

const inferenceDeviceInfo = awsValue('aws_ec2_inference_device_info', {
  count: int64('Count'),
  name: string('Name'),
  manufacturer: string('Manufacturer'),
});

const inferenceAcceleratorInfo = awsValue('aws_ec2_inference_accelerator_info', {
  accelerators: list(inferenceDeviceInfo, 'Accelerators'),
});

/** Gibibytes. */
export const memory = path('MemoryInfo.SizeInMiB', (mebibytes) => Number(mebibytes) / 1024);

export const cores = path('VCpuInfo.DefaultVCpus');

/** Read from the answer and, below `Known`, what the table of types knows; see `withKnown`. */
export const instanceType = awsKind('aws_ec2_instance_type', [awsResource, base.instanceType], {
  name: 'AWS EC2 Instance Type',
  class: 'ec2.AwsEc2InstanceType',
  list: { call: ec2('DescribeInstanceTypes'), items: 'InstanceTypes' },
  arn: 'arn:{partition}:ec2:global:{account}:instance/{id}',
  properties: {
    id: string('InstanceType'),
    name: string('InstanceType'),
    tags: tagList(),
    instance_type: string('InstanceType'),
    instance_cores: double(cores),
    instance_memory: double(memory),
    ondemand_cost: double('Known.price'),
    pretty_name: string('Known.name'),
    ecu: double('Known.ecu'),
    current_generation: boolean('CurrentGeneration'),
    free_tier_eligible: boolean('FreeTierEligible'),
    supported_usage_classes: list('string', 'SupportedUsageClasses'),
    supported_root_device_types: list('string', 'SupportedRootDeviceTypes'),
    supported_virtualization_types: list('string', 'SupportedVirtualizationTypes'),
    bare_metal: boolean('BareMetal'),
    hypervisor: string('Hypervisor'),
    instance_type_processor_info: object(processorInfo, 'ProcessorInfo'),
    instance_type_v_cpu_info: object(vCpuInfo, 'VCpuInfo'),
    memory_info: int64('MemoryInfo.SizeInMiB'),
    instance_storage_supported: boolean('InstanceStorageSupported'),
    instance_type_instance_storage_info: object(instanceStorageInfo, 'InstanceStorageInfo'),
    instance_type_ebs_info: object(ebsInfo, 'EbsInfo'),
    instance_type_network_info: object(networkInfo, 'NetworkInfo'),
    instance_type_gpu_info: object(gpuInfo, 'GpuInfo'),
    instance_type_fpga_info: object(fpgaInfo, 'FpgaInfo'),
    instance_type_placement_group_info: object(placementGroupInfo, 'PlacementGroupInfo'),
    instance_type_inference_accelerator_info: object(inferenceAcceleratorInfo, 'InferenceAcceleratorInfo'),
    hibernation_supported: boolean('HibernationSupported'),
    burstable_performance_supported: boolean('BurstablePerformanceSupported'),
    dedicated_hosts_supported: boolean('DedicatedHostsSupported'),
    auto_recovery_supported: boolean('AutoRecoverySupported'),
    supported_boot_modes: list('string', 'SupportedBootModes'),
  },
  successors: { default: ['aws_ec2_instance'] },
});
