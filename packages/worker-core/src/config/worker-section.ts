import { generationNames, type Generation } from '../protocol/generation.ts';
import { longestTimer } from '../time-limit.ts';
import { declareSection, type SectionValues } from './section.ts';

export interface WorkerSectionOptions {
  readonly generation: Generation;
  /** Clouds that may be collected with what is at hand: the default of `collector`. */
  readonly collectors: readonly string[];
  /** Usable CPU cores. */
  readonly cores: number;
}

export type WorkerSection = ReturnType<typeof workerSection>;
export type WorkerSettings = SectionValues<WorkerSection>;

const longestSeconds = Math.floor(longestTimer / 1000);

/** The section of the worker itself (worker behaviour 2.2), and what this worker adds to it. */
export function workerSection({ generation, collectors, cores }: WorkerSectionOptions) {
  const { workerSection: name, graph } = generationNames[generation];
  return declareSection({
    name,
    description: 'Settings of the worker.',
    fields: {
      collector: {
        type: { list: 'string' },
        default: collectors,
        defaultInWords: 'what can be collected with what is at hand',
        description: 'Names of the clouds this worker collects, cleans and tags.',
        restart: true,
      },
      graph: {
        type: 'string',
        default: graph,
        description: 'Name of the graph to import into and to search.',
      },
      timeout: {
        type: 'int64',
        min: 1,
        default: 10800,
        description: 'Seconds one collector may run. Also the time the core waits for an answer of this worker.',
      },
      pool_size: {
        type: 'int64',
        min: 0,
        default: 5,
        description: 'Collectors that run at the same time. 0: nothing is collected.',
      },
      graph_sender_pool_size: {
        type: 'int64',
        min: 1,
        default: 5,
        description: 'Graphs that are uploaded at the same time.',
      },
      fork_process: {
        type: 'boolean',
        default: true,
        description: 'Accepted for compatibility. Every account is collected in a worker thread.',
      },
      graph_merge_kind: {
        type: { oneOf: ['cloud', 'account'], name: 'graph_merge_kind' },
        default: 'account',
        description: 'Level at which the core replaces old data: cloud or account.',
      },
      debug_dump_json: {
        type: 'boolean',
        default: false,
        description: 'Keep the model and graph files of every run on disk.',
      },
      tempdir: {
        type: 'string',
        nullable: true,
        default: null,
        description: 'Directory that holds the graph files of a run. Null: the state directory of the worker.',
      },
      max_resources_per_account: {
        type: 'int64',
        min: 1,
        nullable: true,
        default: null,
        description: 'An account with more resources than this fails instead of being imported. Null: no limit.',
      },
      worker_threads: {
        type: 'int64',
        min: 1,
        nullable: true,
        default: null,
        description: 'Threads that collect. Null: one per CPU core.',
      },
      accounts_per_thread: {
        type: 'int64',
        min: 1,
        default: 4,
        description: 'Accounts that are collected at the same time in one thread.',
      },
      carry_over_max_age: {
        type: 'duration',
        default: '30d',
        description:
          'Resources that cannot be listed (missing permission, failed call) are kept as they were last seen, but no ' +
          'longer than this. 0s: they are not kept.',
      },
      cleanup: {
        type: 'boolean',
        default: false,
        description: 'Master switch for deletion.',
      },
      cleanup_pool_size: {
        type: 'int64',
        min: 1,
        default: 2 * Math.max(cores, 2),
        defaultInWords: 'two per CPU core, at least 4',
        description: 'Deletions at the same time.',
      },
      cleanup_dry_run: {
        type: 'boolean',
        default: true,
        description: 'Log what would be deleted, delete nothing.',
      },
      cleanup_max_resources: {
        type: 'int64',
        min: 0,
        nullable: true,
        default: null,
        brake: true,
        description: 'A cleanup that would delete more resources than this deletes none. Null: no limit.',
      },
      cleanup_max_per_account: {
        type: 'int64',
        min: 0,
        nullable: true,
        default: null,
        brake: true,
        description:
          'A cleanup that would delete more resources of one account than this deletes none. Null: no limit.',
      },
      cleanup_max_share: {
        type: 'double',
        min: 0,
        max: 1,
        nullable: true,
        default: null,
        brake: true,
        description:
          'A cleanup that would delete a larger part of the resources of one account than this deletes none, for example ' +
          '0.25. Null: no limit.',
      },
      cleanup_never_accounts: {
        type: { list: 'string' },
        default: [],
        brake: true,
        description: 'Ids or names of accounts in which nothing is ever deleted.',
      },
      cleanup_never_kinds: {
        type: { list: 'string' },
        default: [],
        brake: true,
        description: 'Kinds of resources that are never deleted, for example aws_rds_instance or database.',
      },
      cleanup_min_mark_age: {
        type: 'duration',
        default: '0s',
        brake: true,
        description:
          'A resource is deleted only when it has been marked for this long. The core does not know when a resource was ' +
          'marked, so the time counts from the first cleanup in which this worker saw the mark.',
      },
      cleanup_requires_plan: {
        type: 'boolean',
        default: false,
        brake: true,
        description:
          'Only what is in an approved plan is deleted: by the command apply, or because the plan lies in the state ' +
          'directory as cleanup/approved.json.',
      },
      log_level: {
        type: { oneOf: ['critical', 'error', 'warn', 'info', 'debug', 'trace'], name: `${name}_log_level` },
        nullable: true,
        default: null,
        description: 'How much is logged. Null: what the command line says.',
      },
      shutdown_grace: {
        type: 'duration',
        max: longestSeconds,
        default: '100s',
        description: 'How long a worker that stops waits for the work that still runs.',
      },
      no_tls: {
        type: 'boolean',
        default: false,
        description: 'Serve the web server without TLS although the core uses TLS.',
        restart: true,
      },
      web_host: {
        type: 'string',
        default: '::',
        description: 'Address the web server listens on.',
        restart: true,
      },
      web_port: {
        type: 'int64',
        min: 0,
        max: 65_535,
        default: 9956,
        description: 'Port of the web server.',
        restart: true,
      },
      web_path: {
        type: 'string',
        default: '/',
        description: 'Additional mount point of the web server, for reverse proxies.',
        restart: true,
      },
      write_files_to_home_dir: {
        type: {
          list: {
            name: `${name}_home_directory_file`,
            object: {
              path: { type: 'string', default: '', description: 'Path below the home directory.' },
              content: {
                type: 'string',
                default: '',
                description: 'Content of the file.',
                secret: true,
                multiline: true,
              },
            },
          },
        },
        default: [],
        description: 'Deprecated form of files_in_home_dir.',
        restart: true,
      },
      files_in_home_dir: {
        type: { map: 'string' },
        nullable: true,
        default: {},
        description: 'Files to create below the home directory at start-up: path and content.',
        restart: true,
        secret: true,
      },
    },
  });
}
