import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const sns = service({
  name: 'sns',
  load: async () => {
    const sdk = await import('@aws-sdk/client-sns');
    return vendorSdk(sdk, (settings) => new sdk.SNSClient(settings));
  },
  isQuery: true,
});
