import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import { describeWith } from '@resoto/tools-shared/jest';
import { modelJson } from '@resoto/worker-core/testing';

import { files } from '../test/replay.ts';
import { collector } from './collector.ts';

interface KindModel {
  readonly fqn: string;
  readonly bases?: readonly string[] | null;
  readonly properties?:
    readonly { readonly name: string; readonly kind: string; readonly metadata?: object | null }[] | null;
}

/** What bases declare already, the reference declares once more. */
const declaredTwice = ['aws_region ctime: datetime', 'aws_ec2_image name: string'];

describeWith('the model of the reference', [files], () => {
  test('has the same bases and properties for every kind', () => {
    const reference = JSON.parse(readFileSync(files.path('reference/aws/model-r39.json'), 'utf8')) as KindModel[];
    const own = modelJson(collector.kinds).filter(({ fqn }) => fqn.startsWith('aws_')) as KindModel[];
    const names = new Set(own.map(({ fqn }) => fqn));

    const lines = new Set(own.flatMap(linesOf));
    const expected = new Set(reference.filter(({ fqn }) => names.has(fqn)).flatMap(linesOf));

    expect(names.size).toBeGreaterThan(150);
    expect([...lines].filter((line) => !expected.has(line))).toEqual([]);
    expect([...expected].filter((line) => !lines.has(line)).toSorted()).toEqual(declaredTwice.toSorted());
  });
});

function linesOf({ fqn, bases, properties }: KindModel): string[] {
  return [
    `${fqn} is ${(bases ?? []).join(', ')}`,
    ...(properties ?? []).map(
      ({ name, kind, metadata }) => `${fqn} ${name}: ${kind}${metadata == null ? '' : JSON.stringify(metadata)}`,
    ),
  ];
}
