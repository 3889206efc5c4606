/** Which actions run and which were answered: what decides about an action that is delivered again. */

export interface ActionRecord {
  /** Aborts the work. */
  readonly controller: AbortController;
  /** The final answer, once there is one. */
  answer?: string;
  /** Connection on which the answer was written last. */
  answeredOn?: number;
  /** Connection on which the action was delivered last. */
  deliveredOn: number;
}

/** What to do with a delivery: start the work, send the stored answer again, or nothing. */
export type Delivery =
  | { readonly is: 'new'; readonly record: ActionRecord }
  | { readonly is: 'answered'; readonly record: ActionRecord; readonly answer: string }
  | { readonly is: 'known' };

export class ActionLog {
  readonly #records = new Map<string, ActionRecord>();
  readonly #maxAnswers: number;

  constructor(maxAnswers = 1000) {
    this.#maxAnswers = maxAnswers;
  }

  has(key: string): boolean {
    return this.#records.has(key);
  }

  running(): ActionRecord[] {
    return [...this.#records.values()].filter((record) => record.answer === undefined);
  }

  find(key: string): ActionRecord | undefined {
    return this.#records.get(key);
  }

  /** Notes that an action was delivered on a connection. */
  deliver(key: string, connection: number): Delivery {
    const record = this.#records.get(key);
    if (record === undefined) {
      const added: ActionRecord = { controller: new AbortController(), deliveredOn: connection };
      this.#records.set(key, added);
      return { is: 'new', record: added };
    }
    const deliveredBefore = record.deliveredOn;
    record.deliveredOn = connection;
    const { answer, answeredOn } = record;
    if (answer === undefined || answeredOn === undefined) return { is: 'known' };
    // A core lists what is pending when the connection is made. An answer written on that connection crossed the list.
    if (answeredOn === connection && deliveredBefore !== connection) return { is: 'known' };
    return { is: 'answered', record, answer };
  }

  /** Keeps the answer; the oldest ones are forgotten. */
  answer(key: string, answer: string): void {
    const record = this.#records.get(key);
    if (record === undefined) return;
    this.#records.delete(key);
    this.#records.set(key, record);
    record.answer = answer;
    if (this.#records.size <= this.#maxAnswers) return;
    const answered = [...this.#records].filter(([, { answeredOn }]) => answeredOn !== undefined);
    for (const [oldest] of answered.slice(0, Math.max(0, answered.length - this.#maxAnswers)))
      this.#records.delete(oldest);
  }
}

/** An action is the same when task and step are. */
export function actionKey({ task, step }: { readonly task: string; readonly step: string }): string {
  return JSON.stringify([task, step]);
}
