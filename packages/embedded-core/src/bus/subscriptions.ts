import type { Database } from '../database.ts';

/** One event a subscriber wants to act on (protocol 5.1). */
export interface Subscription {
  readonly message_type: string;
  readonly wait_for_completion: boolean;
  /** Seconds the core waits for an answer. */
  readonly timeout: number;
}

/** A subscriber as it goes over the wire. */
export interface Subscriber {
  readonly id: string;
  readonly subscriptions: Readonly<Record<string, Subscription>>;
}

export interface SubscriptionsOptions {
  readonly database: Database;
  readonly absentAfter: number;
  readonly startGrace: number;
  readonly now: () => number;
}

interface Entry {
  readonly subscriptions: Map<string, Subscription>;
  absentSince: number;
  /** Served by the core itself: always present. */
  readonly own: boolean;
}

interface SubscriptionRow {
  readonly subscriber: string;
  readonly message_type: string;
  readonly wait_for_completion: number;
  readonly timeout: number;
}

const TABLES = [
  `CREATE TABLE subscription (
    subscriber TEXT NOT NULL, message_type TEXT NOT NULL, wait_for_completion INTEGER NOT NULL, timeout INTEGER NOT NULL,
    PRIMARY KEY (subscriber, message_type)) STRICT`,
];

/** Who acts on which events, and who is connected. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #entries = new Map<string, Entry>();
  // Apart from the entries: a subscriber may be deleted and registered again while its socket stays open.
  readonly #connected = new Set<string>();
  readonly #startedAt: number;
  #changed: () => void = () => {};

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#startedAt = options.now();
    options.database.migrate('subscription', TABLES);
  }

  /** Called after every change of who is registered. */
  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  /**
   * Takes over what was registered before a restart while runs wait for it, so that steps which begin before the
   * subscribers are back still await them. Without such runs everybody registers anew.
   */
  restore(keep: boolean): void {
    const { database } = this.#options;
    if (!keep) database.prepare('DELETE FROM subscription').run();
    for (const row of database.prepare<SubscriptionRow>('SELECT * FROM subscription').all()) {
      const { subscriber, message_type, timeout, wait_for_completion: wait } = row;
      const subscription = { message_type, timeout, wait_for_completion: wait === 1 };
      this.#entry(subscriber).subscriptions.set(message_type, subscription);
    }
  }

  /** Registers a step the core serves itself. */
  addOwn(id: string, subscription: Subscription): void {
    const subscriptions = new Map([[subscription.message_type, subscription]]);
    this.#entries.set(id, { subscriptions, absentSince: this.#startedAt, own: true });
  }

  add(id: string, subscription: Subscription): Subscriber {
    this.#entry(id).subscriptions.set(subscription.message_type, subscription);
    return this.#stored(id);
  }

  remove(id: string, event: string): Subscriber {
    this.#entry(id).subscriptions.delete(event);
    return this.#stored(id);
  }

  replace(id: string, subscriptions: readonly Subscription[]): Subscriber {
    const entry = this.#entry(id);
    entry.subscriptions.clear();
    for (const subscription of subscriptions) entry.subscriptions.set(subscription.message_type, subscription);
    return this.#stored(id);
  }

  delete(id: string): void {
    this.#entries.delete(id);
    this.#store(id, []);
    this.#changed();
  }

  get(id: string): Subscriber | undefined {
    const entry = this.#entries.get(id);
    return entry === undefined ? undefined : { id, subscriptions: Object.fromEntries(entry.subscriptions) };
  }

  all(): Subscriber[] {
    return [...this.#entries].map(([id, entry]) => ({ id, subscriptions: Object.fromEntries(entry.subscriptions) }));
  }

  for(event: string): Subscriber[] {
    return this.all().filter((subscriber) => subscriber.subscriptions[event] !== undefined);
  }

  isConnected(id: string): boolean {
    return this.#connected.has(id);
  }

  connected(id: string): void {
    this.#connected.add(id);
  }

  disconnected(id: string): void {
    this.#connected.delete(id);
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.absentSince = this.#options.now();
  }

  /** Removes whoever has been away for too long; gives their ids. */
  removeAbsent(): string[] {
    const now = this.#options.now();
    if (now - this.#startedAt < this.#options.startGrace) return [];
    const absent = [...this.#entries]
      .filter(
        ([id, { own, absentSince }]) =>
          !own && !this.#connected.has(id) && now - absentSince > this.#options.absentAfter,
      )
      .map(([id]) => id);
    for (const id of absent) this.delete(id);
    return absent;
  }

  #entry(id: string): Entry {
    const known = this.#entries.get(id);
    if (known !== undefined) return known;
    const entry = { subscriptions: new Map(), absentSince: this.#options.now(), own: false };
    this.#entries.set(id, entry);
    return entry;
  }

  #stored(id: string): Subscriber {
    const subscriptions = this.#entry(id).subscriptions;
    this.#store(id, [...subscriptions.values()]);
    this.#changed();
    return { id, subscriptions: Object.fromEntries(subscriptions) };
  }

  #store(id: string, subscriptions: readonly Subscription[]): void {
    const { database } = this.#options;
    database.transaction(() => {
      database.prepare('DELETE FROM subscription WHERE subscriber = ?').run(id);
      const insert = database.prepare('INSERT INTO subscription VALUES (?, ?, ?, ?)');
      for (const { message_type, wait_for_completion, timeout } of subscriptions) {
        insert.run(id, message_type, wait_for_completion ? 1 : 0, timeout);
      }
    });
  }
}
