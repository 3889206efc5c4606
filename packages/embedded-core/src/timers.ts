/** Every waiting time of the core in milliseconds, with the values of protocol 13.2. Tests shorten them. */
export interface Timers {
  /** How often step deadlines and absent subscribers are looked at. */
  readonly check: number;
  /** Least time a step waits for its subscribers, whatever they announce. */
  readonly stepMinimum: number;
  /** Least time between two `progress` events of one run. */
  readonly progressEvery: number;
  /** A subscriber without open socket is removed after this time … */
  readonly absentAfter: number;
  /** … but not before the core has lived this long. */
  readonly startGrace: number;
  readonly graphMergedLimit: number;
  /** How often the work queue looks for overdue tasks. */
  readonly taskCheck: number;
  readonly pingEvery: number;
  readonly pongWithin: number;
  /** An upload that sends nothing for this long is given up. */
  readonly importIdle: number;
  /** Time open requests get to finish when the core closes. */
  readonly closeGrace: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export const DEFAULT_TIMERS: Timers = {
  check: SECOND,
  stepMinimum: 10 * SECOND,
  progressEvery: 10 * SECOND,
  absentAfter: 3 * MINUTE,
  startGrace: 5 * MINUTE,
  graphMergedLimit: 10 * MINUTE,
  taskCheck: SECOND,
  pingEvery: 20 * SECOND,
  pongWithin: 10 * SECOND,
  importIdle: 90 * SECOND,
  closeGrace: 2 * SECOND,
};
