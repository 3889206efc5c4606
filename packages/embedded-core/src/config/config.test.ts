import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { closeCores, core } from '../../test/cores.ts';
import { call, callJson, openSocket } from '../../test/wire-client.ts';
import { fillPlaceholders, mergeConfig } from './merge-config.ts';

let uri = '';

beforeEach(async () => {
  ({ uri } = await core({ environment: { TOKEN: 's3cr3t', EMPTY: '', PORT: '8080' } }));
});
afterEach(closeCores);

const KINDS = [
  {
    fqn: 'acme',
    properties: [
      { name: 'token', kind: 'string', required: true },
      { name: 'pool_size', kind: 'int64' },
    ],
  },
];

describe('documents', () => {
  test('one that was never stored is 404', async () => {
    const reply = await call(uri, 'GET', '/config/resoto.worker?separate_overrides=true');

    expect([reply.status, reply.text]).toEqual([404, 'Error: NotFound\nMessage: No config with this id']);
  });

  test('PUT replaces and gives a new revision, only when something changes', async () => {
    const first = await call(uri, 'PUT', '/config/x', { body: { a: { n: 1 } } });
    const same = await call(uri, 'PUT', '/config/x', { body: { a: { n: 1 } } });
    const second = await call(uri, 'PUT', '/config/x', { body: { b: { n: 2 } } });

    expect(first.headers['resoto-config-revision']).toMatch(/^_./);
    expect(same.headers['resoto-config-revision']).toBeUndefined();
    expect(second.headers['resoto-config-revision']).not.toBe(first.headers['resoto-config-revision']);
    const read = await call(uri, 'GET', '/config/x');
    expect(JSON.parse(read.text)).toEqual({ b: { n: 2 } });
    expect(read.headers['resoto-config-revision']).toBe(second.headers['resoto-config-revision']);
  });

  test('PATCH merges deeply, keeps foreign sections and ignores nulls', async () => {
    await callJson(uri, 'PUT', '/config/x', { body: { a: { n: 1, list: [1, 2] }, foreign: { k: 'v' } } });

    const patched = await callJson(uri, 'PATCH', '/config/x', { body: { a: { n: null, list: [3], m: 2 }, b: {} } });

    expect(patched).toEqual({ a: { n: 1, list: [3], m: 2 }, foreign: { k: 'v' }, b: {} });
  });

  test('a dry run stores nothing', async () => {
    const reply = await call(uri, 'PUT', '/config/x?dry_run=true', { body: { a: {} } });

    expect([reply.status, JSON.parse(reply.text)]).toEqual([200, { a: {} }]);
    expect(reply.headers['resoto-config-revision']).toBeUndefined();
    expect((await call(uri, 'GET', '/config/x')).status).toBe(404);
  });

  test('changes and deletions are told on the bus', async () => {
    const events = await openSocket(uri, '/events?show=config-updated,config-deleted');

    const { headers } = await call(uri, 'PUT', '/config/x', { body: { a: {} } });
    await call(uri, 'PUT', '/config/x', { body: { a: {} } });
    const deleted = await call(uri, 'DELETE', '/config/x');

    const revision = headers['resoto-config-revision'];
    expect(await events.next()).toEqual({ kind: 'event', message_type: 'config-updated', data: { id: 'x', revision } });
    expect(await events.next()).toEqual({ kind: 'event', message_type: 'config-deleted', data: { id: 'x' } });
    expect(deleted.status).toBe(204);
    expect((await call(uri, 'GET', '/config/x')).status).toBe(404);
  });

  test('ids may have slashes and escapes', async () => {
    await callJson(uri, 'PUT', '/config/a/b%20c', { body: { s: {} } });

    expect(await callJson(uri, 'GET', '/configs')).toEqual(['a/b c']);
  });

  test('a body that is no object is refused', async () => {
    expect((await call(uri, 'PUT', '/config/x', { body: [] })).status).toBe(400);
  });

  test('the revision header is that of the generation', async () => {
    const fix = await core({ generation: 'fix' });

    const { headers } = await call(fix.uri, 'PUT', '/config/fix.worker', { body: { a: {} } });

    expect(headers['fix-config-revision']).toMatch(/^_/);
    expect(headers['resoto-config-revision']).toBeUndefined();
  });
});

