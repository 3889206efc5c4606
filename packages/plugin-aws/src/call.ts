/**
 * The only place that asks the vendor: limits what is asked at once, tries again, follows pages, and translates errors.
 */
import { pause, pauseAfter, ProviderError, reader } from '@resoto/worker-core/plugin';
import type { PluginContext } from '@resoto/worker-core/plugin';

import { isThrottling, isTransient, statusOf, translate, vendorCode } from './failure.ts';
import type { CallPlace } from './failure.ts';
import { Pace, Semaphore } from './limits.ts';
import type { Call, Change } from './service.ts';

/** Reads from one region of one account. */
export interface ReadClient {
  readonly region: string;
  /**
   * One call, the whole answer.
   *
   * @returns undefined when the vendor says with one of the expected errors that there is nothing
   * @throws PermissionError, DisabledError, ThrottledError, LoginError or ProviderError; never an error of the vendor
   */
  read(call: Call, input?: object): Promise<object | undefined>;
  /** All pages of a list. Also ends with ProviderError `repeated_page` or `endless_pages`. */
  pages(call: Call, input?: object): AsyncGenerator<object>;
  /** How many calls of a service may run at once. */
  width(call: Call): number;
}

/** Reads from and changes one region of one account. */
export interface WriteClient extends ReadClient {
  /** For whoever waits between two calls. */
  readonly signal: AbortSignal;
  /**
   * One call that changes something.
   *
   * @returns undefined when the vendor says with one of the expected errors that there is nothing any more
   * @throws as {@link ReadClient.read}, and ProviderError `resource_in_use` when something still uses the resource
   */
  change(call: Change, input: object): Promise<object | undefined>;
  /** The error that {@link change} throws for a code. For answers that have errors in them. */
  failure(call: Change, code: string, message: string): unknown;
}

/** Sends a call once and throws the vendor's error; see `clients.ts`. */
export interface Sender {
  send(call: Call | Change, input: object, region: string, signal: AbortSignal): Promise<object>;
}

export interface CallsOptions {
  readonly account: string;
  readonly sender: Sender;
  readonly signal: AbortSignal;
  /** Calls at the same time: of the account, and of a service in a region. */
  readonly total: number;
  readonly perService: (service: string) => number;
  /** Told how each call that was sent ended. */
  readonly count?: PluginContext['countCall'] | undefined;
  /** Gets an entry for each call that was sent. */
  readonly log?: Pick<PluginContext['log'], 'debug'> | undefined;
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
  readonly random?: () => number;
}

/** How often a call is sent at most. */
export interface Attempts {
  readonly throttled: number;
  readonly failed: number;
}

const usualAttempts: Attempts = { throttled: 10, failed: 4 };
const backOff = { minimum: 200, maximum: 20_000 };
const mostPages = 100_000;

/** All calls of one account. */
export class Calls {
  readonly #options: CallsOptions & Required<Pick<CallsOptions, 'pause' | 'random'>>;
  readonly #total: Semaphore;
  readonly #lanes = new Map<string, Lane>();

  constructor(options: CallsOptions) {
    this.#options = { pause, random: Math.random, ...options };
    this.#total = new Semaphore(options.total);
  }

