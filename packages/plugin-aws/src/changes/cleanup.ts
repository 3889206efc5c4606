/** Deleting resources of an account. */
import { path, ProviderError } from '@resoto/worker-core/plugin';
import type {
  AccountCleanup,
  AccountJob,
  CleanupResource,
  DeleteResult,
  ExistsResult,
  PluginContext,
  PrepareResult,
  RefusedCall,
} from '@resoto/worker-core/plugin';

import { foundAccount } from '../account-job.ts';
import { declared } from '../aws-kind.ts';
import type { WriteClient } from '../call.ts';
import { readConfig } from '../config.ts';
import { accountCredentials } from '../credentials.ts';
import { openForChanges } from '../session.ts';
import type { WriteSession } from '../session.ts';
import { listOf, textOf } from '../values.ts';
import type { CleanupDeclaration, Failures, Look } from './cleanup-calls.ts';
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
    // Whoever walks through a plan knows best when to try again.
    attempts: { throttled: 1, failed: 1 },
  });
  return new AwsCleanup(session);
}

export class AwsCleanup implements AccountCleanup {
  readonly #session: WriteSession;

  constructor(session: WriteSession) {
    this.#session = session;
  }

  async prepare(resources: readonly CleanupResource[], signal: AbortSignal): Promise<readonly PrepareResult[]> {
    const { declaration, client } = this.#open(resources, signal);
    return withoutRefused(resources, declaration, async (wanted) => {
      return (await declaration.prepare?.run(client, wanted)) ?? wanted.map(() => 'done');
    });
  }

  async delete(resources: readonly CleanupResource[], signal: AbortSignal): Promise<readonly DeleteResult[]> {
    const { declaration, client } = this.#open(resources, signal);
    return withoutRefused(resources, declaration, (wanted) => deleteAll(client, declaration, wanted));
  }

  async exists(resources: readonly CleanupResource[], signal: AbortSignal): Promise<readonly ExistsResult[]> {
    const { declaration, client } = this.#open(resources, signal);
    const { exists } = declaration;
    return 'calls' in exists ? exists.look(client, resources) : look(client, exists, resources);
  }

  close(): void {
    this.#session.close();
  }

  #open(resources: readonly CleanupResource[], signal: AbortSignal) {
    const [first] = resources;
    const declaration = first === undefined ? undefined : declared(first.kind)?.cleanup;
    if (first === undefined || declaration === undefined) {
      throw new ProviderError(`${first?.kind.fqn ?? 'nothing'} cannot be deleted`);
    }
    return { declaration, client: this.#session.in(regionOf(first), signal) };
  }
}

/** Does something with those resources that are not refused on principle. */
async function withoutRefused<Result>(
  resources: readonly CleanupResource[],
  { refuse }: CleanupDeclaration,
  work: (wanted: readonly CleanupResource[]) => Promise<readonly Result[]>,
): Promise<(Result | RefusedCall)[]> {
  if (refuse === undefined) return [...(await work(resources))];
  const reasons = resources.map(refuse);
  const wanted = resources.filter((_, index) => reasons[index] === undefined);
  const results = wanted.length === 0 ? [] : [...(await work(wanted))];
  return reasons.flatMap((refused): (Result | RefusedCall)[] =>
    refused === undefined ? results.splice(0, 1) : [{ refused }],
  );
}

async function deleteAll(
  client: WriteClient,
  declaration: CleanupDeclaration,
  resources: readonly CleanupResource[],
): Promise<DeleteResult[]> {
  const { delete: call, input, options, failures, later } = declaration;
  const answer = await client.change(call, { ...options, ...inputFor(input, resources) });
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

async function look(
  client: WriteClient,
  declaration: Look,
  resources: readonly CleanupResource[],
): Promise<ExistsResult[]> {
  const { call, options, items, id, property = 'id', isGone } = declaration;
  const names = resources.map((resource) => textIn(resource, property));
  const asked =
    'by' in declaration
      ? inputFor(declaration.by, resources)
      : { [declaration.member ?? 'Filters']: [{ Name: declaration.filter, Values: names }] };
  const [itemsIn, nameIn] = [path(items), path(id)];
  const found = new Set<string>();
  for await (const page of client.pages(call, { ...options, ...asked })) {
    for (const item of listOf(itemsIn(page))) {
      if (isGone?.(item) !== true) found.add(textOf(nameIn(item)));
    }
  }
  return names.map((name) => found.has(name));
}
