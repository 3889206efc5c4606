/** Attempts to have something deleted that nobody means: between a plan and its end, and by plans of strangers. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseJson, stringifyJson, type JsonObject } from '@resoto/worker-core';

import { AcmeCleanup } from './acme-cleanup.ts';
import type { AcmeBox, AcmeCloud } from './acme-cloud.ts';
import type { CoreProgram } from './core-program.ts';
import type { WorkerProgram } from './worker-program.ts';

let acme: AcmeCleanup;
let core: CoreProgram;
let cloud: AcmeCloud;
let worker: WorkerProgram;

beforeEach(async () => {
  acme = await AcmeCleanup.start([]);
  ({ core, cloud } = acme);
});

afterEach(() => acme.end());

const chain = [{ id: 'a', after: 'b' }, { id: 'b', after: 'c' }, { id: 'c' }];

describe('while a cleanup runs', () => {
  test.each([
    ['is protected', 'search id == a | protect', 'refused', 'it is protected'],
    ['loses its mark', 'search id == a | set_desired clean=false', 'skipped', 'it is not marked for cleanup any more'],
  ])('a resource that %s before it is its turn stays', async (_, command, outcome, reason) => {
    await collected({ one: chain });
    await acme.mark();
    cloud.afterDelete = async (id) => (id === 'b' ? acme.execute(command) : undefined);

    await acme.cleanUp();

    expect(cloud.deleted).toEqual(['c', 'b']);
    expect(await worker.hasLogged('cleanup ended')).toMatchObject([{ outcomes: { deleted: 2, [outcome]: 1 } }]);
    expect(JSON.stringify(worker.logged(outcome === 'refused' ? 'deletion refused' : 'resource skipped'))).toContain(
      reason,
    );
  });
});

test('a resource that another worker deletes meanwhile is not deleted again, and holds nothing back', async () => {
  await collected({ one: chain });
  await acme.mark();
  cloud.afterDelete = async (id) => {
    if (id !== 'c') return;
    cloud.accounts = { one: [{ id: 'a' }] };
    await acme.execute('search id == b | set_metadata cleaned=true');
  };

  await acme.cleanUp();

  expect(cloud.deleted).toEqual(['c', 'a']);
  expect(await worker.hasLogged('cleanup ended')).toMatchObject([{ outcomes: { deleted: 2, already_gone: 1 } }]);
});

test('a resource of the same id in another account stays', async () => {
  await collected({ one: [{ id: 'a' }], two: [{ id: 'a' }] });
  await acme.execute('search id == a and /ancestors.account.reported.id == two | clean');

  await acme.cleanUp();

  expect(cloud.changes).toEqual(['DELETE /accounts/two/boxes/a']);
});

test('an account that could not be listed completely is named in the plan', async () => {
  await collected({ one: chain });
  await acme.mark();
  cloud.hook = (path) => (path.endsWith('/boxes') ? 403 : 200);
  await core.finished(await core.startCollect());
  cloud.hook = () => 200;

  const plan = await acme.command('plan');

  expect(plan.stdout).toContain(
    '! acme_account one may have more that has to go first, or goes along: acme_box could not be listed',
  );
});

describe('between a plan and its end', () => {
  test('a resource that was made anew under the same id stays, and so does what waits for it', async () => {
    await collected({ one: chain });
    await acme.mark();
    const file = await planned();
    cloud.accounts = { one: [...chain.slice(0, 2), { id: 'c', size: 7 }] };
    await core.finished(await core.startCollect());

    const applied = await acme.command('apply', file);

    expect(applied.code).toBe(3);
    expect(applied.stdout).toContain('acme_box c: refused, it was changed after the plan was made');
    expect(cloud.changes).toEqual([]);
  });

  test('a resource that is gone and whose id another account uses by now stays', async () => {
    await collected({ one: [{ id: 'a' }], two: [] });
    await acme.mark();
    const file = await planned();
    cloud.accounts = { one: [], two: [{ id: 'a' }] };
    await core.finished(await core.startCollect());
    await acme.mark();

    const applied = await acme.command('apply', file);

    expect(applied.stdout).toContain('acme_box a: skipped, it is not in the approved plan');
    expect(cloud.changes).toEqual([]);
  });
});

describe('a plan', () => {
  test('says nothing about where a resource is: that is asked of the core', async () => {
    await collected({ one: [{ id: 'a' }], two: [{ id: 'a' }] });
    await acme.execute('search /ancestors.account.reported.id == one and is(acme_box) | clean');
    const file = await planned();
    const content = parseJson(await readFile(file, 'utf8')) as JsonObject & { readonly nodes: JsonObject[] };
    const elsewhere = content.nodes.map((node) => ({ ...node, account: { id: 'two', name: 'two' } }));
    await writeFile(file, withDigest({ ...content, nodes: elsewhere }));

    await acme.command('apply', file);

    expect(cloud.changes).toEqual(['DELETE /accounts/one/boxes/a']);
  });

  test('of another graph is not carried out, given by hand or laid down as approved', async () => {
    await collected({ one: [{ id: 'a' }] }, { cleanup_requires_plan: true });
    await acme.mark();
    const file = await planned();
    const content = parseJson(await readFile(file, 'utf8')) as JsonObject;
    await writeFile(file, withDigest({ ...content, graph: 'other' }));
    await mkdir(join(acme.directory, 'state/cleanup'), { recursive: true });
    await writeFile(join(acme.directory, 'state/cleanup/approved.json'), await readFile(file, 'utf8'));

    const applied = await acme.command('apply', file);
    const run = await acme.cleanUp();

    expect(applied.stderr).toContain('The plan is about the graph other');
    expect(run.answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_error' });
    expect(cloud.changes).toEqual([]);
  });
});

describe('two who clean the same account', () => {
  test('with states of their own delete each resource once, in order', async () => {
    await collected({ one: chain });
    await acme.mark();
    const file = await planned();

    const both = await Promise.all(['first', 'second'].map((state) => acme.commandIn(state, 'apply', file)));

    expect(cloud.accounts['one']).toEqual([]);
    expect([...new Set(cloud.deleted)]).toEqual(['c', 'b', 'a']);
    expect(both.map(({ stdout }) => /failed|blocked/.test(stdout))).toEqual([false, false]);
  });

  test('with the same state are one, and one that is told to wait', async () => {
    await collected({ one: chain });
    await acme.mark();
    const file = await planned();
    const held = cloud.hold('c');

    const first = acme.command('apply', file);
    await held.reached;
    const second = await acme.command('apply', file);
    held.release();

    expect(second.code).toBe(1);
    expect(second.stderr).toContain('Another process cleans up with it');
    expect((await first).code).toBe(0);
    expect(cloud.deleted).toEqual(['c', 'b', 'a']);
  });
});

/** A worker that has collected these accounts. */
async function collected(
  accounts: Readonly<Record<string, readonly AcmeBox[]>>,
  settings: JsonObject = {},
): Promise<void> {
  cloud.accounts = accounts;
  await acme.configure({ cleanup_dry_run: false, ...settings });
  worker = await acme.collected();
}

async function planned(): Promise<string> {
  const file = join(acme.directory, 'plan.json');
  const { code, stderr } = await acme.command('plan', '--out', file);
  expect([code, stderr]).toEqual([0, '']);
  return file;
}

/** The plan with the digest that belongs to it, as whoever knows how could make it. */
function withDigest(plan: JsonObject): string {
  const { digest: _, nodes, ...rest } = plan;
  const hash = createHash('sha256').update(stringifyJson(rest));
  for (const node of nodes as readonly JsonObject[]) hash.update(stringifyJson(node));
  return JSON.stringify({ ...rest, nodes, digest: hash.digest('hex') });
}
