import { isJsonObject, parseJson, stringifyJson, type JsonObject, type JsonValue } from '@resoto/worker-core';
import { isJsonArray, textOf } from '../json.ts';
import { ProgressTree, type ProgressLeaf } from './progress.ts';

type RunOutcome = 'running' | 'finished' | 'stopped';

export interface StepTiming {
  /** Seconds since the epoch. */
  readonly started_at: number;
  readonly finished_at?: number;
}

export interface StepAnswer {
  readonly kind: 'action_done' | 'action_error';
}

/** One run of a workflow: everything that must survive a restart. */
export interface Run {
  readonly id: string;
  readonly workflow: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  finishedAt: number | undefined;
  outcome: RunOutcome;
  step: number;
  stepStartedAt: number;
  /** Who was registered for the step when it began, with the seconds each asked for. */
  awaited: Map<string, number>;
  /** By step, then by subscriber. Answers may come before their step begins. */
  readonly answers: Map<string, Map<string, StepAnswer>>;
  readonly timing: Map<string, StepTiming>;
  readonly progress: ProgressTree;
  /** Set while progress was not yet told in an event. */
  news: boolean;
  toldAt: number;
}

/** A line of the log of a run. */
export interface RunLogEntry {
  /** Position in the log of all runs, rising. */
  readonly n: number;
  readonly at: string;
  readonly level: string;
  readonly message: string;
  readonly step: string;
  readonly subscriber_id: string;
}

export function newRun(id: string, workflow: string, now: number, progress: ProgressTree): Run {
  return {
    id,
    workflow,
    startedAt: now,
    finishedAt: undefined,
    outcome: 'running',
    step: -1,
    stepStartedAt: now,
    awaited: new Map(),
    answers: new Map(),
    timing: new Map(),
    progress,
    news: true,
    toldAt: 0,
  };
}

export function timingJson(timing: ReadonlyMap<string, StepTiming>): JsonObject {
  return Object.fromEntries([...timing].map(([step, times]) => [step, { ...times }]));
}

/** The state of a run as text for the database. */
export function runToText(run: Run): string {
  return stringifyJson({
    step: run.step,
    awaited: Object.fromEntries(run.awaited),
    answers: [...run.answers].map(([step, given]) => [step, Object.fromEntries(given)]),
    timing: timingJson(run.timing),
    progress: run.progress.leaves(),
  });
}

export interface RunRow {
  readonly id: string;
  readonly workflow: string;
  readonly started_at: number;
  readonly finished_at: number | null;
  readonly outcome: RunOutcome;
  readonly state: string;
}

/** The run of a row. A step that was waiting starts its time limit again at `now`. */
export function runFromRow(row: RunRow, now: number): Run {
  const state = parseJson(row.state);
  if (!isJsonObject(state)) throw new TypeError(`The stored state of run ${row.id} is no object`);
  return {
    ...newRun(row.id, row.workflow, row.started_at, new ProgressTree(row.workflow, leavesFrom(state['progress']))),
    finishedAt: row.finished_at ?? undefined,
    outcome: row.outcome,
    step: Number(state['step']),
    stepStartedAt: now,
    awaited: new Map(members(state['awaited']).map(([subscriber, timeout]) => [subscriber, Number(timeout)])),
    answers: answersFrom(state['answers']),
    timing: new Map(members(state['timing']).map(([step, times]) => [step, timingFrom(times)])),
  };
}

function members(value: JsonValue | undefined): [string, JsonValue][] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

function answersFrom(value: JsonValue | undefined): Map<string, Map<string, StepAnswer>> {
  const answers = new Map<string, Map<string, StepAnswer>>();
  for (const entry of isJsonArray(value) ? value : []) {
    const [step, given] = isJsonArray(entry) ? entry : [];
    answers.set(textOf(step), new Map(members(given).map(([subscriber, answer]) => [subscriber, answerFrom(answer)])));
  }
  return answers;
}

function answerFrom(value: JsonValue): StepAnswer {
  return { kind: isJsonObject(value) && value['kind'] === 'action_error' ? 'action_error' : 'action_done' };
}

function timingFrom(value: JsonValue): StepTiming {
  const times = isJsonObject(value) ? value : {};
  const started = { started_at: Number(times['started_at']) };
  return times['finished_at'] === undefined ? started : { ...started, finished_at: Number(times['finished_at']) };
}

function leavesFrom(value: JsonValue | undefined): ProgressLeaf[] {
  return (isJsonArray(value) ? value : []).filter(isJsonObject).map((leaf) => ({
    name: textOf(leaf['name']),
    path: isJsonArray(leaf['path']) ? leaf['path'].map(textOf) : [],
    current: Number(leaf['current']),
    total: Number(leaf['total']),
  }));
}
