import { WorkerError } from '@resoto/worker-core';
import type { Database } from '../database.ts';

/** Kinds as small numbers, so that indexes over them stay small. */
export interface KindNames {
  /** Gives numbers to these kinds. Not inside of a transaction, which might take them back. */
  register(names: Iterable<string>): void;
  /** The number of a registered kind. */
  numberOf(name: string): number;
  nameOf(number: number): string;
  /** The numbers of those kinds that are registered. */
  known(names: Iterable<string>): number[];
}

export function openKindNames(database: Database): KindNames {
  const numbers = new Map<string, number>();
  const names = new Map<number, string>();
  const insert = database.prepare('INSERT INTO kind_names (id, name) VALUES (?, ?)');

  function remember(id: number, name: string): void {
    numbers.set(name, id);
    names.set(id, name);
  }

  for (const row of database.prepare<{ id: number; name: string }>('SELECT id, name FROM kind_names').all()) {
    remember(row.id, row.name);
  }
  return {
    register(wanted) {
      const missing = [...wanted].filter((name) => !numbers.has(name));
      if (missing.length === 0) return;
      const first = numbers.size + 1;
      database.transaction(() => missing.forEach((name, index) => insert.run(first + index, name)));
      missing.forEach((name, index) => remember(first + index, name));
    },
    numberOf(name) {
      const number = numbers.get(name);
      if (number !== undefined) return number;
      throw new WorkerError('unknown_kind', `Kind ${name} is not registered`, { facts: { kind: name } });
    },
    nameOf: (number) => names.get(number) ?? 'unknown',
    known: (wanted) => [...wanted].flatMap((name) => numbers.get(name) ?? []),
  };
}
