/** What the variables of a container mean (worker behaviour 12): whatever is set wins over what is derived here. */

export interface ContainerSettings {
  /** The environment of the worker. */
  readonly environment: Readonly<Record<string, string>>;
  /** Remarks about the variables, for the log. They hold no secret. */
  readonly remarks: readonly string[];
  /** The user to become when the container starts as root. */
  readonly user: User;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Thrown for a variable that has no meaning; its message names the variable. */
export class SettingsError extends Error {
  readonly code = 'container_settings';

  constructor(message: string) {
    super(message);
    this.name = 'SettingsError';
  }
}

/** Without `PUID` and `PGID`. It is the first user of most machines, so that credentials mounted from a home can be read. */
const defaultUser: User = { uid: 1000, gid: 1000 };

/** Key of a core that was given none either. It is no secret. */
const defaultKey = 'changeme';

const defaultZone = 'Etc/UTC';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * @param args  of the container
 * @throws SettingsError when `PUID` or `PGID` is no id
 */
export function containerSettings(variables: Variables, args: readonly string[] = []): ContainerSettings {
  const remarks: string[] = [];
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) if (value !== undefined) environment[name] = value;

  // The worker understands both families of names.
  const key = first(variables, 'RESOTOWORKER_PSK', 'FIXWORKER_PSK', 'PSK');
  if (key === undefined && connects(args)) {
    remarks.push(
      `PSK is not set: the key is '${defaultKey}', which everybody knows. Set PSK to the key of the core, or to nothing for a core without key.`,
    );
  }
  if (first(variables, 'RESOTOWORKER_PSK', 'FIXWORKER_PSK') === undefined) {
    environment['RESOTOWORKER_PSK'] = key ?? defaultKey;
  }
  if (first(variables, 'RESOTOWORKER_RESOTOCORE_URI', 'FIXWORKER_FIXCORE_URI') === undefined) {
    environment['RESOTOWORKER_RESOTOCORE_URI'] =
      first(variables, 'RESOTOCORE_URI', 'FIXCORE_URI') ?? 'https://127.0.0.1:8900';
  }

  const zone = variables['TZ'];
  environment['TZ'] = zone === undefined || zone === '' ? defaultZone : zone;
  if (!isZone(environment['TZ'])) {
    remarks.push(`TZ: there is no time zone '${environment['TZ']}'; it is ${defaultZone} instead`);
    environment['TZ'] = defaultZone;
  }

  for (const name of ['USE_DNS_CACHE', 'LOG_DNS_QUERIES']) {
    if (variables[name]?.toLowerCase() === 'true') remarks.push(`${name} has no effect: this image has no DNS cache`);
  }

  const user = { uid: id(variables, 'PUID') ?? defaultUser.uid, gid: id(variables, 'PGID') ?? defaultUser.gid };
  return { environment, remarks, user };
}

/** Is this a worker for a core, with the key of the variables? */
function connects(args: readonly string[]): boolean {
  const [first = '-'] = args;
  return first.startsWith('-') && !args.some((arg) => /^(-h|--help|--machine-help|--psk)(=|$)/.test(arg));
}

/** The first of these variables that is set, if only to nothing. */
function first(variables: Variables, ...names: readonly string[]): string | undefined {
  return names.map((name) => variables[name]).find((value) => value !== undefined);
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    // The only way to ask.
    return false;
  }
}

function id(variables: Variables, name: string): number | undefined {
  const text = variables[name];
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new SettingsError(`${name}: '${text}' is no id of a user or group`);
  return Number(text);
}
