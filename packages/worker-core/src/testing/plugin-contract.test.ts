import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, describe, expect, test } from '@jest/globals';

import type { SectionDeclaration } from '../config/section.ts';
import { base } from '../kinds/base-kinds.ts';
import { kind, ref, string, type KindDeclaration } from '../kinds/declare.ts';
import type { Permissions } from '../kinds/types.ts';
import type { AccountCleanup, CleanupSupport, KindCleanup } from '../plugin/cleanup-contract.ts';
import type { AccountJob, CollectContext, Collector, CollectorPlugin, Plugin } from '../plugin/contract.ts';
import { pluginContract, type PluginContractOptions } from './plugin-contract.ts';

const directory = mkdtempSync(join(tmpdir(), 'contract-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const collecting = { collect: ['boxes:list'] };

const facts = {
  package: 'its package announces a plugin of this contract',
  entry: 'its entry loads nothing but files of its own',
  description: 'it says how its cloud is added, and its settings have valid defaults',
  names: 'its kinds have unique names, display names and Python types',
  permissions: 'the permissions of its kinds are declared',
  references: 'its references lead to known kinds',
  model: 'a core of the resoto generation takes its model',
  fixModel: 'a core of the fix generation takes its model',
  graph: 'a core of the resoto generation takes its graph',
  fixGraph: 'a core of the fix generation takes its graph',
  repair: 'what it hands over needs no repair',
  jobs: 'its accounts are plain data',
  scopes: 'every node belongs to a scope',
  repeat: 'the same cloud gives the same graph',
  stop: 'a collect that is stopped ends at once',
  secrets: 'no secret of its configuration gets out',
  deletions: 'the deletions it declares are plain data and name known kinds',
  changePermissions: 'the permissions of its changes are declared',
  exists: 'a cleanup finds what a collect has found',
  onlyDeclared: 'a cleanup deletes nothing but what is declared',
  stopCleanup: 'a call of a cleanup that is stopped ends at once',
  tags: 'tags are changed only where they can be, and not when it is stopped',
  noChanges: 'nothing is changed by a collect, a plan, or a look',
};

test('a good plugin holds all of the contract', async () => {
  expect(await broken(acme())).toEqual([]);
});

describe('a package', () => {
  test('needs the marker', async () => {
    expect(await broken(acme(), { package: packageFile({ resoto: {} }) })).toEqual([facts.package]);
  });

  test('may not load other packages with its entry', async () => {
    const entry = `import '../other/index.js';`;
    mkdirSync(join(directory, 'other'), { recursive: true });
    writeFileSync(join(directory, 'other/index.js'), '');

    expect(await broken(acme(), { package: packageFile({}, entry) })).toEqual([facts.entry]);
  });
});

describe('a declaration', () => {
  test('needs a set-up and valid defaults', async () => {
    const section: SectionDeclaration = {
      ...acmeSection,
      fields: { ...acmeSection.fields, limit: { type: 'int64', default: 'many', description: '' } },
    };

    expect(await broken(acme({}, { setup: '' }))).toEqual([facts.description]);
    expect(await broken(acme({}, { section }))).toEqual([facts.description]);
  });

  test('needs a display name and permissions of every kind', async () => {
    expect(await broken(acme({ box: { name: '' } }))).toEqual([facts.names]);
    expect(await broken(acme({ box: { permissions: { collect: [] } } }))).toEqual([facts.permissions]);
    expect(
      await broken(acme({ box: { permissions: { collect: [] } } }), {
        withoutPermissions: ['acme_account', 'acme_box'],
      }),
    ).toEqual([]);
  });

  test('may refer to kinds that are announced, as long as they have not come', async () => {
    const later = acme({ box: { references: [ref('acme_shelf', { by: 'id', from: 'Shelf' })] } });

    expect(await broken(later)).toEqual([facts.references]);
    expect(await broken(later, { kindsToCome: ['acme_shelf'] })).toEqual([]);
    expect(await broken(acme(), { kindsToCome: ['acme_box'] })).toEqual([facts.references]);
  });

  test('may not give a property two types', async () => {
    const odd = acme({ box: { properties: { volume_size: string('Size') } } });

    expect(await broken(odd)).toEqual([facts.model, facts.graph, facts.fixModel, facts.fixGraph]);
  });
});

describe('a collect', () => {
  test('hands over nodes that need no repair', async () => {
    const collect = add({ size: 'big' });

    expect(await broken(acme({}, {}, collect))).toEqual([facts.repair]);
    expect(await broken(acme({}, {}, collect), { expectedRepairs: ['wrong_property acme_box.size'] })).toEqual([]);
  });

  test('yields accounts that are plain data', async () => {
    const data = { limit: Number.POSITIVE_INFINITY };

    expect(await broken(acme({}, { jobs: [{ ...job, data }] }))).toEqual([facts.jobs]);
    expect(await broken(acme({}, { jobs: [] }))).toContain(facts.jobs);
  });

  test('names the kind of every node in a scope', async () => {
    const unscoped: Collect = async (_account, { sink }, kinds) => {
      const parent = sink.add(kinds.account, { reported: { id: job.id }, parent: sink.cloud });
      sink.add(kinds.box, { reported: { id: 'box-1' }, parent });
    };

    // Without a scope there is nothing to stop either.
    expect(await broken(acme({}, {}, unscoped))).toEqual([facts.scopes, facts.stop]);
  });

  test('gives the same graph again', async () => {
    let count = 0;

    expect(await broken(acme({}, {}, (...all) => add({ id: `box-${(count += 1)}` })(...all)))).toEqual([facts.repeat]);
  });

  test('keeps secrets', async () => {
    const config = { token: 'hush-hush' };

    expect(await broken(acme({}, {}, add({ label: 'as hush-hush' })), { config })).toEqual([facts.secrets]);
    expect(await broken(acme({}, { jobs: [{ ...job, data: { ...config } }] }), { config })).toEqual([facts.secrets]);
    expect(await broken(acme(), { config: {} })).toEqual([facts.secrets]);
  });

  test('ends when it is stopped', async () => {
    let letGo = (): void => {};
    const deaf: Collect = async (account, context, kinds) => {
      await add({})(account, context, kinds);
      if (context.signal.aborted) await new Promise<void>((resolve) => (letGo = resolve));
    };

    expect(await broken(acme({}, {}, deaf), { stopWithin: 3_000 })).toEqual([facts.stop]);
    letGo();
  });
});

describe('a cleanup', () => {
  test('of kinds that are declared holds the contract', async () => {
    expect(await broken(deleting())).toEqual([]);
  });

  test.each<[string, KindCleanup]>([
    ['names a kind that does not exist', { needs: ['acme_shelf'] }],
    ['has a step that breaks a tie with a kind that does not exist', { prepare: { breaks: ['acme_shelf'] } }],
    ['takes no resource in a call', { batch: 0 }],
    ['has no patience', { patience: 0 }],
    ['refuses some, but does not say which', { refuses: true }],
  ])('that %s is told', async (_what, declared) => {
    const prepare = async (boxes: readonly unknown[]) => boxes.map(() => 'done' as const);

    expect(await broken(deleting({ prepare }, declared))).toEqual([facts.deletions]);
  });

  test('needs permissions, and only where something is deleted', async () => {
    expect(await broken(deleting({}, {}, { cleanup: [] }))).toEqual([facts.changePermissions]);
    expect(await broken(acme({ box: { permissions: { ...collecting, cleanup: ['boxes:delete'] } } }))).toEqual([
      facts.changePermissions,
    ]);
  });

  test('has a result for each resource, and does not take what is there for gone', async () => {
    expect(await broken(deleting({ exists: async () => [] }))).toEqual([facts.exists]);
    const gone = deleting({ exists: async (boxes) => boxes.map(() => false) });
    expect(await broken(gone)).toEqual([facts.exists]);
    expect(await broken(gone, { listedWhenGone: ['acme_box'] })).toEqual([]);
    const denied = async () => Promise.reject(new Error('denied'));
    expect(await broken(deleting({ exists: denied }))).toEqual([]);
  });

  test('deletes nothing that is not declared', async () => {
    const all = async (resources: readonly unknown[]) => resources.map(() => 'deleted' as const);

    expect(await broken(deleting({ delete: all }))).toEqual([facts.onlyDeclared]);
  });

  test('has the step it declares', async () => {
    expect(await broken(deleting({}, { prepare: {} }))).toEqual([facts.stopCleanup]);
  });

  test('ends when it is stopped', async () => {
    let letGo = (): void => {};
    const deaf: AccountCleanup['exists'] = async (boxes, signal) => {
      if (signal.aborted) await new Promise<void>((resolve) => (letGo = resolve));
      return boxes.map(() => true);
    };

    expect(await broken(deleting({ exists: deaf }), { stopWithin: 3_000 })).toEqual([facts.stopCleanup]);
    letGo();
  });

  test('changes nothing by looking', async () => {
    const changes: string[] = [];
    const exists: AccountCleanup['exists'] = async (boxes) => boxes.map(() => changes.push('touched') > 0);
    const options = { changesOfCloud: async () => changes.splice(0) };

    expect(await broken(deleting(), options)).toEqual([]);
    expect(await broken(deleting({ exists }), options)).toEqual([facts.noChanges]);
  });
});

describe('tags', () => {
  const permissions = { ...collecting, tag: ['boxes:tag'] };
  const onlyBoxes: Collector['tags'] = {
    change: async ({ kind: { fqn } }) => {
      if (fqn !== 'acme_box') throw new Error(`${fqn} has no tags`);
      return new Map();
    },
  };

  test('that are declared hold the contract', async () => {
    expect(await broken(acme({ box: { permissions } }, {}, add({}), () => ({ tags: onlyBoxes })))).toEqual([]);
  });

  test('need permissions, and those need tags', async () => {
    const none = { ...onlyBoxes, change: async () => Promise.reject(new Error('no tags')) };

    expect(await broken(acme({}, {}, add({}), () => ({ tags: none })))).toEqual([facts.changePermissions]);
    expect(await broken(acme({ box: { permissions } }))).toEqual([facts.changePermissions]);
  });

  test('of a kind without permissions are refused', async () => {
    const all: Collector['tags'] = { change: async () => new Map() };

    expect(await broken(acme({ box: { permissions } }, {}, add({}), () => ({ tags: all })))).toEqual([facts.tags]);
  });
});

/** Titles of the tests that fail. */
async function broken(plugin: Plugin, options: Partial<PluginContractOptions> = {}): Promise<string[]> {
  const tests: { readonly title: string; readonly run: () => Promise<void> }[] = [];
  pluginContract(plugin, {
    test: (title, run) => tests.push({ title, run }),
    package: packageFile(),
    config: { token: 'hush-hush' },
    withoutPermissions: ['acme_account'],
    ...options,
  });
  const failed: string[] = [];
  for (const { title, run } of tests) {
    await run().catch(() => failed.push(title));
  }
  return failed;
}

let packages = 0;

function packageFile(json: object = {}, entry = ''): URL {
  const home = join(directory, `package-${(packages += 1)}`);
  mkdirSync(home);
  writeFileSync(join(home, 'index.js'), entry);
  const complete = { type: 'module', exports: './index.js', resoto: { plugin: { contract: 1 } }, ...json };
  writeFileSync(join(home, 'package.json'), JSON.stringify(complete));
  return pathToFileURL(join(home, 'package.json'));
}

const acmeSection: SectionDeclaration = {
  name: 'acme',
  description: 'Acme',
  fields: { token: { type: 'string', nullable: true, default: null, secret: true, description: 'Token' } },
};

const job: AccountJob = { id: 'acme-1', name: 'Acme', data: {} };

type Kinds = ReturnType<typeof acmeKinds>;
type Collect = (account: AccountJob, context: CollectContext, kinds: Kinds) => Promise<void>;

function acmeKinds(box: Partial<KindDeclaration>) {
  return {
    account: kind('acme_account', [base.account], { name: 'Acme Account', pythonType: 'acme.Account' }),
    box: kind('acme_box', [base.resource], {
      name: 'Acme Box',
      pythonType: 'acme.Box',
      permissions: { collect: ['boxes:list'] },
      ...box,
      properties: { label: string('Label'), size: { type: { is: 'simple', name: 'int64' } }, ...box.properties },
    }),
  };
}

interface Oddities extends Partial<CollectorPlugin> {
  readonly jobs?: readonly AccountJob[];
}

/** A small plugin, with what a test wants to be odd about it. */
function acme(
  { box = {} }: { readonly box?: Partial<KindDeclaration> } = {},
  { jobs = [job], ...declaration }: Oddities = {},
  collect: Collect = add({}),
  more: (kinds: Kinds) => Partial<Collector> = () => ({}),
): Plugin {
  const kinds = acmeKinds(box);
  return {
    name: 'acme',
    collectors: [
      {
        cloud: 'acme',
        setup: 'Set acme.token.',
        section: acmeSection,
        load: async () => ({
          kinds: Object.values(kinds),
          async *accounts() {
            yield* jobs;
          },
          collect: (account, context) => collect(account, context, kinds),
          ...more(kinds),
        }),
        ...declaration,
      },
    ],
  };
}

/** A plugin that deletes boxes, with what a test wants to be odd about it. */
function deleting(
  odd: Partial<AccountCleanup> = {},
  declared: KindCleanup = {},
  permissions: Partial<Permissions> = {},
): Plugin {
  const cleanup = ({ box }: Kinds): CleanupSupport => ({
    describe: (kind) => (kind === box ? declared : undefined),
    open: async () => ({
      delete: async (resources) =>
        resources.map(({ kind }) => (kind === box ? 'already_gone' : { refused: 'it is no box' })),
      exists: async (resources) => resources.map(() => true),
      ...odd,
    }),
  });
  const declaration = { box: { permissions: { ...collecting, cleanup: ['boxes:delete'], ...permissions } } };
  return acme(declaration, {}, add({}), (kinds) => ({ cleanup: cleanup(kinds) }));
}

function add(box: Readonly<Record<string, unknown>>): Collect {
  return async (account, context, kinds) => {
    const { sink } = context;
    const parent = sink.add(kinds.account, { reported: { id: account.id, name: account.name }, parent: sink.cloud });
    await context.scope({ kinds: [kinds.box.fqn] }, async () => {
      sink.add(kinds.box, { reported: { id: 'box-1', ...box }, parent });
    });
  };
}
