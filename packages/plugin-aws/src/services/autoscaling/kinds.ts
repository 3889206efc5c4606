import { base, boolean, datetime, firstOf, int64, list, object, ref, string } from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue, tagList } from '../../aws-kind.ts';
import { autoscaling } from './client.ts';
import { groupTags } from './tags.ts';

const launchTemplateSpecification = awsValue(
  'aws_autoscaling_launch_template_specification',
  {
    launch_template_id: string('LaunchTemplateId'),
    launch_template_name: string('LaunchTemplateName'),
    version: string('Version'),
  },
  'AWS Auto Scaling Launch Template Specification',
);

const minMax = awsValue(
  'aws_autoscaling_min_max',
  {
    min: int64('Min'),
    max: int64('Max'),
  },
  'AWS Auto Scaling Min Max',
);

const instanceRequirements = awsValue(
  'aws_autoscaling_instance_requirements',
  {
    v_cpu_count: object(minMax, 'VCpuCount'),
    memory_mi_b: object(minMax, 'MemoryMiB'),
    cpu_manufacturers: list('string', 'CpuManufacturers'),
    memory_gi_b_per_v_cpu: object(minMax, 'MemoryGiBPerVCpu'),
    excluded_instance_types: list('string', 'ExcludedInstanceTypes'),
    instance_generations: list('string', 'InstanceGenerations'),
    spot_max_price_percentage_over_lowest_price: int64('SpotMaxPricePercentageOverLowestPrice'),
    on_demand_max_price_percentage_over_lowest_price: int64('OnDemandMaxPricePercentageOverLowestPrice'),
    bare_metal: string('BareMetal'),
    burstable_performance: string('BurstablePerformance'),
    require_hibernate_support: boolean('RequireHibernateSupport'),
    network_interface_count: object(minMax, 'NetworkInterfaceCount'),
    local_storage: string('LocalStorage'),
    local_storage_types: list('string', 'LocalStorageTypes'),
    total_local_storage_gb: object(minMax, 'TotalLocalStorageGB'),
    baseline_ebs_bandwidth_mbps: object(minMax, 'BaselineEbsBandwidthMbps'),
    accelerator_types: list('string', 'AcceleratorTypes'),
    accelerator_count: object(minMax, 'AcceleratorCount'),
    accelerator_manufacturers: list('string', 'AcceleratorManufacturers'),
    accelerator_names: list('string', 'AcceleratorNames'),
    accelerator_total_memory_mi_b: object(minMax, 'AcceleratorTotalMemoryMiB'),
  },
  'AWS Auto Scaling Instance Requirements',
);

const launchTemplateOverrides = awsValue('aws_autoscaling_launch_template_overrides', {
  instance_type: string('InstanceType'),
  weighted_capacity: string('WeightedCapacity'),
  launch_template_specification: object(launchTemplateSpecification, 'LaunchTemplateSpecification'),
  instance_requirements: object(instanceRequirements, 'InstanceRequirements'),
});

const launchTemplate = awsValue('aws_autoscaling_launch_template', {
  launch_template_specification: object(launchTemplateSpecification, 'LaunchTemplateSpecification'),
  overrides: list(launchTemplateOverrides, 'Overrides'),
});

const instancesDistribution = awsValue('aws_autoscaling_instances_distribution', {
  on_demand_allocation_strategy: string('OnDemandAllocationStrategy'),
  on_demand_base_capacity: int64('OnDemandBaseCapacity'),
  on_demand_percentage_above_base_capacity: int64('OnDemandPercentageAboveBaseCapacity'),
  spot_allocation_strategy: string('SpotAllocationStrategy'),
  spot_instance_pools: int64('SpotInstancePools'),
  spot_max_price: string('SpotMaxPrice'),
});

const mixedInstancesPolicy = awsValue('aws_autoscaling_mixed_instances_policy', {
  launch_template: object(launchTemplate, 'LaunchTemplate'),
  instances_distribution: object(instancesDistribution, 'InstancesDistribution'),
});

const instance = awsValue(
  'aws_autoscaling_instance',
  {
    instance_id: string('InstanceId'),
    instance_type: string('InstanceType'),
    availability_zone: string('AvailabilityZone'),
    lifecycle_state: string('LifecycleState'),
    health_status: string('HealthStatus'),
    launch_configuration_name: string('LaunchConfigurationName'),
    launch_template: object(launchTemplateSpecification, 'LaunchTemplate'),
    protected_from_scale_in: boolean('ProtectedFromScaleIn'),
    weighted_capacity: string('WeightedCapacity'),
  },
  'AWS Auto Scaling Instance',
);

const suspendedProcess = awsValue('aws_autoscaling_suspended_process', {
  process_name: string('ProcessName'),
  suspension_reason: string('SuspensionReason'),
});

