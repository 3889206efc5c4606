import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const elb = service({
  name: 'elb',
  permissions: 'elasticloadbalancing',
  load: async () => {
    const sdk = await import('@aws-sdk/client-elastic-load-balancing');
    return vendorSdk(sdk, (settings) => new sdk.ElasticLoadBalancingClient(settings));
  },
  token: { input: 'Marker', output: 'NextMarker', size: 'PageSize' },
  isQuery: true,
});
