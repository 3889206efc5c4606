import type { JsonValue, JsonObject } from '@resoto/worker-core';

/** Anything that travels over the bus: an event, an action or the end of one (protocol 4). */
export interface BusMessage {
  readonly kind: string;
  readonly message_type: string;
  readonly data: JsonObject;
}

export type BusListener = (message: BusMessage) => void;

/** Delivers messages to whoever listens to their type at that moment. Nothing is kept for absent listeners. */
export class MessageBus {
  readonly #everything = new Set<BusListener>();
  readonly #channels = new Map<string, Set<BusListener>>();

  /** Listens to the given message types; `*` or no type means all. Whoever asks for both gets a message twice. */
  listen(types: readonly string[], listener: BusListener): () => void {
    const groups = (types.length === 0 ? ['*'] : types).map((type) => this.#group(type));
    for (const group of groups) group.add(listener);
    return () => {
      for (const group of groups) group.delete(listener);
    };
  }

  publish(message: BusMessage): void {
    // Copies, because a listener may leave while it is being told.
    for (const listener of [...this.#everything]) listener(message);
    for (const listener of [...(this.#channels.get(message.message_type) ?? [])]) listener(message);
  }

  event(type: string, data: Readonly<Record<string, JsonValue>>): void {
    this.publish({ kind: 'event', message_type: type, data });
  }

  #group(type: string): Set<BusListener> {
    if (type === '*') return this.#everything;
    const group = this.#channels.get(type) ?? new Set();
    this.#channels.set(type, group);
    return group;
  }
}
