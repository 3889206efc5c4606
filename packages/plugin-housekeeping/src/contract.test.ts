import { describe, expect, test } from '@jest/globals';
import { actionPluginContract } from '@resoto/worker-core/testing';

import { plugin } from './index.ts';

describe('plugin contract', () => {
  actionPluginContract(plugin, { test, package: new URL('../package.json', import.meta.url) });
});

test('names, sections and steps are those people know', () => {
  expect(plugin.actions?.map(({ className, section, action }) => [section.name, className, action])).toEqual([
    ['plugin_cleanup_aws_alarms', 'CleanupAWSAlarmsPlugin', 'cleanup_plan'],
    ['plugin_cleanup_aws_loadbalancers', 'CleanupAWSLoadbalancersPlugin', 'cleanup_plan'],
    ['plugin_cleanup_aws_vpcs', 'CleanupAWSVPCsPlugin', 'post_cleanup_plan'],
    ['plugin_cleanup_expired', 'CleanupExpiredPlugin', 'cleanup_plan'],
    ['plugin_cleanup_untagged', 'CleanupUntaggedPlugin', 'cleanup_plan'],
    ['plugin_cleanup_volumes', 'CleanupVolumesPlugin', 'cleanup_plan'],
    ['plugin_protector', 'ProtectorPlugin', 'post_collect'],
    ['plugin_tagvalidator', 'TagValidatorPlugin', 'pre_cleanup_plan'],
  ]);
});
