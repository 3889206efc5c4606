import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const sts = service({
  name: 'sts',
  load: async () => {
    const sdk = await import('@aws-sdk/client-sts');
    return vendorSdk(sdk, (settings) => new sdk.STSClient(settings));
  },
  isQuery: true,
});
