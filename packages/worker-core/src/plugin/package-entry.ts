/** Which file `import` of a package would load. Only what plugin packages need: the main entry, by conditions. */

/** What is read of a `package.json`. */
export interface PackageJson {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly exports?: unknown;
  readonly main?: unknown;
  readonly resoto?: unknown;
}

/** Path of the main entry, relative to the package. Undefined when the package exports none under these conditions. */
export function packageEntry({ exports, main }: PackageJson, conditions: ReadonlySet<string>): string | undefined {
  if (exports === undefined) return typeof main === 'string' ? main : './index.js';
  const entries = isObject(exports) && '.' in exports ? exports['.'] : exports;
  return target(entries, conditions);
}

/** The conditions of `import` in this process: those of Node and those given with `--conditions`. */
export function importConditions(
  execArgv: readonly string[] = process.execArgv,
  nodeOptions: string = process.env['NODE_OPTIONS'] ?? '',
): ReadonlySet<string> {
  const options = [...nodeOptions.split(/\s+/), ...execArgv];
  const given = options.flatMap((option, index) => {
    const [name, value] = option.split('=', 2);
    if (name !== '--conditions' && name !== '-C') return [];
    return [value ?? options[index + 1] ?? ''];
  });
  return new Set(['node', 'import', 'module-sync', 'default', ...given]);
}

function target(entry: unknown, conditions: ReadonlySet<string>): string | undefined {
  if (typeof entry === 'string') return entry;
  if (Array.isArray(entry)) return first(entry.map((element: unknown) => target(element, conditions)));
  if (!isObject(entry)) return undefined;
  return first(
    Object.entries(entry).map(([name, value]) => (conditions.has(name) ? target(value, conditions) : undefined)),
  );
}

function first(targets: readonly (string | undefined)[]): string | undefined {
  return targets.find((path) => path !== undefined);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
