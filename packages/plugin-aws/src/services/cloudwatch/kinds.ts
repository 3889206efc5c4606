import {
  boolean,
  datetime,
  dictionary,
  double,
  int64,
  list,
  object,
  path,
  ref,
  string,
} from '@resoto/worker-core/plugin';

import { kmsKeyId } from '../../arn.ts';
import { awsKind, awsResource, awsValue, tagList } from '../../aws-kind.ts';
import { alarmFollowUps, describeAlarms, describeLogGroups, describeMetricFilters } from './calls.ts';
import { logGroupCleanup, metricFilterCleanup } from './cleanup.ts';
import { cloudwatch } from './client.ts';
import { watchedReferences } from './watched.ts';
import { tagCalls } from '../../changes/tag-calls.ts';
import { logGroupTags } from './tags.ts';

const dimension = awsValue('aws_cloudwatch_dimension', {
  name: string('Name'),
  value: string('Value'),
});

const metric = awsValue('aws_cloudwatch_metric', {
  namespace: string('Namespace'),
  metric_name: string('MetricName'),
  dimensions: list(dimension, 'Dimensions'),
});

const metricStat = awsValue('aws_cloudwatch_metric_stat', {
  metric: object(metric, 'Metric'),
  period: int64('Period'),
  stat: string('Stat'),
  unit: string('Unit'),
});

const metricDataQuery = awsValue('aws_cloudwatch_metric_data_query', {
  id: string('Id'),
  metric_stat: object(metricStat, 'MetricStat'),
  expression: string('Expression'),
  label: string('Label'),
  return_data: boolean('ReturnData'),
  period: int64('Period'),
  account_id: string('AccountId'),
});

/** Read from an item of the list and the answers to `alarmFollowUps`. */
export const alarm = awsKind('aws_cloudwatch_alarm', [awsResource], {
  name: 'AWS CloudWatch Alarm',
  class: 'cloudwatch.AwsCloudwatchAlarm',
  cleanup: {
    delete: cloudwatch.change('DeleteAlarms', { expected: ['ResourceNotFound', 'ResourceNotFoundException'] }),
    input: { AlarmNames: ['name'] },
    batch: 100,
    exists: { call: describeAlarms, by: { AlarmNames: ['name'] }, items: 'MetricAlarms', id: 'AlarmName', batch: 100 },
  },
  list: { call: describeAlarms, items: 'MetricAlarms', pageSize: 100 },
  calls: alarmFollowUps.map(({ call }) => call),
  arn: 'arn:{partition}:cloudwatch:{region}:{account}:alarm/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/cloudwatch/home?region={region}#alarmsV2:alarm/{name}',
  tags: tagCalls(cloudwatch, { resource: { ResourceARN: 'arn' } }),
  properties: {
    id: string('AlarmName'),
    name: string('AlarmName'),
    arn: string('AlarmArn'),
    tags: tagList('tagging.Tags'),
    mtime: datetime('AlarmConfigurationUpdatedTimestamp'),
    cloudwatch_alarm_description: string('AlarmDescription'),
    cloudwatch_actions_enabled: boolean('ActionsEnabled'),
    cloudwatch_ok_actions: list('string', 'OKActions'),
    cloudwatch_alarm_actions: list('string', 'AlarmActions'),
    cloudwatch_insufficient_data_actions: list('string', 'InsufficientDataActions'),
    cloudwatch_state_value: string('StateValue'),
    cloudwatch_state_reason: string('StateReason'),
    cloudwatch_state_reason_data: string('StateReasonData'),
    cloudwatch_state_updated_timestamp: datetime('StateUpdatedTimestamp'),
    cloudwatch_metric_name: string('MetricName'),
    cloudwatch_namespace: string('Namespace'),
    cloudwatch_statistic: string('Statistic'),
    cloudwatch_extended_statistic: string('ExtendedStatistic'),
    cloudwatch_dimensions: list(dimension, 'Dimensions'),
    cloudwatch_period: int64('Period'),
    cloudwatch_unit: string('Unit'),
    cloudwatch_evaluation_periods: int64('EvaluationPeriods'),
    cloudwatch_datapoints_to_alarm: int64('DatapointsToAlarm'),
    cloudwatch_threshold: double('Threshold'),
    cloudwatch_comparison_operator: string('ComparisonOperator'),
    cloudwatch_treat_missing_data: string('TreatMissingData'),
    cloudwatch_evaluate_low_sample_count_percentile: string('EvaluateLowSampleCountPercentile'),
    cloudwatch_metrics: list(metricDataQuery, 'Metrics'),
    cloudwatch_threshold_metric_id: string('ThresholdMetricId'),
  },
  references: watchedReferences,
});

export const logGroup = awsKind('aws_cloudwatch_log_group', [awsResource], {
  name: 'AWS CloudWatch Log Group',
  class: 'cloudwatch.AwsCloudwatchLogGroup',
  cleanup: logGroupCleanup,
  list: { call: describeLogGroups, items: 'logGroups' },
  arn: 'arn:{partition}:logs:{region}:{account}:log-group/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/cloudwatch/home?region={region}#logsV2:log-groups/log-group/{name}',
  tags: logGroupTags,
  properties: {
    id: string('logGroupName'),
    name: string('logGroupName'),
    arn: string('arn'),
    ctime: datetime('creationTime'),
    group_retention_in_days: int64('retentionInDays'),
    group_metric_filter_count: int64('metricFilterCount', { metadata: { ignore_history: true } }),
    group_stored_bytes: int64('storedBytes', { metadata: { ignore_history: true } }),
    group_data_protection_status: string('dataProtectionStatus'),
  },
  references: [ref('aws_kms_key', { by: 'id', from: path('kmsKeyId', kmsKeyId), default: 'out', delete: 'in' })],
});

const metricTransformation = awsValue('aws_cloudwatch_metric_transformation', {
  metric_name: string('metricName'),
  metric_namespace: string('metricNamespace'),
  metric_value: string('metricValue'),
  default_value: double('defaultValue'),
  dimensions: dictionary('string', 'dimensions'),
  unit: string('unit'),
});

export const metricFilter = awsKind('aws_cloudwatch_metric_filter', [awsResource], {
  name: 'AWS CloudWatch Metric Filter',
  class: 'cloudwatch.AwsCloudwatchMetricFilter',
  cleanup: metricFilterCleanup,
  list: { call: describeMetricFilters, items: 'metricFilters' },
  arn: 'arn:{partition}:logs:{region}:{account}:metric-filter/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/cloudwatch/home?region={region}#logsV2:log-groups/log-group/{arn}',
  properties: {
    id: string('filterName'),
    name: string('filterName'),
    ctime: datetime('creationTime'),
    filter_pattern: string('filterPattern'),
    filter_transformations: list(metricTransformation, 'metricTransformations'),
  },
  references: [ref(logGroup, { by: 'name', from: 'logGroupName', default: 'in', delete: 'out' })],
  successors: { default: [alarm.fqn] },
});
