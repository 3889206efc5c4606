import { iam } from './client.ts';

export const calls = {
  authorizationDetails: iam('GetAccountAuthorizationDetails'),
  accessKeys: iam('ListAccessKeys', { expected: ['NoSuchEntity'] }),
  virtualMfaDevices: iam('ListVirtualMFADevices'),
};

export const reportCalls = {
  generate: iam('GenerateCredentialReport'),
  get: iam('GetCredentialReport', { expected: ['ReportNotPresent'] }),
};
