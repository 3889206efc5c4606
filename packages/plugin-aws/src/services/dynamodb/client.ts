import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const dynamodb = service({
  name: 'dynamodb',
  load: async () => {
    const sdk = await import('@aws-sdk/client-dynamodb');
    return vendorSdk(sdk, (settings) => new sdk.DynamoDBClient(settings));
  },
});
