import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { workerSection, type JsonObject } from '@resoto/worker-core';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram, until, type Run } from './core-program.ts';
import { call, callJson } from './http.ts';
import { killPrograms } from './program.ts';
import { Proxy, type Fate } from './proxy.ts';
import { housekeepingPackage, installProgram, startWorker, type WorkerProgram } from './worker-program.ts';

const changed = 'the configuration has changed';
const deleting = { cleanup: true, cleanup_dry_run: false };

/** Shows that a setting takes effect; or why nothing has to be shown. */
type Proof = (() => Promise<void>) | string;

const proofs: Readonly<Record<string, Proof>> = {
  async graph() {
    await change({ graph: 'other' });
    await collect();

    expect([await found('other'), await found('resoto')]).toEqual([['a', 'b'], []]);
  },
  async timeout() {
    cloud.hook = (path) => (path === '/accounts' ? 200 : new Promise(() => {}));
    await change({ timeout: 4 });
    await coreWaits(4);
    await core.startCollect();

    const [failed] = await worker.hasLogged('account failed', 2);
    expect(failed).toMatchObject({ error: expect.stringContaining('The collect of acme was stopped after 4 s') });
    await change({});
    await coreWaits(10_800);
  },
  async pool_size() {
    await change({ pool_size: 0 });
    await collect();

    expect(await found()).toEqual([]);
  },
  async graph_sender_pool_size() {
    const uploadsAtOnce = async (size: number): Promise<number> => {
      await change({ graph_sender_pool_size: size });
      const uploads = new AtOnce(size);
      proxy.hooks = {
        async request({ path }): Promise<Fate> {
          if (path === '/graph/resoto/merge') await uploads.pass();
          return 'pass';
        },
      };
      await collect();
      return uploads.most;
    };

    expect([await uploadsAtOnce(1), await uploadsAtOnce(2)]).toEqual([1, 2]);
  },
  fork_process: 'it is accepted for compatibility and has no effect',
  async graph_merge_kind() {
    const leftOfClosed = async (kind: string): Promise<readonly string[]> => {
      cloud.accounts = { one: [{ id: 'a' }], two: [{ id: 'b' }] };
      await collect();
      cloud.accounts = { one: [{ id: 'a' }] };
      await change({ graph_merge_kind: kind, pool_size: kind === 'cloud' ? 2 : 3 });
      await collect();
      return found();
    };

    expect([await leftOfClosed('account'), await leftOfClosed('cloud')]).toEqual([['a', 'b'], ['a']]);
  },
  async debug_dump_json() {
    await change({ debug_dump_json: true });
    await collect();

    const kept = join(spool, await onlyNew(spool, []));
    await until('model and graphs are kept', async () => {
      const names = (await readdir(kept)).join(' ');
      return names.includes('model') && names.includes('graph');
    });
  },
  async tempdir() {
    const elsewhere = join(directory, 'elsewhere');
    const before = await namesIn(spool);
    await change({ debug_dump_json: true, tempdir: elsewhere });
    await collect();
    await onlyNew(elsewhere, []);
    await change({ debug_dump_json: true });
    await collect();

    await onlyNew(spool, before);
  },
  async max_resources_per_account() {
    await change({ max_resources_per_account: 1 });
    const { id } = await collect();

    expect(JSON.stringify(await core.log(id))).toContain('max_resources_per_account');
    expect(await found()).toEqual([]);
  },
  async worker_threads() {
    const one = await accountsAtOnce({ worker_threads: 1, accounts_per_thread: 1 }, 1);

    expect([one, await accountsAtOnce({ worker_threads: 2, accounts_per_thread: 1 }, 2)]).toEqual([1, 2]);
  },
  async accounts_per_thread() {
    const one = await accountsAtOnce({ worker_threads: 1, accounts_per_thread: 1 }, 1);

    expect([one, await accountsAtOnce({ worker_threads: 1, accounts_per_thread: 2 }, 2)]).toEqual([1, 2]);
  },
  async carry_over_max_age() {
    await collect();
    cloud.hook = (path) => (path === '/accounts' ? 200 : 403);
    await collect();
    const kept = await found();
    await change({ carry_over_max_age: '0s' });
    await collect();

    expect([kept, await found()]).toEqual([['a', 'b'], []]);
  },
  cleanup: () => holdsBack({ cleanup: false }),
  async cleanup_pool_size() {
    const deletionsAtOnce = async (size: number): Promise<number> => {
      await change({ ...deleting, cleanup_pool_size: size });
      await collectNothing();
      cloud.accounts = { one: [{ id: 'a' }], two: [{ id: 'b' }] };
      await collect();
      await mark();
      cloud.deleted.length = 0;
      const held = ['a', 'b'].map((id) => cloud.hold(id));
      const run = cleanUp();
      await until(`${size} are deleted`, () => cloud.deleted.length >= size);
      // Time for one that may not come.
      await core.search('is(acme_box)');
      const atOnce = cloud.deleted.length;
      for (const deletion of held) deletion.release();
      await run;
      return atOnce;
    };

    expect([await deletionsAtOnce(1), await deletionsAtOnce(2)]).toEqual([1, 2]);
  },
  cleanup_dry_run: () => holdsBack({ cleanup_dry_run: true }),
  cleanup_max_resources: () => holdsBack({ cleanup_max_resources: 0 }),
  cleanup_max_per_account: () => holdsBack({ cleanup_max_per_account: 0 }),
  cleanup_max_share: () => holdsBack({ cleanup_max_share: 0 }),
  cleanup_never_accounts: () => holdsBack({ cleanup_never_accounts: ['one', 'two'] }),
  cleanup_never_kinds: () => holdsBack({ cleanup_never_kinds: ['acme_box'] }),
  cleanup_min_mark_age: () => holdsBack({ cleanup_min_mark_age: '1h' }),
  cleanup_requires_plan: () => holdsBack({ cleanup_requires_plan: true }),
  async log_level() {
    await collect();
    const before = worker.stderr().includes('"level":"DEBUG"');
    await change({ log_level: 'debug' });
    await collect();

    await until('debug entries are logged', () => worker.stderr().includes('"level":"DEBUG"'));
    expect(before).toBe(false);
  },
  /** Ends the worker, so it comes last. */
  async shutdown_grace() {
    let begun = false;
    cloud.hook = (path) => {
      if (path === '/accounts') return 200;
      begun = true;
      return new Promise(() => {});
    };
    await change({ shutdown_grace: '1s' });
    await core.startCollect();
    await until('it is collected', () => begun);

    expect(await worker.kill('SIGTERM')).toBe(0);
    expect(worker.logged('worker is stopping')).toMatchObject([{ grace: 1 }]);
  },
};

