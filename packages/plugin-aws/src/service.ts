/** A service of the vendor: how its client is loaded, how its calls are named, paged and permitted. */
import type { Source } from '@resoto/worker-core/plugin';

import type { VendorSdk } from './vendor.ts';

export interface ServiceDeclaration {
  /** What it is called in the settings of limits, and in messages. */
  readonly name: string;
  /** First part of its permission names, where that is not the name. */
  readonly permissions?: string;
  readonly load: () => Promise<VendorSdk>;
  /** What leads from page to page. Absent: `NextToken` in input and answer. */
  readonly token?: PageToken;
  /** Speaks a query protocol: calls are forms, answers XML whose root element is named after the call. */
  readonly isQuery?: boolean;
}

interface PageToken {
  /** Member of the input that takes it. */
  readonly input: string;
  /** Where it is in the answer. */
  readonly output: Source;
  /** Member of the input that says how long a page may be. */
  readonly size: string;
}

interface CallOptions {
  /** Permission it needs, where that is not named after the call. */
  readonly permission?: string;
  /** Error codes that say: there is nothing. */
  readonly expected?: readonly string[];
  readonly token?: PageToken;
}

/** One operation that reads. */
export interface Call {
  readonly service: ServiceDeclaration;
  readonly name: string;
  /** What the account has to allow, for example `ec2:DescribeVolumes`. */
  readonly permission: string;
  readonly expected: readonly string[];
  readonly token: PageToken;
}

/** A service; called with the name of an operation it makes a {@link Call}. */
export interface Service {
  (name: string, options?: CallOptions): Call;
}

/** @throws TypeError when an operation changes something: a collect can only read. */
export function service(declaration: ServiceDeclaration): Service {
  const { name: serviceName, permissions = serviceName, token: serviceToken = nextToken } = declaration;
  return (name, { permission = `${permissions}:${name}`, expected = [], token = serviceToken } = {}) => {
    if (!reads(name)) throw new TypeError(`${serviceName} ${name} is no call that only reads`);
    return { service: declaration, name, permission, expected, token };
  };
}

const nextToken: PageToken = { input: 'NextToken', output: 'NextToken', size: 'MaxResults' };

// The credential report of IAM has to be generated before it can be read; that changes nothing a user has.
function reads(name: string): boolean {
  return /^(Describe|Get|List)[A-Z]/.test(name) || name === 'GenerateCredentialReport';
}
