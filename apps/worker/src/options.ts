/** The options of the worker as data: the command line, the environment and `--machine-help` are derived from it (worker behaviour 1). */
import type { Program } from './program.ts';

type OptionType = 'string' | 'flag' | 'int' | 'list';

export interface Option {
  readonly name: string;
  readonly short?: string;
  readonly type: OptionType;
  readonly describe: string;
  /** Options of one group exclude each other on the command line. */
  readonly exclusive?: string;
  readonly default?: string | boolean | number;
  /** Never shown, wherever it turns up. */
  readonly secret?: boolean;
}

/** What every command understands besides its own options. */
export const helpOptions: readonly Option[] = [
  { name: 'help', short: 'h', type: 'flag', describe: 'Show this help' },
  { name: 'machine-help', type: 'flag', describe: 'Print every option, one per line' },
];

/** Options of the worker that connects to a core, as the reference worker has them. */
export function workerOptions({ names }: Program): readonly Option[] {
  return [
    {
      name: 'subscriber-id',
      type: 'string',
      default: names.subscriberId,
      describe: 'Identity of this worker: id of its configuration document and prefix of its subscriber ids',
    },
    {
      name: 'idle-timeout',
      type: 'int',
      describe: 'Shut down with exit code 1 if no collect arrives within that many seconds (0: never)',
    },
    {
      name: 'psk',
      type: 'string',
      secret: true,
      describe: 'Pre-shared key of the core. Empty: none',
    },
    { name: 'verbose', short: 'v', type: 'flag', exclusive: 'level', describe: 'Debug logging' },
    { name: 'trace', type: 'flag', exclusive: 'level', describe: 'Trace logging' },
    { name: 'quiet', type: 'flag', exclusive: 'level', describe: 'Only log errors' },
    {
      name: names.coreUriOption,
      type: 'string',
      default: 'https://localhost:8900',
      describe: 'Base URI of the core',
    },
    {
      name: 'override',
      type: 'list',
      describe: `Override settings, for example ${names.workerSection}.pool_size=5`,
    },
    { name: 'ca-cert', type: 'string', describe: "CA certificate to use instead of the core's" },
    { name: 'cert', type: 'string', describe: 'Own certificate' },
    { name: 'cert-key', type: 'string', describe: 'Private key of the own certificate' },
    {
      name: 'cert-key-pass',
      type: 'string',
      secret: true,
      describe: 'Passphrase of the private key',
    },
    { name: 'no-verify-certs', type: 'flag', describe: "Do not verify the core's certificate" },
  ];
}

/** Name of the environment variable that holds the default of an option. */
export function environmentName({ names }: Program, { name }: Option): string {
  return names.optionPrefix + name.replaceAll('-', '_').toUpperCase();
}

/** Every option string, one per line: what `--machine-help` prints. */
export function machineHelp(options: readonly Option[]): string {
  return options
    .flatMap((option) => [`--${option.name}`, ...(option.short === undefined ? [] : [`-${option.short}`])])
    .join('\n');
}
