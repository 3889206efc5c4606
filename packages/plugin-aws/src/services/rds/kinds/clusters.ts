import { base, boolean, datetime, double, int64, list, object, path, ref, string } from '@resoto/worker-core/plugin';

import { kmsKeyId } from '../../../arn.ts';
import { awsKind, awsResource, awsValue, tagList } from '../../../aws-kind.ts';
import { calls } from '../calls.ts';
import { clusterCleanup } from '../cleanup.ts';
import {
  endpointOf,
  dbRole,
  domainMembership,
  pendingCloudwatchLogsExports,
  vpcSecurityGroupMembership,
} from './values.ts';
import { tags } from '../tags.ts';

const dbClusterOptionGroupStatus = awsValue('aws_rds_db_cluster_option_group_status', {
  db_cluster_option_group_name: string('DBClusterOptionGroupName'),
  status: string('Status'),
});

const dbClusterMember = awsValue('aws_rds_db_cluster_member', {
  db_instance_identifier: string('DBInstanceIdentifier'),
  is_cluster_writer: boolean('IsClusterWriter'),
  db_cluster_parameter_group_status: string('DBClusterParameterGroupStatus'),
  promotion_tier: int64('PromotionTier'),
});

const scalingConfigurationInfo = awsValue('aws_rds_scaling_configuration_info', {
  min_capacity: int64('MinCapacity'),
  max_capacity: int64('MaxCapacity'),
  auto_pause: boolean('AutoPause'),
  seconds_until_auto_pause: int64('SecondsUntilAutoPause'),
  timeout_action: string('TimeoutAction'),
  seconds_before_timeout: int64('SecondsBeforeTimeout'),
});

const clusterPendingModifiedValues = awsValue('aws_rds_cluster_pending_modified_values', {
  pending_cloudwatch_logs_exports: object(pendingCloudwatchLogsExports, 'PendingCloudwatchLogsExports'),
  db_cluster_identifier: string('DBClusterIdentifier'),
  master_user_password: string('MasterUserPassword'),
  iam_database_authentication_enabled: boolean('IAMDatabaseAuthenticationEnabled'),
  engine_version: string('EngineVersion'),
  backup_retention_period: int64('BackupRetentionPeriod'),
  allocated_storage: int64('AllocatedStorage'),
  iops: int64('Iops'),
});

const serverlessV2ScalingConfigurationInfo = awsValue('aws_rds_serverless_v2_scaling_configuration_info', {
  min_capacity: double('MinCapacity'),
  max_capacity: double('MaxCapacity'),
});

const masterUserSecret = awsValue('aws_rds_master_user_secret', {
  secret_arn: string('SecretArn'),
  secret_status: string('SecretStatus'),
  kms_key_id: string('KmsKeyId'),
});

