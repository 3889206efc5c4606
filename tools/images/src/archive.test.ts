import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { describeWith } from '@resoto/tools-shared/jest';

import { writeImage } from './archive.ts';
import { imageConfig, imageNames } from './image.ts';
import { writeSystemFiles } from './system-files.ts';

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly [{ readonly digest: string; readonly size: number }];
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archive-'));
  await writeSystemFiles(join(folder, 'root'), imageNames.resoto);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

// The options of other programs called tar differ.
const gnuTar = { missing: process.platform === 'linux' ? undefined : 'images are made on Linux' };

describeWith('an image for engines', [gnuTar], () => {
test('an image is a manifest with a configuration and a layer, each under its checksum', async () => {
  const { manifest, read } = await written('image');

  const layer = await read(manifest.layers[0].digest);
  expect(layer.length).toBe(manifest.layers[0].size);
  expect(JSON.parse(String(await read(manifest.config.digest)))).toMatchObject({
    os: 'linux',
    config: imageConfig('resoto'),
    rootfs: { diff_ids: [`sha256:${checksum(gunzipSync(layer))}`] },
  });
});

test('directories of the user belong to them, everything else to root', async () => {
  const { manifest, read } = await written('image');

  const listing = execFileSync('tar', ['-tvz', '--numeric-owner'], { input: await read(manifest.layers[0].digest) });

  const owned = String(listing).split('\n').filter((line) => line.includes(' 1000/1000 '));
  expect(owned.map((line) => line.split(' ').at(-1))).toEqual([
    './home/resoto/',
    './run/resoto/',
    './var/lib/resoto/',
  ]);
  expect(String(listing).split('\n').filter((line) => / 0\/0 .* \.\/etc\/passwd$/.test(line))).toHaveLength(1);
});

test('the same files give the same image', async () => {
  const [one, two] = [await written('one'), await written('two')];

  expect(one.manifest).toEqual(two.manifest);
});
});

async function written(name: string) {
  const directory = join(folder, name);
  await writeImage(join(folder, 'root'), directory, 'resoto', 'image:test');
  const read = async (digest: string): Promise<Buffer> => {
    const bytes = await readFile(join(directory, 'blobs/sha256', digest.replace('sha256:', '')));
    expect(`sha256:${checksum(bytes)}`).toBe(digest);
    return bytes;
  };
  const index = JSON.parse(await readFile(join(directory, 'index.json'), 'utf8')) as {
    readonly manifests: readonly [{ readonly digest: string }];
  };
  const manifest = JSON.parse(String(await read(index.manifests[0].digest))) as Manifest;
  return { manifest, read };
}

function checksum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
