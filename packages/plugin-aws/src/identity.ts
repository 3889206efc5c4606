/** Whose credentials are these? */
import { errorCode, errorText, LoginError, path } from '@resoto/worker-core/plugin';

import { globalRegions } from './partitions.ts';
import { sts } from './services/sts/client.ts';
import type { Session } from './session.ts';

export interface Identity {
  readonly account: string;
  readonly partition: string;
}

const getCallerIdentity = sts('GetCallerIdentity');
const accountOf = path('Account');

/** Codes of errors that say that the credentials do not work here. */
const elsewhere = new Set(['credentials_refused', 'missing_permission']);

/** Are the credentials at fault, so that other accounts may still work? */
export function isLoginProblem(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return elsewhere.has(code) || code === 'login_failed' || code === 'unknown_profile';
}

/** Account the credentials of a session belong to. */
export async function accountIn(session: Session, region: string): Promise<string> {
  return String(accountOf(await session.in(region).read(getCallerIdentity)));
}

/**
 * Account and partition the credentials of a session belong to: the first partition that knows them.
 *
 * @throws LoginError when there are no credentials, or no partition knows them
 */
export async function identify(session: Session): Promise<Identity> {
  let problem: unknown;
  for (const [partition, region] of Object.entries(globalRegions)) {
    try {
      return { account: await accountIn(session, region), partition };
    } catch (error) {
      if (!elsewhere.has(errorCode(error) ?? '')) throw error;
      problem ??= error;
    }
  }
  throw loginError(problem);
}

export function loginError(cause: unknown): LoginError {
  return new LoginError(`Cannot log in to AWS: ${errorText(cause)}`, {
    hint: '`aws sts get-caller-identity` shows whether the credentials work.',
    cause,
  });
}
