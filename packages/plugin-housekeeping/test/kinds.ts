/** The kinds the plugins look at, with the properties they read. */
import { base, int64, kind, list, string, value } from '@resoto/worker-core/plugin';

const pythonType = 'test.Resource';
const dimension = value('aws_cloudwatch_dimension', { name: string(), value: string() });
const targetHealth = value('aws_alb_target_health_description', { port: int64() });

const resources = [
  ...['aws_ec2_subnet', 'aws_ec2_security_group', 'aws_ec2_nat_gateway', 'aws_lambda_function', 'aws_ecs_service'],
  ...['aws_cloudformation_stack', 'aws_eks_cluster'],
];

export const kinds = [
  kind('aws_account', [base.account], { pythonType }),
  kind('aws_region', [base.region], { pythonType }),
  kind('aws_vpc', [base.network], { pythonType }),
  kind('aws_ec2_instance', [base.instance], { pythonType }),
  kind('aws_ec2_volume', [base.volume], { pythonType }),
  kind('aws_elb', [base.loadBalancer], { pythonType }),
  kind('aws_alb', [base.loadBalancer], { pythonType }),
  kind('aws_alb_target_group', [base.resource], {
    pythonType,
    properties: {
      target_type: string(),
      alb_lb_arns: list('string'),
      alb_target_health: list(targetHealth),
    },
  }),
  kind('aws_cloudwatch_alarm', [base.resource], {
    pythonType,
    properties: { cloudwatch_dimensions: list(dimension) },
  }),
  ...resources.map((name) => kind(name, [base.resource], { pythonType })),
];
