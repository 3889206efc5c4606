import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';

/** How a module asks for another: Node may answer with different files. */
type Way = 'import' | 'require';

interface PackageJson {
  readonly main?: string;
  readonly exports?: unknown;
  readonly imports?: Readonly<Record<string, unknown>>;
}

const builtin = new Set(builtinModules);
const code = /\.[cm]?js$/;

/**
 * Finds every JavaScript file that a program may load: from its entries on, whatever a file names as a module, and every
 * relative path it has as a text (for worker threads). Rather too much than too little: comments and dead branches count, and of
 * a package with a `require` that is no constant all files do.
 *
 * @param entries  absolute paths
 */
export function reachableModules(entries: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    if (!code.test(file)) continue;
    const source = readFileSync(file, 'utf8');
    waiting.push(...namedModules(file, source));
    if (variableModule.test(source) && !file.includes(ownPackages)) waiting.push(...modulesBeside(file));
  }
  return reached;
}

/** Ours name their modules, or say with a text which ones they mean; plugins are entries. */
const ownPackages = '/node_modules/@resoto/';
const variableModule = /\b(?:require|import)\(\s*[A-Za-z_$`]/;

function modulesBeside(file: string): readonly string[] {
  const directory = packageDirectory(file);
  if (directory === undefined) return [];
  return globSync('**/*.{js,cjs,mjs}', { cwd: directory, exclude: (name) => name === 'node_modules' }).map((path) =>
    join(directory, path),
  );
}

/**
 * File of the entry of a package that is installed in a directory or above.
 *
 * @throws Error when there is none
 */
export function moduleEntry(name: string, directory: string): string {
  const file = moduleOfPackage(name, 'import', join(directory, 'package.json'));
  if (file === undefined) throw new Error(`${name} is not installed in ${directory}`);
  return file;
}

const relativeTexts = /['"`](\.{1,2}\/[^'"`\n$]*)['"`]/g;
const packageNames: readonly (readonly [Way, RegExp])[] = [
  ['require', /\brequire(?:\.resolve)?\(\s*['"`]([^'"`.$][^'"`$]*)['"`]/g],
  ['import', /(?:\bfrom|\bimport)\s*\(?\s*['"]([^'".][^'"]*)['"]/g],
];

function namedModules(file: string, source: string): readonly string[] {
  const found: (string | undefined)[] = [];
  for (const [, path = ''] of source.matchAll(relativeTexts)) found.push(fileAt(join(dirname(file), path)));
  for (const [way, pattern] of packageNames) {
    for (const [, name = ''] of source.matchAll(pattern)) found.push(moduleOfPackage(name, way, file));
  }
  return found.filter((path) => path !== undefined);
}

function moduleOfPackage(specifier: string, way: Way, from: string): string | undefined {
  if (specifier.startsWith('node:') || builtin.has(specifier)) return undefined;
  if (specifier.startsWith('#')) {
    const directory = packageDirectory(from);
    return directory === undefined ? undefined : targetFile(directory, readPackage(directory).imports, specifier, way);
  }
  const [, name = '', rest = ''] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(specifier) ?? [];
  const directory = installedAt(name, dirname(from));
  if (directory === undefined) return undefined;
  const { exports, main } = readPackage(directory);
  if (exports === undefined || exports === null) return fileAt(join(directory, rest === '' ? (main ?? '.') : rest));
  return targetFile(directory, exports, `.${rest}`, way);
}

/** A file as Node finds it: with an extension or as the index of a directory, if need be. */
function fileAt(path: string): string | undefined {
  for (const end of ['', '.js', '.cjs', '.mjs', '.json', '/index.js', '/index.cjs', '/index.mjs']) {
    const file = path.replace(/\/$/, '') + end;
    if (existsSync(file) && statSync(file).isFile()) return file;
  }
  const main = existsSync(join(path, 'package.json')) ? readPackage(path).main : undefined;
  return main === undefined ? undefined : fileAt(join(path, main));
}

function installedAt(name: string, directory: string): string | undefined {
  for (let path = directory; path !== dirname(path); path = dirname(path)) {
    const candidate = join(path, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

/** The target of a name in the field `exports` or `imports` of a package. */
function targetFile(directory: string, map: unknown, name: string, way: Way): string | undefined {
  const entries: readonly (readonly [string, unknown])[] =
    isObject(map) && Object.keys(map).some((key) => /^[.#]/.test(key)) ? Object.entries(map) : [['.', map]];
  for (const [pattern, target] of entries) {
    const [before = '', after] = pattern.split('*');
    const matches =
      after === undefined
        ? pattern === name
        : name.startsWith(before) && name.endsWith(after) && name.length >= pattern.length - 1;
    const path = matches ? chosen(target, way) : undefined;
    if (path === undefined) continue;
    const star = after === undefined ? '' : name.slice(before.length, name.length - after.length);
    return fileAt(join(directory, path.replaceAll('*', star)));
  }
  return undefined;
}

/** Conditions in the order of the package, as Node chooses. */
function chosen(target: unknown, way: Way): string | undefined {
  if (typeof target === 'string') return target;
  if (Array.isArray(target)) return target.map((each) => chosen(each, way)).find((path) => path !== undefined);
  if (!isObject(target)) return undefined;
  for (const [condition, value] of Object.entries(target)) {
    if (!['node', way, 'module-sync', 'default'].includes(condition)) continue;
    const path = chosen(value, way);
    if (path !== undefined) return path;
  }
  return undefined;
}

function packageDirectory(file: string): string | undefined {
  for (let path = dirname(file); path !== dirname(path); path = dirname(path)) {
    if (existsSync(join(path, 'package.json')) && readFileSync(join(path, 'package.json'), 'utf8').includes('"name"'))
      return path;
  }
  return undefined;
}

function readPackage(directory: string): PackageJson {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as PackageJson;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
