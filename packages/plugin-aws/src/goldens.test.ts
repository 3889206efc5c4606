import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { graphDiff } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';

import { differencesOf, ownKinds, readRight } from '../test/graph-differences.ts';
import { collect, files, replay, startReplay, writeBody } from '../test/replay.ts';
import type { ReplayServer } from '../test/replay.ts';

const diff = await graphDiff();

/** Edges the reference loses because it looks for a neighbour's id among the names of nodes. The README has the reasons. */
const foundById = [
  'aws_ec2_internet_gateway -> aws_ec2_network_interface [delete] 3',
  'aws_ec2_network_acl -> aws_ec2_subnet [delete] 1',
  'aws_ec2_security_group -> aws_ec2_instance [delete] 4',
  'aws_ec2_security_group -> aws_ec2_network_interface [delete] 2',
  'aws_ec2_security_group -> aws_ec2_security_group [delete] 2',
  'aws_ec2_subnet -> aws_ec2_instance [default] 4',
  'aws_ec2_subnet -> aws_ec2_instance [delete] 4',
  'aws_ec2_subnet -> aws_ec2_network_acl [default] 1',
  'aws_ec2_subnet -> aws_ec2_network_interface [delete] 2',
  'aws_vpc -> aws_ec2_instance [default] 4',
  'aws_vpc -> aws_ec2_instance [delete] 4',
  'aws_vpc -> aws_ec2_network_acl [default] 2',
  'aws_vpc -> aws_ec2_network_acl [delete] 2',
];

/** What a stack made is found by what CloudFormation calls it, not only where that is the name. */
const madeByStacks = ['aws_cloudformation_stack -> aws_vpc [default] 1'];

/** A set is deleted after its instances. */
const ofStackSets = ['aws_cloudformation_stack_set -> aws_cloud_formation_stack_instance_summary [delete] 2'];

const goldens = [
  { name: 'ec2', only: 'ec2,pricing', extraEdges: foundById },
  { name: 's3', only: 's3,pricing', extraEdges: [] },
  { name: 's3control', only: 's3control,pricing', extraEdges: [] },
  { name: 'iam', only: 'iam,pricing', extraEdges: [] },
  { name: 'autoscaling', only: 'autoscaling,pricing', extraEdges: [] },
  { name: 'cloudformation', only: 'cloudformation,pricing', extraEdges: ofStackSets },
  { name: 'cloudwatch', only: 'cloudwatch,pricing', extraEdges: [] },
  { name: 'logs', only: 'logs,pricing', extraEdges: [] },
  { name: 'elb', only: 'elb,pricing', extraEdges: [] },
  { name: 'elbv2', only: 'elbv2,pricing', extraEdges: [] },
  { name: 'service_quotas', only: 'service_quotas,pricing', extraEdges: [] },
  { name: 'sqs', only: 'sqs,pricing', extraEdges: [] },
  { name: 'eks', only: 'eks,pricing', extraEdges: [] },
  { name: 'dynamodb', only: 'dynamodb,pricing', extraEdges: [] },
  { name: 'lambda', only: 'lambda,pricing', extraEdges: [] },
  { name: 'rds', only: 'rds,pricing', extraEdges: [] },
  { name: 'org', only: 'organizations,iam', extraEdges: [] },
];

describeWith('graphs of the reference worker', [replay, diff, files], () => {
  let server: ReplayServer;
  let directory: string;

  beforeAll(async () => {
    server = await startReplay();
    directory = await mkdtemp(join(tmpdir(), 'goldens-'));
  });

  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });

  test.each(goldens)('$name is equal', async ({ name, only, extraEdges }) => {
    await server.configure({ only });

    const differences = await compare(name, []);

    expect(differences).toEqual({ ...equal, extraEdges });
  });

  test('all services together are equal, as far as their kinds are here', async () => {
    const services = goldens.filter(({ name }) => name !== 'org').flatMap(({ only }) => only.split(','));
    await server.configure({ only: [...new Set(services)].join(',') });

    const differences = await compare('combined', ['--only-kinds', ownKinds.join(',')]);

    expect(differences).toEqual({ ...equal, extraEdges: [...madeByStacks, ...ofStackSets, ...foundById] });
  });

  async function compare(name: string, options: readonly string[]) {
    const actual = await writeBody(await collect(), directory, name);
    const { report } = await diff.compare(files.path('reference/aws/golden/r39', `${name}.ndjson`), actual, [
      ...options,
      ...readRight.flatMap((path) => ['--ignore', path]),
    ]);
    return differencesOf(report);
  }
});

const equal = {
  nodesFound: '100.0',
  extraNodes: '0',
  nodesEqual: '100.0',
  edgesFound: '100.0',
  deferredFound: '100.0',
  extraDeferred: '0',
};
