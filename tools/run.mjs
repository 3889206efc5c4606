/**
 * Runs a TypeScript program of this repository with Node 24, after installing whatever is missing.
 *
 *     node tools/run.mjs FILE.ts [ARGUMENT...]
 *
 * This file runs before anything is installed: with Node 20, and with nothing but what comes with Node.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync, utimesSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const onWindows = process.platform === 'win32';

function main([program, ...args]) {
  if (program === undefined) fail('usage: node tools/run.mjs FILE.ts [ARGUMENT...]');
  install();
  run(currentNode(), resolve(root, program), args);
}

/** npm writes node_modules/.package-lock.json last, so an interrupted installation has none. */
function install() {
  const lock = modified(join(root, 'package-lock.json'));
  const installed = join(root, 'node_modules/.package-lock.json');
  if (modified(installed) >= lock) return;
  const reason = existsSync(installed) ? 'package-lock.json has changed' : 'the first time takes a minute';
  // An installation that is only outdated is mended, because `npm ci` would also remove the caches in it.
  const command = existsSync(installed) ? 'install' : 'ci';
  say(`Installing dependencies (${reason})`);
  const { status } = npm([command, '--loglevel=error', '--no-audit', '--no-fund', '--no-update-notifier']);
  if (status !== 0) fail(`npm ${command} failed; its message stands above`);
  const now = new Date();
  utimesSync(installed, now, now);
}

/** The Node that the dev dependency `node` brings. */
function currentNode() {
  const folder = join(root, 'node_modules/node');
  const node = join(folder, onWindows ? 'bin/node.exe' : 'bin/node');
  if (existsSync(node)) return node;
  // npm was told to run no install scripts; this one fetches the binary of the platform.
  say('Fetching Node 24');
  spawnSync(process.execPath, ['installArchSpecificPackage.js'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (existsSync(node)) return node;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return fail(
    `Cannot fetch Node 24 for ${process.platform}-${process.arch}. Install Node 22.18 or newer and start again.`,
  );
}

function run(node, program, args) {
  const child = spawn(
    node,
    ['--conditions=@resoto/source', '--disable-warning=ExperimentalWarning', program, ...args],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        // How the program is called here, for what it tells its user to type.
        RESOTO_PROGRAM: `npm run -s ${program.endsWith('main-fix.ts') ? 'fixworker' : 'resotoworker'} --`,
        PATH: [dirname(node), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
      },
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) forward(signal, child);
  child.once('error', (error) => fail(`Cannot start ${node}: ${error.message}`));
  child.once('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 128 + constants.signals[signal];
  });
}

/** Passes a signal on once: npm, too, passes on what the whole process group was sent. */
function forward(signal, child) {
  let passed = false;
  process.on(signal, () => {
    // Whatever a terminal sends, it sends to the child as well.
    if (passed || (signal !== 'SIGTERM' && process.stdin.isTTY)) return;
    passed = true;
    child.kill(signal);
  });
}

function npm(args) {
  return spawnSync('npm', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], shell: onWindows });
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(line) {
  say(line);
  process.exit(1);
}

main(process.argv.slice(2));
