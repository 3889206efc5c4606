/**
 * The walk: deletes what a plan holds. There are no waves: a node starts the moment everything it waits for is gone, and what
 * depends on a node that stays is held back.
 */
import type { PlainError } from '../collect/plain-error.ts';
import { errorText } from '../errors.ts';
import { BusyNodes } from './busy-nodes.ts';
import { callAnswers } from './call-answers.ts';
import { FailedNodes, type Attempt } from './failed-nodes.ts';
import { blockedBy, holdBack } from './held-back.ts';
import { failureText, pauseBeforeLook, unseen, usualPatience, verdictOnGoing, type Look } from './looks.ts';
import { Order } from './order.ts';
import { isGone, unreached, type Verdict } from './outcome.ts';
import { nameAt, type CleanupPlan, type PlannedNode } from './plan.ts';
import type { CallAnswer, CleanupVerb } from './resource.ts';
import { failureOf } from './retries.ts';
import { usualPauses, type WalkOptions, type WalkPauses } from './walk-options.ts';
import { WorkQueues, type Work } from './work-queues.ts';

export type { CleanupCall, WalkJournal, WalkOptions } from './walk-options.ts';

/** Nodes that are checked together with those whose turn it is. */
const checkedAhead = 500;

/** @returns why the walk was stopped; undefined when it came to its end */
export async function walk(options: WalkOptions): Promise<unknown> {
  return new Walk(options).run();
}

class Walk {
  readonly #options: WalkOptions;
  readonly #nodes: CleanupPlan['nodes'];
  readonly #pauses: WalkPauses;
  readonly #order: Order;
  readonly #queues: WorkQueues;
  readonly #ended: Uint8Array;
  readonly #busy: BusyNodes;
  readonly #failed: FailedNodes;
  readonly #looks = new Map<number, Look>();
  /** Nodes for which a deletion may have had its effect. */
  readonly #tried = new Set<number>();
  readonly #confirmed = new Set<number>();
  readonly #timers = new Map<number, NodeJS.Timeout>();
  readonly #held: Uint8Array;
  #running = 0;
  /** Nodes that were found gone or went: whatever they used may be free. */
  #goneCount = 0;
  #left: number;
  #stopped: { readonly reason: unknown } | undefined;
  #finish: () => void = () => {};

  constructor(options: WalkOptions) {
    const { plan, pauses } = options;
    this.#options = options;
    this.#nodes = plan.nodes;
    this.#pauses = { ...usualPauses, ...pauses };
    this.#order = new Order(plan);
    this.#queues = new WorkQueues((node) => this.#order.rank(node));
    this.#ended = new Uint8Array(plan.graph.size);
    this.#held = new Uint8Array(plan.graph.size);
    this.#busy = new BusyNodes(plan.nodes.length);
    this.#failed = new FailedNodes({ pauses: this.#pauses, busy: this.#busy, goneCount: () => this.#goneCount });
    this.#left = plan.nodes.length;
  }

  async run(): Promise<unknown> {
    const { signal, requested } = this.#options;
    const finished = new Promise<void>((resolve) => (this.#finish = resolve));
    const onAbort = (): void => this.#stop(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#nodes.forEach(({ verdict }, node) => {
      if (verdict !== undefined) this.#tell(node, verdict);
    });
    if (signal.aborted) onAbort();
    this.#nodes.forEach(({ node: { id } }, node) => {
      if (requested?.has(id) !== true || this.#ended[node] === 1) return;
      this.#tried.add(node);
      this.#lookAgain(node, { is: 'going', since: Date.now(), failures: 0 });
    });
    this.#order.passFree();
    for (let node = 0; node < this.#nodes.length; node += 1) this.#advance(node);
    if (this.#left === 0) this.#finish();
    this.#pump();
    await finished;
    signal.removeEventListener('abort', onAbort);
    this.#queues.close();
    return this.#stopped?.reason;
  }

  /** Whatever is next for a node, if it is its turn. */
  #advance(node: number): void {
    if (this.#ended[node] === 1 || this.#busy.has(node) || this.#stopped !== undefined) return;
    const verb = this.#order.mayPrepare(node) ? 'prepare' : this.#order.mayDelete(node) ? 'delete' : undefined;
    if (verb === undefined) return;
    if (this.#nodes[node]?.node.metadata['carried'] === true && !this.#confirmed.has(node)) {
      this.#looks.set(node, { is: 'carried' });
      this.#enqueue(node, 'exists');
    } else this.#enqueue(node, verb);
  }

  #enqueue(node: number, verb: CleanupVerb): void {
    this.#busy.add(node);
    this.#queues.add(node, this.#planned(node), verb);
  }

  /** Starts what may start, the longest chains first. */
  #pump(): void {
    while (this.#running < Math.max(1, this.#options.places)) {
      const next = this.#queues.next(() => this.#pump());
      if (next === undefined) {
        this.#endStuck();
        return;
      }
      const batch: number[] = [];
      while (batch.length < next.batch) {
        const node = next.queue.take();
        if (node === undefined) break;
        if (this.#ended[node] === 0) batch.push(node);
      }
      if (batch.length > 0) void this.#perform(next, batch);
    }
  }

