import {
  base,
  boolean,
  datetime,
  dictionary,
  int64,
  list,
  path,
  ref,
  string,
  tagsToObject,
  tagValue,
  member,
  emptyToNull,
} from '@resoto/worker-core/plugin';
import type { Property } from '@resoto/worker-core/plugin';

import { kmsKeyId } from '../../../arn.ts';
import { awsKind, awsResource, tagList } from '../../../aws-kind.ts';
import { listOf, textOf } from '../../../values.ts';
import { calls, clusterSnapshotAttributes, snapshotAttributes } from '../calls.ts';
import { clusterSnapshotCleanup, snapshotCleanup } from '../cleanup.ts';
import { clusterSnapshotTags, tags } from '../tags.ts';

/** Read from an item of the list with its `attributes`. */
export const clusterSnapshot = awsKind('aws_rds_cluster_snapshot', [awsResource], {
  name: 'AWS RDS Cluster Snapshot',
  class: 'rds.AwsRdsClusterSnapshot',
  cleanup: clusterSnapshotCleanup,
  list: { call: calls.clusterSnapshots, items: 'DBClusterSnapshots' },
  calls: [clusterSnapshotAttributes.call],
  arn: 'arn:{partition}:rds:{region}:{account}:snapshot/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/rds/home?region={region}#db-snapshot:engine={Engine};id={id}',
  tags: clusterSnapshotTags,
  properties: {
    id: string('DBClusterSnapshotIdentifier'),
    name: string(path('TagList', tagValue('Name'))),
    tags: tagList('TagList'),
    ctime: datetime('SnapshotCreateTime'),
    rds_availability_zones: list('string', 'AvailabilityZones'),
    rds_db_cluster_identifier: string('DBClusterIdentifier'),
    rds_engine: string('Engine'),
    rds_engine_mode: string('EngineMode'),
    rds_allocated_storage: int64('AllocatedStorage'),
    rds_status: string('Status'),
    rds_port: int64('Port'),
    rds_vpc_id: string('VpcId'),
    rds_cluster_create_time: datetime('ClusterCreateTime'),
    rds_master_username: string('MasterUsername'),
    rds_engine_version: string('EngineVersion'),
    rds_license_model: string('LicenseModel'),
    rds_snapshot_type: string('SnapshotType'),
    rds_percent_progress: int64('PercentProgress'),
    rds_storage_encrypted: boolean('StorageEncrypted'),
    rds_kms_key_id: string('KmsKeyId'),
    rds_db_cluster_snapshot_arn: string('DBClusterSnapshotArn'),
    rds_source_db_cluster_snapshot_arn: string('SourceDBClusterSnapshotArn'),
    rds_iam_database_authentication_enabled: boolean('IAMDatabaseAuthenticationEnabled'),
    rds_db_system_id: string('DBSystemId'),
    rds_storage_type: string('StorageType'),
    rds_db_cluster_resource_id: string('DbClusterResourceId'),
    rds_attributes: attributeLists('attributes.DBClusterSnapshotAttributesResult.DBClusterSnapshotAttributes'),
  },
  references: [
    ref('aws_rds_cluster', { by: 'id', from: 'DBClusterIdentifier', default: 'in' }),
    ref('aws_vpc', { by: 'id', from: 'VpcId', default: 'in' }),
    ref('aws_kms_key', { by: 'id', from: path('KmsKeyId', kmsKeyId), default: 'out' }),
  ],
});

/** Read from an item of the list with its `attributes`. */
export const snapshot = awsKind('aws_rds_snapshot', [awsResource, base.snapshot], {
  name: 'AWS RDS Snapshot',
  class: 'rds.AwsRdsSnapshot',
  cleanup: snapshotCleanup,
  list: { call: calls.snapshots, items: 'DBSnapshots' },
  calls: [snapshotAttributes.call],
  arn: 'arn:{partition}:rds:{region}:{account}:snapshot:{id}/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/rds/home?region={region}#db-snapshot:engine={Engine};id={id}',
  tags: tags,
  properties: {
    id: string('DBSnapshotIdentifier'),
    arn: string('DBSnapshotArn'),
    tags: tagList('TagList'),
    ctime: datetime('SnapshotCreateTime'),
    snapshot_status: string('Status'),
    rds_db_instance_identifier: string('DBInstanceIdentifier'),
    rds_engine: string('Engine'),
    rds_allocated_storage: int64('AllocatedStorage'),
    rds_port: int64('Port'),
    rds_availability_zone: string('AvailabilityZone'),
    rds_vpc_id: string('VpcId'),
    rds_instance_create_time: datetime('InstanceCreateTime'),
    rds_master_username: string('MasterUsername'),
    rds_engine_version: string('EngineVersion'),
    rds_license_model: string('LicenseModel'),
    rds_snapshot_type: string('SnapshotType'),
    rds_iops: int64('Iops'),
    rds_option_group_name: string('OptionGroupName'),
    rds_percent_progress: int64('PercentProgress'),
    rds_source_region: string('SourceRegion'),
    rds_source_db_snapshot_identifier: string('SourceDBSnapshotIdentifier'),
    rds_storage_type: string('StorageType'),
    rds_tde_credential_arn: string('TdeCredentialArn'),
    rds_encrypted: boolean('Encrypted'),
    rds_kms_key_id: string('KmsKeyId'),
    rds_timezone: string('Timezone'),
    rds_iam_database_authentication_enabled: boolean('IAMDatabaseAuthenticationEnabled'),
    rds_processor_features: dictionary('string', path('ProcessorFeatures', tagsToObject('Name', 'Value')), {
      initial: {},
    }),
    rds_dbi_resource_id: string('DbiResourceId'),
    rds_original_snapshot_create_time: datetime('OriginalSnapshotCreateTime'),
    rds_snapshot_database_time: datetime('SnapshotDatabaseTime'),
    rds_snapshot_target: string('SnapshotTarget'),
    rds_storage_throughput: int64('StorageThroughput'),
    rds_db_system_id: string('DBSystemId'),
    rds_dedicated_log_volume: boolean('DedicatedLogVolume'),
    rds_multi_tenant: boolean('MultiTenant'),
    rds_attributes: attributeLists('attributes.DBSnapshotAttributesResult.DBSnapshotAttributes'),
  },
  references: [
    ref('aws_rds_instance', { by: 'id', from: 'DBInstanceIdentifier', default: 'in' }),
    ref('aws_vpc', { by: 'id', from: 'VpcId', default: 'in' }),
  ],
});

/** Attributes by name. Each has a list of values. */
function attributeLists(from: string): Property {
  return dictionary(
    list('string').type,
    path(from, (attributes) =>
      emptyToNull(
        Object.fromEntries(
          listOf(attributes).map((attribute) => [
            textOf(member(attribute, 'AttributeName')),
            listOf(member(attribute, 'AttributeValues')),
          ]),
        ),
      ),
    ),
  );
}
