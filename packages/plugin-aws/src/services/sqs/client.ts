import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const sqs = service({
  name: 'sqs',
  load: async () => {
    const sdk = await import('@aws-sdk/client-sqs');
    // Queues are named by addresses, which need not be those the service is asked at.
    return vendorSdk(sdk, (settings) => new sdk.SQSClient({ ...settings, useQueueUrlAsEndpoint: false }));
  },
});
