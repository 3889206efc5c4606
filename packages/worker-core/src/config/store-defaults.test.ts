import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../protocol/json.ts';
import { load } from './load-configuration.test.support.ts';

describe('the stored document', () => {
  test('gets the defaults it lacks and nothing else: no samples, no nulls (no. 21, W19)', async () => {
    const rawConfig = {
      resotoworker: { collector: ['acme'], pool_size: 9 },
      acme: { token: '$(TOKEN)', extra: 1 },
      other: { a: 1 },
    };

    const { patches } = await load({ config: rawConfig });

    expect(patches).toHaveLength(1);
    expect(patches[0]?.['resotoworker']).not.toHaveProperty('pool_size');
    expect(patches[0]?.['resotoworker']).toMatchObject({ timeout: 10800 });
    expect(patches[0]?.['acme']).toEqual({
      regions: [],
      ratio: 0.5,
      login: { user: 'root', password: '' },
      nested: { list: [] },
    });
    expect(patches[0]?.['resotoworker']).not.toHaveProperty('tempdir');
    expect(patches[0]).not.toHaveProperty('other');
  });

  test('gets the samples of a section with the section', async () => {
    const { patches } = await load({ config: { resotoworker: { collector: [] }, acme: null } });

    expect(patches[0]?.['acme']).toMatchObject({ token: null, limits: { boxes: 3 }, nested: { map: { sample: 1 } } });
  });

  test('keeps maps that were emptied and objects whose samples were removed (no. 21)', async () => {
    const complete = await load({ stored: undefined }).then(({ patches }) => patches[0] ?? {});
    const acme = { ...(complete['acme'] as JsonObject), limits: {}, nested: { list: [] } };

    const { patches, configuration } = await load({ config: { ...complete, acme } });

    expect(patches).toEqual([]);
    expect(configuration.section('acme')).toMatchObject({ limits: {}, nested: { list: [], map: { sample: 1 } } });
  });

  test('gets an object it lacks without the samples in it', async () => {
    const { patches } = await load({ config: { acme: { token: null } } });

    expect(patches[0]?.['acme']).toMatchObject({ nested: { list: [] } });
    expect(patches[0]?.['acme']).not.toHaveProperty('nested.map');
  });

  test('is not written when nothing is missing (W19)', async () => {
    const {
      patches: [complete = {}],
    } = await load({ stored: undefined });

    const { patches, models } = await load({ config: complete });

    expect(patches).toEqual([]);
    expect(models).toHaveLength(1);
  });

  test('gets the enabled clouds only once', async () => {
    const first = await load({ stored: undefined, autoEnabled: ['acme'] });
    const second = await load({ config: { resotoworker: { collector: [] } }, autoEnabled: ['acme'] });

    expect(first.configuration.worker.collector).toEqual(['acme']);
    expect(first.patches[0]?.['resotoworker']).toMatchObject({ collector: ['acme'] });
    expect(second.configuration.worker.collector).toEqual([]);
  });

  test.each([
    ['r2', 'r2'],
    ['unknown', 'r1'],
  ])('that is patched has the revision %s, then %s is in force', async (patched, revision) => {
    const { configuration } = await load({ config: {}, patched });

    expect(configuration.revision).toBe(revision);
  });

  test('is written although the core refuses the model', async () => {
    const { patches, logged } = await load({ stored: undefined, refuseModel: true });

    expect(patches).toHaveLength(1);
    expect(logged).toContainEqual(expect.objectContaining({ config: 'resoto.worker', error: 'no such kind' }));
  });

  test('gets the defaults it lacks although the core does not accept what it already holds', async () => {
    const { patches, logged, configuration } = await load({
      config: { resotoworker: { collector: [], colour: 'red' } },
      refuseDocument: true,
    });

    expect(patches).toMatchObject([{ resotoworker: { timeout: 10800 } }]);
    expect(configuration.revision).toBe('r2');
    expect(logged).toContainEqual(
      expect.objectContaining({ error: expect.stringContaining('colour'), hint: expect.stringContaining('remove') }),
    );
  });

  test('that cannot be written does not stop the worker', async () => {
    const { configuration, logged } = await load({ stored: undefined, refuse: true });

    expect(configuration.worker.pool_size).toBe(5);
    expect(logged).toContainEqual(expect.objectContaining({ error: 'refused' }));
  });
});

test('the model of the configuration names types, required fields and nested kinds', async () => {
  const { models } = await load({ stored: undefined });

  const kinds = new Map(models[0]?.map((kind) => [kind.fqn, kind]));
  expect(kinds.get('graph_merge_kind')).toEqual({
    fqn: 'graph_merge_kind',
    runtime_kind: 'string',
    enum: ['cloud', 'account'],
  });
  expect(kinds.get('resotoworker')).toMatchObject({ aggregate_root: true, allow_unknown_props: false });
  expect(kinds.get('resotoworker')).toHaveProperty(
    'properties',
    expect.arrayContaining([
      expect.objectContaining({ name: 'collector', kind: 'string[]', required: true }),
      expect.objectContaining({ name: 'tempdir', kind: 'string', required: false }),
      expect.objectContaining({ name: 'write_files_to_home_dir', kind: 'resotoworker_home_directory_file[]' }),
      expect.objectContaining({ name: 'files_in_home_dir', kind: 'dictionary[string, string]', required: false }),
    ]),
  );
  expect(kinds.get('acme_login')).toMatchObject({ aggregate_root: false, allow_unknown_props: false });
  expect(kinds.get('acme_nested')).toMatchObject({ aggregate_root: false, allow_unknown_props: true });
  expect(kinds.get('resotoworker')).toHaveProperty(
    'properties',
    expect.arrayContaining([
      expect.objectContaining({ name: 'web_port', kind: 'int64', metadata: { restart_required: true } }),
      expect.objectContaining({
        name: 'cleanup_max_share',
        description: expect.stringMatching(/Allowed: from 0 to 1\.$/),
      }),
    ]),
  );
  expect(kinds.get('resotoworker_home_directory_file')).toMatchObject({
    properties: [
      { name: 'path', required: true },
      { name: 'content', required: true, metadata: { 'ui-hint': 'multiline' } },
    ],
  });
  // Samples are not added to a section that is there, so nobody may insist on them.
  expect(kinds.get('acme')).toHaveProperty(
    'properties',
    expect.arrayContaining([expect.objectContaining({ name: 'limits', required: false })]),
  );
});
