import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const elbv2 = service({
  name: 'elbv2',
  permissions: 'elasticloadbalancing',
  load: async () => {
    const sdk = await import('@aws-sdk/client-elastic-load-balancing-v2');
    return vendorSdk(sdk, (settings) => new sdk.ElasticLoadBalancingV2Client(settings));
  },
  token: { input: 'Marker', output: 'NextMarker', size: 'PageSize' },
  isQuery: true,
});
