/** What stacks are made of. */
import { member, path, ref } from '@resoto/worker-core/plugin';
import type { Reference } from '@resoto/worker-core/plugin';

import { listOf } from '../../values.ts';

type StackResource = readonly [type: string, kind: string, by: string];

/** Types of resources, and which property of which kind is what CloudFormation calls their physical id. */
const resources: readonly StackResource[] = [
  ['AWS::AutoScaling::AutoScalingGroup', 'aws_autoscaling_group', 'name'],
  ['AWS::CloudFormation::Stack', 'aws_cloudformation_stack', 'id'],
  ['AWS::CloudWatch::Alarm', 'aws_cloudwatch_alarm', 'name'],
  ['AWS::DynamoDB::Table', 'aws_dynamodb_table', 'name'],
  ['AWS::EC2::EIP', 'aws_ec2_elastic_ip', 'id'],
  ['AWS::EC2::FlowLog', 'aws_ec2_flow_log', 'id'],
  ['AWS::EC2::Host', 'aws_ec2_host', 'id'],
  ['AWS::EC2::Instance', 'aws_ec2_instance', 'id'],
  ['AWS::EC2::InternetGateway', 'aws_ec2_internet_gateway', 'id'],
  ['AWS::EC2::KeyPair', 'aws_ec2_keypair', 'name'],
  ['AWS::EC2::LaunchTemplate', 'aws_ec2_launch_template', 'id'],
  ['AWS::EC2::NatGateway', 'aws_ec2_nat_gateway', 'id'],
  ['AWS::EC2::NetworkAcl', 'aws_ec2_network_acl', 'id'],
  ['AWS::EC2::NetworkInterface', 'aws_ec2_network_interface', 'id'],
  ['AWS::EC2::RouteTable', 'aws_ec2_route_table', 'id'],
  ['AWS::EC2::SecurityGroup', 'aws_ec2_security_group', 'id'],
  ['AWS::EC2::Subnet', 'aws_ec2_subnet', 'id'],
  ['AWS::EC2::VPC', 'aws_vpc', 'id'],
  ['AWS::EC2::VPCEndpoint', 'aws_vpc_endpoint', 'id'],
  ['AWS::EC2::VPCPeeringConnection', 'aws_vpc_peering_connection', 'id'],
  ['AWS::EC2::Volume', 'aws_ec2_volume', 'id'],
  ['AWS::EKS::Cluster', 'aws_eks_cluster', 'name'],
  ['AWS::ElasticLoadBalancing::LoadBalancer', 'aws_elb', 'name'],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'aws_alb', 'arn'],
  ['AWS::ElasticLoadBalancingV2::TargetGroup', 'aws_alb_target_group', 'arn'],
  ['AWS::IAM::AccessKey', 'aws_iam_access_key', 'id'],
  ['AWS::IAM::Group', 'aws_iam_group', 'name'],
  ['AWS::IAM::InstanceProfile', 'aws_iam_instance_profile', 'name'],
  ['AWS::IAM::ManagedPolicy', 'aws_iam_policy', 'arn'],
  ['AWS::IAM::Role', 'aws_iam_role', 'name'],
  ['AWS::IAM::ServerCertificate', 'aws_iam_server_certificate', 'name'],
  ['AWS::IAM::User', 'aws_iam_user', 'name'],
  ['AWS::Lambda::Function', 'aws_lambda_function', 'name'],
  ['AWS::Logs::LogGroup', 'aws_cloudwatch_log_group', 'name'],
  ['AWS::Logs::MetricFilter', 'aws_cloudwatch_metric_filter', 'name'],
  ['AWS::RDS::DBCluster', 'aws_rds_cluster', 'id'],
  ['AWS::RDS::DBInstance', 'aws_rds_instance', 'id'],
  ['AWS::S3::Bucket', 'aws_s3_bucket', 'name'],
  ['AWS::SNS::Subscription', 'aws_sns_subscription', 'arn'],
  ['AWS::SNS::Topic', 'aws_sns_topic', 'arn'],
  ['AWS::SQS::Queue', 'aws_sqs_queue', 'sqs_queue_url'],
];

const readResources = path('resources');

/** A stack is the parent of what it made. */
export const resourceReferences: readonly Reference[] = resources.map(([type, kind, by]) =>
  ref(kind, {
    by,
    from: (stack) =>
      listOf(readResources(stack))
        .filter((resource) => member(resource, 'ResourceType') === type && exists(resource))
        .map((resource) => member(resource, 'PhysicalResourceId')),
    default: 'out',
  }),
);

function exists(resource: unknown): boolean {
  return member(resource, 'ResourceStatus') !== 'DELETE_COMPLETE';
}
