import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { importConditions, packageEntry } from './package-entry.ts';
import { loadPlugins } from './registry.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'plugins-'));
});
afterEach(() => rm(root, { recursive: true }));

describe('plugins are found', () => {
  test('in node_modules of the directory and of everything above it, scoped or not', async () => {
    await install('node_modules/acme-plugin', { cloud: 'acme' });
    await install('app/node_modules/@acme/plugin-more', { cloud: 'more' });
    await writePackage('node_modules/left-alone', { name: 'left-alone' }, 'throw new Error("loaded")');

    const { collectors, problems } = await loadPlugins([join(root, 'app/src')]);

    expect(collectors.map(({ cloud }) => cloud).toSorted()).toEqual(['acme', 'more']);
    expect(problems).toEqual([]);
  });

  test('behind the links of a workspace', async () => {
    await install('packages/plugin-acme', { cloud: 'acme' });
    await link('packages/plugin-acme', 'node_modules/@acme/plugin-acme');

    const { collectors } = await loadPlugins([root, join(root, 'packages/plugin-acme')]);

    expect(collectors.map(({ cloud }) => cloud)).toEqual(['acme']);
    expect(collectors[0]?.package.entry).toMatch(/packages\/plugin-acme\/index\.js$/);
  });

  test('beside a package in the layout of pnpm', async () => {
    await install('node_modules/.pnpm/acme-plugin@1.0.0/node_modules/acme-plugin', { cloud: 'acme' });
    await link(
      'node_modules/.pnpm/acme-plugin@1.0.0/node_modules/acme-plugin',
      'node_modules/.pnpm/worker@1/node_modules/acme-plugin',
    );
    await mkdir(join(root, 'node_modules/.pnpm/worker@1/node_modules/worker'));

    const { collectors } = await loadPlugins([join(root, 'node_modules/.pnpm/worker@1/node_modules/worker')]);

    expect(collectors.map(({ cloud }) => cloud)).toEqual(['acme']);
  });

  test('once, the nearest one, when a package is installed twice', async () => {
    await install('node_modules/acme-plugin', { cloud: 'far', name: 'acme-plugin' });
    await install('app/node_modules/acme-plugin', { cloud: 'near', name: 'acme-plugin' });

    const { collectors } = await loadPlugins([join(root, 'app')]);

    expect(collectors.map(({ cloud }) => cloud)).toEqual(['near']);
  });
});

describe('action plugins', () => {
  const action = (className: string): string =>
    `{ className: '${className}', action: 'cleanup_plan', load() {}, section: { name: 'plugin_${className}', description: 'x', fields: {} } }`;
  const installActions = (path: string, ...actions: readonly string[]) =>
    writePackage(path, marked({ name: path }), `export const plugin = { name: 'x', actions: [${actions.join()}] };`);

  test('are found with their sections, of packages without collectors too', async () => {
    await installActions('node_modules/plans', action('PlanA'), action('PlanB'));

    const { actions, sections, problems } = await loadPlugins([root]);

    expect(actions.map(({ className }) => className)).toEqual(['PlanA', 'PlanB']);
    expect(sections.map(({ name }) => name)).toEqual(['plugin_PlanA', 'plugin_PlanB']);
    expect(problems).toEqual([]);
  });

  test('are left out when another package has one of their name', async () => {
    await installActions('node_modules/a-first', action('PlanA'));
    await installActions('node_modules/b-second', action('PlanA'), action('PlanB'));

    const { actions, problems } = await loadPlugins([root]);

    expect(actions.map(({ className }) => className)).toEqual(['PlanA', 'PlanB']);
    expect(problems[0]?.message).toMatch(/PlanA of .*b-second is left out: .*a-first has one of this name/);
  });

  test('that are none make their package unusable', async () => {
    await installActions('node_modules/odd', '{}');

    const { actions, problems } = await loadPlugins([root]);

    expect(actions).toEqual([]);
    expect(problems[0]?.message).toContain('does not export `plugin`');
  });
});

describe('commands', () => {
  const command = (name: string, more = ''): string => `{ name: '${name}', load() {}, ${more} }`;
  const installCommands = (path: string, ...commands: readonly string[]) =>
    writePackage(path, marked({ name: path }), `export const plugin = { name: 'x', commands: [${commands.join()}] };`);

  test('are found with their package and section, and nothing of them is loaded', async () => {
    const more = `load() { throw new Error('loaded'); }, section: { name: 'say', description: 'x', fields: {} }`;
    await installCommands('node_modules/says', command('say', more));

    const { commands, sections, problems } = await loadPlugins([root]);

    expect(commands).toMatchObject([{ declaration: { name: 'say' }, package: { name: 'node_modules/says' } }]);
    expect(sections.map(({ name }) => name)).toEqual(['say']);
    expect(problems).toEqual([]);
  });

  test('may share the section of a collector', async () => {
    const code = `
      const section = { name: 'acme', description: 'x', fields: {} };
      const load = async () => undefined;
      const collectors = [{ cloud: 'acme', setup: '', section, load }];
      export const plugin = { name: 'x', collectors, commands: [{ name: 'acme', section, load }] };`;
    await writePackage('node_modules/acme', marked({ name: 'acme' }), code);

    const { sections } = await loadPlugins([root]);

    expect(sections.map(({ name }) => name)).toEqual(['acme']);
  });

  test.each(['tag', 'validate_config'])('named %s are left out: the core has a task of this name', async (name) => {
    await installCommands('node_modules/says', command(name), command('say'));

    const { commands, problems } = await loadPlugins([root]);

    expect(commands.map(({ declaration }) => declaration.name)).toEqual(['say']);
    expect(problems[0]?.message).toContain(`The command ${name} of node_modules/says is left out`);
  });

  test('are left out when another package has one of their name', async () => {
    await installCommands('node_modules/a-first', command('say'));
    await installCommands('node_modules/b-second', command('say'));

    const { commands, problems } = await loadPlugins([root]);

    expect(commands.map((found) => found.package.name)).toEqual(['node_modules/a-first']);
    expect(problems[0]?.message).toMatch(/command say of .*b-second is left out: .*a-first has one of this name/);
  });

  test('whose filter a core would misunderstand make their package unusable', async () => {
    await installCommands('node_modules/odd', command('say', `filter: { cloud: 'acme' }`));

    const { commands, problems } = await loadPlugins([root]);

    expect(commands).toEqual([]);
    expect(problems[0]?.message).toContain('does not export `plugin`');
  });
});

