import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { moduleEntry, reachableModules } from './module-files.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'modules-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

test('follows imports, requires and relative paths in texts, and nothing else', async () => {
  await files({
    'main.js': `import './a.js'; const b = () => import("./b.js"); new Worker(new URL('./thread.js', import.meta.url));`,
    'a.js': 'export{x}from"./c.js"',
    'b.js': '',
    'c.js': '',
    'thread.js': `JSON.parse(readFileSync(new URL('../data.json', import.meta.url)))`,
    '../data.json': '{}',
    'unused.js': '',
  });

  expect(reached('main.js')).toEqual(['../data.json', 'a.js', 'b.js', 'c.js', 'main.js', 'thread.js']);
});

test('a package gives the build that Node takes, depending on who asks', async () => {
  const exports = {
    '.': { browser: './web.js', import: './es.js', require: './cjs.cjs' },
    './part/*': { node: './parts/*.js', default: './web.js' },
  };
  await files({
    'main.js': `import two from 'two'; import 'two/part/one'; import fs from 'fs';`,
    'node_modules/two/package.json': JSON.stringify({ name: 'two', exports }),
    'node_modules/two/es.js': '',
    'node_modules/two/cjs.cjs': '',
    'node_modules/two/web.js': '',
    'node_modules/two/parts/one.js': `require('three')`,
    'node_modules/three/package.json': JSON.stringify({ name: 'three', main: 'lib' }),
    'node_modules/three/lib/index.js': '',
  });

  expect(reached('main.js')).toEqual([
    'main.js',
    'node_modules/three/lib/index.js',
    'node_modules/two/es.js',
    'node_modules/two/parts/one.js',
  ]);
});

test('keeps all modules of a package that asks for one by a variable', async () => {
  await files({
    'main.js': `import 'open'`,
    'node_modules/open/package.json': JSON.stringify({ name: 'open', main: 'index.js' }),
    'node_modules/open/index.js': 'require(name)',
    'node_modules/open/plugins/one.js': '',
  });

  expect(reached('main.js')).toContain('node_modules/open/plugins/one.js');
});

test('a package that is not there is an error where it is an entry', () => {
  expect(() => moduleEntry('@resoto/plugin-none', root)).toThrow('@resoto/plugin-none is not installed');
});

async function files(contents: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(contents)) {
    const file = join(root, 'app', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

function reached(entry: string): readonly string[] {
  const app = join(root, 'app');
  return [...reachableModules([join(app, entry)])].map((file) => relative(app, file)).toSorted();
}
