import type { SectionDeclaration } from '@resoto/worker-core/plugin';

import { commonFields } from '../common/fields.ts';

const kinds = [
  ...['aws_ec2_instance', 'aws_vpc', 'aws_cloudformation_stack', 'aws_elb', 'aws_alb', 'aws_alb_target_group'],
  ...['aws_eks_cluster', 'aws_eks_nodegroup', 'aws_ec2_nat_gateway'],
];
const samples = {
  aws: {
    '123465706934': { name: 'eng-audit', expiration: null },
    '123479172032': { name: 'eng-devprod', expiration: null },
    '123453451782': { name: 'sales-lead-gen', expiration: '12h' },
    '123415487488': { name: 'sales-hosted-lead-gen', expiration: '8d' },
  },
};

const account = {
  name: 'plugin_tagvalidator_account',
  open: true,
  object: {
    name: { type: 'string', default: '', description: 'Name of the account, for people.' },
    expiration: { type: 'duration', nullable: true, default: null, description: 'The longest in this account.' },
  },
} as const;

export const section = {
  name: 'plugin_tagvalidator',
  description: 'Caps the tag expiration.',
  fields: {
    ...commonFields,
    config: {
      type: {
        name: 'plugin_tagvalidator_config',
        open: true,
        object: {
          default: {
            type: {
              name: 'plugin_tagvalidator_default',
              open: true,
              object: { expiration: { type: 'duration', default: '24h', description: 'The longest elsewhere.' } },
            },
            default: { expiration: '24h' },
            description: 'What holds where an account says nothing else.',
          },
          kinds: { type: { list: 'string' }, default: kinds, description: 'Kinds whose tags are looked at.' },
          accounts: {
            type: { map: { map: account } },
            default: samples,
            description: 'Cloud, account, and the longest expiration there. Others are left alone.',
          },
        },
      },
      default: { default: { expiration: '24h' }, kinds, accounts: samples },
      description: 'How long resources may live, and where. The accounts given here are samples.',
    },
  },
} as const satisfies SectionDeclaration;
