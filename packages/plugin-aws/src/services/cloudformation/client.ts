import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const cloudformation = service({
  name: 'cloudformation',
  load: async () => {
    const sdk = await import('@aws-sdk/client-cloudformation');
    return vendorSdk(sdk, (settings) => new sdk.CloudFormationClient(settings));
  },
  isQuery: true,
});
