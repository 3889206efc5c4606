import type { Collector } from '@resoto/worker-core/plugin';

import { describeCleanup, refuseCleanup } from './changes/describe.ts';
import { frameKinds } from './frame-kinds.ts';
import { iamPolicy } from './iam-policy.ts';
import { services } from './services/index.ts';

const kinds = [...frameKinds, ...services.flatMap((service) => service.kinds)];

/** The AWS collector. What it takes to talk to AWS is loaded with the first account. */
export const collector: Collector = {
  kinds,

  async autoEnable(context) {
    const { canLogIn } = await import('./login.ts');
    return canLogIn(context);
  },

  async *accounts(context) {
    const { findAccounts } = await import('./accounts.ts');
    yield* findAccounts(context);
  },

  async collect(account, context) {
    const { collectAccount } = await import('./collect-account.ts');
    await collectAccount(account, context);
  },

  policy: (purpose) => iamPolicy(kinds, purpose),

  async *check(account, purposes, context) {
    const { checkAccount } = await import('./check-account.ts');
    yield* checkAccount(kinds, account, purposes, context);
  },

  tags: {
    async change(resource, changes, context) {
      const { changeTags } = await import('./changes/change-tags.ts');
      return changeTags(resource, changes, context);
    },
  },
  cleanup: {
    describe: describeCleanup,
    refuse: refuseCleanup,
    async open(account, context) {
      const { openCleanup } = await import('./changes/cleanup.ts');
      return openCleanup(account, context);
    },
  },
};
