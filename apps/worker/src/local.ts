import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  ConfigError,
  CoreClient,
  coreConnection,
  openCertificates,
  stringifyJson,
  startWorker,
  type CollectReport,
  type RunningWorker,
} from '@resoto/worker-core';

import type { Command, OptionValues } from './arguments.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { write, type Io } from './io.ts';
import { startLocalCore } from './local-core.ts';
import { commandLog } from './log.ts';
import { pluginDirectories } from './plugin-directories.ts';
import { collectProgress, type CollectProgress } from './progress/progress.ts';
import { onStopSignal } from './signals.ts';
import { reportExitCode, summary } from './summary.ts';
import { usageError } from './usage-error.ts';

/** Milliseconds between two looks at a run. */
const runPause = 50;

/** `resotoworker local`: embedded core and worker in one. Collects at once, shows what was found, and stays. */
export async function local(command: Command, io: Io): Promise<ExitCode> {
  const { options } = command;
  const { secrets, program } = options;
  const { generation, names } = program;
  const psk = options.text('psk');
  const kept = options.text('data');
  const port = portOf(options);
  const host = options.text('host') ?? '127.0.0.1';
  const directory = kept ?? (await mkdtemp(join(tmpdir(), 'resoto-')));
  // What goes wrong stands in the summary.
  const log = await commandLog(options, io, { level: 'critical', text: true });
  const stop = new AbortController();
  const forget = onStopSignal(() => stop.abort());
  const closing: (() => Promise<void>)[] = [];
  try {
    const core = await startLocalCore({
      generation,
      host,
      tls: options.flag('tls'),
      ...(kept === undefined ? {} : { data: kept }),
      ...(port === undefined ? {} : { port }),
      ...(psk === undefined ? {} : { psk }),
    });
    closing.unshift(() => core.close());
    const progress = collectProgress(io);
    const subscriberId = options.text('subscriber-id') ?? names.subscriberId;
    const { signal } = stop;
    const certificates = await openCertificates({ core: { uri: core.uri, psk }, subscriberId, log, signal });
    closing.unshift(async () => certificates.close());
    const access = { uri: core.uri, psk, tls: () => certificates.trust() };
    const start = (): Promise<RunningWorker> =>
      startWorker({
        core: access,
        certificates,
        generation,
        subscriberId,
        // Whoever tries it on his own machine does not expect to be seen from others.
        overrides: [`${names.workerSection}.web_host=${host}`, ...options.list('override')],
        environment: io.env,
        pluginDirectories: pluginDirectories(),
        dataDirectory: directory,
        collectAtHand: true,
        web: 'any port',
        log,
        secrets,
        observer: progress.observer,
        signal,
      });
    let worker = await start();
    // Whoever ends it at a terminal does not want to wait for what runs.
    closing.unshift(() => worker.stop(0));
    requirePlugins(worker);
    const client = new CoreClient({ connection: coreConnection(access) });
    closing.unshift(async () => client.close());

    const report = await collectOnce(worker, client, progress, signal);
    if (report === undefined) return exitCode.success;
    await write(io.stdout, summary(report, worker));
    if (options.flag('once')) return reportExitCode(report, worker);
    await write(
      io.stdout,
      howToGoOn({
        uri: core.uri,
        withKey: psk !== undefined,
        program: io.env['RESOTO_PROGRAM'] ?? program.name,
        option: names.coreUriOption,
        webUrl: worker.webUrl,
      }),
    );
    while ((await Promise.race([worker.ended, aborted(signal)])) === 'restart') worker = await start();
    return exitCode.success;
  } finally {
    forget();
    for (const close of closing) await close();
    if (kept === undefined) await rm(directory, { recursive: true, force: true });
  }
}

function portOf(options: OptionValues): number | undefined {
  const port = options.integer('port');
  if (port !== undefined && (port < 0 || port > 65_535)) throw usageError(`--port: ${port} is not a port`);
  return port;
}

function requirePlugins({ registry }: RunningWorker): void {
  if (registry.collectors.length > 0) return;
  const [broken] = registry.problems;
  throw new ConfigError(`No cloud can be collected: ${broken?.message ?? 'no plugin is installed'}`, {
    code: 'no_plugin',
    hint: broken?.hint ?? 'Install one beside the worker, for example: npm install @resoto/plugin-aws',
  });
}

/** Runs the workflow `collect` to its end. Undefined: stopped before. */
async function collectOnce(
  worker: RunningWorker,
  client: CoreClient,
  progress: CollectProgress,
  signal: AbortSignal,
): Promise<CollectReport | undefined> {
  const stopped = aborted(signal);
  await Promise.race([worker.registered, stopped]);
  if (signal.aborted) return undefined;
  const task = await collectTask(client, signal);
  const report = await Promise.race([progress.report, stopped]);
  progress.end();
  // The core resolves edges between accounts after the worker is done.
  if (report !== undefined) await workflowEnd(client, task, signal);
  return signal.aborted ? undefined : report;
}

/** The run of the workflow: a new one, or one that was interrupted before its collect was done and goes on now. */
async function collectTask(client: CoreClient, signal: AbortSignal): Promise<string> {
  for (;;) {
    const interrupted = /workflow=collect, id=([^,]+), step=(\w+)/.exec(
      await output(client, 'workflow running', signal),
    );
    if (interrupted === null) break;
    const [, id = '', step = ''] = interrupted;
    if (step === 'pre_collect' || step === 'collect') return id;
    await sleep(runPause, undefined, { signal });
  }
  const started = await output(client, 'workflow run collect', signal);
  return /with id (\S+?)\.?$/.exec(started)?.[1] ?? '';
}

async function workflowEnd(client: CoreClient, task: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await output(client, 'workflow running', signal)).includes(`id=${task},`)) {
    await sleep(runPause);
  }
}

async function output(client: CoreClient, command: string, signal: AbortSignal): Promise<string> {
  const lines: string[] = [];
  for await (const line of client.execute(command, { signal }))
    lines.push(typeof line === 'string' ? line : stringifyJson(line));
  return lines.join('\n');
}

interface Addresses {
  readonly uri: string;
  readonly withKey: boolean;
  /** As it was called. */
  readonly program: string;
  /** Name of the option for the address of a core. */
  readonly option: string;
  readonly webUrl: string | undefined;
}

function howToGoOn({ uri, withKey, program, option, webUrl }: Addresses): string {
  return [
    `The graph is at ${uri} until this program ends (Ctrl+C).`,
    ...(webUrl === undefined ? [] : [`How the worker is doing: ${webUrl}`]),
    'For example, in another terminal:',
    `  ${program} search 'is(instance)' --${option} ${uri}${withKey ? ' --psk …' : ''}`,
    '',
  ].join('\n');
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
