import type { PluginContext } from '@resoto/worker-core/plugin';
import type { AwsCredentialIdentityProvider } from '@smithy/types';

import { Calls } from './call.ts';
import type { Attempts, ReadClient, WriteClient } from './call.ts';
import { Clients } from './clients.ts';
import type { AwsConfig } from './config.ts';

export interface SessionOptions {
  /** Id of the account, or what stands for it in messages while it is not known. */
  readonly account: string;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly config: AwsConfig;
  readonly signal: AbortSignal;
  /** See `CallsOptions`. */
  readonly count?: PluginContext['countCall'] | undefined;
  readonly log?: Pick<PluginContext['log'], 'debug'> | undefined;
}

/** Access to one account that may change something. */
export interface WriteSession {
  /** @param signal  ends the calls of this client */
  in(region: string, signal: AbortSignal, attempts?: Attempts): WriteClient;
  close(): void;
}

/** Opens an account for changes. For tag tasks and cleanups alone. */
export function openForChanges(options: SessionOptions): WriteSession {
  const clients = new Clients({ accountId: options.account, credentials: options.credentials, mayChange: true });
  const calls = callsOf(options, clients);
  return {
    in: (region, signal, attempts) => calls.writing(region, signal, attempts),
    close: () => clients.close(),
  };
}

/** Reading access to one account. */
export interface Session {
  in(region: string): ReadClient;
  close(): void;
}

export function openSession(options: SessionOptions): Session {
  const clients = new Clients({ accountId: options.account, credentials: options.credentials });
  const calls = callsOf(options, clients);
  return { in: (region) => calls.in(region), close: () => clients.close() };
}

function callsOf({ account, config, signal, count, log }: SessionOptions, sender: Clients): Calls {
  const { resourcePoolSize: total, tasksPerService: perService } = config;
  return new Calls({ account, sender, signal, count, log, total, perService });
}

/** Runs work with a session and closes it afterwards. */
export async function withSession<Result>(
  options: SessionOptions,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = openSession(options);
  try {
    return await work(session);
  } finally {
    session.close();
  }
}
