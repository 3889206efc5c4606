import { describe, expect, test } from '@jest/globals';
import { errorText } from '../errors.ts';
import { load, loadError } from './load-configuration.test.support.ts';

describe('effective values', () => {
  test('are the defaults when there is no document', async () => {
    const { configuration } = await load({ stored: undefined });

    expect(configuration.worker).toMatchObject({ graph: 'resoto', pool_size: 5, cleanup: false, cleanup_pool_size: 8 });
    expect(configuration.section('acme')['limits']).toEqual({ boxes: 3 });
  });

  test.each([
    ['resoto', 'resotoworker'],
    ['fix', 'fixworker'],
  ] as const)('are those the reference has, in generation %s', async (generation, name) => {
    const { configuration } = await load({ stored: undefined, generation });

    expect(configuration.section(name)).toMatchObject({
      ...{ collector: [], graph: generation, timeout: 10800, pool_size: 5, graph_sender_pool_size: 5 },
      ...{ fork_process: true, graph_merge_kind: 'account', debug_dump_json: false, tempdir: null },
      ...{ cleanup: false, cleanup_pool_size: 8, cleanup_dry_run: true, max_resources_per_account: null },
      ...{ no_tls: false, web_host: '::', web_port: 9956, web_path: '/' },
      ...{ write_files_to_home_dir: [], files_in_home_dir: {} },
    });
  });

  test('take a stored map as it is, even when it is empty (no. 21)', async () => {
    const { configuration } = await load({ config: { acme: { limits: {} } } });

    expect(configuration.section('acme')['limits']).toEqual({});
  });

  test('take null where null is allowed, and the default where it is not (no. 21)', async () => {
    const { configuration } = await load({ config: { acme: { ratio: null, regions: null } } });

    expect(configuration.section('acme')).toMatchObject({ ratio: null, regions: [] });
  });

  test.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['Yes', true],
    ['false', false],
    ['False', false],
    ['0', false],
    ['no', false],
  ])('are strict with switches of the environment: %j is %j (no. 1)', async (text, value) => {
    const { configuration } = await load({
      config: { resotoworker: { collector: [], cleanup: '$(DO_CLEANUP)' } },
      environment: { DO_CLEANUP: text },
    });

    expect(configuration.worker.cleanup).toBe(value);
  });

  test('are numbers, names, durations and lists of the environment, in their type (W20)', async () => {
    const { configuration } = await load({
      config: {
        resotoworker: {
          collector: ['$(CLOUD)'],
          timeout: '$(TIMEOUT)',
          carry_over_max_age: '$(AGE)',
          graph_merge_kind: '$(LEVEL)',
        },
        acme: { ratio: '$(RATIO)', limits: { boxes: '$(TIMEOUT)' } },
      },
      environment: { CLOUD: 'acme', TIMEOUT: '60', AGE: '2 days', LEVEL: 'cloud', RATIO: '.25' },
    });

    expect(configuration.worker).toMatchObject({
      ...{ collector: ['acme'], timeout: 60, carry_over_max_age: '2 days', graph_merge_kind: 'cloud' },
    });
    expect(configuration.section('acme')).toMatchObject({ ratio: 0.25, limits: { boxes: 60 } });
  });

  test('are the default where a variable is missing or empty, and place and remedies are told (W20)', async () => {
    const { configuration, logged } = await load({
      config: { resotoworker: { collector: [], cleanup: '$(EMPTY)' }, acme: { regions: ['eu', '$(REGION)'] } },
      environment: { EMPTY: '' },
    });

    expect(configuration.worker.cleanup).toBe(false);
    expect(configuration.section('acme')['regions']).toEqual(['eu']);
    const hint = (name: string, path: string) =>
      `Set the environment variable ${name} of the worker, or give the value with --override ${path}=….`;
    expect(logged).toMatchObject([
      { path: 'resotoworker.cleanup', variable: 'EMPTY', hint: hint('EMPTY', 'resotoworker.cleanup') },
      { path: 'acme.regions[1]', variable: 'REGION', hint: hint('REGION', 'acme.regions[1]') },
    ]);
  });

  test.each([
    ['cleanup_max_resources', '$(X)', 'cleanup_max_resources'],
    ['cleanup_max_share', '$(EMPTY)', 'cleanup_max_share'],
    ['cleanup_never_accounts', ['main', '$(X)'], 'cleanup_never_accounts[1]'],
    ['cleanup_requires_plan', '$(X)', 'cleanup_requires_plan'],
  ])('never take the default of a brake whose variable is not set: %s', async (field, value, place) => {
    const given = { config: { resotoworker: { [field]: value } }, environment: { EMPTY: '' } };

    expect(await loadError(given)).toMatch(
      /: expected a value, found nothing, as the environment variable (X|EMPTY) is/,
    );
    expect(await loadError(given)).toContain(`resotoworker.${place}: `);
    await expect(load({ ...given, overrides: [`resotoworker.${field}=1`] })).resolves.toBeDefined();
  });

  test('need no variable where an override gives the value, or the section is that of others', async () => {
    const { configuration, logged } = await load({
      config: { resotoworker: { collector: [] }, acme: { token: '$(TOKEN)' }, k8s: { token: '$(K8S)' } },
      overrides: ['acme.token=abc'],
    });

    expect(configuration.section('acme')['token']).toBe('abc');
    expect(JSON.stringify(logged)).not.toContain('variable');
  });

  test.each(['P1DT2H', '-0s', '+1.5h', '3 days, 4 hours and 5min', '1y2mo3w'])(
    'may be a duration such as %j',
    async (age) => {
      const { configuration } = await load({ config: { resotoworker: { collector: [], carry_over_max_age: age } } });

      expect(configuration.worker.carry_over_max_age).toBe(age);
    },
  );

  test('ignore a section logging without a word', async () => {
    const { logged } = await load({ config: { resotoworker: { collector: [] }, logging: { verbose: true } } });

    expect(logged).toEqual([]);
  });

  test('leave an empty list of collectors to whoever knows what is at hand, and do not store it', async () => {
    const { configuration, patches } = await load({
      config: { resotoworker: { collector: [] } },
      collectorsAtHand: async () => ['acme'],
    });

    expect(configuration.worker.collector).toEqual(['acme']);
    expect(configuration.section('resotoworker')['collector']).toEqual(['acme']);
    expect(patches[0]?.['resotoworker']).not.toHaveProperty('collector');
  });
});

