import type { Collector } from '@resoto/worker-core/plugin';

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
};
