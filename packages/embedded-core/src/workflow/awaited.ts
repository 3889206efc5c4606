import type { Subscriptions } from '../bus/subscriptions.ts';
import type { Timers } from '../timers.ts';
import type { WorkflowStep } from './definitions.ts';
import type { Run } from './run.ts';

/** Who is waited for in a step, with the seconds each asked for. */
export function awaitedSubscribers(step: WorkflowStep, subscriptions: Subscriptions): Map<string, number> {
  const awaited = new Map<string, number>();
  if (step.action !== 'perform_action') return awaited;
  for (const { id, subscriptions: own } of subscriptions.for(step.name)) {
    const subscription = own[step.name];
    if (subscription?.wait_for_completion === true) awaited.set(id, subscription.timeout);
  }
  return awaited;
}

/** Subscribers that were awaited when the step began, are still registered, and have not answered (protocol 5.5). */
export function missingAnswers(run: Run, step: WorkflowStep, subscriptions: Subscriptions): string[] {
  const given = run.answers.get(step.name);
  const registered = awaitedSubscribers(step, subscriptions);
  return [...run.awaited.keys()].filter((id) => registered.has(id) && given?.get(id) === undefined);
}

/** Milliseconds a step may take: the largest timeout of its subscribers, but a least time of its own (protocol 5.6). */
export function stepTimeLimit(
  run: Run,
  step: WorkflowStep,
  subscriptions: Subscriptions,
  timers: Pick<Timers, 'stepMinimum' | 'graphMergedLimit'>,
): number {
  if (step.action === 'wait_for_graph_merged') return timers.graphMergedLimit;
  const registered = awaitedSubscribers(step, subscriptions);
  const timeouts = [...run.awaited].filter(([id]) => registered.has(id)).map(([, timeout]) => timeout * 1000);
  return Math.max(timers.stepMinimum, ...timeouts);
}