describe('views', () => {
  const stored = {
    acme: { token: '$(TOKEN)', pool_size: '$(PORT)' },
    other: { a: ['$(MISSING) $(TOKEN)', '$(EMPTY)'] },
  };

  beforeEach(async () => {
    await callJson(uri, 'PATCH', '/configs/model', { body: KINDS });
    await callJson(uri, 'PUT', '/config/x', { body: stored });
  });

  test('plain: placeholders are filled as far as known, values have their declared type', async () => {
    expect(await callJson(uri, 'GET', '/config/x')).toEqual({
      acme: { token: 's3cr3t', pool_size: 8080 },
      other: { a: ['$(MISSING) s3cr3t', '$(EMPTY)'] },
    });
  });

  test('plain without resolving: as stored', async () => {
    expect(await callJson(uri, 'GET', '/config/x?resolve_env_vars=false')).toEqual(stored);
  });

  test('envelope: as stored unless asked to resolve, without overrides', async () => {
    expect(await callJson(uri, 'GET', '/config/x?separate_overrides=true')).toEqual({
      config: stored,
      overrides: null,
    });
  });

  test('envelope with everything, as a worker asks for it', async () => {
    const query = 'separate_overrides=true&apply_overrides=true&resolve_env_vars=true&include_raw_config=true';

    expect(await callJson(uri, 'GET', `/config/x?${query}`)).toMatchObject({
      config: { acme: { token: 's3cr3t', pool_size: 8080 } },
      overrides: null,
      raw_config: stored,
    });
  });
});

describe('validation', () => {
  beforeEach(() => callJson(uri, 'PATCH', '/configs/model', { body: KINDS }));

  test('sections with a kind are checked, others are not', async () => {
    const unknown = await call(uri, 'PUT', '/config/x', { body: { acme: { token: 'x', foo: 1 } } });
    const missing = await call(uri, 'PUT', '/config/x', { body: { acme: { pool_size: 1 } } });
    const wrong = await call(uri, 'PUT', '/config/x', { body: { acme: { token: 'x', pool_size: 'many' } } });
    const free = await call(uri, 'PUT', '/config/x', { body: { other: { foo: 1 } } });

    expect([unknown.status, missing.status, wrong.status, free.status]).toEqual([400, 400, 400, 200]);
  });

  test('what can be converted is, and members get the order of the model', async () => {
    const reply = await call(uri, 'PUT', '/config/x', { body: { acme: { pool_size: '8', token: 5 } } });

    expect(reply.text).toBe('{"acme":{"token":"5","pool_size":8}}');
  });

  test('can be switched off', async () => {
    const body = { acme: { foo: 1 } };

    expect(await callJson(uri, 'PUT', '/config/x?validate=false', { body })).toEqual(body);
    expect(await callJson(uri, 'GET', '/config/x')).toEqual(body);
  });

  test('the model has all kinds', async () => {
    const model = await callJson(uri, 'GET', '/configs/model');

    expect(model).toMatchObject({ kinds: { acme: { fqn: 'acme' }, string: { fqn: 'string' } } });
  });
});

describe('external validation', () => {
  test('entries are stored, listed and deleted with their document', async () => {
    const missing = await call(uri, 'GET', '/config/x/validation');
    const entry = await callJson(uri, 'PUT', '/config/x/validation', { body: { id: 'x', external_validation: true } });
    const ids = await callJson(uri, 'GET', '/configs/validation');
    await call(uri, 'DELETE', '/config/x');

    expect(missing.status).toBe(404);
    expect(entry).toEqual({ id: 'x', external_validation: true });
    expect(ids).toEqual(['x']);
    expect((await call(uri, 'GET', '/config/x/validation')).status).toBe(404);
  });

  test('a worker accepts or refuses a document; the entry is that of its longest prefix', async () => {
    await callJson(uri, 'PUT', '/config/acme/validation', { body: { external_validation: true } });
    await callJson(uri, 'PUT', '/config/acme.settings/validation', { body: { external_validation: true } });
    const worker = await openSocket(uri, '/work/queue');
    worker.send([{ name: 'validate_config' }]);
    const put = (n: number) => call(uri, 'PUT', '/config/acme.settings.main', { body: { s: { n } } });

    const accepted = put(1);
    const task = await worker.next();
    worker.send({ task_id: task['task_id'], result: 'done' });
    const refused = put(2);
    worker.send({ task_id: (await worker.next())['task_id'], result: 'error', error: 'n is too large' });

    expect(task).toMatchObject({
      task_name: 'validate_config',
      attrs: { config_id: 'acme.settings' },
      data: { task: 'validate_config', config_id: 'acme.settings.main', config: { s: { n: 1 } } },
    });
    expect((await accepted).status).toBe(200);
    expect((await refused).text).toMatch(/n is too large/);
    expect(await callJson(uri, 'GET', '/config/acme.settings.main')).toEqual({ s: { n: 1 } });
  });
});

test('merging replaces arrays and texts, and never by null', () => {
  expect(mergeConfig({ a: { b: [1], c: 1 }, d: 'x' }, { a: { b: [2], c: null, e: null }, d: {} })).toEqual({
    a: { b: [2], c: 1 },
    d: {},
  });
});

test('replaced text is not looked at again', () => {
  expect(fillPlaceholders({ a: '$(B)' }, { B: '$(A)', A: 'x' })).toEqual({ a: '$(A)' });
});
