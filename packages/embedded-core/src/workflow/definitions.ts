import { generationNames, type Generation } from '@resoto/worker-core';

/** What a step does: send an action and wait for its subscribers, or wait for the imports of the run. */
export interface WorkflowStep {
  readonly name: string;
  readonly action: 'perform_action' | 'wait_for_graph_merged';
}

export interface Workflow {
  readonly name: string;
  readonly steps: readonly WorkflowStep[];
}

const COLLECT = ['pre_collect', 'collect', 'wait_for_graph_merged', 'post_collect'];
const CLEANUP = ['pre_cleanup_plan', 'cleanup_plan', 'post_cleanup_plan', 'pre_cleanup', 'cleanup', 'post_cleanup'];
const METRICS = ['pre_generate_metrics', 'generate_metrics', 'post_generate_metrics'];

/** The built-in workflows (protocol 9). */
export function builtInWorkflows(generation: Generation): ReadonlyMap<string, Workflow> {
  const merging = collectMerging(generationNames[generation].deferredEdgesStep);
  const collect = generation === 'resoto' ? merging : COLLECT;
  const workflows = [
    workflow('collect', [...collect, ...METRICS]),
    workflow('cleanup', [...CLEANUP, ...METRICS]),
    workflow('metrics', METRICS),
    workflow('collect_and_cleanup', [...merging, ...CLEANUP, ...METRICS]),
  ];
  return new Map(workflows.map((built) => [built.name, built]));
}

function collectMerging(step: string): string[] {
  return COLLECT.flatMap((name) => (name === 'post_collect' ? [step, name] : [name]));
}

function workflow(name: string, steps: readonly string[]): Workflow {
  return {
    name,
    steps: steps.map((step) => ({
      name: step,
      action: step === 'wait_for_graph_merged' ? 'wait_for_graph_merged' : 'perform_action',
    })),
  };
}
