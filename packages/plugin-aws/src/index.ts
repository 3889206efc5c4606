/**
 * Collects Amazon Web Services.
 *
 * @example
 * // How the worker uses it. Everything heavy is behind `load()`.
 * const [aws] = plugin.collectors ?? [];
 * const collector = await aws?.load();
 */
import type { Plugin } from '@resoto/worker-core/plugin';

import { section } from './section.ts';

export const plugin: Plugin = {
  name: 'aws',
  collectors: [
    {
      cloud: 'aws',
      section,
      setup:
        'Log in with the AWS tools, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to collect AWS.',
      load: async () => (await import('./collector.ts')).collector,
    },
  ],
  commands: [
    {
      name: 'aws',
      info: 'Execute aws commands on AWS resources',
      description:
        'Runs the AWS command line where the worker runs: `aws [options] <service> <operation> [args]`. After a search it runs once for ' +
        'each resource, with the credentials of its account and in its region: ' +
        '`search is(aws_ec2_volume) | aws ec2 describe-volumes --volume-ids {id}`. Otherwise it has the credentials of the worker.',
      argsDescription: {
        service: 'AWS service, for example ec2',
        operation: 'Operation of the service, for example describe-volumes',
        operation_args: 'Arguments of the operation',
        '--account': 'Account to work in, if it is not that of the resource',
        '--role': 'Role to assume in the account',
        '--profile': 'Profile whose credentials are used',
        '--region': 'Region to work in, if it is not that of the resource',
      },
      allowedOnKind: 'aws_resource',
      section,
      load: async () => (await import('./aws-command.ts')).awsCommand,
    },
  ],
};
