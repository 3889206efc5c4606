/** Prices of EBS storage from the price list. */
import { member, parseJson, path } from '@resoto/worker-core/plugin';

import type { ReadClient } from '../../call.ts';
import { pricing } from './client.ts';

export const getProducts = pricing('GetProducts');

const volumeFamilies: Readonly<Record<string, string>> = {
  standard: 'Magnetic',
  gp2: 'General Purpose',
  gp3: 'General Purpose',
  io1: 'Provisioned IOPS',
  st1: 'Throughput Optimized HDD',
  sc1: 'Cold HDD',
};

/**
 * US dollars a gigabyte of a volume type costs per month on demand. Undefined when the list does not say.
 *
 * @param client  of the region with the global services
 */
export async function volumePrice(client: ReadClient, type: string, region: string): Promise<number | undefined> {
  const family = volumeFamilies[type];
  const location = await regionName(region);
  if (family === undefined || location === undefined) return undefined;
  const filters = { volumeType: family, volumeApiName: type, location };
  const answer = await client.read(getProducts, {
    ServiceCode: 'AmazonEC2',
    Filters: Object.entries(filters).map(([Field, Value]) => ({ Type: 'TERM_MATCH', Field, Value })),
    MaxResults: 1,
  });
  const product = parseJson(String(firstProduct(answer)));
  return product === undefined ? undefined : onDemandPrice(product);
}

const firstProduct = path('PriceList[0]');
const onDemandTerms = path('terms.OnDemand');
const dollars = path('pricePerUnit.USD');

function onDemandPrice(product: unknown): number {
  const term = firstMember(onDemandTerms(product));
  return Number(dollars(firstMember(path('priceDimensions')(term))) ?? 0);
}

function firstMember(object: unknown): unknown {
  return typeof object === 'object' && object !== null ? Object.values(object)[0] : undefined;
}

/** The name the price list knows a region by: `EU (Frankfurt)`. */
async function regionName(region: string): Promise<string | undefined> {
  const { partition } = await import('@aws-sdk/core/client');
  // Only regions the vendor's client knows have a name.
  const name = member(partition(region), 'description');
  return typeof name === 'string' ? name.replaceAll('Europe', 'EU') : undefined;
}
