import type { JsonObject, JsonValue } from '@resoto/worker-core';

/** What terms are tested on: a node, an edge, or an ancestor a worker has set. */
export interface Subject {
  readonly id: string;
  readonly kind: string;
  /** A member by its wire name. */
  member(name: string): JsonValue | undefined;
  /** The nearest ancestor of a kind. */
  ancestor(kind: string): Subject | undefined;
}

/** A subject that has members and nothing else. */
export function objectSubject(object: JsonObject): Subject {
  return { id: '', kind: '', member: (name) => object[name], ancestor: () => undefined };
}
