import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const cloudwatch = service({
  name: 'cloudwatch',
  load: async () => {
    const sdk = await import('@aws-sdk/client-cloudwatch');
    return vendorSdk(sdk, (settings) => new sdk.CloudWatchClient(settings));
  },
});
