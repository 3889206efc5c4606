import { scalarText } from './members.ts';

/** A value that does not fit its declaration. It was left out. */
export interface Problem {
  /** `volume_size`, `tags.owner`, `volume_attachments[0].device`. */
  readonly path: string;
  /** Type by the model, or what else was expected. */
  readonly expected: string;
  /** The value, short; of objects and lists only that they are some. */
  readonly value: string;
}

const maxLength = 40;

/** Short text of a value for a message. What is inside of objects and lists is not shown. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (typeof value === 'object') return 'object';
  const text = typeof value === 'string' ? JSON.stringify(value) : (scalarText(value) ?? typeof value);
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}…`;
}

/** The problems from `start` on seen from one level further out: below a member or an element of that name. */
export function within(name: string | number, problems: readonly Problem[], start: number): Problem[] {
  const prefix = typeof name === 'number' ? `[${name}]` : name;
  return problems.map((problem, index) => (index < start ? problem : { ...problem, path: join(prefix, problem.path) }));
}

function join(prefix: string, path: string): string {
  return path === '' || path.startsWith('[') ? prefix + path : `${prefix}.${path}`;
}
