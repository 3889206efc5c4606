import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const ec2 = service({
  name: 'ec2',
  load: async () => {
    const sdk = await import('@aws-sdk/client-ec2');
    return vendorSdk(sdk, (settings) => new sdk.EC2Client(settings));
  },
  isQuery: true,
});
