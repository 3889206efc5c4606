import type { AwsCredentialIdentityProvider } from '@smithy/types';

import { Calls } from './call.ts';
import type { ReadClient } from './call.ts';
import { Clients } from './clients.ts';
import type { AwsConfig } from './config.ts';

export interface SessionOptions {
  /** Id of the account, or what stands for it in messages while it is not known. */
  readonly account: string;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly config: AwsConfig;
  readonly signal: AbortSignal;
}

/** Reading access to one account. */
export interface Session {
  in(region: string): ReadClient;
  close(): void;
}

function openSession({ account, credentials, config, signal }: SessionOptions): Session {
  const clients = new Clients({ accountId: account, credentials });
  const calls = new Calls({
    account,
    sender: clients,
    signal,
    total: config.resourcePoolSize,
    perService: config.tasksPerService,
  });
  return { in: (region) => calls.in(region), close: () => clients.close() };
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
