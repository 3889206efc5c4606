/** What was repaired or could not be done while a graph was built. */
export type ProblemCode =
  /** A property had a wrong value or was not declared, and was left out. */
  | 'wrong_property'
  /** A node had no id, or lacked a required property, and was left out; what was below it hangs on its parent. */
  | 'refused_node'
  /** A second node had the identity of an earlier one, and was left out. */
  | 'duplicate_node'
  /** An edge led from a node to itself, or to the cloud, and was left out. */
  | 'refused_edge'
  /** An edge closed a cycle, and was left out. */
  | 'cycle'
  /** A carried node hung on nothing, and was attached to the account. */
  | 'orphan'
  /** A carried edge led to a node that is no longer there. */
  | 'unknown_end'
  /** A reference found no node. */
  | 'open_reference';

export interface GraphProblem {
  readonly code: ProblemCode;
  /** What it happened to: `aws_ec2_volume.volume_size`, `aws_ec2_volume`, `delete edges`, `aws_ec2_volume → aws_kms_key`. */
  readonly subject: string;
  readonly count: number;
  /** One or a few sentences that name nodes. */
  readonly examples: readonly string[];
}

/** Counts problems. An example is put into words only when they are listed, because the nodes in it are on disk. */
export class Problems {
  readonly #problems = new Map<
    string,
    { code: ProblemCode; subject: string; count: number; examples: (() => string)[] }
  >();

  add(code: ProblemCode, subject: string, example?: () => string): void {
    const key = `${code} ${subject}`;
    let problem = this.#problems.get(key);
    if (problem === undefined) this.#problems.set(key, (problem = { code, subject, count: 0, examples: [] }));
    problem.count += 1;
    if (example !== undefined && problem.examples.length < mostExamples[code]) problem.examples.push(example);
  }

  list(): GraphProblem[] {
    return [...this.#problems.values()].map(({ examples, ...problem }) => ({
      ...problem,
      examples: examples.map((words) => words()),
    }));
  }
}

// Every cycle has to be looked into on its own; of everything else one example tells what is wrong.
const mostExamples: Readonly<Record<ProblemCode, number>> = {
  wrong_property: 1,
  refused_node: 1,
  duplicate_node: 1,
  refused_edge: 1,
  cycle: 10,
  orphan: 1,
  unknown_end: 1,
  open_reference: 1,
};

/** A problem as a sentence: `3 × wrong property, left out: aws_ec2_volume.volume_size (volume_size of vol-1 (int64): "big")`. */
export function problemText({ code, subject, count, examples }: GraphProblem): string {
  const detail = examples.length === 0 ? '' : ` (${examples.join('; ')})`;
  return `${count} × ${words[code]}: ${subject}${detail}`;
}

const words: Readonly<Record<ProblemCode, string>> = {
  wrong_property: 'wrong property, left out',
  refused_node: 'unusable node, left out',
  duplicate_node: 'second node with the same identity, left out',
  refused_edge: 'impossible edge, left out',
  cycle: 'cycle, broken',
  orphan: 'kept node without parent, attached to the account',
  unknown_end: 'kept edge without its node, left out',
  open_reference: 'reference to nothing',
};
