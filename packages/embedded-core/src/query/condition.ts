import type { SQLInputValue } from 'node:sqlite';

/** SQL on columns of `nodes`. When `exact`, the test passes whenever the condition holds. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
  readonly exact: boolean;
}

export const EVERYTHING: Condition = { sql: '1', values: [], exact: true };
export const ANYTHING: Condition = { sql: '1', values: [], exact: false };
