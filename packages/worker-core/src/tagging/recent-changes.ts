/** What was done to the tags of a node lately, which the core may not know yet when it sends that node again. */
import type { TagChanges } from '../plugin/contract.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';

interface RecentChange {
  /** Undefined: the key was removed. */
  readonly value: string | undefined;
  /** Values it had before, as far as they are known here. */
  readonly earlier: ReadonlySet<JsonValue | undefined>;
  readonly at: number;
}

/** Milliseconds after which a core has stored the result of a task, or never will. */
const storedAfter = 60_000;

export class RecentChanges {
  readonly #keys = new Map<string, RecentChange>();

  /**
   * What has to be done to tags as the core sent them, so that they are as they are in the cloud. A value that is neither of
   * before a change nor the changed one comes from somebody else, and stays.
   *
   * @param now  milliseconds
   */
  missingIn(tags: JsonObject, now: number): TagChanges {
    const remove: string[] = [];
    const update: Record<string, string> = {};
    for (const [key, { value, earlier, at }] of this.#keys) {
      if (now - at > storedAfter) this.#keys.delete(key);
      else if (earlier.has(tags[key])) {
        if (value === undefined) remove.push(key);
        else update[key] = value;
      }
    }
    return { remove, update };
  }

  /** Notes what was done to these tags. */
  note(tags: JsonObject, { remove, update }: TagChanges, now: number): void {
    const set = (key: string, value: string | undefined): void => {
      const earlier = new Set(this.#keys.get(key)?.earlier).add(tags[key]);
      earlier.delete(value);
      this.#keys.set(key, { value, earlier, at: now });
    };
    for (const key of remove) set(key, undefined);
    for (const [key, value] of Object.entries(update)) set(key, value);
  }
}
