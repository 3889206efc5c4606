import { errorText, WorkerError, type Generation, type Logger } from '@resoto/worker-core';
import { openDataDirectory } from './data-directory.ts';
import { openDatabase, type Database } from './database.ts';
import { silentLog } from './log.ts';
import type { AuthOptions } from './server/auth.ts';
import { startHttpServer } from './server/http-server.ts';
import { allRoutes } from './server/routes/all-routes.ts';
import { addAuthorityRoutes } from './server/routes/authority-routes.ts';
import { TokenCheck } from './server/token-check.ts';
import { openServices, type Services } from './services.ts';
import type { CoreTls } from './tls/core-tls.ts';
import { DEFAULT_TIMERS, type Timers } from './timers.ts';
import { onSchedule, parseCron, type Schedule } from './workflow/cron.ts';
import { builtInWorkflows } from './workflow/definitions.ts';

/** Where a core listens, what it keeps, and whom it lets in. */
export interface EmbeddedCoreOptions {
  readonly generation: Generation;
  /** Directory for everything that survives a restart; made when missing. Default: the state lives in memory. */
  readonly data?: string;
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Pre-shared key. Without one nobody needs a token; then the core refuses to listen beyond this machine. */
  readonly psk?: string;
  /** Listen beyond this machine although there is no pre-shared key. */
  readonly allowOpen?: boolean;
  /** Workflow to five-field schedule in UTC, e.g. `{ collect_and_cleanup: '0 * * * *' }`. Default: none starts by itself. */
  readonly cron?: Readonly<Record<string, string>>;
  /** Waiting times in milliseconds; what is left out keeps the value of the protocol. */
  readonly timers?: Partial<Timers>;
  /** Default: nothing is logged. */
  readonly log?: Logger;
  /** Variables that fill placeholders of configs. Default: those of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Serve HTTPS with a certificate of a CA of its own, which is kept with the data. Default: plain HTTP. */
  readonly tls?: boolean;
}

/** A core that runs. Whoever started it closes it. */
export interface EmbeddedCore {
  /** Base URI, e.g. `http://127.0.0.1:40123`. */
  readonly uri: string;
  /** Stops accepting, cuts connections and closes the database. Unfinished runs go on when a core opens it again. */
  close(): Promise<void>;
}

/**
 * Starts a core.
 *
 * @throws WorkerError `port_in_use`, `cannot_listen`, `open_core` (no key beyond this machine), `data_in_use`,
 *   `data_unusable`, `database_failed`, `database_too_new`, `wrong_configuration` (schedule)
 */
export async function startEmbeddedCore(options: EmbeddedCoreOptions): Promise<EmbeddedCore> {
  const { generation, log = silentLog, host = '127.0.0.1', port = 0, environment = process.env } = options;
  const timers = { ...DEFAULT_TIMERS, ...options.timers };
  const psk = options.psk === '' ? undefined : options.psk;
  if (!isLoopback(host) && psk === undefined && options.allowOpen !== true) throw openCore(host);
  const schedules = readSchedules(options);
  // Closed in reverse order, as far as they were opened.
  const opened: (() => Promise<void> | void)[] = [];
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= closeAll(opened));

  try {
    const data = openDataDirectory(options.data);
    opened.push(() => data.close());
    const database = openDatabase(data.file === undefined ? {} : { file: data.file });
    opened.push(() => database.close());
    const services = openServices({ generation, database, imports: data.imports, timers, log, environment });
    opened.push(() => services.close());
    const routes = allRoutes(services);
    const tls = options.tls === true ? await serveTls(services, database, host) : undefined;
    if (tls !== undefined) {
      opened.push(() => tls.close());
      addAuthorityRoutes(routes.routes, { authority: tls.authority, names: services.names, psk });
    }
    const server = await startHttpServer({
      host,
      port,
      ...routes,
      auth: authOptions(services, host, psk),
      timers,
      log,
      ...(tls === undefined ? {} : { server: tls.server }),
    });
    opened.push(() => server.close());
    services.resume();
    opened.push(...startTimers(services, schedules));
    log.info('core listens', { uri: server.uri, data: options.data ?? 'memory' });
    return { uri: server.uri, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function serveTls({ names, log }: Services, database: Database, host: string): Promise<CoreTls> {
  const { openTls } = await import('./tls/core-tls.ts');
  return openTls({ database, names, host, log });
}

async function closeAll(opened: readonly (() => Promise<void> | void)[]): Promise<void> {
  for (const close of opened.toReversed()) await close();
}

function authOptions({ names, now }: Services, host: string, psk: string | undefined): AuthOptions {
  const options = { cookie: names.authorizationCookie, loopbackOnly: isLoopback(host) };
  return psk === undefined ? options : { ...options, tokens: new TokenCheck(psk, now) };
}

/** Looks at deadlines and schedules until the returned functions are called. */
function startTimers(services: Services, schedules: ReadonlyMap<string, Schedule>): (() => void)[] {
  const { timers, queue, subscriptions, runner, log } = services;
  const guarded = (work: () => void) => (): void => {
    try {
      work();
    } catch (error) {
      log.error('periodic work failed', { error: errorText(error) });
    }
  };
  const check = guarded(() => {
    const absent = subscriptions.removeAbsent();
    if (absent.length > 0) log.warn('absent subscribers removed', { subscribers: absent });
    runner.check();
  });
  const starts = [...schedules].map(([name, schedule]) =>
    onSchedule(
      schedule,
      guarded(() => void runner.start(name)),
    ),
  );
  return [
    repeat(
      timers.taskCheck,
      guarded(() => queue.check()),
    ),
    repeat(timers.check, check),
    ...starts,
  ];
}

function repeat(every: number, work: () => void): () => void {
  const timer = setInterval(work, every);
  timer.unref();
  return () => clearInterval(timer);
}

function readSchedules({ generation, cron = {} }: EmbeddedCoreOptions): Map<string, Schedule> {
  const workflows = builtInWorkflows(generation);
  for (const name of Object.keys(cron)) if (!workflows.has(name)) throw unknownWorkflow(name, [...workflows.keys()]);
  return new Map(Object.entries(cron).map(([name, text]) => [name, parseCron(text)]));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

function openCore(host: string): WorkerError {
  return new WorkerError('open_core', `Refused to listen on ${host} without a pre-shared key`, {
    hint: 'Set a pre-shared key, or listen on 127.0.0.1.',
    facts: { host },
  });
}

function unknownWorkflow(name: string, known: readonly string[]): WorkerError {
  return new WorkerError('wrong_configuration', `Cannot schedule the workflow ${name}: there is none with this name`, {
    hint: `Workflows are: ${known.join(', ')}.`,
    facts: { name },
  });
}
