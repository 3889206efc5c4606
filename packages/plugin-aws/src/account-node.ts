/** The account itself: what IAM and Organizations say about it. */
import { errorCode, path, read } from '@resoto/worker-core/plugin';
import type { AccountJob, CollectContext, Reported } from '@resoto/worker-core/plugin';

import { foundAccount } from './account-job.ts';
import type { ReadClient } from './call.ts';
import { account, accountAnswers } from './frame-kinds.ts';
import type { AccountPlace } from './region-run.ts';

export interface AccountNode extends AccountPlace {
  /** It is the one that manages its organization. */
  readonly isMaster: boolean;
  /** Why it is not known whether it does. */
  readonly organizationProblem: unknown;
}

const mfaDevices = path('summary.SummaryMap.MFADevices');

/** Adds the node of an account below the cloud. What cannot be read of it keeps the values of the last collect. */
export async function addAccount(job: AccountJob, client: ReadClient, context: CollectContext): Promise<AccountNode> {
  const { partition, profile, role } = foundAccount(job);
  const { answers, missing, problems } = await readAnswers(client, context);
  const reported: Reported = {
    ...read(account, { id: job.id, ...answers }),
    id: job.id,
    name: job.name,
    partition,
    profile,
    role,
  };
  const known = Object.fromEntries(Object.entries(reported).filter(([property]) => !missing.includes(property)));
  const ref = context.sink.add(account, {
    reported: known,
    parent: context.sink.cloud,
    ...(missing.length > 0 && { missing }),
  });
  const devices = mfaDevices(answers);
  return {
    id: job.id,
    name: job.name,
    partition,
    ref,
    mfaDevices: answers['summary'] === undefined ? undefined : Number(devices ?? 0),
    isMaster: reported['is_organization_master'] === true,
    organizationProblem: problems.get('organization'),
  };
}

async function readAnswers(client: ReadClient, context: CollectContext) {
  const answers: Record<string, unknown> = {};
  const missing: string[] = [];
  const problems = new Map<string, unknown>();
  const readOne = async ({ as, call, tells }: (typeof accountAnswers)[number]) => {
    try {
      answers[as] = await client.read(call);
    } catch (error) {
      if (context.signal.aborted || errorCode(error) === 'login_failed') throw error;
      context.incomplete({ kinds: [account.fqn] }, error);
      missing.push(...tells);
      problems.set(as, error);
    }
  };
  await Promise.all(accountAnswers.map(readOne));
  return { answers, missing, problems };
}
