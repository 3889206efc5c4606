/** Accounts that are open for tag tasks. They are kept for a while: to log in costs more than to change a tag. */
import { errorCode } from '@resoto/worker-core/plugin';
import type { JsonObject, PluginContext, StoredResource } from '@resoto/worker-core/plugin';

import type { FoundAccount } from '../account-job.ts';
import { readConfig } from '../config.ts';
import { accountCredentials } from '../credentials.ts';
import { openForChanges } from '../session.ts';
import type { WriteSession } from '../session.ts';
import { accountOf } from './place.ts';

/** Milliseconds an account stays open without a task. */
const idleTime = 60_000;

interface Kept {
  readonly session: WriteSession;
  tasks: number;
  timer: NodeJS.Timeout | undefined;
}

const sessions = new Map<string, Kept>();

/** Runs work with the account of a resource. */
export async function withTagSession<Result>(
  resource: StoredResource,
  context: PluginContext,
  work: (session: WriteSession) => Promise<Result>,
): Promise<Result> {
  const account = accountOf(resource);
  const key = keyOf(account, context.config);
  const kept = sessions.get(key) ?? open(key, account, context);
  clearTimeout(kept.timer);
  kept.tasks += 1;
  try {
    return await work(kept.session);
  } catch (error) {
    // The next task reads the credentials anew.
    if (errorCode(error) === 'login_failed' && sessions.get(key) === kept) sessions.delete(key);
    throw error;
  } finally {
    kept.tasks -= 1;
    if (kept.tasks === 0) kept.timer = setTimeout(() => close(key, kept), idleTime).unref();
  }
}

function open(key: string, found: FoundAccount, { config: section, countCall: count, log }: PluginContext): Kept {
  const config = readConfig(section);
  const session = openForChanges({
    account: found.account,
    credentials: accountCredentials(found, config),
    config,
    signal: new AbortController().signal,
    count,
    log,
  });
  const kept: Kept = { session, tasks: 0, timer: undefined };
  sessions.set(key, kept);
  return kept;
}

function close(key: string, kept: Kept): void {
  if (sessions.get(key) === kept) sessions.delete(key);
  kept.session.close();
}

/** Many tasks share a section. */
const sectionKeys = new WeakMap<JsonObject, string>();

function keyOf({ account, partition, profile, role }: FoundAccount, section: JsonObject): string {
  let sectionKey = sectionKeys.get(section);
  if (sectionKey === undefined) {
    sectionKey = JSON.stringify(section);
    sectionKeys.set(section, sectionKey);
  }
  return [account, partition, profile, role, sectionKey].join('\n');
}
