import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const serviceQuotas = service({
  name: 'service-quotas',
  permissions: 'servicequotas',
  load: async () => {
    const sdk = await import('@aws-sdk/client-service-quotas');
    return vendorSdk(sdk, (settings) => new sdk.ServiceQuotasClient(settings));
  },
});
