/** What an alarm watches. */
import { member, path, ref } from '@resoto/worker-core/plugin';
import type { Reader, Reference } from '@resoto/worker-core/plugin';

import { listOf, textOf } from '../../values.ts';

/** A dimension of the metrics of a namespace, and which property of which kind has its value. */
interface Watched {
  readonly namespace: string;
  readonly dimension: string;
  readonly kind: string;
  readonly by: 'id' | 'name';
  /** Reads the value of that property out of the one of the dimension, where it is not the same. */
  readonly value?: (dimension: string) => unknown;
}

const watched: readonly Watched[] = [
  { namespace: 'AWS/EC2', dimension: 'InstanceId', kind: 'aws_ec2_instance', by: 'id' },
  { namespace: 'AWS/EC2', dimension: 'AutoScalingGroupName', kind: 'aws_autoscaling_group', by: 'name' },
  { namespace: 'AWS/AutoScaling', dimension: 'AutoScalingGroupName', kind: 'aws_autoscaling_group', by: 'name' },
  { namespace: 'AWS/EBS', dimension: 'VolumeId', kind: 'aws_ec2_volume', by: 'id' },
  { namespace: 'AWS/ELB', dimension: 'LoadBalancerName', kind: 'aws_elb', by: 'name' },
  ...['AWS/ApplicationELB', 'AWS/NetworkELB', 'AWS/GatewayELB'].map((namespace): Watched => ({
    namespace,
    dimension: 'LoadBalancer',
    kind: 'aws_alb',
    by: 'name',
    value: secondPart,
  })),
  { namespace: 'AWS/S3', dimension: 'BucketName', kind: 'aws_s3_bucket', by: 'name' },
  { namespace: 'AWS/DynamoDB', dimension: 'TableName', kind: 'aws_dynamodb_table', by: 'name' },
  { namespace: 'AWS/ECS', dimension: 'ClusterName', kind: 'aws_ecs_cluster', by: 'name' },
  { namespace: 'AWS/EFS', dimension: 'FileSystemId', kind: 'aws_efs_file_system', by: 'id' },
  { namespace: 'AWS/Kinesis', dimension: 'StreamName', kind: 'aws_kinesis_stream', by: 'name' },
  { namespace: 'AWS/Redshift', dimension: 'ClusterIdentifier', kind: 'aws_redshift_cluster', by: 'id' },
  { namespace: 'AWS/SNS', dimension: 'TopicName', kind: 'aws_sns_topic', by: 'name' },
  { namespace: 'AWS/SQS', dimension: 'QueueName', kind: 'aws_sqs_queue', by: 'name' },
];

/** What is watched is the parent of the alarm, and has to be deleted after it. */
export const watchedReferences: readonly Reference[] = watched.map(({ kind, by, ...each }) =>
  ref(kind, { by, from: dimensionOf(each), default: 'in', delete: 'in' }),
);

const readDimensions = path('Dimensions');

function dimensionOf({ namespace, dimension, value = textOf }: Omit<Watched, 'kind' | 'by'>): Reader {
  return (alarm) => {
    if (member(alarm, 'Namespace') !== namespace) return undefined;
    const found = listOf(readDimensions(alarm)).find((each) => member(each, 'Name') === dimension);
    return found === undefined ? undefined : value(textOf(member(found, 'Value')));
  };
}

/** The name in `app/web/50dc6c495c0c9188`. */
function secondPart(loadBalancer: string): unknown {
  return loadBalancer.split('/')[1];
}
