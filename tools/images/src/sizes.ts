import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { places } from './image.ts';

export interface Size {
  readonly part: string;
  readonly bytes: number;
}

/** What the parts of an image weigh, the largest first, and all of it. */
export function sizes(root: string): readonly Size[] {
  const modules = join(root, places.app, 'node_modules');
  const own = bytesIn(join(modules, '@resoto'));
  const node = bytesIn(join(root, places.node));
  const libraries = bytesIn(join(root, 'lib')) + bytesIn(join(root, 'lib64'));
  const packages = bytesIn(modules) - own;
  const all = bytesIn(root);
  const parts = [
    { part: 'Node', bytes: node },
    { part: 'shared libraries', bytes: libraries },
    { part: 'packages of others', bytes: packages },
    { part: 'worker and plugins', bytes: own },
    { part: 'rest', bytes: all - node - libraries - packages - own },
  ];
  return [...parts.toSorted((left, right) => right.bytes - left.bytes), { part: 'all', bytes: all }];
}

/** Sizes as a table for people, in megabytes. */
export function sizeTable(list: readonly Size[]): string {
  return list.map(({ part, bytes }) => `  ${part.padEnd(20)}${(bytes / 1e6).toFixed(2).padStart(8)} MB\n`).join('');
}

function bytesIn(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}
