import type { JsonObject, JsonValue } from '@resoto/worker-core';

/** The stored kinds of one graph, or of all configs, with the predefined ones. */
export interface ModelStore {
  /** All kinds as JSON, predefined ones first. */
  kinds(): JsonObject[];
  /** `{"kinds":{fqn: kind}}`, the answer to an update (protocol 7.2). */
  toJson(): JsonObject;
  /** Adds and replaces kinds. Throws `invalid_model`, and then nothing is changed. */
  patch(kinds: readonly JsonValue[]): void;
  /** Like {@link patch}, and deletes every other kind that is not predefined. */
  put(kinds: readonly JsonValue[]): void;
  has(fqn: string): boolean;
  /** Whether the kind is known and complex, as sections of a config document are. */
  isComplex(fqn: string): boolean;
  /**
   * Checks a value against a kind and converts what can be converted (protocol 7.6). Gives the converted value.
   * Throws `invalid_value` with the facts `path`, `kind`, `expected`, `value`.
   */
  validate(value: JsonValue, kind: string, options?: ValidateOptions): JsonValue;
}

export interface ValidateOptions {
  /** A string with a `$(NAME)` placeholder passes every check of a simple kind (protocol 3.2). */
  readonly placeholders?: boolean;
  /** Gives members the order of the model. */
  readonly modelOrder?: boolean;
}
