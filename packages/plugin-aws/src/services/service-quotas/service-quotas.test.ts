import { expect, test } from '@jest/globals';

import { testRun } from '../../../test/test-run.ts';
import { instanceType } from '../ec2/kinds/instance-types.ts';
import { volumeType } from '../ec2/kinds/volumes.ts';
import { collectQuotas, connectQuotas } from './collect.ts';
import { ruleFor } from './rules.ts';

function quotas(...names: string[]) {
  return {
    Quotas: names.map((QuotaName, index) => ({ QuotaName, QuotaCode: `L-${index}`, ServiceCode: 'ec2', Value: 20 })),
  };
}

test('only quotas that limit something known are nodes', async () => {
  const { run, sink } = testRun({
    ListServiceQuotas: ({ ServiceCode }: { ServiceCode: string }) =>
      ServiceCode === 'vpc' ? quotas('Internet gateways per Region', 'Rules per network ACL') : {},
  });

  await collectQuotas(run);

  expect(sink.nodes).toHaveLength(1);
  expect(sink.nodes[0]).toMatchObject({
    reported: { id: 'L-0', name: 'Internet gateways per Region', quota: 20 },
    metadata: { provider_link: 'https://us-east-1.console.aws.amazon.com/servicequotas/home/services/ec2/quotas/L-0' },
  });
});

test('quotas of IAM are asked for once, in the global region', async () => {
  const { run, asked } = testRun({}, { region: { id: 'us-east-1', name: 'global' } });

  await collectQuotas(run);

  expect(asked.map(({ input }) => input)).toEqual([{ ServiceCode: 'iam', MaxResults: 100 }]);
});

test('a quota has an edge to each type it limits', async () => {
  const { run, sink } = testRun(
    {
      ListServiceQuotas: ({ ServiceCode }: { ServiceCode: string }) =>
        ServiceCode === 'ec2'
          ? quotas(
              'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
              'Running On-Demand Inf instances',
            )
          : {},
    },
    { noted: ['aws_service_quota', 'aws_ec2_instance_type'] },
  );
  for (const InstanceType of ['m4.large', 'inf1.24xlarge', 'i3.large', 'mac2.metal'])
    run.add(instanceType, { InstanceType });

  await collectQuotas(run);
  connectQuotas(run);

  expect(sink.edges).toEqual(['L-0 default m4.large', 'L-0 default i3.large', 'L-1 default inf1.24xlarge']);
});

test.each([
  ['Storage for General Purpose SSD (gp3) volumes, in TiB', 'gp3'],
  ['Storage for Provisioned IOPS SSD (io2) volumes, in TiB', 'io2'],
])('%s limits %s only', (quota, type) => {
  const rule = ruleFor(quota);

  expect(rule?.kind).toBe(volumeType.fqn);
  expect(['gp2', 'gp3', 'io1', 'io2'].filter((id) => rule?.id?.test(id))).toEqual([type]);
});
