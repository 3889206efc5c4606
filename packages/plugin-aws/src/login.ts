import type { PluginContext } from '@resoto/worker-core/plugin';

import { readConfig } from './config.ts';
import { baseCredentials } from './credentials.ts';
import { identify } from './identity.ts';
import { withSession } from './session.ts';

const named = ['AWS_ENDPOINT_URL', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID'];

/** Can AWS be reached with the credentials of the configuration or the environment? */
export async function canLogIn(context: PluginContext): Promise<boolean> {
  // Whoever names one of these wants AWS. If it cannot be used, the collect says why.
  if (named.some((name) => process.env[name])) return true;
  const config = readConfig(context.config);
  const credentials = baseCredentials(config);
  try {
    // Without credentials nothing has to be loaded and nobody has to be asked.
    await credentials();
    await withSession({ account: 'current account', credentials, config, signal: context.signal }, identify);
    return true;
  } catch (error) {
    context.log.debug('cannot log in to AWS', { error });
    return false;
  }
}
