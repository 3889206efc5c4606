import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const iam = service({
  name: 'iam',
  load: async () => {
    const sdk = await import('@aws-sdk/client-iam');
    return vendorSdk(sdk, (settings) => new sdk.IAMClient(settings));
  },
  token: { input: 'Marker', output: 'Marker', size: 'MaxItems' },
  isQuery: true,
});
