import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startEmbeddedCore } from '@resoto/embedded-core';
import { realCore } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';
import { errorText, generationNames, type Generation, type JsonObject } from '@resoto/worker-core';
import { eventually } from '@resoto/worker-core/testing';

import { acme, ConfiguredWorker } from './configured-worker.ts';
import { call, callJson } from './http.ts';

interface TestCore {
  readonly uri: string;
  stop(): Promise<void>;
}

const real = await realCore();

describe.each(['resoto', 'fix'] as const)('a configuration at an embedded core of generation %s', (generation) => {
  configurationAt(generation, async () => {
    const core = await startEmbeddedCore({ generation, environment: { CORE_SIZE: '9' } });
    return { uri: core.uri, stop: () => core.close() };
  });
});

describeWith('a configuration at the code of the real core', [real], () => {
  configurationAt('resoto', async () => {
    const core = await real.start();
    return { uri: core.url, stop: () => core.stop() };
  });
});

function configurationAt(generation: Generation, start: () => Promise<TestCore>): void {
  const name = generationNames[generation].workerSection;
  let core: TestCore;
  let id: string;
  let documents = 0;
  let worker: ConfiguredWorker | undefined;

  beforeAll(async () => {
    core = await start();
  });

  beforeEach(() => {
    id = `test.worker${(documents += 1)}`;
  });

  afterEach(async () => {
    await worker?.close();
    worker = undefined;
  });

  afterAll(() => core.stop());

  test('is stored whole at the first start, with its model, and not written again', async () => {
    await open();
    const first = await stored();
    await worker?.close();

    await open();

    const { kinds } = await callJson<{ kinds: Record<string, { properties?: { name: string }[] }> }>(
      `${core.uri}/configs/model`,
    );
    expect(first).toMatchObject({
      [name]: { collector: ['acme'], graph: generation, tempdir: null, files_in_home_dir: {}, web_port: 9956 },
      acme: { token: null, limits: { boxes: 3 } },
    });
    expect(kinds[name]?.properties?.map((property) => property.name)).toEqual(Object.keys(first[name] ?? {}));
    expect(await stored()).toEqual(first);
    expect(worker?.writes).toEqual([]);
  });

  test('keeps foreign sections, unknown settings, emptied maps and nulls (no. 21, W19)', async () => {
    const section = { collector: [], files_in_home_dir: null, of_another_version: 1 };
    const document = { [name]: section, acme: { limits: {}, ratio: null }, k8s: { configs: [{ token: '$(T)' }] } };
    await put(document, '?validate=false');

    await open();

    expect(await stored()).toMatchObject(document);
    expect(await stored()).not.toHaveProperty('acme.limits.boxes');
    expect(worker?.current.section('acme')).toMatchObject({ limits: {}, ratio: null });
    expect(worker?.current.worker.files_in_home_dir).toBeNull();
  });

  test('gets its defaults although it holds what the core refuses, so that it can be edited once that is removed', async () => {
    await put({ [name]: { collector: [], of_another_version: 1 } }, '?validate=false');
    await open();
    const { [name]: section = {}, ...rest } = await stored();
    const { of_another_version: refused, ...mended } = section;

    await put({ ...rest, [name]: { ...mended, timeout: 60 } });

    expect(refused).toBe(1);
    await eventually(() => expect(worker?.current.worker.timeout).toBe(60));
  });

  test('keeps placeholders as they are stored, and gives their values the declared type (no. 1, W20)', async () => {
    const document = { [name]: { collector: [], cleanup: '$(DO_CLEANUP)', timeout: '$(TIMEOUT)' } };
    await put(document, '?validate=false');

    await open({ environment: { DO_CLEANUP: 'false', TIMEOUT: '60' } });

    expect(worker?.current.worker).toMatchObject({ cleanup: false, timeout: 60 });
    expect(await stored()).toMatchObject(document);
  });

  test('follows the document while the worker runs', async () => {
    await open();
    const before = worker?.current;

    await change({ [name]: { timeout: 60 }, acme: { limits: { cars: 1 } } });

    await eventually(() => expect(worker?.current.worker.timeout).toBe(60));
    expect(worker?.current.section('acme')['limits']).toEqual({ boxes: 3, cars: 1 });
    expect(worker?.told).toEqual(['change']);
    expect(before?.worker.timeout).toBe(10800);
  });

  test('goes back to the default of what was removed, and forgets removed entries (no. 22)', async () => {
    const document = { [name]: { collector: [], timeout: 60 }, acme: { limits: { boxes: 1, cars: 2 } } };
    await put(document, '?validate=false');
    await open();
    const { [name]: section = {}, ...others } = await stored();
    const { timeout, ...rest } = section;

    await put({ ...others, [name]: rest, acme: { limits: { boxes: 1 } } }, '?validate=false');

    await eventually(() => expect(worker?.current.worker.timeout).toBe(10800));
    expect(timeout).toBe(60);
    expect(worker?.current.section('acme')['limits']).toEqual({ boxes: 1 });
  });

  test('stays as it is when the document is edited to nonsense, until it is mended', async () => {
    await open();
    const before = worker?.current;
    const good = await stored();

    await put({ ...good, [name]: { ...good[name], timeout: 'soon', cleanup: 'perhaps' } }, '?validate=false');
    await eventually(() => expect(worker?.told).toHaveLength(1));
    const kept = worker?.current;
    await put({ ...good, [name]: { ...good[name], timeout: 61 } });
    await eventually(() => expect(worker?.current.worker.timeout).toBe(61));

    expect(worker?.told[0]).toContain(`${name}.timeout: expected a whole number, found the text "soon"`);
    expect(worker?.told[0]).toContain(`${name}.cleanup: expected true or false, found the text "perhaps"`);
    expect(kept).toBe(before);
  });

  test('stays as it is when the document is deleted', async () => {
    await open();
    const good = await stored();

    await call(`${core.uri}/config/${id}`, { method: 'DELETE' });
    await put({ ...good, [name]: { ...good[name], timeout: 61 } });
    await eventually(() => expect(worker?.current.worker.timeout).toBe(61));

    expect(worker?.told).toEqual(['change']);
  });

  test('asks for a restart when a marked setting changes, unless an override pins it (no. 22)', async () => {
    await open({ overrides: [`${name}.web_port=1234`] });

    await change({ [name]: { web_port: 5678, timeout: 60 } });
    await eventually(() => expect(worker?.current.worker.timeout).toBe(60));
    await change({ [name]: { web_path: '/worker' } });

    await eventually(() => expect(worker?.told).toEqual(['change', `restart ${name}.web_path`]));
    expect(worker?.current.worker).toMatchObject({ web_port: 1234, web_path: '/' });
  });

  test('is validated by the worker before it is stored when the core has an entry for that', async () => {
    await open();
    const good = await stored();
    await call(`${core.uri}/config/${id}/validation`, { method: 'PUT', body: { id, external_validation: true } });
    await worker?.validate();
    const edited = (section: JsonObject) => put({ ...good, [name]: { ...good[name], ...section } });

    const refused = await edited({ web_port: 70_000 }).then(() => 'accepted', errorText);
    await edited({ timeout: 62 });

    expect(refused).toContain('400');
    expect(refused).toContain(`${name}.web_port: expected a whole number, from 0 to 65535, found 70000`);
    expect(await stored()).toMatchObject({ [name]: { timeout: 62, web_port: 9956 } });
  });

  async function open(options: Partial<Parameters<typeof ConfiguredWorker.open>[0]> = {}): Promise<void> {
    worker = await ConfiguredWorker.open({ uri: core.uri, id, generation, sections: [acme], ...options });
  }

  /** As it is stored, without a look at the environment of the core. */
  function stored(): Promise<Readonly<Record<string, JsonObject>>> {
    return callJson(`${core.uri}/config/${id}?resolve_env_vars=false`);
  }

  async function put(document: JsonObject, query = ''): Promise<void> {
    await call(`${core.uri}/config/${id}${query}`, { method: 'PUT', body: document });
  }

  async function change(document: JsonObject): Promise<void> {
    await call(`${core.uri}/config/${id}`, { method: 'PATCH', body: document });
  }
}
