import {
  base,
  boolean,
  datetime,
  dictionary,
  int64,
  list,
  member,
  object,
  path,
  string,
  tagsToObject,
} from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue, tagList } from '../../aws-kind.ts';
import { textOf } from '../../values.ts';
import { listStackInstances, listStackSets, stackFollowUps } from './calls.ts';
import { stackCleanup, stackSetCleanup } from './cleanup.ts';
import { stackInstanceCleanup } from './stack-instances.ts';
import { cloudformation } from './client.ts';
import { resourceReferences } from './stack-resources.ts';
import { stackSetTags, stackTags } from './tags.ts';

const rollbackTrigger = awsValue('aws_cloudformation_rollback_trigger', {
  arn: string('Arn'),
  type: string('Type'),
});

const rollbackConfiguration = awsValue('aws_cloudformation_rollback_configuration', {
  rollback_triggers: list(rollbackTrigger, 'RollbackTriggers'),
  monitoring_time_in_minutes: int64('MonitoringTimeInMinutes'),
});

const output = awsValue('aws_cloudformation_output', {
  output_key: string('OutputKey'),
  output_value: string('OutputValue'),
  description: string('Description'),
  export_name: string('ExportName'),
});

const stackDriftInformation = awsValue('aws_cloudformation_stack_drift_information', {
  stack_drift_status: string('StackDriftStatus'),
  last_check_timestamp: datetime('LastCheckTimestamp'),
});

/** Read from an item of the list and the answers to `stackFollowUps`. */
export const stack = awsKind('aws_cloudformation_stack', [awsResource, base.stack], {
  name: 'AWS CloudFormation Stack',
  class: 'cloudformation.AwsCloudFormationStack',
  cleanup: stackCleanup,
  list: { call: cloudformation('DescribeStacks'), items: 'Stacks' },
  calls: stackFollowUps.map(({ call }) => call),
  arn: 'arn:{partition}:cloudformation:{region}:{account}:stack/{name}/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/cloudformation/home?region={region}#/stacks/stackinfo?stackId={id}',
  tags: stackTags,
  properties: {
    id: string('StackId'),
    name: string('StackName'),
    tags: tagList(),
    ctime: datetime('CreationTime'),
    mtime: datetime('LastUpdatedTime'),
    stack_status: string('StackStatus'),
    stack_status_reason: string('StackStatusReason'),
    stack_parameters: dictionary('string', path('Parameters', tagsToObject('ParameterKey', 'ParameterValue'))),
    stack_change_set_id: string('ChangeSetId'),
    description: string('Description'),
    stack_deletion_time: datetime('DeletionTime'),
    stack_rollback_configuration: object(rollbackConfiguration, 'RollbackConfiguration'),
    stack_disable_rollback: boolean('DisableRollback'),
    stack_notification_ar_ns: list('string', 'NotificationARNs'),
    stack_timeout_in_minutes: int64('TimeoutInMinutes'),
    stack_capabilities: list('string', 'Capabilities'),
    stack_outputs: list(output, 'Outputs'),
    stack_role_arn: string('RoleARN'),
    stack_enable_termination_protection: boolean('EnableTerminationProtection'),
    stack_parent_id: string('ParentId'),
    stack_root_id: string('RootId'),
    stack_drift_information: object(stackDriftInformation, 'DriftInformation'),
  },
  references: resourceReferences,
});

const autoDeployment = awsValue('aws_cloudformation_auto_deployment', {
  enabled: boolean('Enabled'),
  retain_stacks_on_account_removal: boolean('RetainStacksOnAccountRemoval'),
});

export const stackSet = awsKind('aws_cloudformation_stack_set', [awsResource], {
  name: 'AWS CloudFormation Stack Set',
  class: 'cloudformation.AwsCloudFormationStackSet',
  cleanup: stackSetCleanup,
  list: { call: listStackSets, items: 'Summaries', input: { Status: 'ACTIVE' }, pageSize: 100 },
  calls: [listStackInstances],
  arn: 'arn:{partition}:cloudformation:{region}:{account}:stack-set/{name}/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/cloudformation/home?region={region}#/stacksets/{name}/info?permissions=self',
  tags: stackSetTags,
  properties: {
    id: string('StackSetId'),
    name: string('StackSetName'),
    description: string('Description'),
    stack_set_status: string('Status'),
    stack_set_auto_deployment: object(autoDeployment, 'AutoDeployment'),
    stack_set_permission_model: string('PermissionModel'),
    stack_set_drift_status: string('DriftStatus'),
    stack_set_last_drift_check_timestamp: datetime('LastDriftCheckTimestamp'),
    stack_set_managed_execution: boolean('ManagedExecution.Active'),
    stack_set_parameters: dictionary('any', undefined, { initial: {} }),
  },
  successors: {
    default: ['aws_cloud_formation_stack_instance_summary', stack.fqn],
    delete: ['aws_cloud_formation_stack_instance_summary'],
  },
});

/** Where a stack set made a stack. */
export const stackInstance = awsKind('aws_cloud_formation_stack_instance_summary', [awsResource], {
  name: 'AWS CloudFormation Stack Instance Summary',
  class: 'cloudformation.AwsCloudFormationStackInstanceSummary',
  cleanup: stackInstanceCleanup,
  calls: [listStackInstances],
  arn: 'arn:{partition}:cloudformation:{region}:{account}:stack-instance/{id}',
  properties: {
    id: string(stackInstanceId),
    stack_instance_stack_set_id: string('StackSetId'),
    stack_instance_region: string('Region'),
    stack_instance_account: string('Account'),
    stack_instance_stack_id: string('StackId'),
    stack_instance_status: string('Status'),
    stack_instance_status_reason: string('StatusReason'),
    stack_instance_stack_instance_status: string('StackInstanceStatus.DetailedStatus'),
    stack_instance_organizational_unit_id: string('OrganizationalUnitId'),
    stack_instance_drift_status: string('DriftStatus'),
    stack_instance_last_drift_check_timestamp: datetime('LastDriftCheckTimestamp'),
    stack_instance_last_operation_id: string('LastOperationId'),
  },
});

/** The vendor gives it none: its set, the id in the ARN of its stack, its account and region. */
function stackInstanceId(instance: unknown): string {
  const parts = ['StackSetId', 'StackId', 'Account', 'Region'].map((name) => textOf(member(instance, name)));
  return parts.map((part, index) => (index === 1 ? part.slice(part.lastIndexOf('/') + 1) : part)).join('/');
}
