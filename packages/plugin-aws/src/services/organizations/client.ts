import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const organizations = service({
  name: 'organizations',
  load: async () => {
    const sdk = await import('@aws-sdk/client-organizations');
    return vendorSdk(sdk, (settings) => new sdk.OrganizationsClient(settings));
  },
});
