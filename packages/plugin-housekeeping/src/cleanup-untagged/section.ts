import type { SectionDeclaration } from '@resoto/worker-core/plugin';

import { commonFields } from '../common/fields.ts';

const kinds = [
  ...['aws_ec2_instance', 'aws_ec2_volume', 'aws_vpc', 'aws_cloudformation_stack', 'aws_elb', 'aws_alb'],
  ...['aws_alb_target_group', 'aws_eks_cluster', 'aws_eks_nodegroup', 'example_instance', 'example_network'],
];
const tags = ['owner', 'expiration'];
const samples = {
  aws: { '068564737731': { name: 'playground', age: '7d' }, '575584959047': { name: 'eng-sre', age: null } },
  example: { 'Example Account': { name: 'Example Account', age: null } },
};

const account = {
  name: 'plugin_cleanup_untagged_account',
  open: true,
  object: {
    name: { type: 'string', default: '', description: 'Name of the account, for people.' },
    age: { type: 'duration', nullable: true, default: null, description: 'Age that holds in this account.' },
  },
} as const;

export const section = {
  name: 'plugin_cleanup_untagged',
  description: 'Marks resources that lack mandatory tags for too long.',
  fields: {
    ...commonFields,
    config: {
      type: {
        name: 'plugin_cleanup_untagged_config',
        open: true,
        object: {
          default: {
            type: {
              name: 'plugin_cleanup_untagged_default',
              open: true,
              object: { age: { type: 'duration', default: '2h', description: 'Age that holds elsewhere.' } },
            },
            default: { age: '2h' },
            description: 'What holds where an account says nothing else.',
          },
          tags: { type: { list: 'string' }, default: tags, description: 'Mandatory tags.' },
          kinds: { type: { list: 'string' }, default: kinds, description: 'Kinds that need them, derived ones too.' },
          accounts: {
            type: { map: { map: account } },
            default: samples,
            description:
              'Cloud, account, and the age from which on its resources need the tags. Others are left alone.',
          },
        },
      },
      default: { default: { age: '2h' }, tags, kinds, accounts: samples },
      description: 'What has to be tagged, and where. The accounts given here are samples.',
    },
  },
} as const satisfies SectionDeclaration;
