import { expect, test } from '@jest/globals';

import { linkValue, template } from './template.ts';

const place = { partition: 'aws-cn', account: '1', region: { id: 'cn-north-1', name: 'global' } };

test('an ARN takes its values from the place and the node', () => {
  const arn = template('arn:{partition}:ec2:{region}:{account}:volume/{id}');

  expect(arn(place, { id: 'vol-1' }, {})).toBe('arn:aws-cn:ec2:global:1:volume/vol-1');
});

test('a link takes values from the answer, and encodes them', () => {
  const link = template('https://{region_id}.console/#user={User.Name}&arn={arn}', linkValue);

  expect(link(place, { arn: 'arn:a/b' }, { User: { Name: "Ann (B) & C's ~" } })).toBe(
    'https://cn-north-1.console/#user=Ann+%28B%29+%26+C%27s+~&arn=arn%3Aa%2Fb',
  );
});

test('nothing is made of a value that is missing', () => {
  expect(template('a{b}c')(place, {}, {})).toBeUndefined();
});