export const cluster = awsKind('aws_rds_cluster', [awsResource, base.database], {
  name: 'AWS RDS Cluster',
  class: 'rds.AwsRdsCluster',
  cleanup: clusterCleanup,
  list: { call: calls.clusters, items: 'DBClusters' },
  arn: 'arn:{partition}:rds:{region}:{account}:cluster/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/rds/home?region={region}#database:id={id};is-cluster=true',
  tags: tags,
  properties: {
    id: string('DBClusterIdentifier'),
    name: string('DBClusterIdentifier'),
    arn: string('DBClusterArn'),
    tags: tagList('TagList'),
    ctime: datetime('ClusterCreateTime'),
    db_type: string('Engine'),
    db_status: string('Status'),
    db_endpoint: string(endpointOf('Endpoint', 'Port'), { initial: null }),
    db_version: string('EngineVersion'),
    db_publicly_accessible: boolean('PubliclyAccessible'),
    volume_iops: int64('Iops'),
    volume_encrypted: boolean('StorageEncrypted'),
    rds_allocated_storage: int64('AllocatedStorage'),
    rds_availability_zones: list('string', 'AvailabilityZones'),
    rds_backup_retention_period: int64('BackupRetentionPeriod'),
    rds_character_set_name: string('CharacterSetName'),
    rds_database_name: string('DatabaseName'),
    rds_db_cluster_parameter_group: string('DBClusterParameterGroup'),
    rds_db_subnet_group_name: string('DBSubnetGroup'),
    rds_automatic_restart_time: datetime('AutomaticRestartTime'),
    rds_earliest_restorable_time: datetime('EarliestRestorableTime'),
    rds_endpoint: string('Endpoint'),
    rds_reader_endpoint: string('ReaderEndpoint'),
    rds_custom_endpoints: list('string', 'CustomEndpoints'),
    rds_multi_az: boolean('MultiAZ'),
    rds_latest_restorable_time: datetime('LatestRestorableTime'),
    rds_port: int64('Port'),
    rds_master_username: string('MasterUsername'),
    rds_db_cluster_option_group_memberships: list(dbClusterOptionGroupStatus, 'DBClusterOptionGroupMemberships'),
    rds_preferred_backup_window: string('PreferredBackupWindow'),
    rds_preferred_maintenance_window: string('PreferredMaintenanceWindow'),
    rds_replication_source_identifier: string('ReplicationSourceIdentifier'),
    rds_read_replica_identifiers: list('string', 'ReadReplicaIdentifiers'),
    rds_db_cluster_members: list(dbClusterMember, 'DBClusterMembers'),
    rds_vpc_security_groups: list(vpcSecurityGroupMembership, 'VpcSecurityGroups'),
    rds_hosted_zone_id: string('HostedZoneId'),
    rds_kms_key_id: string('KmsKeyId'),
    rds_db_cluster_resource_id: string('DbClusterResourceId'),
    rds_associated_roles: list(dbRole, 'AssociatedRoles'),
    rds_iam_database_authentication_enabled: boolean('IAMDatabaseAuthenticationEnabled'),
    rds_clone_group_id: string('CloneGroupId'),
    rds_earliest_backtrack_time: datetime('EarliestBacktrackTime'),
    rds_backtrack_window: int64('BacktrackWindow'),
    rds_backtrack_consumed_change_records: int64('BacktrackConsumedChangeRecords'),
    rds_enabled_cloudwatch_logs_exports: list('string', 'EnabledCloudwatchLogsExports'),
    rds_capacity: int64('Capacity'),
    rds_engine_mode: string('EngineMode'),
    rds_scaling_configuration_info: object(scalingConfigurationInfo, 'ScalingConfigurationInfo'),
    rds_deletion_protection: boolean('DeletionProtection'),
    rds_http_endpoint_enabled: boolean('HttpEndpointEnabled'),
    rds_activity_stream_mode: string('ActivityStreamMode'),
    rds_activity_stream_status: string('ActivityStreamStatus'),
    rds_activity_stream_kms_key_id: string('ActivityStreamKmsKeyId'),
    rds_activity_stream_kinesis_stream_name: string('ActivityStreamKinesisStreamName'),
    rds_copy_tags_to_snapshot: boolean('CopyTagsToSnapshot'),
    rds_cross_account_clone: boolean('CrossAccountClone'),
    rds_domain_memberships: list(domainMembership, 'DomainMemberships'),
    rds_global_write_forwarding_status: string('GlobalWriteForwardingStatus'),
    rds_global_write_forwarding_requested: boolean('GlobalWriteForwardingRequested'),
    rds_cluster_pending_modified_values: object(clusterPendingModifiedValues, 'PendingModifiedValues'),
    rds_db_cluster_instance_class: string('DBClusterInstanceClass'),
    rds_storage_type: string('StorageType'),
    rds_auto_minor_version_upgrade: boolean('AutoMinorVersionUpgrade'),
    rds_monitoring_interval: int64('MonitoringInterval'),
    rds_monitoring_role_arn: string('MonitoringRoleArn'),
    rds_performance_insights_enabled: boolean('PerformanceInsightsEnabled'),
    rds_performance_insights_kms_key_id: string('PerformanceInsightsKMSKeyId'),
    rds_performance_insights_retention_period: int64('PerformanceInsightsRetentionPeriod'),
    rds_serverless_v2_scaling_configuration: object(
      serverlessV2ScalingConfigurationInfo,
      'ServerlessV2ScalingConfiguration',
    ),
    rds_network_type: string('NetworkType'),
    rds_db_system_id: string('DBSystemId'),
    rds_master_user_secret: object(masterUserSecret, 'MasterUserSecret'),
  },
  references: [
    ref('aws_kms_key', { by: 'id', from: path('KmsKeyId', kmsKeyId), default: 'out' }),
    ref('aws_rds_instance', {
      by: 'id',
      from: 'DBClusterMembers[].DBInstanceIdentifier',
      default: 'out',
      delete: 'out',
    }),
    ref('aws_ec2_security_group', {
      by: 'id',
      from: 'VpcSecurityGroups[].VpcSecurityGroupId',
      default: 'in',
      delete: 'in',
    }),
    ref('aws_kinesis_stream', { by: 'name', from: 'ActivityStreamKinesisStreamName', default: 'out' }),
  ],
});
