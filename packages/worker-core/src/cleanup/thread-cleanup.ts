/** The part of a cleanup that runs inside of a worker thread. */
import { plainError } from '../collect/plain-error.ts';
import { PluginError } from '../errors.ts';
import type { NodeKind } from '../kinds/types.ts';
import type {
  AccountCleanup,
  CleanupResource,
  DeleteResult,
  ExistsResult,
  PrepareResult,
} from '../plugin/cleanup-contract.ts';
import type { Collector, PluginContext } from '../plugin/contract.ts';
import { stringifyJson } from '../protocol/json.ts';
import { cannotTell } from './outcome.ts';
import type { CallAnswer, CleanupInput, KindDescription, ResourceData } from './resource.ts';

/** How the kinds of a collector are deleted. Changes nothing and calls nothing. */
export function describeKinds({ kinds, cleanup }: Collector): KindDescription[] {
  return kinds.map((kind) => {
    const described = kind.phantom ? undefined : cleanup?.describe(kind);
    return {
      kind: kind.fqn,
      kinds: lineage(kind),
      phantom: kind.phantom,
      ...(described !== undefined && { cleanup: described }),
      permissions: kind.permissions.cleanup ?? [],
    };
  });
}

/** Why the plugin never deletes resources; null for those it may. Fails closed: what cannot be judged is not deleted. */
export function refusalsOf(collector: Collector, resources: readonly ResourceData[]): (string | null)[] {
  return resources.map((resource) => refusalOf(collector, withKind(collector, resource)) ?? null);
}

/** Makes one call. @returns one answer per resource. Throws when the whole call failed */
export async function callCleanup(
  collector: Collector,
  input: CleanupInput,
  context: PluginContext,
  sessions: CleanupSessions,
): Promise<CallAnswer[]> {
  const { verb, account } = input;
  return sessions.use(collector, input, context, async (session) => {
    const resources = input.resources.map((resource) => withKind(collector, resource));
    const refusals = resources.map((resource) => (verb === 'exists' ? undefined : refusalOf(collector, resource)));
    const open = resources.filter((_, index) => refusals[index] === undefined);
    const results = open.length === 0 ? [] : [...(await call(session, verb, open, context.signal))];
    if (results.length !== open.length) {
      throw new PluginError(`${verb} of ${account.name} answered ${results.length} of ${open.length} resources`);
    }
    return refusals.flatMap((reason): CallAnswer[] =>
      reason === undefined ? results.splice(0, 1).map(answerOf) : [{ is: 'refused', reason }],
    );
  });
}

function refusalOf({ cleanup }: Collector, resource: CleanupResource): string | undefined {
  try {
    return cleanup?.refuse?.(resource);
  } catch (error) {
    return cannotTell(error);
  }
}

/** Milliseconds an account stays open without a call. */
const idleTime = 60_000;

/** Accounts that are open for changes in this thread: their logins and connections serve all calls of a walk. */
export class CleanupSessions {
  readonly #sessions = new Map<string, Session>();

  async use<Result>(
    collector: Collector,
    { cloud, config, account }: CleanupInput,
    context: PluginContext,
    work: (session: AccountCleanup) => Promise<Result>,
  ): Promise<Result> {
    if (collector.cleanup === undefined)
      throw new PluginError(`Nothing of ${cloud} can be deleted`, { code: 'no_cleanup' });
    const key = stringifyJson([cloud, config, account]);
    let session = this.#sessions.get(key);
    if (session === undefined) {
      const ended = new AbortController();
      const opened = collector.cleanup.open(account, { ...context, signal: ended.signal });
      session = { opened, ended, calls: 0, timer: undefined };
      this.#sessions.set(key, session);
    }
    clearTimeout(session.timer);
    session.calls += 1;
    try {
      return await work(await session.opened);
    } catch (error) {
      // A login that failed is tried anew with the next call.
      if (await failed(session.opened)) this.#sessions.delete(key);
      throw error;
    } finally {
      session.calls -= 1;
      if (session.calls === 0) session.timer = setTimeout(() => void this.#close(key), idleTime).unref();
    }
  }

  async #close(key: string): Promise<void> {
    const session = this.#sessions.get(key);
    this.#sessions.delete(key);
    session?.ended.abort();
    (await session?.opened.catch(() => undefined))?.close?.();
  }
}

interface Session {
  readonly opened: Promise<AccountCleanup>;
  readonly ended: AbortController;
  calls: number;
  timer: NodeJS.Timeout | undefined;
}

function failed(opened: Promise<unknown>): Promise<boolean> {
  return opened.then(
    () => false,
    () => true,
  );
}

function call(
  session: AccountCleanup,
  verb: CleanupInput['verb'],
  resources: readonly CleanupResource[],
  signal: AbortSignal,
): Promise<readonly (PrepareResult | DeleteResult | ExistsResult)[]> {
  if (verb === 'delete') return session.delete(resources, signal);
  if (verb === 'exists') return session.exists(resources, signal);
  if (session.prepare === undefined) throw new PluginError('A kind declares a pre-delete step that its plugin lacks');
  return session.prepare(resources, signal);
}

function answerOf(result: PrepareResult | DeleteResult | ExistsResult): CallAnswer {
  if (typeof result === 'boolean') return { is: result ? 'there' : 'already_gone' };
  if (typeof result === 'string') return { is: result };
  if ('refused' in result) return { is: 'refused', reason: result.refused };
  return { is: 'failed', error: plainError(result.error) };
}

function withKind({ kinds }: Collector, { kind: name, ...resource }: ResourceData): CleanupResource {
  const kind = kinds.find(({ fqn }) => fqn === name);
  if (kind === undefined) throw new PluginError(`The plugin does not know ${name} any more`);
  return { ...resource, kind };
}

function lineage(kind: NodeKind): string[] {
  const names = new Set<string>();
  const open: NodeKind[] = [kind];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    names.add(next.fqn);
    for (const base of next.bases) if (base.aggregateRoot) open.push(base);
  }
  return [...names];
}
