import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const eks = service({
  name: 'eks',
  load: async () => {
    const sdk = await import('@aws-sdk/client-eks');
    return vendorSdk(sdk, (settings) => new sdk.EKSClient(settings));
  },
  token: { input: 'nextToken', output: 'nextToken', size: 'maxResults' },
});
