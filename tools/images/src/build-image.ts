import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { repositoryRoot } from '@resoto/tools-shared';
import type { Generation } from '@resoto/worker-core';

import { imageNames, places } from './image.ts';
import { licenses } from './licenses.ts';
import { moduleEntry } from './module-files.ts';
import { copyNode } from './node-runtime.ts';
import { copyPackages } from './packages.ts';
import { prune } from './prune.ts';
import { linkPrograms, writeSystemFiles } from './system-files.ts';

export interface ImageRequest {
  readonly plugins: readonly string[];
  readonly generation: Generation;
  /** Root of the filesystem. What is there is removed. */
  readonly root: string;
}

/**
 * Builds the root filesystem of an image. Needs built packages.
 *
 * @returns what could not be done as well as elsewhere
 */
export async function buildImage({ plugins, generation, root }: ImageRequest): Promise<readonly string[]> {
  await rm(root, { recursive: true, force: true });
  const text = await buildApp(plugins, join(root, places.app));
  await mkdir(join(root, dirname(places.licenses)), { recursive: true });
  await writeFile(join(root, places.licenses), text);
  const isStripped = await copyNode(root);
  await writeSystemFiles(root, imageNames[generation]);
  await linkPrograms(root);
  return isStripped ? [] : ['strip was not found: Node keeps its symbols, which are 18 MB'];
}

/**
 * Puts the program with these plugins into an empty or missing directory, without anything that does not run.
 *
 * @returns the licenses of everything in it
 */
export async function buildApp(plugins: readonly string[], app: string): Promise<string> {
  await mkdir(app, { recursive: true });
  await copyPackages(plugins, app);
  const text = await licenses(app);
  await copyContainerPrograms(app);
  const started = ['start.js', 'signals.js', 'health.js'].map((name) => join(app, name));
  const worker = join(app, 'node_modules/@resoto/worker/dist');
  const programs = ['main.js', 'main-fix.js'].map((name) => join(worker, name));
  await prune(app, [...started, ...programs, ...plugins.map((name) => moduleEntry(name, app))]);
  return text;
}

async function copyContainerPrograms(app: string): Promise<void> {
  const source = join(repositoryRoot, 'tools/images/dist/container');
  if (!existsSync(join(source, 'start.js'))) {
    throw new Error('The programs of the container are not built. Run: npx nx build @resoto/tools-images');
  }
  await cp(source, app, { recursive: true, filter: (path) => !/\.(map|d\.ts)$/.test(path) });
  await writeFile(join(app, 'package.json'), JSON.stringify({ type: 'module' }));
  await chmod(join(app, 'start.js'), 0o755);
}
