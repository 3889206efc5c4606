import { randomUUID } from 'node:crypto';
import { errorText, type JsonObject, type JsonValue, type Logger } from '@resoto/worker-core';
import type { BusMessage, MessageBus } from '../bus/message-bus.ts';
import type { Subscriptions } from '../bus/subscriptions.ts';
import { badRequest } from '../server/request-error.ts';
import type { Timers } from '../timers.ts';
import { awaitedSubscribers, missingAnswers, stepTimeLimit } from './awaited.ts';
import type { Workflow, WorkflowStep } from './definitions.ts';
import { ProgressTree } from './progress.ts';
import { newRun, timingJson, type Run, type RunLogEntry, type StepAnswer } from './run.ts';
import type { RunStore } from './run-store.ts';

/** A step the core serves itself, under its own subscriber id. */
interface OwnStep {
  readonly subscriber: string;
  readonly perform: (runId: string) => Promise<void>;
}

export interface RunnerOptions {
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly bus: MessageBus;
  readonly subscriptions: Subscriptions;
  readonly store: RunStore;
  /** Imports of a run that are not finished yet. */
  readonly openImports: (runId: string) => number;
  readonly ownSteps: ReadonlyMap<string, OwnStep>;
  readonly timers: Pick<Timers, 'stepMinimum' | 'progressEvery' | 'graphMergedLimit'>;
  readonly now: () => number;
  readonly log: Logger;
}

export interface StartedRun {
  readonly id: string;
  /** The workflow was running; it starts once more after that run (`id`). */
  readonly queued: boolean;
}

/**
 * Runs workflows step by step (protocol 5 and 9). Every change is stored before it is told, so a core that is killed goes
 * on at the step where it was, and awaits the same subscribers.
 */
export class WorkflowRunner {
  readonly #options: RunnerOptions;
  readonly #runs = new Map<string, Run>();

  constructor(options: RunnerOptions) {
    this.#options = options;
    for (const name of options.workflows.keys()) {
      options.bus.listen([`start_${name}_workflow`], (message) => {
        if (message.kind === 'event') this.start(name);
      });
    }
  }

