/** Values that clusters and instances have in common. */
import { list, path, string } from '@resoto/worker-core/plugin';
import type { Reader } from '@resoto/worker-core/plugin';

import { awsValue } from '../../../aws-kind.ts';
import { textOf } from '../../../values.ts';

export const vpcSecurityGroupMembership = awsValue('aws_rds_vpc_security_group_membership', {
  vpc_security_group_id: string('VpcSecurityGroupId'),
  status: string('Status'),
});

export const dbRole = awsValue('aws_rds_db_role', {
  role_arn: string('RoleArn'),
  feature_name: string('FeatureName'),
  status: string('Status'),
});

export const domainMembership = awsValue('aws_rds_domain_membership', {
  domain: string('Domain'),
  status: string('Status'),
  fqdn: string('FQDN'),
  iam_role_name: string('IAMRoleName'),
});

export const pendingCloudwatchLogsExports = awsValue('aws_rds_pending_cloudwatch_logs_exports', {
  log_types_to_enable: list('string', 'LogTypesToEnable'),
  log_types_to_disable: list('string', 'LogTypesToDisable'),
});

/** Host name and port, when both are known. */
export function endpointOf(host: string, port: string): Reader {
  const readPort = path(port);
  const readHost = path(host);
  return (answer) => {
    const parts = [readHost(answer), readPort(answer)].map(textOf);
    return parts.includes('') ? undefined : parts.join(':');
  };
}
