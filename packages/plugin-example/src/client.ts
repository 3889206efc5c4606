/**
 * What the collector needs of the API of the example cloud. Where there is a real one, a file like this sits on the SDK of the
 * vendor: it pages, hands the signal on, and turns the vendor's errors into PermissionError, ThrottledError, DisabledError,
 * LoginError or ProviderError.
 */
import type { CollectContext } from '@resoto/worker-core/plugin';

import { inventory, type Answer, type ResourceType } from './inventory.ts';

export interface ExampleClient {
  /** Yields all resources of a type, in a region or in the account. */
  list(type: ResourceType, region?: string): AsyncIterable<Answer>;
  /** What listing does not tell about a custom resource. */
  details(resourceId: string): Promise<Answer>;
}

export type OpenClient = (context: CollectContext) => ExampleClient;

export const openClient: OpenClient = ({ generation, startedAt, signal }) => {
  const { lists, details } = inventory({ generation, now: startedAt.toISOString() });
  return {
    async *list(type, region) {
      for (const answer of lists[type]) {
        signal.throwIfAborted();
        if (region === undefined || answer['RegionId'] === region) yield answer;
      }
    },
    details: async (resourceId) => details[resourceId] ?? {},
  };
};
