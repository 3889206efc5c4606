import { base, boolean, dictionary, double, int64, object, string } from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue } from '../../aws-kind.ts';
import { serviceQuotas } from './client.ts';
import { tagCalls } from '../../changes/tag-calls.ts';

const quotaMetricInfo = awsValue('aws_quota_metric_info', {
  metric_namespace: string('MetricNamespace'),
  metric_name: string('MetricName'),
  metric_dimensions: dictionary('string', 'MetricDimensions'),
  metric_statistic_recommendation: string('MetricStatisticRecommendation'),
});

const quotaPeriod = awsValue('aws_quota_period', {
  period_value: int64('PeriodValue'),
  period_unit: string('PeriodUnit'),
});

const quotaErrorReason = awsValue('aws_quota_error_reason', {
  error_code: string('ErrorCode'),
  error_message: string('ErrorMessage'),
});

export const serviceQuota = awsKind('aws_service_quota', [awsResource, base.quota], {
  name: 'AWS Service Quota',
  class: 'service_quotas.AwsServiceQuota',
  list: { call: serviceQuotas('ListServiceQuotas'), items: 'Quotas', pageSize: 100 },
  arn: 'arn:{partition}:service-quotas:{region}:{account}:quotas/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/servicequotas/home/services/{ServiceCode}/quotas/{id}',
  tags: tagCalls(serviceQuotas, { resource: { ResourceARN: 'arn' } }),
  properties: {
    id: string('QuotaCode'),
    name: string('QuotaName'),
    arn: string('QuotaArn'),
    quota: double('Value'),
    quota_unit: string('Unit'),
    quota_adjustable: boolean('Adjustable'),
    quota_global: boolean('GlobalQuota'),
    quota_usage_metric: object(quotaMetricInfo, 'UsageMetric'),
    quota_period: object(quotaPeriod, 'Period'),
    quota_error_reason: object(quotaErrorReason, 'ErrorReason'),
  },
  successors: { default: ['aws_ec2_instance_type', 'aws_ec2_volume_type', 'aws_iam_server_certificate', 'aws_vpc'] },
});
