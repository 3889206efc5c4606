import { lookup } from 'node:dns/promises';

import { configuredEndpoint } from '../../endpoint.ts';
import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const s3 = service({
  name: 's3',
  load: async () => {
    const sdk = await import('@aws-sdk/client-s3');
    return vendorSdk(sdk, (settings) => {
      // Servers other than the vendor's rarely have a host name for each bucket.
      const forcePathStyle = configuredEndpoint('S3') !== undefined;
      return new sdk.S3Client({ ...settings, followRegionRedirects: true, forcePathStyle });
    });
  },
  token: { input: 'ContinuationToken', output: 'ContinuationToken', size: 'MaxBuckets' },
});

export const s3Control = service({
  name: 's3control',
  permissions: 's3',
  load: async () => {
    const sdk = await import('@aws-sdk/client-s3-control');
    return vendorSdk(sdk, async (settings, accountId) => {
      const client = new sdk.S3ControlClient(settings);
      const endpoint = configuredEndpoint('S3_CONTROL');
      if (endpoint === undefined || (await resolves(`${accountId}.${endpoint.hostname}`))) return client;
      // The account id usually goes in front of the host name. Where that name leads nowhere, its header has to do.
      const { endpointProvider } = client.config;
      client.config.endpointProvider = (params, context) =>
        endpointProvider({ ...params, RequiresAccountId: false }, context);
      return client;
    });
  },
});

async function resolves(hostname: string): Promise<boolean> {
  return lookup(hostname).then(
    () => true,
    () => false,
  );
}