let directory: string;
let spool: string;
let cloud: AcmeCloud;
let core: CoreProgram;
let proxy: Proxy;
let worker: WorkerProgram;
/** What the document says beside the usual. */
let settings: JsonObject;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'live-'));
  spool = join(directory, 'state/spool');
  cloud = await AcmeCloud.start();
  core = await CoreProgram.start();
  proxy = await Proxy.start(() => core.port);
  // Settings of the start must not outlast their change.
  settings = { tempdir: join(directory, 'of-the-start') };
  await core.configure(document());
  worker = await startWorker({
    uri: proxy.uri,
    directory,
    main: await installProgram(directory, { acme: acmePackage, housekeeping: housekeepingPackage }),
  });
});

beforeEach(async () => {
  cloud.accounts = { one: [{ id: 'a' }], two: [{ id: 'b' }] };
  if (Object.keys(settings).length > 0) await change({});
  await collectNothing();
  cloud.deleted.length = 0;
});

afterEach(() => {
  cloud.hook = () => 200;
  proxy.reset();
});

afterAll(async () => {
  await killPrograms();
  await proxy.stop();
  await core.remove();
  await cloud.stop();
  await rm(directory, { recursive: true });
});

test('settings of a plugin are those in force when its work begins', async () => {
  const other = await AcmeCloud.start();
  other.accounts = { two: [{ id: 'c' }] };
  const config = { acme: { two: { eu: { acme_box: ['c'] } } } };

  await change({}, { acme: { endpoint: other.endpoint }, plugin_protector: { enabled: true, config } });
  await collect();

  expect(await found()).toContain('c');
  expect((await core.search('/metadata.protected == true')).map(idOf)).toEqual(['c']);
  await change({});
  await other.stop();
});

