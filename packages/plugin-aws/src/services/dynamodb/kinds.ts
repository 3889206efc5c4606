import { boolean, datetime, each, firstOf, int64, list, object, path, ref, string } from '@resoto/worker-core/plugin';

import { kmsKeyId } from '../../arn.ts';
import { awsKind, awsResource, awsValue, tagList } from '../../aws-kind.ts';
import { calls } from './calls.ts';
import { globalTableCleanup, tableCleanup } from './cleanup.ts';
import { tagCalls } from '../../changes/tag-calls.ts';
import { dynamodb } from './client.ts';

const archivalSummary = awsValue('aws_dynamodb_archival_summary', {
  archival_date_time: datetime('ArchivalDateTime'),
  archival_reason: string('ArchivalReason'),
  archival_backup_arn: string('ArchivalBackupArn'),
});

const attributeDefinition = awsValue('aws_dynamodb_attribute_definition', {
  attribute_name: string('AttributeName'),
  attribute_type: string('AttributeType'),
});

const billingModeSummary = awsValue('aws_dynamodb_billing_mode_summary', {
  billing_mode: string('BillingMode'),
  last_update_to_pay_per_request_date_time: datetime('LastUpdateToPayPerRequestDateTime'),
});

const keySchemaElement = awsValue('aws_dynamodb_key_schema_element', {
  attribute_name: string('AttributeName'),
  key_type: string('KeyType'),
});

const projection = awsValue('aws_dynamodb_projection', {
  projection_type: string('ProjectionType'),
  non_key_attributes: list('string', 'NonKeyAttributes'),
});

const provisionedThroughputDescription = awsValue('aws_dynamodb_provisioned_throughput_description', {
  last_increase_date_time: datetime('LastIncreaseDateTime'),
  last_decrease_date_time: datetime('LastDecreaseDateTime'),
  number_of_decreases_today: int64('NumberOfDecreasesToday'),
  read_capacity_units: int64('ReadCapacityUnits'),
  write_capacity_units: int64('WriteCapacityUnits'),
});

const globalSecondaryIndexDescription = awsValue('aws_dynamodb_global_secondary_index_description', {
  index_name: string('IndexName'),
  key_schema: list(keySchemaElement, 'KeySchema'),
  projection: object(projection, 'Projection'),
  index_status: string('IndexStatus'),
  backfilling: boolean('Backfilling'),
  provisioned_throughput: object(provisionedThroughputDescription, 'ProvisionedThroughput'),
  index_size_bytes: int64('IndexSizeBytes'),
  item_count: int64('ItemCount'),
  index_arn: string('IndexArn'),
});

const replicaGlobalSecondaryIndexDescription = awsValue('aws_dynamodb_replica_global_secondary_index_description', {
  index_name: string('IndexName'),
  provisioned_throughput_override: int64('ProvisionedThroughputOverride.ReadCapacityUnits'),
});

const tableClassSummary = awsValue('aws_dynamodb_table_class_summary', {
  table_class: string('TableClass'),
  last_update_date_time: datetime('LastUpdateDateTime'),
});

const replicaDescription = awsValue('aws_dynamodb_replica_description', {
  region_name: string('RegionName'),
  replica_status: string('ReplicaStatus'),
  replica_status_description: string('ReplicaStatusDescription'),
  replica_status_percent_progress: string('ReplicaStatusPercentProgress'),
  kms_master_key_id: string('KMSMasterKeyId'),
  provisioned_throughput_override: int64('ProvisionedThroughputOverride.ReadCapacityUnits'),
  global_secondary_indexes: list(replicaGlobalSecondaryIndexDescription, 'GlobalSecondaryIndexes'),
  replica_inaccessible_date_time: datetime('ReplicaInaccessibleDateTime'),
  replica_table_class_summary: object(tableClassSummary, 'ReplicaTableClassSummary'),
});

/** Read from a described global table with its `tags`. */
export const globalTable = awsKind('aws_dynamodb_global_table', [awsResource], {
  name: 'AWS DynamoDB Global Table',
  class: 'dynamodb.AwsDynamoDbGlobalTable',
  cleanup: globalTableCleanup,
  list: { call: calls.listGlobalTables, items: 'GlobalTables' },
  calls: [calls.describeGlobalTable, calls.tagsOfResource],
  arn: 'arn:{partition}:dynamodb:{region}:{account}:table/{name}',
  tags: tagCalls(dynamodb, { resource: { ResourceArn: 'arn' } }),
  properties: {
    id: string('GlobalTableName'),
    name: string('GlobalTableName'),
    arn: string('GlobalTableArn'),
    tags: tagList('tags'),
    ctime: datetime('CreationDateTime'),
    dynamodb_replication_group: list(replicaDescription, 'ReplicationGroup'),
    dynamodb_global_table_status: string('GlobalTableStatus'),
  },
  references: [
    ref('aws_kms_key', {
      by: 'id',
      from: path('ReplicationGroup[].KMSMasterKeyId', each(kmsKeyId)),
      default: 'out',
      delete: 'in',
    }),
  ],
});

