import { service } from '../../service.ts';
import { vendorSdk } from '../../vendor.ts';

export const cloudwatch = service({
  name: 'cloudwatch',
  load: async () => {
    const sdk = await import('@aws-sdk/client-cloudwatch');
    return vendorSdk(sdk, (settings) => new sdk.CloudWatchClient(settings));
  },
  token: { input: 'NextToken', output: 'NextToken', size: 'MaxRecords' },
});

export const logs = service({
  name: 'logs',
  load: async () => {
    const sdk = await import('@aws-sdk/client-cloudwatch-logs');
    return vendorSdk(sdk, (settings) => new sdk.CloudWatchLogsClient(settings));
  },
  token: { input: 'nextToken', output: 'nextToken', size: 'limit' },
});
