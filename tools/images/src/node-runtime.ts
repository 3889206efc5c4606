import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { places } from './image.ts';

const execute = promisify(execFile);

/** Looked up by the C library by name, for names of hosts; later versions of it have them within. */
const loadedByName = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2'];

/**
 * Copies the Node that runs this, without its symbols when `strip` is at hand, and the shared libraries it needs.
 *
 * @returns whether the symbols could be removed
 */
export async function copyNode(root: string): Promise<boolean> {
  const target = join(root, places.node);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(process.execPath, target);
  await chmod(target, 0o755);
  for (const library of await libraries(process.execPath)) {
    await mkdir(join(root, dirname(library)), { recursive: true });
    await copyFile(await realpath(library), join(root, library));
    await chmod(join(root, library), 0o755);
  }
  return strip(target);
}

async function libraries(program: string): Promise<readonly string[]> {
  const { stdout } = await execute('ldd', [program]);
  const needed = [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = '']) => path);
  const directory = needed.find((path) => /\/libc\.so/.test(path));
  if (directory === undefined) {
    throw new Error(`${program} does not use glibc, or ldd names its libraries in another way: ${stdout}`);
  }
  return [...needed, ...(await existing(loadedByName.map((name) => join(dirname(directory), name))))];
}

async function existing(paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    paths.map((path) =>
      realpath(path).then(
        () => path,
        () => undefined,
      ),
    ),
  );
  return found.filter((path) => path !== undefined);
}

async function strip(program: string): Promise<boolean> {
  try {
    await execute('strip', ['--strip-all', program]);
    return true;
  } catch {
    // Part of binutils, which nothing else here needs. The image is 18 MB larger without.
    return false;
  }
}