  /** Nothing runs, waits or is queued: whatever is left would wait for ever. A plan without cycles does not get here. */
  #endStuck(): void {
    if (this.#running > 0 || this.#timers.size > 0 || !this.#queues.isEmpty) return;
    for (let node = 0; node < this.#nodes.length; node += 1) {
      if (this.#ended[node] === 1) continue;
      this.#tell(node, { outcome: 'blocked', reason: 'blocked because what it waits for never ended' });
    }
    this.#finish();
  }

  async #perform(work: Work, batch: readonly number[]): Promise<void> {
    const { lane, verb } = work;
    this.#running += 1;
    lane.started();
    try {
      const nodes = verb === 'exists' ? batch : await this.#stillWanted(work, batch);
      if (nodes.length > 0) await this.#call(work, nodes);
    } catch (error) {
      // The core or the disk is lost. Nothing may be done that cannot be checked and written down.
      this.#stop(error);
      for (const node of batch) this.#endUntouched(node);
    } finally {
      lane.ended();
      this.#running -= 1;
      this.#pump();
    }
  }

  /** Those nodes that may still be deleted, now. */
  async #stillWanted({ queue }: Work, batch: readonly number[]): Promise<readonly number[]> {
    const verdicts = await this.#options.check(batch, queue.peek(checkedAhead));
    const wanted: number[] = [];
    for (const node of batch) {
      const verdict = verdicts.get(node);
      // While the core was asked, what the node waits for may have failed.
      if (this.#ended[node] === 1) continue;
      if (verdict !== undefined) this.#end(node, verdict);
      else if (this.#stopped !== undefined) this.#endUntouched(node);
      else wanted.push(node);
    }
    return wanted;
  }

  async #call(work: Work, nodes: readonly number[]): Promise<void> {
    const { verb, account } = work;
    const { call, journal } = this.#options;
    const resources = nodes.map((node) => this.#planned(node).resource);
    const number = verb === 'exists' ? undefined : await journal.before(verb, account, resources);
    if (number !== undefined && this.#stopped !== undefined) {
      await journal.after(
        number,
        nodes.map(() => ({ is: 'there' })),
      );
      for (const node of nodes) this.#endUntouched(node);
      return;
    }
    const goneBefore = this.#goneCount;
    const { answers, asWhole } = await callAnswers(call, work, resources);
    if (asWhole) for (const node of nodes) this.#queues.separate(node);
    // Not awaited: what is done because of it is written behind it, and waits until that is on disk.
    if (number !== undefined) void journal.after(number, answers).catch((error: unknown) => this.#stop(error));
    const attempt: Attempt = { verb, asWhole, goneBefore };
    nodes.forEach((node, position) => this.#settle(node, attempt, answers[position] ?? { is: 'there' }));
  }

  #settle(node: number, attempt: Attempt, answer: CallAnswer): void {
    const { verb } = attempt;
    this.#busy.delete(node);
    if (answer.is === 'refused') this.#end(node, { outcome: 'refused', reason: answer.reason });
    else if (verb === 'exists') this.#looked(node, answer);
    else if (answer.is === 'already_gone') this.#found(node);
    else if (answer.is === 'deleted') this.#end(node, { outcome: 'deleted', reason: '' });
    else if (answer.is === 'failed') this.#changeFailed(node, attempt, answer.error);
    else if (verb === 'prepare') this.#prepared(node);
    else {
      this.#tried.add(node);
      this.#failed.forget(node);
      this.#lookAgain(node, { is: 'going', since: Date.now(), failures: 0 });
    }
  }

  #prepared(node: number): void {
    this.#failed.forget(node);
    this.#queues.join(node);
    for (const free of this.#order.stepDone(node)) this.#advance(free);
    if (this.#stopped !== undefined) this.#endUntouched(node);
    else this.#advance(node);
  }

  /** It is not there. */
  #found(node: number): void {
    this.#end(node, { outcome: this.#tried.has(node) ? 'deleted' : 'already_gone', reason: '' });
  }

  #changeFailed(node: number, { verb, asWhole, goneBefore }: Attempt, error: PlainError): void {
    const failure = failureOf(error);
    const isStopped = this.#stopped !== undefined;
    if (verb === 'delete' && (failure === 'passing' || failure === 'unknown')) {
      this.#tried.add(node);
      this.#looks.set(node, { is: 'unsure', error, goesOn: asWhole, goneBefore });
      this.#enqueue(node, 'exists');
    } else if (asWhole && failure !== 'throttled' && failure !== 'in_use' && !isStopped) this.#enqueue(node, verb);
    else this.#tryAgain(node, { verb, goneBefore }, error);
  }

  /** It is still there. */
  #tryAgain(node: number, attempt: Pick<Attempt, 'verb' | 'goneBefore'>, error: PlainError): void {
    const { verdict, pause } = this.#failed.afterChange(node, attempt, error);
    if (pause === undefined || this.#stopped !== undefined) this.#end(node, verdict);
    else this.#later(node, pause, () => this.#enqueue(node, attempt.verb));
  }

  /** The answer to the question whether a resource exists. */
  #looked(node: number, answer: CallAnswer): void {
    const look = this.#looks.get(node);
    if (look === undefined || answer.is === 'already_gone') {
      this.#found(node);
      return;
    }
    if (answer.is === 'failed' && look.is !== 'going' && this.#stopped === undefined) {
      const pause = this.#failed.afterLook(node, answer.error);
      if (pause !== undefined) {
        this.#later(node, pause, () => this.#enqueue(node, 'exists'));
        return;
      }
    }
    switch (look.is) {
      case 'going':
        this.#stillGoing(node, look, answer);
        return;
      case 'carried':
        if (answer.is === 'failed') this.#end(node, unseen(answer.error));
        else {
          this.#confirmed.add(node);
          this.#looks.delete(node);
          this.#failed.forget(node);
          if (this.#stopped !== undefined) this.#endUntouched(node);
          else this.#advance(node);
        }
        return;
      case 'unsure':
        this.#unsure(node, look, answer);
    }
  }

  #unsure(node: number, { error, goesOn, goneBefore }: Extract<Look, { is: 'unsure' }>, answer: CallAnswer): void {
    this.#looks.delete(node);
    if (answer.is === 'failed') {
      this.#end(node, { outcome: 'failed', reason: failureText('delete', error, 1), error });
    } else if (goesOn && this.#stopped === undefined) this.#enqueue(node, 'delete');
    else this.#tryAgain(node, { verb: 'delete', goneBefore }, error);
  }

  #stillGoing(node: number, look: Extract<Look, { is: 'going' }>, answer: CallAnswer): void {
    const failures = answer.is === 'failed' ? look.failures + 1 : 0;
    const patience = this.#planned(node).cleanup?.patience ?? usualPatience;
    const verdict = verdictOnGoing(answer, { failures, patience, since: look.since, stopped: this.#stopped });
    if (verdict !== undefined) this.#end(node, verdict);
    else this.#lookAgain(node, { ...look, failures });
  }

  #lookAgain(node: number, look: Extract<Look, { is: 'going' }>): void {
    this.#looks.set(node, look);
    this.#later(node, this.#stopped === undefined ? pauseBeforeLook(look.since, this.#pauses) : 0, () =>
      this.#enqueue(node, 'exists'),
    );
  }

