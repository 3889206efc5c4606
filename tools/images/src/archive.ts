import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';

import type { Generation } from '@resoto/worker-core';

import { imageConfig, imageNames, imageUser } from './image.ts';
import { directories } from './system-files.ts';

const execute = promisify(execFile);
const media = 'application/vnd.oci.image';

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * Writes a root filesystem as an image in the layout of the Open Container Initiative, which engines and registries read:
 * `tar -C DIRECTORY -c . | docker load`, `podman load`, `skopeo copy oci:DIRECTORY …`. The same files give the same image.
 */
export async function writeImage(root: string, directory: string, generation: Generation, name: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  const blobs = join(directory, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const tar = join(directory, 'layer.tar');
  await archive(root, tar, generation);
  const layer = await layerBlob(tar, blobs);
  const diff = `sha256:${await sha256(tar)}`;
  await rm(tar);
  const config = await jsonBlob(blobs, `${media}.config.v1+json`, {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: imageConfig(generation),
    rootfs: { type: 'layers', diff_ids: [diff] },
  });
  const manifest = await jsonBlob(blobs, `${media}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${media}.manifest.v1+json`,
    config,
    layers: [layer],
  });
  const annotations = { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  await writeFile(join(directory, 'index.json'), JSON.stringify(index));
  await writeFile(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

/** Everything belongs to root but the directories of the user, whoever builds. */
async function archive(root: string, tar: string, generation: Generation): Promise<void> {
  const owned = directories(imageNames[generation]).flatMap(({ path, owned }) => (owned ? [`.${path}`] : []));
  const options = [
    '--numeric-owner',
    '--mtime=@0',
    '--sort=name',
    '--format=pax',
    '--pax-option=delete=atime,delete=ctime',
  ];
  const except = owned.map((path) => `--exclude=${path}`);
  await execute('tar', [...options, '--owner=0', '--group=0', '-C', root, ...except, '-cf', tar, '.']);
  const user = [`--owner=${imageUser.uid}`, `--group=${imageUser.gid}`];
  await execute('tar', [...options, ...user, '-C', root, '--no-recursion', '-rf', tar, ...owned]);
}

async function layerBlob(tar: string, blobs: string): Promise<Blob> {
  const packed = join(blobs, 'layer');
  await pipeline(createReadStream(tar), createGzip({ level: 9 }), createWriteStream(packed));
  const digest = await sha256(packed);
  await rename(packed, join(blobs, digest));
  const { size } = await stat(join(blobs, digest));
  return { mediaType: `${media}.layer.v1.tar+gzip`, digest: `sha256:${digest}`, size };
}

async function jsonBlob(blobs: string, mediaType: string, value: unknown): Promise<Blob> {
  const bytes = Buffer.from(JSON.stringify(value));
  const digest = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(blobs, digest), bytes);
  return { mediaType, digest: `sha256:${digest}`, size: bytes.length };
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
