import { chmod, chown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';

import { imageNames, imageUser, places, type ImageNames } from './image.ts';

/** A directory of the image, with the mode it has. */
interface Directory {
  readonly path: string;
  readonly mode: number;
  /** Belongs to the user of the image instead of root. */
  readonly owned: boolean;
}

/** Directories that are there before anything is mounted. */
export function directories({ user }: ImageNames): readonly Directory[] {
  const owned = [`/home/${user}`, places.runtime, places.state].map((path) => ({ path, mode: 0o700, owned: true }));
  const plain = ['/dev', '/proc', '/sys', '/etc'].map((path) => ({ path, mode: 0o755, owned: false }));
  return [...plain, { path: '/tmp', mode: 0o1777, owned: false }, ...owned];
}

/** Writes what programs expect of a system: users, groups, how names of hosts are found, and empty directories. */
export async function writeSystemFiles(root: string, names: ImageNames): Promise<void> {
  for (const { path, mode, owned } of directories(names)) {
    await mkdir(join(root, path), { recursive: true });
    await chmod(join(root, path), mode);
    // Whoever may not do that makes an image from an archive, in which owners are only named.
    if (owned && process.getuid?.() === 0) await chown(join(root, path), imageUser.uid, imageUser.gid);
  }
  await mkdir(join(root, 'var'), { recursive: true });
  await symlink('../run', join(root, 'var/run'));
  const { uid, gid } = imageUser;
  const home = `/home/${names.user}`;
  const users = [`root:x:0:0:root:${home}:/sbin/nologin`, `${names.user}:x:${uid}:${gid}::${home}:/sbin/nologin`];
  const files = {
    passwd: users,
    group: ['root:x:0:', `${names.user}:x:${gid}:`],
    // Without it the C library looks in no hosts file.
    'nsswitch.conf': ['hosts: files dns'],
  };
  for (const [name, lines] of Object.entries(files)) await writeFile(join(root, 'etc', name), `${lines.join('\n')}\n`);
  // Node has them within; settings such as AWS_CA_BUNDLE want a file.
  await mkdir(join(root, 'etc/ssl/certs'), { recursive: true });
  await writeFile(join(root, 'etc/ssl/certs/ca-certificates.crt'), `${rootCertificates.join('\n')}\n`);
}

/** Links the names of both programs to the entry point. */
export async function linkPrograms(root: string): Promise<void> {
  for (const { program } of Object.values(imageNames)) {
    await symlink(`../..${places.app}/start.js`, join(root, places.programs, program));
  }
}