describe('a changed setting that needs no restart takes effect while the worker runs', () => {
  test('each has a proof, or a reason why it needs none', () => {
    const { fields } = workerSection({ generation: 'resoto', collectors: [], cores: 2 });
    const live = Object.entries(fields).filter(([, field]) => !('restart' in field));

    expect(Object.keys(proofs).sort()).toEqual(live.map(([name]) => name).sort());
  });

  test.each(
    Object.entries(proofs).filter((entry): entry is [string, () => Promise<void>] => typeof entry[1] !== 'string'),
  )('%s', async (_, prove) => {
    await prove();

    expect(worker.logged('the worker starts again with its new settings')).toEqual([]);
  });
});

/** Calls that are held until as many of them are open as may be. */
class AtOnce {
  /** Calls that were open at once. */
  most = 0;
  readonly #expected: number;
  #open = 0;

  constructor(expected: number) {
    this.#expected = expected;
  }

  async pass(): Promise<void> {
    this.#open += 1;
    this.most = Math.max(this.most, this.#open);
    await until(`${this.#expected} calls are open`, () => this.most >= this.#expected);
    // Time for one that may not come.
    await core.search('is(acme_box)');
    this.#open -= 1;
  }
}

async function accountsAtOnce(limits: JsonObject, expected: number): Promise<number> {
  cloud.accounts = { one: [], two: [], three: [], four: [] };
  await change(limits);
  const accounts = new AtOnce(expected);
  cloud.hook = async (path) => {
    if (path !== '/accounts') await accounts.pass();
    return 200;
  };
  await collect();
  return accounts.most;
}

/** With these settings nothing is deleted, and without them everything that is marked. */
async function holdsBack(brake: JsonObject): Promise<void> {
  await collect();
  await mark();
  await change({ ...deleting, ...brake, pool_size: 4 });
  await cleanUp();
  const before = [...cloud.deleted];
  await change(deleting);
  await cleanUp();

  expect([before, [...cloud.deleted].sort()]).toEqual([[], ['a', 'b']]);
}

/** Resolves when the document is in force. */
async function change(next: JsonObject, sections: JsonObject = {}): Promise<void> {
  const before = worker.logged(changed).length;
  settings = next;
  // It is not whole: a setting that is not in it has its default again.
  await call(`${core.uri}/config/resoto.worker?validate=false`, { method: 'PUT', body: document(sections) });
  await worker.hasLogged(changed, before + 1);
}

function document(sections: JsonObject = {}): JsonObject {
  return {
    resotoworker: { collector: ['acme'], ...settings },
    acme: { endpoint: cloud.endpoint },
    plugin_protector: { enabled: true, config: {} },
    ...sections,
  };
}

async function collect(): Promise<Run> {
  return core.finished(await core.startCollect());
}

/** Resolves when the core was told to wait for so many seconds. */
function coreWaits(seconds: number): Promise<void> {
  return until(`the core waits for ${seconds} s`, async () => {
    const subscribers = await callJson(`${core.uri}/subscribers/for/collect`);
    return new RegExp(`"timeout":${seconds}\\D`).test(JSON.stringify(subscribers));
  });
}

/** Empties the graph. */
async function collectNothing(): Promise<void> {
  const { accounts } = cloud;
  cloud.accounts = Object.fromEntries(Object.keys(accounts).map((account) => [account, []]));
  await collect();
  cloud.accounts = accounts;
}

async function cleanUp(): Promise<void> {
  await core.finished(await core.startWorkflow('cleanup'));
}

async function mark(): Promise<void> {
  const body = 'search is(acme_box) | clean "it is enough"';
  await call(`${core.uri}/cli/execute?graph=resoto&section=reported`, { method: 'POST', body });
}

/** Ids of the boxes in a graph. */
async function found(graph = 'resoto'): Promise<readonly string[]> {
  const url = `${core.uri}/graph/${graph}/search/list?section=/`;
  const rows = await callJson<readonly JsonObject[]>(url, { method: 'POST', body: 'is(acme_box)' });
  return rows.map(idOf).sort();
}

function idOf(row: { readonly reported?: unknown }): string {
  return (row.reported as JsonObject)['id'] as string;
}

async function namesIn(path: string): Promise<readonly string[]> {
  return readdir(path).catch(() => []);
}

/** Waits until there is one more than before, and only one. @returns its name */
async function onlyNew(path: string, before: readonly string[]): Promise<string> {
  let names: readonly string[] = [];
  await until(`one was kept in ${path}`, async () => {
    names = (await namesIn(path)).filter((name) => !before.includes(name));
    return names.length === 1;
  });
  return names[0] ?? '';
}