const localSecondaryIndexDescription = awsValue('aws_dynamodb_local_secondary_index_description', {
  index_name: string('IndexName'),
  key_schema: list(keySchemaElement, 'KeySchema'),
  projection: object(projection, 'Projection'),
  index_size_bytes: int64('IndexSizeBytes'),
  item_count: int64('ItemCount'),
  index_arn: string('IndexArn'),
});

const restoreSummary = awsValue('aws_dynamodb_restore_summary', {
  source_backup_arn: string('SourceBackupArn'),
  source_table_arn: string('SourceTableArn'),
  restore_date_time: datetime('RestoreDateTime'),
  restore_in_progress: boolean('RestoreInProgress'),
});

const sseDescription = awsValue('aws_dynamodb_sse_description', {
  status: string('Status'),
  sse_type: string('SSEType'),
  kms_master_key_arn: string('KMSMasterKeyArn'),
  inaccessible_encryption_date_time: datetime('InaccessibleEncryptionDateTime'),
});

const streamSpecification = awsValue('aws_dynamodb_stream_specification', {
  stream_enabled: boolean('StreamEnabled'),
  stream_view_type: string('StreamViewType'),
});

/** Read from a described table with its `tags`. */
export const table = awsKind('aws_dynamodb_table', [awsResource], {
  name: 'AWS DynamoDB Table',
  class: 'dynamodb.AwsDynamoDbTable',
  cleanup: tableCleanup,
  list: { call: calls.listTables, items: 'TableNames' },
  calls: [calls.describeTable, calls.tagsOfResource],
  arn: 'arn:{partition}:dynamodb:{region}:{account}:table/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/dynamodbv2/home?region={region}#table?name={name}',
  tags: tagCalls(dynamodb, { resource: { ResourceArn: 'arn' } }),
  properties: {
    id: string(firstOf('TableId', 'TableName')),
    name: string('TableName'),
    arn: string('TableArn'),
    tags: tagList('tags'),
    ctime: datetime('CreationDateTime'),
    dynamodb_attribute_definitions: list(attributeDefinition, 'AttributeDefinitions'),
    dynamodb_key_schema: list(keySchemaElement, 'KeySchema'),
    dynamodb_table_status: string('TableStatus'),
    dynamodb_provisioned_throughput: object(provisionedThroughputDescription, 'ProvisionedThroughput'),
    dynamodb_table_size_bytes: int64('TableSizeBytes'),
    dynamodb_item_count: int64('ItemCount'),
    dynamodb_billing_mode_summary: object(billingModeSummary, 'BillingModeSummary'),
    dynamodb_local_secondary_indexes: list(localSecondaryIndexDescription, 'LocalSecondaryIndexes'),
    dynamodb_global_secondary_indexes: list(globalSecondaryIndexDescription, 'GlobalSecondaryIndexes'),
    dynamodb_stream_specification: object(streamSpecification, 'StreamSpecification'),
    dynamodb_latest_stream_label: string('LatestStreamLabel'),
    dynamodb_latest_stream_arn: string('LatestStreamArn'),
    dynamodb_global_table_version: string('GlobalTableVersion'),
    dynamodb_replicas: list(replicaDescription, 'Replicas'),
    dynamodb_restore_summary: object(restoreSummary, 'RestoreSummary'),
    dynamodb_sse_description: object(sseDescription, 'SSEDescription'),
    dynamodb_archival_summary: object(archivalSummary, 'ArchivalSummary'),
    dynamodb_table_class_summary: object(tableClassSummary, 'TableClassSummary'),
  },
  references: [
    ref('aws_kinesis_stream', { by: 'arn', from: 'LatestStreamArn', default: 'out', delete: 'in' }),
    ref('aws_kms_key', {
      by: 'id',
      from: path('Replicas[].KMSMasterKeyId', each(kmsKeyId)),
      default: 'out',
      delete: 'in',
    }),
    ref('aws_kms_key', { by: 'arn', from: 'SSEDescription.KMSMasterKeyArn', default: 'out', delete: 'in' }),
  ],
});
