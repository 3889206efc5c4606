import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { expect, test } from '@jest/globals';
import { buildPackages } from '@resoto/tools-shared';

import { buildApp } from '../src/build-image.ts';
import { imageClouds, pluginPackages, pluginsFor } from '../src/clouds.ts';

test('every module that an image with all clouds holds of ours can be loaded, with everything it asks for', async () => {
  const app = await mkdtemp(join(tmpdir(), 'modules-'));
  try {
    await buildPackages();
    await buildApp(pluginsFor('all', await pluginPackages()), app);

    const modules = globSync('node_modules/@resoto/*/dist/**/*.js', { cwd: app }).filter((file) => !isProgram(file));
    const imports = modules.map((file) => `await import(${JSON.stringify(pathToFileURL(join(app, file)).href)});`);
    const loading = promisify(execFile)(process.execPath, [quiet, '--input-type=module', '-e', imports.join('')], { env: {} });

    await expect(loading).resolves.toMatchObject({ stderr: '' });
    expect(modules.length).toBeGreaterThan(300);
  } finally {
    await rm(app, { recursive: true });
  }
});

test('an image holds the plugin of its cloud, and those of no cloud', () => {
  const plugins = [
    { name: 'one', clouds: ['a'] },
    { name: 'two', clouds: ['b'] },
    { name: 'none', clouds: [] },
  ];

  expect(imageClouds(plugins)).toEqual(['a', 'b', 'all']);
  expect(pluginsFor('b', plugins)).toEqual(['two', 'none']);
  expect(pluginsFor('all', plugins)).toEqual(['one', 'two', 'none']);
});

/** Some releases of Node call a part that we use experimental. */
const quiet = '--disable-warning=ExperimentalWarning';

/** They start when they are loaded. */
function isProgram(file: string): boolean {
  return /\/(main|main-fix|core-thread|thread)\.js$/.test(file);
}
