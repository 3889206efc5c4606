/** Receives the outcomes of a run as they come, and takes them wherever they are wanted. */
import { errorOf, plainError } from '../collect/plain-error.ts';
import type { Feedback } from '../core-client/feedback.ts';
import type { WorkerError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import { progressLeaf } from '../protocol/progress.ts';
import { countsText, nodeOutcome, outcomeCounts, type NodeOutcome } from './cleanup-report.ts';
import type { CleanupServices } from './cleanup-services.ts';
import type { Journal } from './journal.ts';
import { ownerId, ownerLabel, title } from './marked-node.ts';
import type { Verdict } from './outcome.ts';
import type { CleanupPlan, PlannedNode } from './plan.ts';
import { eventLogWith, type Reporter } from './reporter.ts';
import type { WalkJournal } from './walk.ts';

export interface RunOutcomesOptions {
  readonly services: Pick<CleanupServices, 'log' | 'secrets' | 'metrics'>;
  readonly plan: CleanupPlan;
  readonly feedback: Feedback;
  /** Absent in a dry run, which leaves no trace. */
  readonly reporter?: Reporter;
  readonly journal?: Journal;
}

/** Messages about single nodes at most; the rest is counted. */
const messagesAtMost = 300;
/** Milliseconds between two words on the progress of an account. */
const progressPause = 500;

export class RunOutcomes {
  readonly nodes: NodeOutcome[] = [];
  readonly #options: RunOutcomesOptions;
  readonly #touched = new Set<string>();
  readonly #eventLogs = new Map<number, JsonValue>();
  readonly #writing = new Set<Promise<void>>();
  readonly #accounts = new Map<string, AccountProgress>();
  readonly #deletions = new Map<number, { readonly started: number; readonly resources: number }>();
  #failure: WorkerError | undefined;
  #messages = 0;

  constructor(options: RunOutcomesOptions) {
    this.#options = options;
    for (const planned of options.plan.nodes) this.#progressOf(planned).total += 1;
    for (const progress of this.#accounts.values()) this.#tellProgress(progress);
  }

  /** The journal as the walk wants it. */
  get walkJournal(): WalkJournal {
    const { journal, services } = this.#options;
    if (journal === undefined) throw new TypeError('A run without journal cannot delete');
    return {
      before: async (verb, account, resources) => {
        const call = journal.nextCall();
        for (const { nodeId } of resources) this.#touched.add(nodeId);
        await journal.append({ is: 'call', at: Date.now(), call, verb, account, resources });
        if (verb === 'delete') this.#deletions.set(call, { started: performance.now(), resources: resources.length });
        return call;
      },
      after: (call, answers) => {
        const deletion = this.#deletions.get(call);
        this.#deletions.delete(call);
        if (deletion !== undefined) {
          const { started, resources } = deletion;
          const each = (performance.now() - started) / 1000 / resources;
          for (let counted = 0; counted < resources; counted += 1) services.metrics?.deletion(each);
        }
        return journal.append({ is: 'answer', at: Date.now(), call, answers });
      },
    };
  }

  /** The event log of a node as the core has it now. */
  noteEventLog(node: number, eventLog: JsonValue | undefined): void {
    if (eventLog !== undefined) this.#eventLogs.set(node, eventLog);
  }

  add(number: number, raw: Verdict): void {
    const { plan, services } = this.#options;
    const planned = plan.nodes[number];
    if (planned === undefined) return;
    const verdict = { ...raw, reason: services.secrets.redact(raw.reason) };
    const outcome = nodeOutcome(planned.node, verdict);
    this.nodes.push(outcome);
    services.metrics?.outcome(outcome, verdict);
    this.#log(outcome);
    this.#message(outcome, verdict);
    if (verdict.unreached !== true) this.#count(planned);
    if (verdict.quiet !== true) this.#report(number, planned, verdict);
  }

  /** Resolves when everything is on disk and at the core. Throws when it is not. */
  async finish(): Promise<void> {
    const { reporter, feedback } = this.#options;
    await Promise.all(this.#writing);
    await reporter?.finish();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#messages > messagesAtMost) {
      feedback.info('info', `${this.#messages - messagesAtMost} more messages about single resources are in the graph`);
    }
  }

  /** One message per account, for the log of the run at the core. */
  tellSummary(all: readonly NodeOutcome[]): void {
    const { feedback } = this.#options;
    const accounts = Map.groupBy(all, ({ cloud, account }) => [cloud, account].join('\n'));
    for (const [key, nodes] of accounts) feedback.info('info', countsText(outcomeCounts(nodes)), key.split('\n'));
  }

  #report(number: number, { node }: PlannedNode, verdict: Verdict): void {
    const { reporter, journal } = this.#options;
    if (reporter === undefined || journal === undefined) return;
    const eventLog = eventLogWith(this.#eventLogs.get(number) ?? node.metadata['event_log'], verdict, new Date());
    const known = { node: node.id, verdict, eventLog };
    if (!this.#touched.has(node.id)) {
      reporter.add(known);
      return;
    }
    const writing = journal
      .append({ is: 'outcome', at: Date.now(), ...known })
      .then(
        () => reporter.add(known),
        (error: unknown) => {
          this.#failure ??= errorOf(plainError(error));
          reporter.add(known);
        },
      )
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  #log({ outcome, reason, ...node }: NodeOutcome): void {
    const { log } = this.#options.services;
    const facts: JsonObject = { ...node, ...(reason === '' ? {} : { reason }) };
    if (outcome === 'failed') log.error('a resource could not be deleted', facts);
    else if (outcome === 'refused' || outcome === 'blocked') log.warn(`deletion ${outcome}`, facts);
    else log.info(`resource ${outcome.replace('_', ' ')}`, facts);
  }

  #message({ outcome, reason, cloud, account, kind, name }: NodeOutcome, { quiet }: Verdict): void {
    if (quiet === true || reason === '') return;
    this.#messages += 1;
    if (this.#messages > messagesAtMost) return;
    const level = outcome === 'skipped' ? 'info' : 'error';
    this.#options.feedback.info(level, `${title({ id: '', kind, name })} ${outcome}: ${reason}`, [cloud, account]);
  }

  #count(planned: PlannedNode): void {
    const progress = this.#progressOf(planned);
    progress.done += 1;
    if (progress.done === progress.total || Date.now() - progress.toldAt >= progressPause) this.#tellProgress(progress);
  }

  #tellProgress(progress: AccountProgress): void {
    progress.toldAt = Date.now();
    this.#options.feedback.progress(progressLeaf(progress.name, progress.done, progress.total, [progress.cloud]));
  }

  #progressOf({ node }: PlannedNode): AccountProgress {
    const [cloud, name] = [ownerId(node, 'cloud') ?? 'unknown', ownerLabel(node, 'account') || 'unknown'];
    const key = `${cloud}\n${name}`;
    const known = this.#accounts.get(key) ?? { cloud, name, done: 0, total: 0, toldAt: 0 };
    this.#accounts.set(key, known);
    return known;
  }
}

interface AccountProgress {
  readonly cloud: string;
  readonly name: string;
  done: number;
  total: number;
  toldAt: number;
}