  #later(node: number, milliseconds: number, action: () => void): void {
    this.#busy.add(node);
    const timer = setTimeout(() => {
      this.#timers.delete(node);
      action();
      // What comes at the same time goes together.
      setImmediate(() => this.#pump());
    }, milliseconds);
    this.#timers.set(node, timer);
  }

  #stop(reason: unknown): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = { reason };
    for (const timer of this.#timers.values()) clearTimeout(timer);
    const waiting = new Set(this.#timers.keys());
    this.#timers.clear();
    for (const node of this.#queues.takeChanges()) this.#endUntouched(node);
    for (let node = 0; node < this.#nodes.length; node += 1) {
      const look = this.#looks.get(node);
      if (this.#ended[node] === 1) continue;
      if (waiting.has(node) && (look?.is === 'going' || look?.is === 'unsure')) this.#enqueue(node, 'exists');
      else if (waiting.has(node) || !this.#busy.has(node)) this.#endUntouched(node);
    }
    this.#pump();
  }

  /** The walk was stopped before it was its turn, or its turn again. */
  #endUntouched(node: number): void {
    this.#end(
      node,
      this.#failed.verdict(node) ?? unreached(`the run was stopped: ${errorText(this.#stopped?.reason)}`),
    );
  }

  #end(node: number, verdict: Verdict): void {
    if (this.#ended[node] === 1) return;
    this.#looks.delete(node);
    this.#busy.delete(node);
    this.#failed.forget(node);
    this.#tell(node, verdict);
    if (isGone(verdict.outcome)) {
      this.#goneCount += 1;
      for (const free of this.#order.gone(node)) this.#advance(free);
    } else if (this.#stopped === undefined) this.#holdBack(node, verdict);
    if (this.#left === 0) this.#finish();
  }

  #holdBack(root: number, verdict: Verdict): void {
    const { plan } = this.#options;
    const isPassage = (node: number): boolean => node >= this.#nodes.length;
    holdBack(plan.graph, root, {
      isOpen: (node) => this.#ended[node] === 0 && this.#held[node] === 0 && this.#looks.get(node)?.is !== 'going',
      isPassage,
      isStepDone: (node) => this.#order.isStepDone(node),
      onHeld: (node, blocker) => {
        this.#held[node] = 1;
        if (!isPassage(node)) this.#tell(node, blockedBy(nameAt(plan, blocker), nameAt(plan, root), verdict));
      },
    });
  }

  #tell(node: number, verdict: Verdict): void {
    this.#ended[node] = 1;
    this.#left -= 1;
    this.#options.onOutcome(node, verdict);
  }

  #planned(node: number): PlannedNode {
    const planned = this.#nodes[node];
    if (planned === undefined) throw new RangeError(`There is no marked node ${node} in the plan`);
    return planned;
  }
}
