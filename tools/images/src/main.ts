/**
 * `npm run images -- CLOUD…`: builds container images that hold the worker with the plugin of a cloud, or with `all`.
 *
 *     --generation fix   for Fix Inventory Core 4.x instead of Resoto Core 3.9
 *     --output DIR       where they go; default: images
 *     --rootfs           only the root filesystem, no image
 *     --list             the clouds as JSON, and nothing else
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { buildPackages, repositoryRoot } from '@resoto/tools-shared';

import { writeImage } from './archive.ts';
import { buildImage } from './build-image.ts';
import { imageClouds, pluginPackages, pluginsFor } from './clouds.ts';
import { imageNames } from './image.ts';
import { sizes, sizeTable } from './sizes.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    generation: { type: 'string', default: 'resoto' },
    output: { type: 'string', default: 'images' },
    rootfs: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

const plugins = await pluginPackages();
const clouds = imageClouds(plugins);
const unknown = positionals.filter((cloud) => !clouds.includes(cloud));
const { generation, rootfs } = values;

if (values.list) {
  process.stdout.write(`${JSON.stringify(clouds)}\n`);
} else if (positionals.length === 0 || unknown.length > 0) {
  refuse(
    `${unknown.length > 0 ? `There is no image for ${unknown.join(', ')}. ` : ''}Name one of ${clouds.join(', ')}.`,
  );
} else if (generation !== 'resoto' && generation !== 'fix') {
  refuse(`--generation: '${generation}' is neither resoto nor fix`);
} else {
  await buildPackages();
  for (const cloud of positionals) {
    const directory = join(resolve(repositoryRoot, values.output), cloud);
    const root = join(directory, 'rootfs');
    const remarks = await buildImage({ plugins: pluginsFor(cloud, plugins), generation, root });
    const name = `${imageNames[generation].program}${cloud === 'all' ? '' : `-${cloud}`}:local`;
    if (!rootfs) await writeImage(root, join(directory, 'oci'), generation, name);
    process.stdout.write(`${name} in ${directory}\n${sizeTable(sizes(root))}`);
    for (const remark of remarks) process.stderr.write(`${remark}\n`);
  }
}

function refuse(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}
