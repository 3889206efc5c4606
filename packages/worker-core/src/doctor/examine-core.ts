/** Is there a core, does it let this worker in, and does it know the same time? Only reads. */
import { coreConnection, pathOf, type CoreConnection, type CoreConnectionOptions } from '../core-client/connection.ts';
import { CoreHttp, type CoreAnswer } from '../core-client/http.ts';
import { schemeFailure } from '../core-client/other-scheme.ts';
import { errorCode } from '../errors.ts';
import type { Generation } from '../protocol/generation.ts';
import { failed, type Diagnosis } from './diagnosis.ts';
import { examineProduct } from './examine-product.ts';
import { coreTrust, type CoreTrustOptions } from './examine-tls.ts';

export interface CoreExamination {
  readonly trust: CoreTrustOptions;
  readonly generation: Generation;
  /** Id of the configuration document. */
  readonly worker: string;
  readonly signal: AbortSignal;
}

/** Milliseconds until an answer counts as missing, and for which a failed attempt is repeated. */
const patience = { idleTimeout: 5_000, patience: 3_000 };

/**
 * Yields what was found, up to the first thing that makes further looks meaningless.
 *
 * @returns how to reach the core; undefined when nothing can be read from it
 */
export async function* examineCore(
  options: CoreExamination,
): AsyncGenerator<Diagnosis, CoreConnectionOptions | undefined> {
  let connection: CoreConnection;
  try {
    connection = coreConnection(options.trust.core);
  } catch (error) {
    yield failed('core', error);
    return undefined;
  }
  const http = new CoreHttp({ connection });
  try {
    const ready = await firstAnswer(http, options.signal);
    if ('error' in ready) {
      yield failed('core', ready.error);
      return undefined;
    }
    yield { about: 'core', status: 'ok', what: `answers at ${connection.uri}` };
    const clock = clockDifference(ready.answer, ready.asked);
    if (clock !== undefined) yield clock;
    const trust = yield* coreTrust(options.trust, options.signal);
    if (trust === undefined) return undefined;
    return yield* examineKey(trust, options);
  } finally {
    http.close();
  }
}

type FirstAnswer = { readonly answer: CoreAnswer; readonly asked: number } | { readonly error: unknown };

async function firstAnswer(http: CoreHttp, signal: AbortSignal): Promise<FirstAnswer> {
  const asked = Date.now();
  const request = { method: 'GET', path: '/system/ready', trusted: false, signal, ...patience } as const;
  try {
    const answer = await http.send(request);
    answer.body.resume();
    return { answer, asked };
  } catch (error) {
    signal.throwIfAborted();
    // Behind a path prefix, a core asks for its key even here.
    if (errorCode(error) === 'core_wrong_key') return { answer: { headers: {} } as CoreAnswer, asked };
    return { error: await schemeFailure(http.connection, error, signal) };
  }
}

/** Tokens are valid for five minutes. Times of answers are whole seconds. */
const tolerable = { warn: 30, fail: 300 };

function clockDifference({ headers }: CoreAnswer, asked: number): Diagnosis | undefined {
  const told = Date.parse(headers.date ?? '');
  if (Number.isNaN(told)) return undefined;
  const now = Date.now();
  // Somewhere between question and answer.
  const seconds = Math.round((told > now ? told - now : Math.min(told + 999 - asked, 0)) / 1000);
  const off = Math.abs(seconds);
  const what = `that of the core is ${off} s ${seconds > 0 ? 'ahead of' : 'behind'} the one here`;
  const advice = 'Set both clocks, for instance with NTP: tokens are valid for five minutes.';
  if (off >= tolerable.fail) return { about: 'clock', status: 'fail', what, advice };
  if (off > tolerable.warn) return { about: 'clock', status: 'warn', what, advice };
  return { about: 'clock', status: 'ok', what: 'core and worker agree about the time' };
}

/** Asks for the configuration document, first as anybody, then with the key. */
async function* examineKey(
  core: CoreConnectionOptions,
  { generation, worker, signal }: CoreExamination,
): AsyncGenerator<Diagnosis, CoreConnectionOptions | undefined> {
  const connection = coreConnection(core);
  const http = new CoreHttp({ connection });
  const path = pathOf('config', worker);
  try {
    const open = await isLetIn(http, path, false, signal);
    if (!open && !connection.hasKey) {
      yield {
        about: 'key',
        status: 'fail',
        what: 'the core asks for its pre-shared key, and none was given',
        advice: 'Give the key of the core with --psk.',
      };
      return undefined;
    }
    if (open) yield openCore(connection);
    if (connection.hasKey && !(await isLetIn(http, path, true, signal))) {
      yield {
        about: 'key',
        status: 'fail',
        what: 'the core does not accept the pre-shared key',
        advice: 'Give the key of the core. If it is right, compare the clocks of core and worker.',
      };
      return undefined;
    }
    if (!open) yield { about: 'key', status: 'ok', what: 'the core accepts the pre-shared key' };
    yield* examineProduct(http, { generation, path, request: { signal, ...patience } });
    return core;
  } catch (error) {
    signal.throwIfAborted();
    yield failed('core', error);
    return undefined;
  } finally {
    http.close();
  }
}

async function isLetIn(http: CoreHttp, path: string, trusted: boolean, signal: AbortSignal): Promise<boolean> {
  try {
    await http.text({ method: 'GET', path, trusted, signal, ...patience });
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'core_not_found') return true;
    if (code === 'core_wrong_key') return false;
    throw error;
  }
}

function openCore({ uri, hasKey }: CoreConnection): Diagnosis {
  if (/^(localhost|127\.[\d.]+|\[::1\])$/.test(new URL(uri).hostname) && !hasKey) {
    return { about: 'key', status: 'ok', what: 'none is needed' };
  }
  return {
    about: 'key',
    status: 'warn',
    what: `the core asks for none: whoever reaches it may change it${hasKey ? ', and the given key has no effect' : ''}`,
    advice: 'Start the core with a pre-shared key.',
  };
}