describe('a document that cannot be understood', () => {
  test('is refused with every wrong value, its place and what was expected', async () => {
    const config = {
      resotoworker: { pool_size: '12x', cleanup: 'maybe', carry_over_max_age: 'soon' },
      acme: { regions: 'eu' },
    };

    const error = await loadError({ config });

    expect(error).toContain('resotoworker.pool_size: expected a whole number, found the text "12x"');
    expect(error).toContain('resotoworker.cleanup: expected true or false, found the text "maybe"');
    expect(error).toContain('resotoworker.carry_over_max_age: expected a duration');
    expect(error).toContain('acme.regions: expected a list');
  });

  test.each([
    ['timeout', -5, 'a whole number, at least 1, found -5'],
    ['timeout', '0', 'a whole number, at least 1, found the text "0"'],
    ['pool_size', -1, 'a whole number, at least 0'],
    ['graph_sender_pool_size', 0, 'a whole number, at least 1'],
    ['cleanup_pool_size', 0, 'a whole number, at least 1'],
    ['worker_threads', 0, 'a whole number, at least 1'],
    ['accounts_per_thread', 0, 'a whole number, at least 1'],
    ['max_resources_per_account', 0, 'a whole number, at least 1'],
    ['web_port', 65536, 'a whole number, from 0 to 65535'],
    ['web_port', 80.5, 'a whole number, found 80.5'],
    ['web_port', 1e300, 'a whole number'],
    ['cleanup_max_share', 25, 'a number, from 0 to 1'],
    ['cleanup_max_share', '1e999', 'a number, found the text "1e999"'],
    ['cleanup_max_resources', -1, 'a whole number, at least 0'],
    ['carry_over_max_age', '-2h', 'a duration such as 30d or 1h30min, at least 0 seconds, found the text "-2h"'],
    ['shutdown_grace', '1y', 'a duration such as 30d or 1h30min, from 0 to 2147483 seconds'],
    ['shutdown_grace', 100, 'a duration such as 30d or 1h30min, found 100'],
    ['log_level', 'loud', 'one of critical, error, warn, info, debug, trace, found the text "loud"'],
    ['fork_process', 2, 'true or false, found 2'],
    ['graph', 5, 'a text, found 5'],
    ['collector', ['a', null], 'a text, found null'],
    ['files_in_home_dir', [], 'a map, found a list'],
    // To leave it out would widen what maps narrow: one without entries means every account in some.
    ['files_in_home_dir', { a: null }, 'a text, found null'],
    ['write_files_to_home_dir', ['a'], 'an object, found a text'],
  ])('is refused when %s is %j', async (field, value, expected) => {
    expect(await loadError({ config: { resotoworker: { [field]: value } } })).toContain(`expected ${expected}`);
  });

  test('is refused when the environment holds something else (no. 1, W20)', async () => {
    const error = await loadError({
      config: { resotoworker: { cleanup: '$(A)', timeout: '$(B)' }, acme: { token: ['$(C)'] } },
      environment: { A: 'maybe', B: '12x', C: 'hunter2' },
    });

    expect(error).toContain('resotoworker.cleanup: expected true or false, found the text "maybe" from $(A)');
    expect(error).toContain('resotoworker.timeout: expected a whole number, found the text "12x" from $(B)');
    expect(error).toContain('acme.token: expected a text, found a list');
    expect(error).not.toContain('hunter2');
  });

  test('is refused when a section is none', async () => {
    expect(await loadError({ config: { acme: [] } })).toContain('acme: expected an object, found a list');
  });

  test('does not fail the others when it concerns a section apart, but its overrides do', async () => {
    const apart = { sectionsApart: new Set(['acme']), config: { acme: { regions: 'eu' } } };

    const { configuration } = await load(apart);

    expect(errorText(configuration.sectionError?.('acme'))).toContain('acme.regions: expected a list');
    expect(await loadError({ ...apart, overrides: ['acme.ratio=x'] })).toContain('acme.ratio: expected a number');
  });

  test('is refused without showing a secret', async () => {
    const error = await loadError({ config: { acme: { token: 12345678, login: { password: ['hunter2'] } } } });

    expect(error).toContain('acme.token: expected a text, found a number (not shown)');
    expect(error).not.toMatch(/12345678|hunter2/);
  });
});

test('secrets are reported before they can be logged', async () => {
  const secrets: string[] = [];

  await load({
    config: { acme: { token: '$(TOKEN)', login: { password: 'hunter2' } } },
    environment: { TOKEN: 'abcdef' },
    onSecret: (secret) => secrets.push(secret),
  });

  expect(secrets).toEqual(expect.arrayContaining(['abcdef', 'hunter2']));
});
