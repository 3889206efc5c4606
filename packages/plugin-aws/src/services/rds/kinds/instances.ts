import {
  base,
  boolean,
  datetime,
  dictionary,
  emptyToNull,
  firstOf,
  int64,
  list,
  object,
  path,
  ref,
  string,
  tagsToObject,
} from '@resoto/worker-core/plugin';

import { kmsKeyId } from '../../../arn.ts';
import { awsKind, awsResource, awsValue } from '../../../aws-kind.ts';
import { getMetricData } from '../../../metrics.ts';
import { calls, instanceTags } from '../calls.ts';
import { instanceCleanup } from '../cleanup.ts';
import {
  endpointOf,
  dbRole,
  domainMembership,
  pendingCloudwatchLogsExports,
  vpcSecurityGroupMembership,
} from './values.ts';
import { tags } from '../tags.ts';

const dbInstanceStatusInfo = awsValue('aws_rds_db_instance_status_info', {
  status_type: string('StatusType'),
  normal: boolean('Normal'),
  status: string('Status'),
  message: string('Message'),
});

const dbParameterGroupStatus = awsValue('aws_rds_db_parameter_group_status', {
  db_parameter_group_name: string('DBParameterGroupName'),
  parameter_apply_status: string('ParameterApplyStatus'),
});

const dbSecurityGroupMembership = awsValue('aws_rds_db_security_group_membership', {
  db_security_group_name: string('DBSecurityGroupName'),
  status: string('Status'),
});

const subnet = awsValue('aws_rds_subnet', {
  subnet_identifier: string('SubnetIdentifier'),
  subnet_availability_zone: string('SubnetAvailabilityZone.Name'),
  subnet_outpost: string('SubnetOutpost.Arn'),
  subnet_status: string('SubnetStatus'),
});

const dbSubnetGroup = awsValue('aws_rds_db_subnet_group', {
  db_subnet_group_name: string('DBSubnetGroupName'),
  db_subnet_group_description: string('DBSubnetGroupDescription'),
  vpc_id: string('VpcId'),
  subnet_group_status: string('SubnetGroupStatus'),
  subnets: list(subnet, 'Subnets'),
  db_subnet_group_arn: string('DBSubnetGroupArn'),
  supported_network_types: list('string', 'SupportedNetworkTypes'),
});

const endpoint = awsValue('aws_rds_endpoint', {
  address: string('Address'),
  port: int64('Port'),
  hosted_zone_id: string('HostedZoneId'),
});

const processorFeature = awsValue('aws_rds_processor_feature', {
  name: string('Name'),
  value: string('Value'),
});

const pendingModifiedValues = awsValue('aws_rds_pending_modified_values', {
  db_instance_class: string('DBInstanceClass'),
  allocated_storage: int64('AllocatedStorage'),
  master_user_password: string('MasterUserPassword'),
  port: int64('Port'),
  backup_retention_period: int64('BackupRetentionPeriod'),
  multi_az: boolean('MultiAZ'),
  engine_version: string('EngineVersion'),
  license_model: string('LicenseModel'),
  iops: int64('Iops'),
  db_instance_identifier: string('DBInstanceIdentifier'),
  storage_type: string('StorageType'),
  ca_certificate_identifier: string('CACertificateIdentifier'),
  db_subnet_group_name: string('DBSubnetGroupName'),
  pending_cloudwatch_logs_exports: object(pendingCloudwatchLogsExports, 'PendingCloudwatchLogsExports'),
  processor_features: list(processorFeature, 'ProcessorFeatures'),
  iam_database_authentication_enabled: boolean('IAMDatabaseAuthenticationEnabled'),
  automation_mode: string('AutomationMode'),
  resume_full_automation_mode_time: datetime('ResumeFullAutomationModeTime'),
});

const optionGroupMembership = awsValue('aws_rds_option_group_membership', {
  option_group_name: string('OptionGroupName'),
  status: string('Status'),
});