  /** Loads the runs a former process did not finish; gives their number. They go on with {@link resume}. */
  load(): number {
    for (const run of this.#options.store.unfinished(this.#options.now())) this.#runs.set(run.id, run);
    return this.#runs.size;
  }

  resume(): void {
    for (const run of [...this.#runs.values()]) {
      const step = this.#stepOf(run);
      this.#options.log.info('workflow resumed', { workflow: run.workflow, run: run.id, step: step?.name });
      if (step !== undefined) this.#performOwn(run, step);
      this.#advance(run);
    }
    for (const name of this.#options.store.queued()) if (this.#runOf(name) === undefined) this.#startQueued(name);
  }

  /** Starts a workflow, or queues it once when it is running. Throws `unknown_workflow`. */
  start(name: string): StartedRun {
    const workflow = this.#options.workflows.get(name);
    if (workflow === undefined) throw badRequest(`There is no workflow ${name}`, 'unknown_workflow');
    const running = this.#runOf(name);
    if (running !== undefined) {
      this.#options.store.enqueue(name);
      return { id: running.id, queued: true };
    }
    const run = newRun(randomUUID(), name, this.#options.now(), new ProgressTree(name));
    if (
      this.#options.subscriptions.for('collect').length > 0 &&
      workflow.steps.some(({ name }) => name === 'collect')
    ) {
      run.progress.set('collect', { current: 0, total: 1 });
    }
    this.#runs.set(run.id, run);
    this.#options.log.info('workflow started', { workflow: name, run: run.id });
    this.#options.bus.event('task_started', { task: name });
    this.#beginStep(run, 0);
    this.#advance(run);
    return { id: run.id, queued: false };
  }

  /** Ends a run at once and tells those who work on it. False when no such run is going on. */
  stop(id: string): boolean {
    const run = this.#runs.get(id);
    if (run === undefined) return false;
    const step = this.#stepOf(run);
    if (step !== undefined) {
      const data = { task: run.id, step: step.name };
      this.#options.bus.publish({ kind: 'action_abort', message_type: step.name, data });
    }
    this.#finish(run, 'stopped');
    return true;
  }

  running(): Run[] {
    return [...this.#runs.values()];
  }

  find(id: string): Run | undefined {
    return this.#runs.get(id) ?? this.#options.store.find(id);
  }

  /** Name of the step a run is at; undefined when it is over. */
  currentStep(run: Run): string | undefined {
    return run.outcome === 'running' ? this.#stepOf(run)?.name : undefined;
  }

  /** Actions a subscriber still has to answer, as they are sent again when it connects (protocol 5.2). */
  pending(subscriber: string, events: ReadonlySet<string>): BusMessage[] {
    return [...this.#runs.values()].flatMap((run) => {
      const step = this.#stepOf(run);
      if (step === undefined || !events.has(step.name) || !this.#missing(run, step).includes(subscriber)) return [];
      return [{ kind: 'action', message_type: step.name, data: { task: run.id, step: step.name } }];
    });
  }

  /** Takes the end of an action. Unknown runs are ignored (protocol 5.5). */
  answer(subscriber: string, kind: StepAnswer['kind'], reply: ActionReply): void {
    const run = this.#runs.get(reply.task);
    if (run === undefined) {
      this.#options.log.info('answer for unknown run', { subscriber, run: reply.task, step: reply.step });
      return;
    }
    const given = run.answers.get(reply.step) ?? new Map<string, StepAnswer>();
    given.set(subscriber, { kind });
    run.answers.set(reply.step, given);
    if (kind === 'action_error')
      this.#logLine(run, reply.step, subscriber, 'error', textOf(reply.data['error'], 'n/a'));
    this.#options.store.save(run);
    this.#advance(run);
  }

  /** Takes an information for the log of the run. */
  info(subscriber: string, reply: ActionReply): void {
    const { level, message } = reply.data;
    if (typeof level !== 'string' || typeof message !== 'string')
      throw badRequest('An action_info has level and message');
    const run = this.#runs.get(reply.task);
    if (run !== undefined) this.#logLine(run, reply.step, subscriber, level, message);
  }

  /** Takes progress of the current step; news of other steps are dropped. */
  progress(reply: ActionReply): void {
    const { at, progress } = reply.data;
    if (typeof at !== 'string' || progress === undefined) throw badRequest('An action_progress has at and progress');
    const run = this.#runs.get(reply.task);
    const tree = run !== undefined && this.#stepOf(run)?.name === reply.step ? run.progress : new ProgressTree('');
    tree.update(reply.step, progress);
    if (run === undefined || tree !== run.progress) return;
    run.news = true;
    this.#tellProgress(run);
  }

  /** Looks at all runs again: something they wait for may have changed, or their time may be over. */
  check(): void {
    const { subscriptions, timers } = this.#options;
    for (const run of [...this.#runs.values()]) {
      const step = this.#stepOf(run);
      if (
        step !== undefined &&
        this.#options.now() - run.stepStartedAt >= stepTimeLimit(run, step, subscriptions, timers)
      ) {
        this.#giveUp(run, step);
      }
      this.#advance(run);
      if (this.#runs.has(run.id)) this.#tellProgress(run);
    }
  }

  /** Writes a problem the core itself has with a run to its log. */
  report(id: string, step: string, message: string): void {
    const run = this.find(id);
    if (run !== undefined) this.#logLine(run, step, '', 'error', message);
  }

  logOf(id: string, after?: number): RunLogEntry[] {
    return this.#options.store.logOf(id, after);
  }

  #advance(run: Run): void {
    for (let step = this.#stepOf(run); step !== undefined; step = this.#stepOf(run)) {
      if (!this.#isFinished(run, step)) return;
      this.#endStep(run, step);
      this.#beginStep(run, run.step + 1);
    }
    if (this.#runs.has(run.id)) this.#finish(run, 'finished');
  }

  #beginStep(run: Run, index: number): void {
    run.step = index;
    run.stepStartedAt = this.#options.now();
    run.awaited = new Map();
    const step = this.#stepOf(run);
    if (step !== undefined) {
      run.timing.set(step.name, { started_at: seconds(run.stepStartedAt) });
      run.awaited = awaitedSubscribers(step, this.#options.subscriptions);
    }
    this.#options.store.save(run);
    if (step?.action !== 'perform_action') return;
    this.#options.bus.publish({ kind: 'action', message_type: step.name, data: this.#actionData(run, step) });
    this.#performOwn(run, step);
  }

  #endStep(run: Run, step: WorkflowStep): void {
    const started = run.timing.get(step.name)?.started_at ?? seconds(run.stepStartedAt);
    run.timing.set(step.name, { started_at: started, finished_at: seconds(this.#options.now()) });
    if (run.progress.has(step.name)) {
      run.progress.set(step.name, { current: 1, total: 1 });
      run.news = true;
    }
  }

  #giveUp(run: Run, step: WorkflowStep): void {
    const missing = this.#missing(run, step);
    const waitedFor = missing.length > 0 ? missing.join(', ') : 'the imports of the run';
    this.#logLine(run, step.name, '', 'error', `Step ${step.name} took too long; stopped waiting for ${waitedFor}`);
    this.#endStep(run, step);
    this.#beginStep(run, run.step + 1);
  }

  #finish(run: Run, outcome: 'finished' | 'stopped'): void {
    run.outcome = outcome;
    run.finishedAt = this.#options.now();
    this.#runs.delete(run.id);
    this.#options.store.save(run);
    this.#options.store.prune();
    this.#options.log.info('workflow ended', { workflow: run.workflow, run: run.id, outcome });
    if (run.news) this.#publishProgress(run);
    this.#options.bus.event('task_end', { task_id: run.id, descriptor_id: run.workflow });
    this.#startQueued(run.workflow);
  }

  #startQueued(name: string): void {
    if (this.#options.store.dequeue(name) && this.#options.workflows.has(name)) this.start(name);
  }

  #performOwn(run: Run, step: WorkflowStep): void {
    const own = this.#options.ownSteps.get(step.name);
    if (own === undefined || !this.#missing(run, step).includes(own.subscriber)) return;
    const reply = { task: run.id, step: step.name, data: {} };
    own
      .perform(run.id)
      .then(
        () => this.answer(own.subscriber, 'action_done', reply),
        (error: unknown) =>
          this.answer(own.subscriber, 'action_error', { ...reply, data: { error: errorText(error) } }),
      )
      .catch((error: unknown) => this.#options.log.error('own step failed', { run: run.id, error: errorText(error) }));
  }

  #isFinished(run: Run, step: WorkflowStep): boolean {
    if (step.action === 'wait_for_graph_merged') return this.#options.openImports(run.id) === 0;
    return this.#missing(run, step).length === 0;
  }

  #missing(run: Run, step: WorkflowStep): string[] {
    return missingAnswers(run, step, this.#options.subscriptions);
  }

  #actionData(run: Run, step: WorkflowStep): JsonObject {
    const last = this.#options.store.lastFinished(run.workflow);
    return { timing: timingJson(last?.timing ?? new Map()), task: run.id, step: step.name };
  }

  #logLine(run: Run, step: string, subscriber: string, level: string, message: string): void {
    const at = new Date(this.#options.now()).toISOString();
    this.#options.store.log(run.id, { at, level, message, step, subscriber_id: subscriber });
    if (level === 'error') this.#options.bus.event('error', { workflow: run.workflow, task: run.id, message });
  }

  #tellProgress(run: Run): void {
    if (run.news && this.#options.now() - run.toldAt >= this.#options.timers.progressEvery) this.#publishProgress(run);
  }

  #publishProgress(run: Run): void {
    run.news = false;
    run.toldAt = this.#options.now();
    this.#options.store.save(run);
    const message = run.progress.toJson();
    this.#options.bus.event('progress', { workflow: run.workflow, task: run.id, message });
  }

  #runOf(workflow: string): Run | undefined {
    return [...this.#runs.values()].find((run) => run.workflow === workflow);
  }

  #stepOf(run: Run): WorkflowStep | undefined {
    return this.#options.workflows.get(run.workflow)?.steps[run.step];
  }
}

/** What every reply to an action holds (protocol 5.4). */
export interface ActionReply {
  readonly task: string;
  readonly step: string;
  readonly data: JsonObject;
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

function textOf(value: JsonValue | undefined, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