  in(region: string): ReadClient {
    const way: Way = { region, signal: this.#options.signal, attempts: usualAttempts };
    return {
      region,
      read: (call, input = {}) => this.#send(call, input, way),
      pages: (call, input = {}) => this.#pages(call, input, way),
      width: (call) => this.#options.perService(call.service.name),
    };
  }

  /** @param signal  ends the calls of this client, in place of the signal of all */
  writing(region: string, signal: AbortSignal, attempts = usualAttempts): WriteClient {
    const way: Way = { region, signal, attempts };
    return {
      region,
      signal,
      read: (call, input = {}) => this.#send(call, input, way),
      pages: (call, input = {}) => this.#pages(call, input, way),
      width: (call) => this.#options.perService(call.service.name),
      change: (call, input) => this.#send(call, input, way),
      failure: (call, code, message) =>
        translate(Object.assign(new Error(message), { Code: code }), call, { account: this.#options.account, region }),
    };
  }

  async *#pages(call: Call, input: object, way: Way): AsyncGenerator<object> {
    const seen = new Set<string>();
    let token: string | undefined;
    do {
      const asked = token === undefined ? input : { ...input, [call.token.input]: token };
      const page = await this.#send(call, asked, way);
      if (page === undefined) return;
      yield page;
      token = nextToken(page, call);
      if (token === undefined) return;
      const problem = seen.has(token) ? 'repeated_page' : seen.size >= mostPages ? 'endless_pages' : undefined;
      if (problem !== undefined)
        throw brokenPages(problem, call, { account: this.#options.account, region: way.region });
      seen.add(token);
    } while (true);
  }

  async #send(call: Call | Change, input: object, way: Way): Promise<object | undefined> {
    const { account, pause, random, count } = this.#options;
    const { name: service } = call.service;
    const { region, signal, attempts } = way;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await this.#attempt(call, input, way, attempt);
        count?.(service, 'done');
        return answer;
      } catch (error) {
        if (signal.aborted) throw error;
        if (call.expected.includes(vendorCode(error))) {
          count?.(service, 'done');
          return undefined;
        }
        const isThrottled = isThrottling(error);
        const most = isThrottled ? attempts.throttled : isTransient(error) ? attempts.failed : 1;
        count?.(service, isThrottled ? 'throttled' : attempt < most ? 'retried' : 'failed');
        if (attempt >= most) throw translate(error, call, { account, region });
        await pause(pauseAfter(attempt, { ...backOff, random }), signal);
      }
    }
  }

  async #attempt(call: Call | Change, input: object, way: Way, attempt: number): Promise<object> {
    const { region, signal } = way;
    const { sender, pause } = this.#options;
    const { slots, pace } = this.#lane(call.service.name, region);
    return slots.run(() =>
      this.#total.run(async () => {
        const wait = pace.turn(Date.now());
        if (wait > 0) await pause(wait, signal);
        signal.throwIfAborted();
        const sent = Date.now();
        try {
          const answer = await sender.send(call, input, region, signal);
          pace.succeeded();
          this.#note(call, region, attempt, sent, { status: statusOf(answer) });
          return answer;
        } catch (error) {
          this.#note(call, region, attempt, sent, { status: statusOf(error), error: vendorCode(error) });
          if (isThrottling(error)) pace.throttled(sent, Date.now());
          throw error;
        }
      }),
    );
  }

  #note({ name: call, service }: Call | Change, region: string, attempt: number, sent: number, end: object): void {
    const ms = Date.now() - sent;
    this.#options.log?.debug('call to the cloud', { service: service.name, call, region, attempt, ...end, ms });
  }

  #lane(service: string, region: string): Lane {
    const key = `${service} ${region}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { slots: new Semaphore(this.#options.perService(service)), pace: new Pace() };
      this.#lanes.set(key, lane);
    }
    return lane;
  }
}

/** How the calls of a client are sent. */
interface Way {
  readonly region: string;
  readonly signal: AbortSignal;
  readonly attempts: Attempts;
}

/** One service in one region. */
interface Lane {
  readonly slots: Semaphore;
  readonly pace: Pace;
}

function nextToken(page: object, call: Call): string | undefined {
  const token = reader(call.token.output)(page);
  return typeof token === 'string' && token !== '' ? token : undefined;
}

function brokenPages(code: 'repeated_page' | 'endless_pages', call: Call, place: CallPlace): ProviderError {
  const attempted = `${call.service.name} ${call.name}`;
  const what = code === 'repeated_page' ? 'gave the same page twice' : `gave more than ${mostPages} pages`;
  return new ProviderError(`${attempted} in ${place.account}/${place.region} ${what}`, {
    code,
    hint: 'What was listed so far is kept, and so is what was known before.',
    facts: { ...place, call: attempted },
  });
}
