import {
  any,
  base,
  boolean,
  datetime,
  dictionary,
  int64,
  list,
  object,
  parseJson,
  path,
  ref,
  string,
} from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue } from '../../aws-kind.ts';
import { functionFollowUps, gone, listFunctions } from './calls.ts';
import { callingApis } from './policy.ts';
import { lookEach } from '../../changes/look-each.ts';
import { tagCalls } from '../../changes/tag-calls.ts';
import { lambda } from './client.ts';

const cors = awsValue('aws_lambda_cors', {
  allow_credentials: boolean('AllowCredentials'),
  allow_headers: list('string', 'AllowHeaders'),
  allow_methods: list('string', 'AllowMethods'),
  allow_origins: list('string', 'AllowOrigins'),
  expose_headers: list('string', 'ExposeHeaders'),
  max_age: int64('MaxAge'),
});

const environmentError = awsValue('aws_lambda_environment_error', {
  error_code: string('ErrorCode'),
  message: string('Message'),
});

const environment = awsValue(
  'aws_lambda_environment',
  {
    variables: dictionary('string', 'Variables'),
    error: object(environmentError, 'Error'),
  },
  'AWS Lambda Environment Response',
);

const fileSystemConfig = awsValue('aws_lambda_file_system_config', {
  arn: string('Arn'),
  local_mount_source_arn: string(),
});

const layer = awsValue('aws_lambda_layer', {
  arn: string('Arn'),
  code_size: int64('CodeSize'),
  signing_profile_version_arn: string('SigningProfileVersionArn'),
  signing_job_arn: string('SigningJobArn'),
});

const imageConfig = awsValue(
  'aws_lambda_image_config',
  {
    entry_point: list('string', 'EntryPoint'),
    command: list('string', 'Command'),
    working_directory: string('WorkingDirectory'),
  },
  'AWS Lambda Image Configuration',
);

const imageConfigError = awsValue('aws_lambda_image_config_error', {
  error_code: string('ErrorCode'),
  message: string('Message'),
});

const imageConfigResponse = awsValue(
  'aws_lambda_image_config_response',
  {
    image_config: object(imageConfig, 'ImageConfig'),
    error: object(imageConfigError, 'Error'),
  },
  'AWS Lambda Image Configuration Response',
);

const policyStatement = awsValue('aws_lambda_policy_statement', {
  sid: string('Sid'),
  effect: string('Effect'),
  principal: any('Principal'),
  action: any('Action'),
  resource: any('Resource'),
  condition: any('Condition'),
});

const policy = awsValue('aws_lambda_policy', {
  id: string('Id'),
  version: string('Version'),
  statement: list(policyStatement, 'Statement', { initial: null }),
});

const functionUrlConfig = awsValue('aws_lambda_function_url_config', {
  function_url: string('FunctionUrl'),
  function_arn: string('FunctionArn'),
  auth_type: string('AuthType'),
  cors: object(cors, 'Cors'),
  creation_time: string('CreationTime'),
  last_modified_time: string('LastModifiedTime'),
});

/** Read from an item of the list and the answers to `functionFollowUps`. */
export const lambdaFunction = awsKind('aws_lambda_function', [awsResource, base.serverlessFunction], {
  name: 'AWS Lambda Function',
  class: 'lambda_.AwsLambdaFunction',
  cleanup: {
    delete: lambda.change('DeleteFunction', gone),
    input: { FunctionName: 'arn' },
    exists: lookEach(lambda('GetFunctionConfiguration', gone), { FunctionName: 'arn' }),
  },
  list: { call: listFunctions, items: 'Functions' },
  calls: functionFollowUps.map(({ call }) => call),
  arn: 'arn:{partition}:lambda:{region}:{account}:function/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/lambda/home?region={region}#/functions/{FunctionName}',
  tags: tagCalls(lambda, { resource: { Resource: 'arn' }, form: 'map' }),
  properties: {
    id: string('FunctionName'),
    name: string('FunctionName'),
    arn: string('FunctionArn'),
    tags: dictionary('string', 'tagging.Tags'),
    mtime: datetime('LastModified'),
    function_runtime: string('Runtime'),
    function_role: string('Role'),
    function_handler: string('Handler'),
    function_code_size: int64('CodeSize'),
    function_description: string('Description'),
    function_timeout: int64('Timeout'),
    function_memory_size: int64('MemorySize'),
    function_code_sha256: string('CodeSha256'),
    function_version: string('Version'),
    function_dead_letter_config: string('DeadLetterConfig.TargetArn'),
    function_environment: object(environment, 'Environment'),
    function_kms_key_arn: string('KMSKeyArn'),
    function_tracing_config: string('TracingConfig.Mode'),
    function_master_arn: string('MasterArn'),
    function_revision_id: string('RevisionId'),
    function_layers: list(layer, 'Layers'),
    function_state: string('State'),
    function_state_reason: string('StateReason'),
    function_state_reason_code: string('StateReasonCode'),
    function_last_update_status: string('LastUpdateStatus'),
    function_last_update_status_reason: string('LastUpdateStatusReason'),
    function_last_update_status_reason_code: string('LastUpdateStatusReasonCode'),
    function_file_system_configs: list(fileSystemConfig, 'FileSystemConfigs'),
    function_package_type: string('PackageType'),
    function_image_config_response: object(imageConfigResponse, 'ImageConfigResponse'),
    function_signing_profile_version_arn: string('SigningProfileVersionArn'),
    function_signing_job_arn: string('SigningJobArn'),
    function_architectures: list('string', 'Architectures'),
    function_ephemeral_storage: int64('EphemeralStorage.Size'),
    function_policy: object(policy, path('policy.Policy', parseJson)),
    function_url_config: object(functionUrlConfig, 'urlConfig'),
  },
  references: [
    ref('aws_vpc', { by: 'id', from: 'VpcConfig.VpcId', default: 'in', delete: 'in' }),
    ref('aws_ec2_subnet', { by: 'id', from: 'VpcConfig.SubnetIds', default: 'in', delete: 'in' }),
    ref('aws_ec2_security_group', { by: 'id', from: 'VpcConfig.SecurityGroupIds', default: 'in', delete: 'in' }),
    ref('aws_kms_key', { by: 'arn', from: 'KMSKeyArn', default: 'out', delete: 'in' }),
    ref('aws_apigateway_rest_api', {
      by: 'id',
      from: path('policy.Policy', parseJson, callingApis),
      default: 'in',
      delete: 'out',
    }),
  ],
});