const enabledMetric = awsValue(
  'aws_autoscaling_enabled_metric',
  {
    metric: string('Metric'),
    granularity: string('Granularity'),
  },
  'AWS Auto Scaling Enabled Metric',
);

const warmPoolConfiguration = awsValue(
  'aws_autoscaling_warm_pool_configuration',
  {
    max_group_prepared_capacity: int64('MaxGroupPreparedCapacity'),
    min_size: int64('MinSize'),
    pool_state: string('PoolState'),
    status: string('Status'),
    instance_reuse_policy: boolean('InstanceReusePolicy.ReuseOnScaleIn'),
  },
  'AWS Auto Scaling Warm Pool Configuration',
);

// A group with a mix of instances has its launch template there.
const launchTemplateId = firstOf(
  'LaunchTemplate.LaunchTemplateId',
  'MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId',
);

const describeGroups = autoscaling('DescribeAutoScalingGroups');

export const group = awsKind('aws_autoscaling_group', [awsResource, base.autoscalingGroup], {
  name: 'AWS Autoscaling Group',
  class: 'autoscaling.AwsAutoScalingGroup',
  cleanup: {
    delete: autoscaling.change('DeleteAutoScalingGroup'),
    input: { AutoScalingGroupName: 'id' },
    // Its instances go with it.
    options: { ForceDelete: true },
    takes: [{ kind: 'aws_ec2_instance' }],
    later: true,
    exists: {
      call: describeGroups,
      by: { AutoScalingGroupNames: ['id'] },
      items: 'AutoScalingGroups',
      id: 'AutoScalingGroupName',
      batch: 50,
    },
    underway: {
      call: describeGroups,
      by: { AutoScalingGroupNames: ['id'] },
      status: 'AutoScalingGroups[0].Status',
      is: 'Delete in progress',
    },
  },
  list: { call: describeGroups, items: 'AutoScalingGroups', pageSize: 100 },
  arn: 'arn:{partition}:autoscaling:{region}:{account}:autoscalinggroup/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/awsautoscaling/home?region={region}#dashboard/{name}',
  tags: groupTags,
  properties: {
    id: string('AutoScalingGroupName'),
    name: string('AutoScalingGroupName'),
    arn: string('AutoScalingGroupARN'),
    tags: tagList(),
    ctime: datetime('CreatedTime'),
    min_size: int64('MinSize'),
    max_size: int64('MaxSize'),
    autoscaling_launch_configuration_name: string('LaunchConfigurationName'),
    autoscaling_launch_template: object(launchTemplateSpecification, 'LaunchTemplate'),
    autoscaling_mixed_instances_policy: object(mixedInstancesPolicy, 'MixedInstancesPolicy'),
    autoscaling_predicted_capacity: int64('PredictedCapacity'),
    autoscaling_default_cooldown: int64('DefaultCooldown'),
    autoscaling_availability_zones: list('string', 'AvailabilityZones'),
    autoscaling_load_balancer_names: list('string', 'LoadBalancerNames'),
    autoscaling_target_group_ar_ns: list('string', 'TargetGroupARNs'),
    autoscaling_health_check_type: string('HealthCheckType'),
    autoscaling_health_check_grace_period: int64('HealthCheckGracePeriod'),
    autoscaling_instances: list(instance, 'Instances'),
    autoscaling_suspended_processes: list(suspendedProcess, 'SuspendedProcesses'),
    autoscaling_placement_group: string('PlacementGroup'),
    autoscaling_vpc_zone_identifier: string('VPCZoneIdentifier'),
    autoscaling_enabled_metrics: list(enabledMetric, 'EnabledMetrics'),
    autoscaling_status: string('Status'),
    autoscaling_termination_policies: list('string', 'TerminationPolicies'),
    autoscaling_new_instances_protected_from_scale_in: boolean('NewInstancesProtectedFromScaleIn'),
    autoscaling_service_linked_role_arn: string('ServiceLinkedRoleARN'),
    autoscaling_max_instance_lifetime: int64('MaxInstanceLifetime'),
    autoscaling_capacity_rebalance: boolean('CapacityRebalance'),
    autoscaling_warm_pool_configuration: object(warmPoolConfiguration, 'WarmPoolConfiguration'),
    autoscaling_warm_pool_size: int64('WarmPoolSize'),
    autoscaling_context: string('Context'),
    autoscaling_desired_capacity_type: string('DesiredCapacityType'),
    autoscaling_default_instance_warmup: int64('DefaultInstanceWarmup'),
  },
  references: [
    ref('aws_ec2_instance', { by: 'id', from: 'Instances[].InstanceId', default: 'out', delete: 'in' }),
    ref('aws_ec2_launch_template', { by: 'id', from: launchTemplateId, default: 'out' }),
  ],
});
