import { workerOptions, type Option } from './options.ts';

export type CommandName = 'connect' | 'local' | 'search' | 'plan' | 'apply';

/** A command of the program as data: its help and its parser are derived from it. */
export interface CommandDeclaration {
  readonly name: CommandName;
  /** As yargs wants it; `$0` is the command without a name. */
  readonly usage: string;
  readonly describe: string;
  readonly options: readonly Option[];
  readonly operand?: { readonly name: string; readonly describe: string };
}

const dataOption: Option = {
  name: 'data',
  type: 'string',
  describe: 'Directory for state on disk (default: a place of the platform)',
};

const coreOptions = pick('psk', 'verbose', 'trace', 'quiet', 'resotocore-uri', 'ca-cert', 'no-verify-certs');

export const commands: readonly CommandDeclaration[] = [
  {
    name: 'connect',
    usage: '$0',
    describe: 'Connect to a core and do the work it asks for',
    options: [...workerOptions, dataOption],
  },
  {
    name: 'local',
    usage: 'local',
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
        describe: 'Address the embedded core listens at',
      },
      ...pick('subscriber-id', 'psk', 'verbose', 'trace', 'quiet', 'override'),
    ],
  },
  {
    name: 'search',
    usage: 'search <query>',
    describe: 'Search the graph of a core: a table on a terminal, JSON lines in a pipe',
    operand: { name: 'query', describe: "For example 'is(instance) and instance_cores > 4'" },
    options: [
      ...coreOptions,
      { name: 'graph', type: 'string', default: 'resoto', describe: 'Graph to search' },
      { name: 'json', type: 'flag', describe: 'Print JSON lines, also on a terminal' },
    ],
  },
  {
    name: 'plan',
    usage: 'plan',
    describe: 'Show what a cleanup would delete, in which order, and what stands in the way. Changes nothing',
    options: [
      ...coreOptions,
      ...pick('subscriber-id', 'override'),
      dataOption,
      { name: 'out', type: 'string', describe: 'Write the plan there, so that apply can carry it out' },
      {
        name: 'format',
        type: 'string',
        describe: 'text, json, dot, svg or html (default: text; with --out json)',
      },
    ],
  },
  {
    name: 'apply',
    usage: 'apply <plan>',
    describe: 'Delete what is in a plan and has not changed since it was made',
    operand: { name: 'plan', describe: 'File that the command plan has written' },
    options: [...coreOptions, ...pick('subscriber-id', 'override'), dataOption],
  },
];

function pick(...names: readonly string[]): readonly Option[] {
  return workerOptions.filter((option) => names.includes(option.name));
}
