/** A service of the vendor: how its client is loaded, how its calls are named, paged and permitted. */
import { ProviderError } from '@resoto/worker-core/plugin';
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
  /** Error codes that say: there is nothing, or nothing any more. */
  readonly expected?: readonly string[];
  readonly token?: PageToken;
}

interface Operation {
  readonly service: ServiceDeclaration;
  readonly name: string;
  /** What the account has to allow, for example `ec2:DescribeVolumes`. */
  readonly permission: string;
  readonly expected: readonly string[];
}

/** One operation that reads. */
export interface Call extends Operation {
  readonly changes: false;
  readonly token: PageToken;
}

/** One operation that changes something. Only a client that was opened for changes sends it. */
export interface Change extends Operation {
  readonly changes: true;
}

/** A service; called with the name of an operation it makes a {@link Call}. */
export interface Service {
  (name: string, options?: CallOptions): Call;
  change(name: string, options?: Omit<CallOptions, 'token'>): Change;
}

/** @throws TypeError when an operation is named as what it is not: a collect can only read */
export function service(declaration: ServiceDeclaration): Service {
  const { name: serviceName, permissions = serviceName, token: serviceToken = nextToken } = declaration;
  const operation = (name: string, { permission = `${permissions}:${name}`, expected = [] }: CallOptions) => {
    return { service: declaration, name, permission, expected };
  };
  const read = (name: string, options: CallOptions = {}): Call => {
    if (!reads(name)) throw new TypeError(`${serviceName} ${name} is no call that only reads`);
    return { ...operation(name, options), changes: false, token: options.token ?? serviceToken };
  };
  const change = (name: string, options: CallOptions = {}): Change => {
    if (reads(name)) throw new TypeError(`${serviceName} ${name} is a call that only reads`);
    return { ...operation(name, options), changes: true };
  };
  return Object.assign(read, { change });
}

/**
 * For clients that may only read. Does not rely on types alone.
 *
 * @throws ProviderError `change_refused`
 */
export function assertReads({ service: { name: serviceName }, name, changes }: Call | Change): void {
  if (!changes && reads(name)) return;
  throw new ProviderError(`${serviceName} ${name} was not sent: this client may only read`, { code: 'change_refused' });
}

const nextToken: PageToken = { input: 'NextToken', output: 'NextToken', size: 'MaxResults' };

// The credential report of IAM has to be generated before it can be read; that changes nothing a user has. A simulation says what
// would be allowed.
function reads(name: string): boolean {
  return /^(Describe|Get|List|Simulate)[A-Z]/.test(name) || name === 'GenerateCredentialReport';
}
