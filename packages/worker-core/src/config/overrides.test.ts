import { describe, expect, test } from '@jest/globals';
import type { JsonValue } from '../protocol/json.ts';
import { load, loadError } from './load-configuration.test.support.ts';
import { renameOverride } from './overrides.ts';

describe('overrides', () => {
  test('win over the document and get the declared type', async () => {
    const { configuration } = await load({
      config: { resotoworker: { collector: ['acme'], pool_size: 2 } },
      overrides: [
        'resotoworker.pool_size=7',
        'resotoworker.graph_merge_kind=cloud',
        'acme.regions=eu,us',
        'acme.limits.boxes=9',
        'acme.login.user=a=b',
      ],
    });

    expect(configuration.worker).toMatchObject({ pool_size: 7, graph_merge_kind: 'cloud' });
    expect(configuration.section('acme')).toMatchObject({
      regions: ['eu', 'us'],
      limits: { boxes: 9 },
      login: { user: 'a=b', password: '' },
    });
  });

  test.each<[string, JsonValue]>([
    ['resotoworker.cleanup=YES', true],
    ['resotoworker.cleanup=off', false],
    ['resotoworker.tempdir=/a b=c', '/a b=c'],
    ['resotoworker.tempdir=', ''],
    ['resotoworker.max_resources_per_account=100', 100],
    ['resotoworker.files_in_home_dir=null', null],
    ['resotoworker.collector=aws,gcp', ['aws', 'gcp']],
    ['resotoworker.collector=', ['']],
    ['resotoworker.graph=null', 'null'],
    ['resotoworker.log_level=debug', 'debug'],
    ['acme.ratio=1e-3', 0.001],
    ['acme.token=eyJ==', 'eyJ=='],
    ['acme.limits.new=4', { boxes: 3, new: 4 }],
    ['acme.login.password=a,b', { user: 'root', password: 'a,b' }],
  ])('are read as the field is declared: %s', async (override, value) => {
    const { configuration } = await load({ config: { resotoworker: { tempdir: '/x' } }, overrides: [override] });

    const [section = '', field = ''] = override.split(/[.=]/);
    expect(configuration.section(section)[field]).toEqual(value);
  });

  test('reach a section that is not stored, and are never stored', async () => {
    const { configuration, patches } = await load({ stored: undefined, overrides: ['resotoworker.pool_size=7'] });

    expect(configuration.worker.pool_size).toBe(7);
    expect(patches[0]?.['resotoworker']).toMatchObject({ pool_size: 5 });
  });

  test('may have the names of old in generation fix', async () => {
    const overrides = ['resotoworker.graph=resoto', 'fixworker.pool_size=7'];

    const { configuration } = await load({
      generation: 'fix',
      overrides: overrides.map((entry) => renameOverride('fix', entry)),
    });

    expect(configuration.worker).toMatchObject({ graph: 'resoto', pool_size: 7 });
  });

  test.each([
    ['resotoworker.web_port=12x', 'resotoworker.web_port: expected a whole number'],
    ['resotoworker.timeout=-1', 'resotoworker.timeout: expected a whole number, at least 1'],
    ['resotoworker.cleanup=maybe', 'resotoworker.cleanup: expected true or false'],
    ['resotoworker.cleanup=null', 'resotoworker.cleanup: expected true or false'],
    ['resotoworker.constructor=1', 'resotoworker.constructor: expected one of collector, graph'],
    ['resotoworker.__proto__.a=1', 'expected one of collector, graph'],
    ['acme.login.nobody=1', 'acme.login.nobody: expected one of user, password'],
    ['acme.regions.0=eu', 'acme.regions.0: expected a setting without parts'],
    ['acme.limits.boxes=many', 'acme.limits.boxes: expected a whole number'],
    ['acme..token=1', '--override acme..token: expected section.key=value'],
    ['resotoworker.graph_merge_kind=region', 'expected one of cloud, account'],
    ['resotoworker.no_such=1', 'resotoworker.no_such: expected one of collector, graph'],
    ['acme.limits=5', 'acme.limits: expected a map'],
    ['resotoworker=5', '--override resotoworker: expected section.key=value'],
    ['nonsense', '--override number 1: expected section.key=value'],
  ])('that cannot be understood stop the start (no. 23): %s', async (override, message) => {
    expect(await loadError({ overrides: [override] })).toContain(message);
  });

  test.each(['', ' ', '\n'])('without anything in them are reported and ignored: %j', async (empty) => {
    const { configuration, logged } = await load({ overrides: [empty, 'resotoworker.pool_size=7', empty] });

    expect(configuration.worker.pool_size).toBe(7);
    expect(logged).toEqual([{ hint: expect.stringContaining('single spaces') }]);
  });

  test('of sections nobody has are reported and ignored', async () => {
    const { logged } = await load({ overrides: ['k8s.pool_size=5'] });

    expect(logged).toContainEqual(expect.objectContaining({ override: 'k8s.pool_size' }));
  });

  test('never show the value of a secret', async () => {
    // The last one is what remains of a value that was split at its spaces.
    const overrides = ['acme.login=s3cr3tvalue', 'acme.token=its', 's3cr3tvalue', 's3cr3tvalue=='];

    const error = await loadError({ overrides });

    expect(error).toContain('--override number 3');
    expect(error).not.toContain('s3cr3tvalue');
  });
});

test('the section of the worker may have the name of the other generation, and other keys stay as they are', () => {
  expect(renameOverride('resoto', 'fixworker.pool_size=5')).toBe('resotoworker.pool_size=5');
  expect(renameOverride('resoto', 'aws.prefixes=fixworker.x')).toBe('aws.prefixes=fixworker.x');
  expect(renameOverride('fix', 'resotoworker.graph=resoto')).toBe('fixworker.graph=resoto');
});
