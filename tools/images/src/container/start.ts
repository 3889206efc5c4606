#!/usr/bin/node
/**
 * Entry point of the image, as `resotoworker` or `fixworker`: reads the variables of the container, becomes the user of the
 * worker and turns into the worker. Secrets stay in the environment, where `ps` does not show them.
 */
import { writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import type { User } from './settings.ts';
import { containerSettings, SettingsError } from './settings.ts';
import { handOver, isWritable, unreadable } from './directories.ts';

const stateParent = '/var/lib';
const state = '/var/lib/resoto';
const runtimeDirectory = '/run/resoto';

/** Names under which the file is called, and what they start. */
const programs: Readonly<Record<string, { readonly main: string; readonly home: string }>> = {
  resotoworker: { main: 'main.js', home: '/home/resoto' },
  fixworker: { main: 'main-fix.js', home: '/home/fixinventory' },
};

async function start([name = '', ...args]: readonly string[]): Promise<void> {
  const program = programs[basename(name)] ?? { main: 'main.js', home: homedir() };
  const { remarks, user, ...settings } = containerSettings(process.env, args);
  const environment = { ...settings.environment };
  const said = [...remarks];
  const isRoot = process.getuid?.() === 0;
  // Engines give a user who is not in /etc/passwd the root directory as home.
  const given = environment['HOME'];
  const home = given === undefined || given === '' || given === '/' ? program.home : given;
  if (isRoot) {
    handOver(user, [home, runtimeDirectory], state);
    become(user);
  } else if (process.env['PUID'] !== undefined && process.getuid?.() !== user.uid) {
    said.push(`PUID has no effect: the container was started as user ${process.getuid?.()}`);
  }
  for (const path of unreadable(home)) {
    said.push(
      `${path} cannot be read by user ${process.getuid?.()}. Set PUID and PGID to its owner, or change its mode.`,
    );
  }
  environment['HOME'] = home;
  environment['XDG_STATE_HOME'] ||= stateHome(said);
  if (said.length > 0) await log(said, basename(name), environment);
  const app = join(import.meta.dirname, 'node_modules/@resoto/worker/dist', program.main);
  const signals = fileURLToPath(new URL('./signals.js', import.meta.url));
  if (process.execve === undefined) throw new SettingsError('Node 22.15 or newer is needed to start the worker.');
  process.execve(process.execPath, [process.execPath, `--import=${signals}`, app, ...args], environment);
}

/** @throws SettingsError when the container may not change its user */
function become({ uid, gid }: User): void {
  if (uid === 0) return;
  try {
    process.setgroups?.([gid]);
    process.setgid?.(gid);
    process.setuid?.(uid);
  } catch (error) {
    throw new SettingsError(
      `Cannot become user ${uid}:${gid} (${error instanceof Error ? error.message : 'no reason given'}). Leave the container the capabilities SETUID and SETGID, ` +
        `or start it as that user (--user ${uid}:${gid}).`,
    );
  }
}

/** Directory that holds the state directory of the worker. */
function stateHome(said: string[]): string {
  if (isWritable(state)) return stateParent;
  const hint = `Mount a volume there that user ${process.getuid?.()} may write.`;
  if (!isWritable('/tmp')) throw new SettingsError(`Neither ${state} nor /tmp can be written to. ${hint}`);
  said.push(`${state} cannot be written to, so state is kept in /tmp/resoto and lost with the container. ${hint}`);
  return '/tmp';
}

/** In the format of the worker's own log. */
async function log(
  messages: readonly string[],
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const { openLog, Secrets, textOption } = await import('@resoto/worker-core');
  // Written at once: nothing of this process is left when it has turned into the worker.
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      writeSync(2, chunk);
      done();
    },
  });
  const lines = await openLog({ level: 'warn', stream, name, secrets: new Secrets(), text: textOption(environment) });
  for (const message of messages) lines.warn(message);
  await new Promise((resolve) => setImmediate(resolve));
}

try {
  await start(process.argv.slice(1));
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  writeSync(2, `${basename(process.argv[1] ?? '')}: ${error.message}\n`);
  process.exitCode = 1;
}
