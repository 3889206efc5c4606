/** The action plugins that plan a cleanup: what to mark, what to protect, how long resources may live. */
import type { Plugin } from '@resoto/worker-core/plugin';

import { section as alarms } from './cleanup-aws-alarms/section.ts';
import { section as loadBalancers } from './cleanup-aws-loadbalancers/section.ts';
import { section as vpcs } from './cleanup-aws-vpcs/section.ts';
import { section as expired } from './cleanup-expired/section.ts';
import { section as untagged } from './cleanup-untagged/section.ts';
import { section as volumes } from './cleanup-volumes/section.ts';
import { section as protector } from './protector/section.ts';
import { section as tagValidator } from './tagvalidator/section.ts';

export const plugin: Plugin = {
  name: 'housekeeping',
  actions: [
    {
      className: 'CleanupAWSAlarmsPlugin',
      action: 'cleanup_plan',
      section: alarms,
      load: async () => (await import('./cleanup-aws-alarms/run.ts')).plan,
    },
    {
      className: 'CleanupAWSLoadbalancersPlugin',
      action: 'cleanup_plan',
      section: loadBalancers,
      load: async () => (await import('./cleanup-aws-loadbalancers/run.ts')).plan,
    },
    {
      className: 'CleanupAWSVPCsPlugin',
      action: 'post_cleanup_plan',
      section: vpcs,
      load: async () => (await import('./cleanup-aws-vpcs/run.ts')).plan,
    },
    {
      className: 'CleanupExpiredPlugin',
      action: 'cleanup_plan',
      section: expired,
      load: async () => (await import('./cleanup-expired/run.ts')).plan,
    },
    {
      className: 'CleanupUntaggedPlugin',
      action: 'cleanup_plan',
      section: untagged,
      load: async () => (await import('./cleanup-untagged/run.ts')).plan,
    },
    {
      className: 'CleanupVolumesPlugin',
      action: 'cleanup_plan',
      section: volumes,
      load: async () => (await import('./cleanup-volumes/run.ts')).plan,
    },
    {
      className: 'ProtectorPlugin',
      action: 'post_collect',
      section: protector,
      load: async () => (await import('./protector/run.ts')).protect,
    },
    {
      className: 'TagValidatorPlugin',
      action: 'pre_cleanup_plan',
      section: tagValidator,
      load: async () => (await import('./tagvalidator/run.ts')).validate,
    },
  ],
};
