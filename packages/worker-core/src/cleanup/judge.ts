/** Whether a node that is marked may be deleted. Asked for a plan, and again directly before the deletion. */
import type { NodeRow } from '../protocol/graph-line.ts';
import { isMarked, markedNode, ownerId, type MarkedNode } from './marked-node.ts';
import { refused, skipped, type Verdict } from './outcome.ts';
import type { KindDescription } from './resource.ts';

export interface Rules {
  /** Clouds this worker cleans, and their kinds by name. A kind of a cloud without description is not known. */
  readonly clouds: ReadonlyMap<string, ReadonlyMap<string, KindDescription>>;
  /** Ids or names. */
  readonly neverAccounts: readonly string[];
  /** Names of kinds or of their bases. */
  readonly neverKinds: readonly string[];
  /** Why a node has to wait, for instance because its mark is too young. */
  readonly waits?: (node: MarkedNode) => Verdict | undefined;
}

/** @returns why the node is not deleted; undefined when it may be */
export function judge(row: NodeRow, rules: Rules): Verdict | undefined {
  if (!isMarked(row)) return skipped('it is not marked for cleanup any more');
  const node = markedNode(row);
  if (node.metadata['cleaned'] === true) return skipped('it was cleaned before', true);
  return (
    judgeOwners(node, rules) ??
    judgeProtection(node) ??
    judgeKind(node, rules) ??
    judgeAccount(node, rules) ??
    rules.waits?.(node)
  );
}

/** Why a node may not go with another one, as `is protected`; undefined when it may. */
export function guard(row: NodeRow, { clouds, neverKinds, neverAccounts }: Rules): string | undefined {
  if (row.metadata?.['cleaned'] === true) return undefined;
  if (row.metadata?.['protected'] === true) return 'is protected';
  const node = markedNode(row);
  const kinds = clouds.get(ownerId(node, 'cloud') ?? '')?.get(node.kind)?.kinds ?? [node.kind];
  const kind = kinds.find((name) => neverKinds.includes(name));
  if (kind !== undefined) return `the setting cleanup_never_kinds keeps (${kind})`;
  const account = sparedAccount(node, neverAccounts);
  if (account !== undefined) return `the setting cleanup_never_accounts keeps (${account})`;
  const isLost = neverAccounts.length > 0 && ownerId(node, 'account') === undefined;
  return isLost ? 'may be in an account that the setting cleanup_never_accounts keeps' : undefined;
}

function judgeOwners(node: MarkedNode, { clouds }: Rules): Verdict | undefined {
  const cloud = ownerId(node, 'cloud');
  if (cloud === undefined) return refused('its cloud is not known');
  if (!clouds.has(cloud)) return skipped(`it belongs to ${cloud}, which this worker does not clean`, true);
  if (ownerId(node, 'account') === undefined) return refused('its account is not known');
  if (node.owners.region !== undefined && ownerId(node, 'region') === undefined)
    return refused('its region is not known');
  return undefined;
}

function judgeProtection({ metadata }: MarkedNode): Verdict | undefined {
  if (metadata['protected'] === true) return refused('it is protected');
  if (metadata['phantom'] === true) return refused('it is a phantom: there is nothing to delete');
  return undefined;
}

function judgeKind(node: MarkedNode, { clouds, neverKinds }: Rules): Verdict | undefined {
  const description = clouds.get(ownerId(node, 'cloud') ?? '')?.get(node.kind);
  if (description === undefined) return refused(`the plugin of its cloud does not know the kind ${node.kind}`);
  if (description.phantom) return refused('it is a phantom: there is nothing to delete');
  if (description.cleanup === undefined) return refused(`resources of kind ${node.kind} cannot be deleted`);
  const never = description.kinds.find((kind) => neverKinds.includes(kind));
  return never === undefined ? undefined : refused(`the setting cleanup_never_kinds names ${never}`);
}

function judgeAccount(node: MarkedNode, { neverAccounts }: Rules): Verdict | undefined {
  const never = sparedAccount(node, neverAccounts);
  return never === undefined ? undefined : refused(`the setting cleanup_never_accounts names ${never}`);
}

function sparedAccount({ owners }: MarkedNode, neverAccounts: readonly string[]): string | undefined {
  const { id, name } = owners.account ?? {};
  return neverAccounts.find((account) => account === id || account === name);
}
