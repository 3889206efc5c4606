import { describe, expect, test } from '@jest/globals';
import { errorText } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { KindJson } from '../protocol/model-json.ts';
import type { StoredConfig } from '../core-client/core-client.ts';
import { loadConfiguration, type LoadOptions } from './configuration.ts';
import { declareSection } from './section.ts';
import { workerSection } from './worker-section.ts';

const acme = declareSection({
  name: 'acme',
  description: 'Acme cloud.',
  fields: {
    token: { type: 'string', nullable: true, default: null, description: 'Key.', secret: true },
    regions: { type: { list: 'string' }, default: [], description: 'Regions.' },
    limits: { type: { map: 'int64' }, default: { boxes: 3 }, description: 'Limits.' },
    ratio: { type: 'double', nullable: true, default: 0.5, description: 'Ratio.' },
    login: {
      type: {
        name: 'acme_login',
        object: {
          user: { type: 'string', default: 'root', description: 'User.' },
          password: { type: 'string', default: '', description: 'Password.', secret: true },
        },
      },
      default: { user: 'root', password: '' },
      description: 'Login.',
    },
  },
});

describe('effective values', () => {
  test('are the defaults when there is no document', async () => {
    const { configuration } = await load({ stored: undefined });

    expect(configuration.worker).toMatchObject({ graph: 'resoto', pool_size: 5, cleanup: false, cleanup_pool_size: 8 });
    expect(configuration.section('acme')['limits']).toEqual({ boxes: 3 });
  });

  test('take a stored map as it is, even when it is empty', async () => {
    const { configuration } = await load({ config: { acme: { limits: {} } } });

    expect(configuration.section('acme')['limits']).toEqual({});
  });

  test('take null where null is allowed, and the default where it is not', async () => {
    const { configuration } = await load({ config: { acme: { ratio: null, regions: null } } });

    expect(configuration.section('acme')).toMatchObject({ ratio: null, regions: [] });
  });

  test('convert text of the environment to the declared type', async () => {
    const { configuration } = await load({
      config: { resotoworker: { collector: [], cleanup: '$(DO_CLEANUP)', timeout: '$(TIMEOUT)' } },
      environment: { DO_CLEANUP: 'false', TIMEOUT: '60' },
    });

    expect(configuration.worker).toMatchObject({ cleanup: false, timeout: 60 });
  });

  test('are the default where a variable is missing, and the place is reported', async () => {
    const { configuration, logged } = await load({ config: { acme: { regions: ['eu', '$(REGION)'] } } });

    expect(configuration.section('acme')['regions']).toEqual(['eu']);
    expect(logged).toContainEqual(expect.objectContaining({ path: 'acme.regions[1]', variable: 'REGION' }));
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

  test('is refused without showing a secret', async () => {
    const error = await loadError({ config: { acme: { token: 12345678, login: { password: ['hunter2'] } } } });

    expect(error).toContain('acme.token: expected a text, found a number (not shown)');
    expect(error).not.toMatch(/12345678|hunter2/);
  });
});

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

  test.each([
    ['resotoworker.web_port=12x', 'resotoworker.web_port: expected a whole number'],
    ['resotoworker.graph_merge_kind=region', 'expected one of cloud, account'],
    ['resotoworker.no_such=1', 'resotoworker.no_such: expected one of collector, graph'],
    ['acme.limits=5', 'acme.limits: expected a map'],
    ['resotoworker=5', '--override resotoworker: expected section.key=value'],
    ['nonsense', '--override number 1: expected section.key=value'],
  ])('that cannot be understood stop the start: %s', async (override, message) => {
    expect(await loadError({ overrides: [override] })).toContain(message);
  });

  test('of sections nobody has are reported and ignored', async () => {
    const { logged } = await load({ overrides: ['k8s.pool_size=5'] });

    expect(logged).toContainEqual(expect.objectContaining({ override: 'k8s.pool_size' }));
  });

  test('never show the value of a secret', async () => {
    expect(await loadError({ overrides: ['acme.login=s3cr3tvalue'] })).not.toContain('s3cr3tvalue');
  });
});

describe('the stored document', () => {
  test('gets the defaults it lacks and nothing else', async () => {
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
    });
    expect(patches[0]).not.toHaveProperty('other');
  });

  test('is not written when nothing is missing', async () => {
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
  expect(kinds.get('acme_login')).toMatchObject({ aggregate_root: false });
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

interface Given {
  readonly config?: JsonObject;
  readonly stored?: undefined;
  readonly autoEnabled?: readonly string[];
  readonly refuse?: boolean;
  readonly environment?: LoadOptions['environment'];
  readonly overrides?: readonly string[];
  readonly onSecret?: LoadOptions['onSecret'];
}

async function load(given: Given) {
  const logged: unknown[] = [];
  const patches: JsonObject[] = [];
  const models: (readonly KindJson[])[] = [];
  const stored: StoredConfig | undefined =
    'stored' in given
      ? undefined
      : { config: given.config ?? {}, overrides: null, rawConfig: given.config ?? {}, revision: 'r1' };
  const configuration = await loadConfiguration({
    store: {
      config: async () => stored,
      patchConfig: async (_id, patch) => {
        if (given.refuse === true) throw new Error('refused');
        patches.push(patch);
        return 'r2';
      },
      patchConfigModel: async (kinds) => {
        models.push(kinds);
      },
    },
    id: 'resoto.worker',
    sections: [acme],
    workerSection: (collectors) => workerSection({ generation: 'resoto', collectors, cores: 4 }),
    autoEnabled: async () => given.autoEnabled ?? [],
    overrides: given.overrides ?? [],
    environment: given.environment ?? {},
    log: logInto(logged),
    onSecret: given.onSecret ?? (() => undefined),
    signal: new AbortController().signal,
  });
  return { configuration, logged, patches, models };
}

async function loadError(given: Given): Promise<string> {
  return load(given).then(
    () => 'no error',
    (error: unknown) => errorText(error),
  );
}

function logInto(logged: unknown[]): Logger {
  const log = (_message: string, facts?: Readonly<Record<string, unknown>>) => void logged.push(facts ?? {});
  return { debug: log, info: log, warn: log, error: log };
}
