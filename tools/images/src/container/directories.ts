import { accessSync, chownSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import type { User } from './settings.ts';

/**
 * Hands directories of the image to the user that the worker will run as. What was mounted stays as it is (14 no. 21), except
 * for an empty directory that is to hold the state: a volume begins as a directory of root.
 */
export function handOver(user: User, directories: readonly string[], state: string): void {
  const mounts = mountPoints();
  for (const path of [...directories, state]) {
    const mayChange = path === state ? isEmpty(path) || mounts?.has(path) === false : mounts?.has(path) === false;
    if (mayChange) tryChown(path, user);
  }
}

/** Directories something is mounted on; undefined when the system does not say. */
function mountPoints(): ReadonlySet<string> | undefined {
  try {
    const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    return new Set(lines.map((line) => line.split(' ')[4] ?? ''));
  } catch {
    return undefined;
  }
}

function tryChown(path: string, { uid, gid }: User): void {
  try {
    const { uid: owner, gid: group } = statSync(path);
    if (owner !== uid || group !== gid) chownSync(path, uid, gid);
  } catch {
    // Of a read-only filesystem, or gone. Whether the worker can use it is looked at afterwards, as its user.
  }
}

function isEmpty(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return false;
  }
}

export function isWritable(path: string): boolean {
  return can(path, constants.W_OK | constants.X_OK);
}

/** What a home holds for programs, `.aws` and what is in it for example, as far as this process cannot read it. */
export function unreadable(home: string): readonly string[] {
  const found: string[] = [];
  for (const path of pathsIn(home).filter((path) => basename(path).startsWith('.'))) {
    if (can(path, constants.R_OK)) found.push(...pathsIn(path).filter((inside) => !can(inside, constants.R_OK)));
    else found.push(path);
  }
  return found;
}

function pathsIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).map((name) => join(directory, name));
  } catch {
    return [];
  }
}

function can(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
