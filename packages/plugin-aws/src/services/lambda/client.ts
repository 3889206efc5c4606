import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const lambda = service({
  name: 'lambda',
  load: async () => {
    const sdk = await import('@aws-sdk/client-lambda');
    return vendorSdk(sdk, (settings) => new sdk.LambdaClient(settings));
  },
  token: { input: 'Marker', output: 'NextMarker', size: 'MaxItems' },
});
