import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const rds = service({
  name: 'rds',
  load: async () => {
    const sdk = await import('@aws-sdk/client-rds');
    return vendorSdk(sdk, (settings) => new sdk.RDSClient(settings));
  },
  token: { input: 'Marker', output: 'Marker', size: 'MaxRecords' },
  isQuery: true,
});
