import { at, Hold, type DeleteGraph } from './delete-graph.ts';
import { title, type NodeName } from './marked-node.ts';
import type { Verdict } from './outcome.ts';

export interface HeldBackOptions {
  /** Nodes that may still be held back. Each is asked at most once per edge, and has to answer no once it was. */
  readonly isOpen: (node: number) => boolean;
  /** The node only passes the order on: what waits for it is held back by what holds the node. */
  readonly isPassage: (node: number) => boolean;
  /** The step of a node was done, so that those who wait for no more than that may go. */
  readonly isStepDone: (node: number) => boolean;
  /** A node is held back, directly by another one. */
  readonly onHeld: (node: number, blocker: number) => void;
}

/** Walks to everything that cannot go because a node stays. */
export function holdBack(graph: DeleteGraph, root: number, options: HeldBackOptions): void {
  const { isOpen, isPassage, isStepDone, onHeld } = options;
  const open: { readonly node: number; readonly blocker: number }[] = [{ node: root, blocker: root }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const edge of graph.dependents(next.node)) {
      const waiting = at(graph.from, edge);
      const hold = graph.hold[edge];
      if (hold === Hold.nothing || !isOpen(waiting)) continue;
      if (hold === Hold.untilStep && isStepDone(next.node)) continue;
      onHeld(waiting, next.blocker);
      open.push({ node: waiting, blocker: isPassage(waiting) ? next.blocker : waiting });
    }
  }
}

/** Outcome of a node that waits for one that stays, with the root of it. */
export function blockedBy(blocker: NodeName, root: NodeName, { outcome, reason }: Verdict): Verdict {
  const cause = `${outcome.replace('_', ' ')}${reason === '' ? '' : `: ${reason}`}`;
  const told =
    blocker.id === root.id
      ? `blocked by ${title(root)} (${cause})`
      : `blocked by ${title(blocker)}, root cause ${title(root)} (${cause})`;
  return { outcome: 'blocked', reason: told };
}
