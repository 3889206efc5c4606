/** Something from outside of the repository that a test or a tool needs and that may not be there. */
export interface Needed {
  /** Why it cannot be used here, in a few words; undefined when it can. */
  readonly missing: string | undefined;
}

/** Thrown when something is used although it said that it is missing. */
export class MissingToolError extends Error {
  readonly code = 'missing_tool';

  constructor(missing: string) {
    super(`Cannot be used here: ${missing}`);
    this.name = 'MissingToolError';
  }
}
