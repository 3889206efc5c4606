import { inspect } from 'node:util';
import { errorCode, errorFacts, errorHint, errorText, WorkerError } from '../errors.ts';
import type { Secrets } from '../log/secrets.ts';
import { parseJson, stringifyJson, type JsonValue } from '../protocol/json.ts';

/** An error as plain data: codes, hints and facts do not survive the way between threads otherwise. */
export interface PlainError {
  readonly code: string | undefined;
  readonly message: string;
  readonly hint: string | undefined;
  readonly facts: Readonly<Record<string, JsonValue>>;
  readonly stack: string | undefined;
}

export function plainError(error: unknown): PlainError {
  return {
    code: errorCode(error),
    message: errorText(error),
    hint: errorHint(error),
    facts: plainFacts(errorFacts(error)),
    stack: typeof error === 'object' && error !== null && 'stack' in error ? String(error.stack) : undefined,
  };
}

/** The error again, with code, hint, facts and the stack of where it was thrown. */
export function errorOf({ code, message, hint, facts, stack }: PlainError): WorkerError {
  const error = new WorkerError(code ?? 'failed', message, { hint, facts });
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** The error without secrets: fit for the core, for a summary, for a page. */
export function redactedError({ code, message, hint, facts, stack }: PlainError, secrets: Secrets): PlainError {
  return {
    code,
    message: secrets.redact(message),
    hint: hint === undefined ? undefined : secrets.redact(hint),
    facts: plainFacts(secrets.redactFacts(facts)),
    stack: stack === undefined ? undefined : secrets.redact(stack),
  };
}

/** Facts that can travel to another thread. What is no data becomes text. */
export function plainFacts(facts: Readonly<Record<string, unknown>>): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): JsonValue {
  if (value === undefined) return null;
  try {
    return parseJson(stringifyJson(value));
  } catch {
    return inspect(value, { depth: 1 });
  }
}
