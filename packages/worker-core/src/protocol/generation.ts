/**
 * The two server generations and the names in which they differ (protocol 11). Everything else is the same on the wire.
 */

/** `resoto`: Resoto Core 3.9. `fix`: Fix Inventory Core 4.x. */
export type Generation = 'resoto' | 'fix';

export interface GenerationNames {
  /** Id of a worker and of its configuration document, unless told otherwise. */
  readonly subscriberId: string;
  /** Section of the worker itself in its configuration document. */
  readonly workerSection: string;
  readonly graph: string;
  /** Command line option of the base URI. */
  readonly coreUriOption: string;
  /** Prefix of the environment variables that stand for command line options. */
  readonly optionPrefix: string;
  /** Prefix of all environment variables of this product. */
  readonly environmentPrefix: string;
  readonly configRevisionHeader: string;
  readonly workerHeaders: { readonly taskId: string; readonly nodes: string; readonly edges: string };
  readonly authorizationCookie: string;
  readonly caCommonName: string;
  readonly caFile: string;
  /** Under which the core itself subscribes to the step that resolves deferred edges. */
  readonly coreSubscriberId: string;
  readonly deferredEdgesStep: string;
  /** Prefix of tags with a meaning for the core, e.g. `resoto:expires`. */
  readonly tagPrefix: string;
  /** Prefix of names of metrics. */
  readonly metricPrefix: string;
  readonly edgeTypes: readonly string[];
}

export const generationNames: Readonly<Record<Generation, GenerationNames>> = {
  resoto: {
    subscriberId: 'resoto.worker',
    workerSection: 'resotoworker',
    graph: 'resoto',
    coreUriOption: 'resotocore-uri',
    optionPrefix: 'RESOTOWORKER_',
    environmentPrefix: 'RESOTO',
    configRevisionHeader: 'Resoto-Config-Revision',
    workerHeaders: { taskId: 'Resoto-Worker-Task-Id', nodes: 'Resoto-Worker-Nodes', edges: 'Resoto-Worker-Edges' },
    authorizationCookie: 'resoto_authorization',
    caCommonName: 'Resoto Root CA',
    caFile: 'resoto_root_ca.pem',
    coreSubscriberId: 'resotocore',
    deferredEdgesStep: 'merge_outer_edges',
    tagPrefix: 'resoto:',
    metricPrefix: 'resoto_',
    edgeTypes: ['default', 'delete'],
  },
  fix: {
    subscriberId: 'fix.worker',
    workerSection: 'fixworker',
    graph: 'fix',
    coreUriOption: 'fixcore-uri',
    optionPrefix: 'FIXWORKER_',
    environmentPrefix: 'FIX',
    configRevisionHeader: 'Fix-Config-Revision',
    workerHeaders: { taskId: 'Fix-Worker-Task-Id', nodes: 'Fix-Worker-Nodes', edges: 'Fix-Worker-Edges' },
    authorizationCookie: 'fix_authorization',
    caCommonName: 'Fix Root CA',
    caFile: 'fix_root_ca.pem',
    coreSubscriberId: 'fixcore',
    deferredEdgesStep: 'merge_deferred_edges',
    tagPrefix: 'fix:',
    metricPrefix: 'fix_',
    edgeTypes: ['default', 'delete', 'iam'],
  },
};
