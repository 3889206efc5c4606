import type { AccountJob } from '@resoto/worker-core/plugin';

/** An account that was found, and how to get at it. */
export interface FoundAccount {
  readonly account: string;
  readonly partition: string;
  /** Profile to start from. Undefined: what the configuration or the environment offers. */
  readonly profile: string | undefined;
  /** Name of the role to assume. */
  readonly role: string | undefined;
}

/** A found account as plain data. It names profile and role; the credentials themselves stay where they are. */
export function accountJob({ account, partition, profile, role }: FoundAccount, name: string): AccountJob {
  return { id: account, name, data: { partition, profile: profile ?? null, role: role ?? null } };
}

export function foundAccount({ id, data }: AccountJob): FoundAccount {
  const text = (name: string) => (typeof data[name] === 'string' ? data[name] : undefined);
  return { account: id, partition: text('partition') ?? 'aws', profile: text('profile'), role: text('role') };
}
