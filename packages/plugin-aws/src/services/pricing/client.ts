import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const pricing = service({
  name: 'pricing',
  load: async () => {
    const sdk = await import('@aws-sdk/client-pricing');
    return vendorSdk(sdk, (settings) => new sdk.PricingClient(settings));
  },
});
