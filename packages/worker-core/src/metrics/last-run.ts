/** The end of a run, in words. Reasons and names of resources are not among them. */
export interface LastRun {
  /** For instance `collect aws`. */
  readonly name: string;
  readonly endedAt: Date;
  readonly seconds: number;
  readonly result: string;
}
