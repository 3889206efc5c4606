import type { AwsKind } from './aws-kind.ts';
import type { RegionRun } from './region-run.ts';

/** What is listed by itself in a region. */
export interface Part {
  /** Kinds whose nodes come from here. The settings `collect` and `no_collect` judge by the first one. */
  readonly kinds: readonly [AwsKind, ...AwsKind[]];
  /** Collected once for the account, in its global region, or in each region. */
  readonly where: readonly ('global' | 'regional')[];
  readonly collect: (run: RegionRun) => Promise<unknown>;
  /** Kinds whose nodes {@link connect} asks for. */
  readonly connectsTo?: readonly string[];
  /** Adds edges that no property of a node tells. Called when the whole account is collected. */
  readonly connect?: (run: RegionRun) => void;
}

/** A service: what it brings to the graph. */
export interface ServiceParts {
  readonly kinds: readonly AwsKind[];
  readonly parts: readonly Part[];
}

/** A kind of each region that takes nothing but its list. */
export function regional(kind: AwsKind): Part {
  return { kinds: [kind], where: ['regional'], collect: (run) => run.collectList(kind) };
}

/** A kind of the account as a whole that takes nothing but its list. */
export function global(kind: AwsKind): Part {
  return { kinds: [kind], where: ['global'], collect: (run) => run.collectList(kind) };
}
