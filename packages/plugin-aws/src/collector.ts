import type { Collector } from '@resoto/worker-core/plugin';

import { describeCleanup } from './changes/describe.ts';
import { frameKinds } from './frame-kinds.ts';
import { services } from './services/index.ts';

/** The AWS collector. What it takes to talk to AWS is loaded with the first account. */
export const collector: Collector = {
  kinds: [...frameKinds, ...services.flatMap(({ kinds }) => kinds)],

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
  tags: {
    async change(resource, changes, context) {
      const { changeTags } = await import('./changes/change-tags.ts');
      return changeTags(resource, changes, context);
    },
  },
  cleanup: {
    describe: describeCleanup,
    async open(account, context) {
      const { openCleanup } = await import('./changes/cleanup.ts');
      return openCleanup(account, context);
    },
  },
};
