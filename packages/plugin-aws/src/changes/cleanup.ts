/** Deleting resources of an account. */
import { errorCode, path, ProviderError } from '@resoto/worker-core/plugin';
import type {
  AccountCleanup,
  AccountJob,
  CleanupResource,
  DeleteResult,
  ExistsResult,
  PluginContext,
  PrepareResult,
} from '@resoto/worker-core/plugin';

import { foundAccount } from '../account-job.ts';
import { declared } from '../aws-kind.ts';
import type { Attempts, WriteClient } from '../call.ts';
import { readConfig } from '../config.ts';
import { accountCredentials } from '../credentials.ts';
import { openForChanges } from '../session.ts';
import type { WriteSession } from '../session.ts';
import { listOf, textOf } from '../values.ts';
import { find } from './cleanup-calls.ts';
import type { CleanupDeclaration, Failures, StatusCall } from './cleanup-calls.ts';
import { inputFor, textIn } from './named-by.ts';
import { regionOf } from './place.ts';

/** Opens an account with the credentials it is collected with. */
export function openCleanup(job: AccountJob, context: PluginContext): AccountCleanup {
  const found = foundAccount(job);
  const config = readConfig(context.config);
  const session = openForChanges({
    account: found.account,
    credentials: accountCredentials(found, config),
    config,
    signal: context.signal,
    count: context.countCall,
    log: context.log,
  });
  return new AwsCleanup(session);
}

/** Whoever walks through a plan knows best when to try a deletion again. */
const once: Attempts = { throttled: 1, failed: 1 };

export class AwsCleanup implements AccountCleanup {
  readonly #session: WriteSession;

  constructor(session: WriteSession) {
    this.#session = session;
  }

  async prepare(resources: readonly CleanupResource[], signal: AbortSignal): Promise<readonly PrepareResult[]> {
    // To empty a bucket may take thousands of calls: one that fails now and then must not end the step.
    const { declaration, client } = this.#open(resources, signal, undefined);
    return (await declaration.prepare?.run(client, resources)) ?? resources.map(() => 'done');
  }

  async delete(resources: readonly CleanupResource[], signal: AbortSignal): Promise<readonly DeleteResult[]> {
    const { declaration, client } = this.#open(resources, signal, once);
    const settled = resources.map((resource) => declaration.without?.(resource));
    const open = resources.filter((_, index) => settled[index] === undefined);
    const run = declaration.run ?? deleteTogether(declaration);
    const results = open.length === 0 ? [] : [...(await run(client, open))];
    return settled.flatMap((result) => (result === undefined ? results.splice(0, 1) : [result]));
  }

  async exists(resources: readonly CleanupResource[], signal: AbortSignal): Promise<readonly ExistsResult[]> {
    const { declaration, client } = this.#open(resources, signal, once);
    const { exists } = declaration;
    if ('calls' in exists) return exists.look(client, resources);
    const found = await find(client, exists, resources);
    return resources.map((resource) => found.has(textIn(resource, exists.property ?? 'id')));
  }

  close(): void {
    this.#session.close();
  }

  #open(resources: readonly CleanupResource[], signal: AbortSignal, attempts: Attempts | undefined) {
    const [first] = resources;
    const declaration = first === undefined ? undefined : declared(first.kind)?.cleanup;
    if (first === undefined || declaration === undefined) {
      throw new ProviderError(`${first?.kind.fqn ?? 'nothing'} cannot be deleted`);
    }
    return { declaration, client: this.#session.in(regionOf(first), signal, attempts) };
  }
}

/** Deletes with one call. */
function deleteTogether(declaration: CleanupDeclaration): NonNullable<CleanupDeclaration['run']> {
  return (client, resources) => deleteAll(client, declaration, resources);
}

async function deleteAll(
  client: WriteClient,
  declaration: CleanupDeclaration,
  resources: readonly CleanupResource[],
): Promise<DeleteResult[]> {
  const { delete: call, input = {}, options, failures, later, underway } = declaration;
  let answer: object | undefined;
  try {
    answer = await client.change(call, { ...options, ...inputOf(input, resources) });
  } catch (error) {
    if (underway !== undefined && resources.length === 1 && (await isUnderway(client, underway, resources, error))) {
      return ['requested'];
    }
    throw error;
  }
  if (answer === undefined) {
    if (resources.length === 1) return ['already_gone'];
    // The call does nothing when one of them is gone, and does not say which.
    throw new ProviderError(`${call.service.name} ${call.name}: some of ${resources.length} resources are gone`);
  }
  const failed =
    failures === undefined ? new Map<string, DeleteResult>() : failuresIn(answer, failures, declaration, client);
  return resources.map((resource) => {
    const name = failures === undefined ? '' : textIn(resource, failures.property);
    return failed.get(name) ?? (later === true ? 'requested' : 'deleted');
  });
}

function inputOf(input: NonNullable<CleanupDeclaration['input']>, resources: readonly CleanupResource[]): object {
  if (typeof input !== 'function') return inputFor(input, resources);
  const [resource] = resources;
  return resource === undefined ? {} : input(resource);
}

const saysNothing = new Set(['missing_permission', 'login_failed', 'throttled', 'unnamed_resource']);

async function isUnderway(
  client: WriteClient,
  { call, by, status, is }: StatusCall,
  resources: readonly CleanupResource[],
  error: unknown,
): Promise<boolean> {
  if (saysNothing.has(errorCode(error) ?? '')) return false;
  // What matters is why the deletion was refused, not why nobody knows more.
  const answer = await client.read(call, inputFor(by, resources)).catch(() => undefined);
  return path(status)(answer) === is;
}

function failuresIn(
  answer: object,
  failures: Failures,
  { delete: call }: CleanupDeclaration,
  client: WriteClient,
): Map<string, DeleteResult> {
  const [id, code, message] = [path(failures.id), path(failures.code), path(failures.message)];
  return new Map(
    listOf(path(failures.items)(answer)).map((item): [string, DeleteResult] => {
      const name = textOf(id(item));
      if (call.expected.includes(textOf(code(item)))) return [name, 'already_gone'];
      return [name, { error: client.failure(call, textOf(code(item)), textOf(message(item))) }];
    }),
  );
}
