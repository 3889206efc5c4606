import type { CleanupResource, ExistsResult } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../call.ts';
import type { Call } from '../service.ts';
import type { LookRoutine } from './cleanup-calls.ts';
import { inputFor } from './named-by.ts';
import type { NamedBy } from './named-by.ts';

interface LookEachOptions {
  /** What an answer says. Default: whatever is answered exists. */
  readonly isThere?: (answer: object, resource: CleanupResource) => boolean;
  /** Members of the input that are always the same. */
  readonly options?: object;
  /** Resources that are asked for at the same time. */
  readonly batch?: number;
}

/** Asks for one resource at a time, by a call whose expected errors say that it is gone. */
export function lookEach(call: Call, by: NamedBy, lookOptions: LookEachOptions = {}): LookRoutine {
  const { isThere = () => true, options, batch = 20 } = lookOptions;
  const exists = async (client: WriteClient, resource: CleanupResource): Promise<ExistsResult> => {
    try {
      const answer = await client.read(call, { ...options, ...inputFor(by, [resource]) });
      return answer !== undefined && isThere(answer, resource);
    } catch (error) {
      return { error };
    }
  };
  return {
    calls: [call],
    batch,
    look: (client, resources) => Promise.all(resources.map((resource) => exists(client, resource))),
  };
}
