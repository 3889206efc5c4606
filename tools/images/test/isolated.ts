/** Runs an image as an engine does: with a root filesystem, processes and mounts of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { expect } from '@jest/globals';
import type { Needed } from '@resoto/tools-shared';
import { eventually } from '@resoto/worker-core/testing';

export interface IsolatedOptions {
  /** Root filesystem; it is not changed. */
  readonly root: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The root filesystem cannot be written to. */
  readonly readOnly?: boolean;
  /** Directories of the container and of this machine that are mounted there, `ro` or `rw`. */
  readonly mounts?: Readonly<Record<string, readonly [from: string, mode: 'ro' | 'rw']>>;
  /** Directories that begin empty: those of a volume belong to root, into those of a tmpfs everybody may write. */
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  /** User the container starts as; default: root. */
  readonly user?: number;
  /** Default: the entry point. */
  readonly program?: string;
}

export interface Isolated {
  readonly output: () => string;
  /** Messages of the log. */
  readonly messages: () => readonly string[];
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** Process id on this machine of the first process of the container. */
  pid(): number;
  /** A file of its first process below `/proc`, fields apart from each other by spaces. */
  proc(name: 'cmdline' | 'environ' | 'status'): string;
  signal(name: NodeJS.Signals): void;
  kill(): Promise<void>;
}

// In a tmpfs, so that nothing of it is left when the last process has gone; an overlay, as engines do it.
const script = `
set -e
work=$1; root=$2; shift 2
mount --make-rprivate /
mount -t tmpfs tmpfs "$work"
mkdir "$work/upper" "$work/work" "$work/root"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/work" "$work/root"
root=$work/root
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
  mkdir -p "$root$2"
  case $1 in
    volume) mount -t tmpfs -o mode=755 tmpfs "$root$2"; shift 2 ;;
    tmpfs) mount -t tmpfs -o mode=1777 tmpfs "$root$2"; shift 2 ;;
    rw) mount --bind "$3" "$root$2"; shift 3 ;;
    ro) mount --bind "$3" "$root$2"; mount -o remount,bind,ro "$root$2"; shift 3 ;;
  esac
done
shift
if [ "$1" = ro ]; then mount -o remount,ro "$root"; fi
user=$2; shift 2
exec chroot --userspec="$user:$user" --groups="" "$root" "$@"
`;

const systemPath = '/usr/sbin:/usr/bin:/sbin:/bin';
const isolation = ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script, 'sh'];

/** Whether images can be started here: it takes Linux, root and the right to mount. */
export function isolated(): Needed {
  const directory = mkdtempSync(join(tmpdir(), 'isolated-'));
  try {
    const probe = [...isolation, directory, '/', '--', 'rw', '0', '/usr/bin/env', 'true'];
    const { status } = spawnSync('unshare', probe, { env: { PATH: systemPath } });
    return { missing: status === 0 ? undefined : 'unshare, chroot and mounts need root on Linux' };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const running = new Set<Isolated>();

/** Ends every container that still runs. */
export async function killIsolated(): Promise<void> {
  await Promise.all([...running].map((each) => each.kill()));
}

export function startIsolated(options: IsolatedOptions): Isolated {
  const { root, args = [], env = {}, readOnly = false, mounts = {}, volumes = [], tmpfs = [], user = 0 } = options;
  const directory = mkdtempSync(join(tmpdir(), 'isolated-'));
  const mounted = Object.entries(mounts).flatMap(([to, [from, mode]]) => [mode, to, from]);
  const empty = [...volumes.map((path) => ['volume', path]), ...tmpfs.map((path) => ['tmpfs', path])].flat();
  const places = [...empty, ...mounted, '--'];
  const program = [options.program ?? '/usr/bin/resotoworker', ...args];
  const child = spawn(
    'unshare',
    [...isolation, directory, root, ...places, readOnly ? 'ro' : 'rw', String(user), ...program],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: systemPath, ...env } },
  );
  const texts = [gather(child.stdout), gather(child.stderr)];
  const output = (): string => texts.map((text) => text()).join('');
  const isolatedProcess: Isolated = {
    output,
    messages: () =>
      output()
        .split('\n')
        // Of the last line not all may have come yet.
        .slice(0, -1)
        .filter((line) => line.startsWith('{'))
        .map((line) => (JSON.parse(line) as { message: string }).message),
    ended: once(child, 'close').then(([code]) => {
      running.delete(isolatedProcess);
      rmSync(directory, { recursive: true });
      return code as number | null;
    }),
    pid: () => firstProcess(child.pid),
    proc: (name) => readFileSync(`/proc/${isolatedProcess.pid()}/${name}`, 'utf8').replaceAll('\0', ' '),
    signal: (name) => process.kill(isolatedProcess.pid(), name),
    async kill() {
      // The program has another user, so it no longer ends with the process that started it.
      if (child.exitCode === null) killFirst(child.pid);
      child.kill('SIGKILL');
      await isolatedProcess.ended;
    },
  };
  running.add(isolatedProcess);
  return isolatedProcess;
}

/** Waits until the log has a message. */
export async function said(container: Isolated, message: string): Promise<void> {
  await eventually(() => expect(container.messages()).toContain(message));
}

/** Process id on this machine of what `unshare` has started. */
function firstProcess(unshare: number | undefined): number {
  const pid = Number(readFileSync(`/proc/${unshare}/task/${unshare}/children`, 'utf8').trim());
  if (!(pid > 1)) throw new Error('The container has no process');
  return pid;
}

function killFirst(unshare: number | undefined): void {
  try {
    process.kill(firstProcess(unshare), 'SIGKILL');
  } catch {
    // It has ended meanwhile, or not begun.
  }
}

function gather(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return () => text;
}
