import { badRequest } from '../server/request-error.ts';
import type { WorkflowRunner } from '../workflow/runner.ts';
import type { Command, Items } from './command.ts';

/** `workflow run | stop | list | running` (protocol 10.2). */
export function workflowCommand(runner: WorkflowRunner, workflows: Iterable<string>): Command {
  return {
    formatsOutput: true,
    run(args) {
      const [action = '', subject, ...more] = args.split(/\s+/);
      if (more.length > 0) throw usage();
      if (action === 'list' && subject === undefined) return texts(workflows);
      if (action === 'running' && subject === undefined) return texts(running(runner));
      if (action === 'run' && subject !== undefined) return texts([start(runner, subject)]);
      if (action === 'stop' && subject !== undefined) return texts([stop(runner, subject)]);
      throw usage();
    },
  };
}

function start(runner: WorkflowRunner, name: string): string {
  const { id, queued } = runner.start(name);
  return queued ? `Workflow ${name} already running with id ${id}.` : `Workflow ${name} started with id ${id}.`;
}

function stop(runner: WorkflowRunner, id: string): string {
  const name = runner.find(id)?.workflow ?? '';
  if (!runner.stop(id)) throw badRequest(`No workflow is running with id ${id}`, 'unknown_run');
  return `Workflow ${name} (${id}) stopped.`;
}

function running(runner: WorkflowRunner): string[] {
  return runner.running().map((run) => {
    const step = runner.currentStep(run) ?? 'none';
    return `workflow=${run.workflow}, id=${run.id}, step=${step}, progress=${run.progress.percentage()}%`;
  });
}

async function* texts(lines: Iterable<string>): Items {
  yield* lines;
}

function usage() {
  return badRequest('Expected workflow run <name>, stop <id>, list or running', 'cli_parse_error');
}
