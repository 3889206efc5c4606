import { expect, test } from '@jest/globals';

import { testRun, vendorError } from '../../../test/test-run.ts';
import { collectFunctions } from './collect.ts';
import { lambdaFunction } from './kinds.ts';
import { callingApis } from './policy.ts';

const listed = {
  FunctionName: 'greet',
  FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:greet',
  LastModified: '2020-08-31T16:00:01.411+0200',
  MemorySize: 128,
  VpcConfig: { VpcId: 'vpc-1', SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1', 'sg-2'] },
};

test('a function has its tags, its policy and its address', async () => {
  const { run, sink, asked } = testRun({
    ListFunctions: { Functions: [listed] },
    ListTags: { Tags: { owner: 'me' } },
    GetPolicy: { Policy: '{"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"s","Action":"lambda:Invoke"}]}' },
    GetFunctionUrlConfig: { FunctionUrl: 'https://greet', Cors: { MaxAge: 5 } },
  });

  await collectFunctions(run);

  expect(sink.nodes[0]).toMatchObject({
    reported: {
      id: 'greet',
      name: 'greet',
      mtime: '2020-08-31T14:00:01Z',
      tags: { owner: 'me' },
      function_memory_size: 128,
      function_policy: { id: 'default', version: '2012-10-17', statement: [{ sid: 's', action: 'lambda:Invoke' }] },
      function_url_config: { function_url: 'https://greet', cors: { allow_headers: [], max_age: 5 } },
    },
    metadata: {
      provider_link: 'https://us-east-1.console.aws.amazon.com/lambda/home?region=us-east-1#/functions/greet',
    },
  });
  expect(asked.slice(1).map(({ input }) => input)).toEqual([
    { Resource: listed.FunctionArn },
    { FunctionName: 'greet' },
    { FunctionName: 'greet' },
  ]);
});

test('a function without policy and address has none', async () => {
  const { run, sink, problems } = testRun({
    ListFunctions: { Functions: [listed] },
    GetPolicy: vendorError('ResourceNotFoundException', 404),
    GetFunctionUrlConfig: vendorError('ResourceNotFoundException', 404),
  });

  await collectFunctions(run);

  expect(sink.nodes[0]?.missing).toBeUndefined();
  expect(sink.nodes[0]?.reported).not.toHaveProperty('function_policy');
  expect(sink.nodes[0]?.reported).not.toHaveProperty('function_url_config');
  expect(problems).toEqual([]);
});

test('what may not be read of a function is missing', async () => {
  const { run, sink } = testRun({
    ListFunctions: { Functions: [listed] },
    ListTags: vendorError('AccessDeniedException', 403),
    GetPolicy: vendorError('AccessDeniedException', 403),
  });

  await collectFunctions(run);

  expect(sink.nodes[0]?.missing).toEqual(['tags', 'function_policy']);
});

test('a function refers to its network', () => {
  const found = lambdaFunction.references.map(({ read }) => read(listed));

  expect(found).toEqual(['vpc-1', ['subnet-1'], ['sg-1', 'sg-2'], undefined, undefined]);
});

test.each([
  ['one', 'arn:aws:execute-api:us-east-1:123456789012:api-1/*/GET/pets', ['api-1']],
  [
    'several',
    ['arn:aws:execute-api:us-east-1:1:api-1/*', 'arn:aws:execute-api:us-east-1:1:api-2/*'],
    ['api-1', 'api-2'],
  ],
  ['none', undefined, []],
])('a policy may allow %s of the REST APIs to call the function', (_what, source, apis) => {
  const statement = {
    Principal: { Service: 'apigateway.amazonaws.com' },
    Condition: { ArnLike: { 'AWS:SourceArn': source } },
  };

  const other = { ...statement, Principal: { Service: 's3.amazonaws.com' } };
  expect(callingApis({ Statement: [statement, other, { ...statement, Principal: '*' }] })).toEqual(apis);
});
