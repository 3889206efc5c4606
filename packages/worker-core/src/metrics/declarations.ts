/**
 * The metrics of a worker as data. Names of the reference where it counts the same (worker behaviour 10.3); what is new begins
 * with `resoto_worker_`. Fix workers say `fix_` where these say `resoto_`, as their reference does.
 */
import { generationNames, type Generation } from '../protocol/generation.ts';

export interface MetricDeclaration<Label extends string = string> {
  readonly type: 'counter' | 'gauge' | 'summary';
  /** As workers of the generation `resoto` call it. Seconds and the like are named at its end. */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
}

const resource = ['cloud', 'account', 'region', 'kind'] as const;
const account = ['cloud', 'account'] as const;

export const declarations = {
  pluginExceptions: counter(
    'resoto_unhandled_plugin_exceptions_total',
    'Errors that ended the run of a plugin',
    'plugin',
  ),

  collects: counter(
    'resoto_worker_collects_total',
    'Collects of a cloud by result: complete, partial, or why it failed',
    'cloud',
    'result',
  ),
  collectSeconds: summary('resoto_worker_collect_seconds', 'Time collects of a cloud took', 'cloud'),
  awsCollectSeconds: summary('resoto_plugin_aws_collect_seconds', 'Time collects of AWS took'),
  collectEnd: gauge('resoto_worker_collect_last_end_timestamp_seconds', 'When a cloud was last collected', 'cloud'),
  collectSuccess: gauge(
    'resoto_worker_collect_last_success_timestamp_seconds',
    'When a cloud was last collected completely',
    'cloud',
  ),
  imported: counter(
    'resoto_worker_imported_total',
    'Changes of the graph that imports made: nodes and edges, created, updated and deleted',
    'cloud',
    'what',
    'change',
  ),
  scopes: counter(
    'resoto_worker_scopes_total',
    'Parts of collects (a kind in a region) by outcome',
    'cloud',
    'outcome',
  ),
  repairs: counter('resoto_worker_graph_problems_total', 'What was repaired or left out of graphs', 'cloud', 'problem'),
  calls: counter(
    'resoto_worker_cloud_calls_total',
    'Calls to clouds by result: done, throttled, retried (failed and sent again) or failed',
    'cloud',
    'service',
    'result',
  ),
  uploadFailures: counter(
    'resoto_worker_upload_failures_total',
    'Accounts that were collected and could not be imported',
    ...account,
  ),
  awsAccountExceptions: counter(
    'resoto_plugin_aws_unhandled_account_exceptions_total',
    'AWS accounts that failed as a whole',
    'account',
  ),

  accountSuccess: gauge(
    'resoto_worker_account_last_success_timestamp_seconds',
    'When an account was last imported',
    ...account,
  ),
  accountSeconds: gauge('resoto_worker_account_duration_seconds', 'Time the last collect took', ...account),
  accountNodes: gauge('resoto_worker_account_nodes', 'Nodes of the last collect', ...account),
  accountEdges: gauge('resoto_worker_account_edges', 'Edges of the last collect', ...account),
  accountCarried: gauge(
    'resoto_worker_account_carried_nodes',
    'Nodes the last collect kept from an earlier one, because they could not be listed',
    ...account,
  ),
  accountIncomplete: gauge(
    'resoto_worker_account_incomplete_scopes',
    'Parts of the account that the last collect could not list',
    ...account,
  ),
  accountOutcome: gauge(
    'resoto_worker_account_outcome',
    '1 for the outcome of the last collect; not_uploaded when it was collected and not imported',
    ...account,
    'outcome',
  ),

  cleanupSeconds: summary('resoto_cleanup_seconds', 'Time cleanups took'),
  resourceCleanupSeconds: summary('resoto_resource_cleanup_seconds', 'Time deletions of one resource took'),
  failedDeletions: counter('resource_cleanup_exceptions_total', 'Deletions of resources that failed', ...resource),
  failedPreDeletions: counter(
    'resource_pre_cleanup_exceptions_total',
    'Pre-delete steps of resources that failed',
    ...resource,
  ),
  cleanupOutcomes: counter(
    'resoto_worker_cleanup_outcomes_total',
    'Resources of cleanups by outcome',
    ...resource,
    'outcome',
  ),
  cleanups: counter('resoto_worker_cleanups_total', 'Cleanups by result: done, dry_run or failed', 'result'),
  cleanupEnd: gauge('resoto_worker_cleanup_last_end_timestamp_seconds', 'When a cleanup last ended'),
  cleanupSuccess: gauge('resoto_worker_cleanup_last_success_timestamp_seconds', 'When a cleanup last ended well'),

  actions: counter('resoto_worker_actions_total', 'Actions of the core by result', 'action', 'plugin', 'result'),
  actionSeconds: summary('resoto_worker_action_seconds', 'Time actions took', 'action', 'plugin'),
  tasks: counter('resoto_worker_tasks_total', 'Tasks of the core by result', 'task', 'cloud', 'result'),
  taskSeconds: summary('resoto_worker_task_seconds', 'Time tasks took, waiting included', 'task', 'cloud'),

  connected: gauge('resoto_worker_connected', '1 while the connection to the core is open', 'connection'),
  connections: counter('resoto_worker_connections_total', 'Connections to the core that were made', 'connection'),
  waiting: gauge('resoto_worker_queue_size', 'What waits or runs at the moment, by queue', 'queue'),

  threadCrashes: counter('resoto_worker_thread_crashes_total', 'Worker threads that ended before their work did'),
  pluginRestarts: counter('resoto_worker_plugin_restarts_total', 'Restarts of services of plugins', 'plugin'),
  configReloads: counter(
    'resoto_worker_config_reloads_total',
    'Changes of the configuration by result: applied or rejected',
    'result',
  ),
  configReload: gauge(
    'resoto_worker_config_last_reload_timestamp_seconds',
    'When a change of the configuration was last applied or rejected',
    'result',
  ),
  certificateExpiry: gauge(
    'resoto_worker_certificate_expiry_timestamp_seconds',
    'When a certificate expires',
    'certificate',
  ),
} as const;

export type MetricKey = keyof typeof declarations;

/** One row of a table of metrics. */
export interface MetricDoc {
  /** As it is in the output: of a summary, also with `_sum` and `_count` at its end. */
  readonly name: string;
  readonly type: MetricDeclaration['type'];
  readonly labels: readonly string[];
  readonly help: string;
}

/** All metrics of a worker, in the order of their declaration, for documents. */
export function metricDocs(generation: Generation = 'resoto'): readonly MetricDoc[] {
  return Object.values(declarations).map(({ name, type, labels, help }) => ({
    name: metricName(name, generation),
    type,
    labels: [...labels],
    help,
  }));
}

/** The name in the words of a generation. */
export function metricName(name: string, generation: Generation): string {
  const prefix = generationNames[generation].metricPrefix;
  return name.replace(/^resoto_/, prefix);
}

function counter<const Label extends string>(
  name: string,
  help: string,
  ...labels: readonly Label[]
): MetricDeclaration<Label> & { readonly type: 'counter' } {
  return { type: 'counter', name, help, labels };
}

function gauge<const Label extends string>(
  name: string,
  help: string,
  ...labels: readonly Label[]
): MetricDeclaration<Label> & { readonly type: 'gauge' } {
  return { type: 'gauge', name, help, labels };
}

function summary<const Label extends string>(
  name: string,
  help: string,
  ...labels: readonly Label[]
): MetricDeclaration<Label> & { readonly type: 'summary' } {
  return { type: 'summary', name, help, labels };
}
