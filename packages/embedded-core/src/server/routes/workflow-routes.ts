import type { JsonObject } from '@resoto/worker-core';
import { timingJson, type Run } from '../../workflow/run.ts';
import type { Workflow } from '../../workflow/definitions.ts';
import type { WorkflowRunner } from '../../workflow/runner.ts';
import { json, noContent } from '../answer.ts';
import { badRequest, notFound } from '../request-error.ts';
import type { RouteHandler, Router } from '../router.ts';

/**
 * Workflows over HTTP: start one, follow a run, read its log. The reference offers this on its command line only; events
 * and commands work here as well.
 */
export function addWorkflowRoutes(
  routes: Router<RouteHandler>,
  { runner, workflows }: { readonly runner: WorkflowRunner; readonly workflows: ReadonlyMap<string, Workflow> },
): void {
  routes.add('GET', '/workflows', () => json([...workflows.keys()]));
  routes.add('GET', '/workflows/running', () => json(runner.running().map((run) => runJson(run, runner))));
  routes.add('POST', '/workflow/{name}', (request) => json({ ...runner.start(request.param('name')) }));
  routes.add('GET', '/workflow/task/{id}', (request) => json(runJson(findRun(runner, request.param('id')), runner)));
  routes.add('GET', '/workflow/task/{id}/log', (request) => {
    const after = request.query.get('after') ?? '0';
    if (!/^\d+$/.test(after)) throw badRequest(`after ${after} is no position in a log`);
    return json(runner.logOf(findRun(runner, request.param('id')).id, Number(after)));
  });
  routes.add('DELETE', '/workflow/task/{id}', (request) => {
    const run = findRun(runner, request.param('id'));
    runner.stop(run.id);
    return noContent();
  });
}

function findRun(runner: WorkflowRunner, id: string): Run {
  const run = runner.find(id);
  if (run === undefined) throw notFound(`No run with id ${id}`);
  return run;
}

function runJson(run: Run, runner: WorkflowRunner): JsonObject {
  return {
    id: run.id,
    workflow: run.workflow,
    state: run.outcome,
    step: runner.currentStep(run) ?? null,
    started_at: new Date(run.startedAt).toISOString(),
    finished_at: run.finishedAt === undefined ? null : new Date(run.finishedAt).toISOString(),
    timing: timingJson(run.timing),
    percentage: run.outcome === 'finished' ? 100 : run.progress.percentage(),
    progress: run.progress.toJson(),
    answers: Object.fromEntries(
      [...run.answers].map(([step, given]) => [
        step,
        Object.fromEntries([...given].map(([subscriber, { kind }]) => [subscriber, kind])),
      ]),
    ),
  };
}
