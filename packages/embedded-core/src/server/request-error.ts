import { errorCode, errorHint, errorText, WorkerError } from '@resoto/worker-core';

/** A request the core refuses, with the status of the answer. */
export class RequestError extends WorkerError {
  readonly status: number;

  constructor(status: number, code: string, message: string, cause?: unknown) {
    super(code, message, { cause });
    this.status = status;
  }
}

export function badRequest(message: string, code = 'bad_request', cause?: unknown): RequestError {
  return new RequestError(400, code, message, cause);
}

export function notFound(message: string): RequestError {
  return new RequestError(404, 'not_found', message);
}

const NOT_FOUND_CODES: ReadonlySet<string | undefined> = new Set(['unknown_graph', 'unknown_node']);

/** The status of an answer to a failed request. Nearly every failure of the reference is a 400, internal ones too (protocol 1.6). */
export function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  if (typeof status === 'number') return status;
  return NOT_FOUND_CODES.has(errorCode(error)) ? 404 : 400;
}

/** The text form of an error in an answer: `Error: ImportAborted` and `Message: …` (protocol 1.6). */
export function errorAnswer(error: unknown): string {
  const hint = errorHint(error);
  const message = hint === undefined ? errorText(error) : `${errorText(error)} ${hint}`;
  return `Error: ${className(errorCode(error) ?? 'error')}\nMessage: ${message}`;
}

function className(code: string): string {
  return code
    .toLowerCase()
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}