/** Read from an item of the list with its `tagging`. */
export const instance = awsKind('aws_rds_instance', [awsResource, base.database], {
  name: 'AWS RDS Instance',
  class: 'rds.AwsRdsInstance',
  cleanup: instanceCleanup,
  list: { call: calls.instances, items: 'DBInstances' },
  calls: [instanceTags.call, getMetricData],
  arn: 'arn:{partition}:rds:{region}:{account}:db:{name}',
  link: 'https://{region_id}.console.aws.amazon.com/rds/home?region={region}#database:id={id};is-cluster=false',
  tags: tags,
  properties: {
    id: string('DBInstanceIdentifier'),
    name: string('DBName'),
    arn: string('DBInstanceArn'),
    tags: dictionary(
      'string',
      firstOf(path('tagging.TagList', emptyToNull, tagsToObject()), path('TagList', tagsToObject())),
    ),
    ctime: datetime('InstanceCreateTime'),
    db_type: string('Engine'),
    db_status: string('DBInstanceStatus'),
    db_endpoint: string(endpointOf('Endpoint.Address', 'Endpoint.Port'), { initial: null }),
    db_version: string('EngineVersion'),
    db_publicly_accessible: boolean('PubliclyAccessible'),
    instance_type: string('DBInstanceClass'),
    volume_size: int64('AllocatedStorage'),
    volume_iops: int64('Iops'),
    volume_encrypted: boolean('StorageEncrypted'),
    rds_automatic_restart_time: datetime('AutomaticRestartTime'),
    rds_master_username: string('MasterUsername'),
    rds_preferred_backup_window: string('PreferredBackupWindow'),
    rds_backup_retention_period: int64('BackupRetentionPeriod'),
    rds_db_security_groups: list(dbSecurityGroupMembership, 'DBSecurityGroups'),
    rds_vpc_security_groups: list(vpcSecurityGroupMembership, 'VpcSecurityGroups'),
    rds_db_parameter_groups: list(dbParameterGroupStatus, 'DBParameterGroups'),
    rds_availability_zone: string('AvailabilityZone'),
    rds_db_subnet_group: object(dbSubnetGroup, 'DBSubnetGroup'),
    rds_preferred_maintenance_window: string('PreferredMaintenanceWindow'),
    rds_pending_modified_values: object(pendingModifiedValues, 'PendingModifiedValues'),
    rds_latest_restorable_time: datetime('LatestRestorableTime'),
    rds_multi_az: boolean('MultiAZ'),
    rds_auto_minor_version_upgrade: boolean('AutoMinorVersionUpgrade'),
    rds_read_replica_source_db_instance_identifier: string('ReadReplicaSourceDBInstanceIdentifier'),
    rds_read_replica_db_instance_identifiers: list('string', 'ReadReplicaDBInstanceIdentifiers'),
    rds_read_replica_db_cluster_identifiers: list('string', 'ReadReplicaDBClusterIdentifiers'),
    rds_replica_mode: string('ReplicaMode'),
    rds_license_model: string('LicenseModel'),
    rds_option_group_memberships: list(optionGroupMembership, 'OptionGroupMemberships'),
    rds_character_set_name: string('CharacterSetName'),
    rds_nchar_character_set_name: string('NcharCharacterSetName'),
    rds_secondary_availability_zone: string('SecondaryAvailabilityZone'),
    rds_status_infos: list(dbInstanceStatusInfo, 'StatusInfos'),
    rds_storage_type: string('StorageType'),
    rds_tde_credential_arn: string('TdeCredentialArn'),
    rds_db_instance_port: int64('DbInstancePort'),
    rds_db_cluster_identifier: string('DBClusterIdentifier'),
    rds_kms_key_id: string('KmsKeyId'),
    rds_dbi_resource_id: string('DbiResourceId'),
    rds_ca_certificate_identifier: string('CACertificateIdentifier'),
    rds_domain_memberships: list(domainMembership, 'DomainMemberships'),
    rds_copy_tags_to_snapshot: boolean('CopyTagsToSnapshot'),
    rds_monitoring_interval: int64('MonitoringInterval'),
    rds_enhanced_monitoring_resource_arn: string('EnhancedMonitoringResourceArn'),
    rds_monitoring_role_arn: string('MonitoringRoleArn'),
    rds_promotion_tier: int64('PromotionTier'),
    rds_timezone: string('Timezone'),
    rds_iam_database_authentication_enabled: boolean('IAMDatabaseAuthenticationEnabled'),
    rds_performance_insights_enabled: boolean('PerformanceInsightsEnabled'),
    rds_performance_insights_kms_key_id: string('PerformanceInsightsKMSKeyId'),
    rds_performance_insights_retention_period: int64('PerformanceInsightsRetentionPeriod'),
    rds_enabled_cloudwatch_logs_exports: list('string', 'EnabledCloudwatchLogsExports'),
    rds_processor_features: list(processorFeature, 'ProcessorFeatures'),
    rds_deletion_protection: boolean('DeletionProtection'),
    rds_associated_roles: list(dbRole, 'AssociatedRoles'),
    rds_listener_endpoint: object(endpoint, 'ListenerEndpoint'),
    rds_max_allocated_storage: int64('MaxAllocatedStorage'),
    rds_db_instance_automated_backups_replications: list(
      'string',
      'DBInstanceAutomatedBackupsReplications[].DBInstanceAutomatedBackupsArn',
    ),
    rds_customer_owned_ip_enabled: boolean('CustomerOwnedIpEnabled'),
    rds_aws_backup_recovery_point_arn: string('AwsBackupRecoveryPointArn'),
    rds_activity_stream_status: string('ActivityStreamStatus'),
    rds_activity_stream_kms_key_id: string('ActivityStreamKmsKeyId'),
    rds_activity_stream_kinesis_stream_name: string('ActivityStreamKinesisStreamName'),
    rds_activity_stream_mode: string('ActivityStreamMode'),
    rds_activity_stream_engine_native_audit_fields_included: boolean('ActivityStreamEngineNativeAuditFieldsIncluded'),
    rds_automation_mode: string('AutomationMode'),
    rds_resume_full_automation_mode_time: datetime('ResumeFullAutomationModeTime'),
    rds_custom_iam_instance_profile: string('CustomIamInstanceProfile'),
    rds_backup_target: string('BackupTarget'),
    rds_network_type: string('NetworkType'),
  },
  references: [
    ref('aws_ec2_security_group', {
      by: 'id',
      from: 'VpcSecurityGroups[].VpcSecurityGroupId',
      default: 'in',
      delete: 'in',
    }),
    ref('aws_vpc', { by: 'id', from: 'DBSubnetGroup.VpcId', default: 'in', delete: 'in' }),
    ref('aws_ec2_subnet', {
      by: 'id',
      from: 'DBSubnetGroup.Subnets[].SubnetIdentifier',
      default: 'in',
      delete: 'in',
    }),
    ...['KmsKeyId', 'PerformanceInsightsKMSKeyId', 'ActivityStreamKmsKeyId'].map((key) =>
      ref('aws_kms_key', { by: 'id', from: path(key, kmsKeyId), default: 'out', delete: 'in' }),
    ),
  ],
});
