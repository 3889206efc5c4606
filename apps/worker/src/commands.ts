import { workerOptions, type Option } from './options.ts';
import type { Program } from './program.ts';

export type CommandName = 'connect' | 'local' | 'search' | 'plan' | 'apply' | 'permissions' | 'doctor';

/** A command of the program as data: its help and its parser are derived from it. */
export interface CommandDeclaration {
  /** `connect` is the command without a name. */
  readonly name: CommandName;
  readonly describe: string;
  readonly options: readonly Option[];
  readonly operand?: { readonly name: string; readonly describe: string };
}

const dataOption: Option = {
  name: 'data',
  type: 'string',
  describe: 'Directory for state on disk (default: a place of the platform)',
};

/** The commands of a program, with their options. */
export function commands(program: Program): readonly CommandDeclaration[] {
  const options = workerOptions(program);
  const pick = (...names: readonly string[]): readonly Option[] => options.filter(({ name }) => names.includes(name));
  const { coreUriOption, graph } = program.names;
  const logOptions = pick('verbose', 'trace', 'quiet');
  const coreOptions = pick('psk', 'verbose', 'trace', 'quiet', coreUriOption, 'ca-cert', 'no-verify-certs');
  const workerAtCore = [...coreOptions, ...pick('subscriber-id', 'override'), dataOption];
  return [
    {
      name: 'connect',
      describe: 'Connect to a core and do the work it asks for',
      options: [...options, dataOption],
    },
    {
      name: 'local',
      describe: 'Run with an embedded core: collect at once, show what was found, stay',
      options: [
        { name: 'once', type: 'flag', describe: 'End after the first collect; the exit code tells how it went' },
        { name: 'data', type: 'string', describe: 'Keep the graph there (default: in memory)' },
        {
          name: 'port',
          type: 'int',
          describe: 'Port of the embedded core (default: 8900, or a free one)',
        },
        {
          name: 'host',
          type: 'string',
          default: '127.0.0.1',
          describe: "Address where the embedded core and the worker's web server listen",
        },
        { name: 'tls', type: 'flag', describe: 'Serve HTTPS, with a certificate of a CA of its own' },
        ...pick('subscriber-id', 'psk', 'override'),
        ...logOptions,
      ],
    },
    {
      name: 'search',
      describe: 'Search the graph of a core: a table on a terminal, JSON lines in a pipe',
      operand: { name: 'query', describe: "For example 'is(instance) and instance_cores > 4'" },
      options: [
        ...coreOptions,
        { name: 'graph', type: 'string', default: graph, describe: 'Graph to search' },
        { name: 'json', type: 'flag', describe: 'Print JSON lines, also on a terminal' },
      ],
    },
    {
      name: 'plan',
      describe: 'Show what a cleanup would delete, in which order, and what stands in the way. Changes nothing',
      options: [
        ...workerAtCore,
        {
          name: 'out',
          type: 'string',
          describe: 'Write the plan there, so that apply can carry it out',
        },
        {
          name: 'format',
          type: 'string',
          describe: 'text, json, dot, svg or html (default: text; with --out json)',
        },
      ],
    },
    {
      name: 'apply',
      describe: 'Delete what is in a plan and has not changed since it was made',
      operand: { name: 'plan', describe: 'File that the command plan has written' },
      options: workerAtCore,
    },
    {
      name: 'doctor',
      describe: 'Look at a set-up from the core to the permissions in each account. Changes nothing',
      options: [...workerAtCore, { name: 'json', type: 'flag', describe: 'Print one JSON document per finding' }],
    },
    {
      name: 'permissions',
      describe: 'Print what a cloud has to allow, ready to be used where the cloud has policies',
      operand: { name: 'cloud', describe: 'For example aws' },
      options: [
        { name: 'collect', type: 'flag', exclusive: 'purpose', describe: 'To collect (the default)' },
        { name: 'tag', type: 'flag', exclusive: 'purpose', describe: 'To change tags' },
        { name: 'cleanup', type: 'flag', exclusive: 'purpose', describe: 'To delete' },
      ],
    },
  ];
}
