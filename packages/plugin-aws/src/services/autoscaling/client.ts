import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const autoscaling = service({
  name: 'autoscaling',
  load: async () => {
    const sdk = await import('@aws-sdk/client-auto-scaling');
    return vendorSdk(sdk, (settings) => new sdk.AutoScalingClient(settings));
  },
  token: { input: 'NextToken', output: 'NextToken', size: 'MaxRecords' },
  isQuery: true,
});
