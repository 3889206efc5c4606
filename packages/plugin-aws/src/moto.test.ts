import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { graphDiff, moto } from '@resoto/tools-shared';
import type { RunningServer } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';

import { differencesOf, ownKinds, readRight } from '../test/graph-differences.ts';
import { collect, files, useEndpoint, writeBody } from '../test/replay.ts';

const emulator = await moto();
const diff = await graphDiff();

/** What the reference lacks or mixes up; the README has the reasons. */
const righted = [
  'aws_cloudformation_stack -> aws_sns_topic [default] 1',
  'aws_ec2_instance -> aws_ec2_keypair [default] 1',
  'aws_ec2_internet_gateway -> aws_ec2_network_interface [delete] 4',
  'aws_ec2_keypair -> aws_ec2_instance [delete] 1',
  'aws_ec2_network_acl -> aws_ec2_subnet [delete] 8',
  'aws_ec2_security_group -> aws_ec2_instance [delete] 6',
  'aws_ec2_security_group -> aws_ec2_network_interface [delete] 11',
  'aws_ec2_security_group -> aws_ec2_security_group [delete] 4',
  'aws_ec2_subnet -> aws_ec2_instance [default] 6',
  'aws_ec2_subnet -> aws_ec2_instance [delete] 6',
  'aws_ec2_subnet -> aws_ec2_network_acl [default] 8',
  'aws_ec2_subnet -> aws_ec2_network_interface [delete] 11',
  'aws_iam_group -> aws_iam_user [default] 2',
  'aws_iam_role -> aws_iam_instance_profile [default] 1',
  'aws_iam_role -> aws_iam_instance_profile [delete] 1',
  'aws_vpc -> aws_ec2_instance [default] 6',
  'aws_vpc -> aws_ec2_instance [delete] 6',
  'aws_vpc -> aws_ec2_network_acl [default] 5',
  'aws_vpc -> aws_ec2_network_acl [delete] 5',
];

const ignored = [
  ...readRight,
  // This server answers without them; the reference worker was given zeros.
  'aws_ec2_instance:reported.instance_cpu_options.core_count',
  'aws_ec2_instance:reported.instance_cpu_options.threads_per_core',
  // Addresses of queues have the port of the server in them, and their times have fractions, which the reference does not read.
  'aws_sqs_queue:reported.sqs_queue_url',
  'aws_sqs_queue:metadata.provider_link',
  'aws_sqs_queue:reported.ctime',
  'aws_sqs_queue:reported.mtime',
  // It has no price list.
  'aws_ec2_volume_type:metadata.incomplete',
];

// Policies have neither id nor name here, tables no id.
const identities = ['user', 'role', 'group', 'instance_profile', 'access_key'].map((kind) => `aws_iam_${kind}`);
const kinds = [...ownKinds.filter((kind) => kind !== 'aws_iam_*' && kind !== 'aws_dynamodb_*'), ...identities];

describeWith('moto', [emulator, diff, files], () => {
  let server: RunningServer;
  let directory: string;

  beforeAll(async () => {
    server = await emulator.start();
    await promisify(execFile)(String(emulator.python), [files.path('tools/moto-seed/seed.py'), server.url]);
    useEndpoint(server.url);
    directory = await mkdtemp(join(tmpdir(), 'moto-'));
  });

  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });

  test('gives the graph of the reference worker', async () => {
    const collected = await collect({ region: ['us-east-1', 'eu-central-1'] });

    const golden = files.path('reference/aws/golden/moto');
    const actual = await writeBody(collected, directory, 'moto');
    const { report } = await diff.compare(join(golden, 'r39.ndjson'), actual, [
      ...['--ignore-file', join(golden, 'ignore.txt')],
      ...ignored.flatMap((path) => ['--ignore', path]),
      ...['--only-kinds', kinds.join(',')],
    ]);
    expect(differencesOf(report)).toMatchObject({
      nodesFound: '100.0',
      extraNodes: '0',
      nodesEqual: '100.0',
      extraEdges: righted,
    });
    const incomplete = collected.outcome.scopes.filter(({ outcome }) => outcome !== 'complete');
    expect(new Set(incomplete.map(({ kinds: [kind] }) => kind))).toEqual(
      new Set(['aws_dynamodb_global_table', 'aws_ec2_reserved_instances', 'aws_service_quota']),
    );
  });
});