test('services are found with their sections', async () => {
  const section = `section: { name: 'bot', description: 'x', fields: {} }`;
  const code = `export const plugin = { name: 'x', services: [{ name: 'bot', load() {}, ${section} }] };`;
  await writePackage('node_modules/bots', marked({ name: 'bots' }), code);

  const { services, sections, problems } = await loadPlugins([root]);

  expect(services.map(({ name }) => name)).toEqual(['bot']);
  expect(sections.map(({ name }) => name)).toEqual(['bot']);
  expect(problems).toEqual([]);
});

describe('a plugin is named and left out', () => {
  test('when it throws while it is loaded, and harms no other (no. 19)', async () => {
    await writePackage('node_modules/broken', marked({ name: 'broken' }), 'throw new Error("no such module")');
    await install('node_modules/whole', { cloud: 'whole' });

    const { collectors, problems } = await loadPlugins([root]);

    expect(collectors.map(({ cloud }) => cloud)).toEqual(['whole']);
    expect(problems.map(({ message }) => message)).toEqual(['The plugin broken 1.2.3 is left out: no such module']);
    expect(problems[0]?.facts).toMatchObject({ package: 'broken' });
  });

  test.each([
    [99, 'this worker is older', 'Update the worker.'],
    [0, 'older than 1 of this worker', 'Update odd.'],
    ['1', 'no contract version', 'Install odd again, or remove it.'],
  ])('when its contract is %j', async (contract, message, hint) => {
    await writePackage(
      'node_modules/odd',
      { name: 'odd', resoto: { plugin: { contract } } },
      'throw new Error("loaded")',
    );

    const { problems } = await loadPlugins([root]);

    expect(problems).toMatchObject([{ hint }]);
    expect(problems[0]?.message).toContain(message);
  });

  test('when it exports no plugin', async () => {
    await writePackage(
      'node_modules/odd',
      marked({ name: 'odd' }),
      'export const plugin = { name: "x", collectors: [{}] };',
    );

    const { problems } = await loadPlugins([root]);

    expect(problems[0]?.message).toContain('does not export `plugin`');
  });

  test('when another package collects its cloud already', async () => {
    await install('node_modules/a-first', { cloud: 'acme' });
    await install('node_modules/b-second', { cloud: 'acme' });

    const { collectors, problems } = await loadPlugins([root]);

    expect(collectors).toHaveLength(1);
    expect(problems[0]?.message).toMatch(/cloud acme of .* is left out: .* has one of this name/);
  });
});

describe('the entry of a package', () => {
  test('follows conditions in the order of the package', () => {
    const exports = {
      '.': { '@resoto/source': './src/index.ts', types: './d.ts', default: './dist/index.js' },
      './x': './x.js',
    };

    expect(packageEntry({ exports }, importConditions([], ''))).toBe('./dist/index.js');
    expect(packageEntry({ exports }, importConditions(['--conditions=@resoto/source'], ''))).toBe('./src/index.ts');
    expect(packageEntry({ exports }, importConditions(['-C', '@resoto/source'], ''))).toBe('./src/index.ts');
  });

  test.each([
    [{ exports: './a.js' }, './a.js'],
    [{ exports: { require: './a.cjs', import: { node: './a.mjs' } } }, './a.mjs'],
    [{ main: 'lib/a.js' }, 'lib/a.js'],
    [{}, './index.js'],
    [{ exports: { './other': './x.js' } }, undefined],
  ])('of %j is %s', (json, entry) => {
    expect(packageEntry(json, importConditions([], ''))).toBe(entry);
  });
});

async function install(path: string, { cloud, name = path }: { readonly cloud: string; readonly name?: string }) {
  const code = `export const plugin = { name: 'x', collectors: [{ cloud: '${cloud}', setup: '', load: async () => undefined }] };`;
  await writePackage(path, marked({ name }), code);
}

function marked(json: object): object {
  return { ...json, version: '1.2.3', resoto: { plugin: { contract: 1 } } };
}

async function writePackage(path: string, json: object, code: string): Promise<void> {
  const directory = join(root, path);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'package.json'), JSON.stringify({ type: 'module', ...json }, undefined, 2));
  await writeFile(join(directory, 'index.js'), code);
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await symlink(join(root, target), join(root, path));
}
