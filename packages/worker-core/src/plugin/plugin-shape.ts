/** Is what a package exports a plugin? Whoever wrote it may have used no types. */
import type { Plugin } from './contract.ts';

type Members = Readonly<Record<string, unknown>>;

export function isPlugin(value: unknown): value is Plugin {
  if (!isObject(value) || typeof value['name'] !== 'string') return false;
  return Object.entries(parts).every(([member, isPart]) => {
    const list = value[member] ?? [];
    return Array.isArray(list) && list.every((part) => isObject(part) && isPart(part));
  });
}

const parts: Readonly<Record<string, (part: Members) => boolean>> = {
  collectors: (part) => hasTexts(part, 'cloud') && isLoadable(part),
  actions: (part) =>
    hasTexts(part, 'className', 'action') && hasSection(part) && isLoadable(part) && mayBootstrap(part),
  commands: (part) => hasTexts(part, 'name') && isLoadable(part) && hasSensibleFilter(part),
  services: (part) => hasTexts(part, 'name') && hasSection(part) && isLoadable(part),
};

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

function hasTexts(part: Members, ...names: readonly string[]): boolean {
  return names.every((name) => typeof part[name] === 'string' && part[name] !== '');
}

function isLoadable({ load }: Members): boolean {
  return typeof load === 'function';
}

function mayBootstrap({ bootstrap }: Members): boolean {
  return bootstrap === undefined || typeof bootstrap === 'function';
}

function hasSection({ section }: Members): boolean {
  return isObject(section) && 'fields' in section;
}

/** A core splits a text into its letters, and closes the connection, which all commands share, on anything but texts. */
function hasSensibleFilter({ filter = {} }: Members): boolean {
  if (!isObject(filter)) return false;
  return Object.values(filter).every(
    (values) => Array.isArray(values) && values.every((value) => typeof value === 'string'),
  );
}
