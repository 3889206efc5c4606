/**
 * Replies that wait until they were written to an open socket. Answers and infos keep their order and are not dropped;
 * of progress only the latest word on each place is kept.
 */
import { errorCode } from '../errors.ts';
import { progressPath, type Progress } from '../protocol/progress.ts';
import { ProgressPlaces } from './progress-places.ts';

export interface OutboxOptions {
  /** Resolves once the frame was written to an open socket; throws when it was not. */
  readonly write: (frame: string) => Promise<void>;
  /** Infos that may wait at once; those beyond are counted in a note. Default: 1000. */
  readonly maxInfos?: number;
  /** A frame that no connection will take was left out. */
  readonly onRefused?: (error: unknown) => void;
}

/** The action a reply belongs to. */
export type ReplyKey = string;

export interface InfoReply {
  readonly frame: string;
  /** The frame that says how many infos of the action were left out. */
  readonly note: (leftOut: number) => string;
}

export class Outbox {
  readonly #write: OutboxOptions['write'];
  readonly #maxInfos: number;
  readonly #onRefused: (error: unknown) => void;
  // In the order of sending. A map, because progress is taken out of the middle.
  readonly #waiting = new Map<number, Entry>();
  readonly #notes = new Map<ReplyKey, Note>();
  readonly #progress = new Map<ReplyKey, ProgressPlaces>();
  readonly #emptied = new Set<() => void>();
  #infos = 0;
  #next = 0;
  /** Counts the connections; undefined while there is none. */
  #open: number | undefined;
  #opened = 0;
  #isSending = false;

  constructor({ write, maxInfos = 1000, onRefused = () => {} }: OutboxOptions) {
    this.#write = write;
    this.#maxInfos = maxInfos;
    this.#onRefused = onRefused;
  }

  /** Number of frames that wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** The final answer of an action: everything added before goes first. `onWritten` is called when it was written. */
  answer(key: ReplyKey, frame: string, onWritten: () => void): void {
    this.#notes.delete(key);
    this.#progress.delete(key);
    this.#add({ frame: () => frame, written: onWritten });
  }

  info(key: ReplyKey, { frame, note }: InfoReply): void {
    if (this.#infos < this.#maxInfos) {
      this.#infos += 1;
      this.#add({ frame: () => frame, written: () => (this.#infos -= 1) });
      return;
    }
    const open = this.#notes.get(key);
    if (open !== undefined) {
      open.leftOut += 1;
      return;
    }
    const added: Note = { leftOut: 1 };
    this.#notes.set(key, added);
    this.#add({
      frame: () => {
        // Infos from here on are counted anew, because this note is on its way.
        if (this.#notes.get(key) === added) this.#notes.delete(key);
        return note(added.leftOut);
      },
      written: () => {},
    });
  }

  progress(key: ReplyKey, progress: Progress, frame: string): void {
    const places = this.#progress.get(key) ?? new ProgressPlaces();
    this.#progress.set(key, places);
    const path = progressPath(progress);
    for (const obsolete of places.takeAt(path)) this.#waiting.delete(obsolete);
    const id = this.#add({ frame: () => frame, written: () => places.forget(path, id) });
    places.set(path, id);
  }

  /** A connection is open: sends from now on. */
  open(): void {
    this.#open = ++this.#opened;
    void this.#send();
  }

  /** The connection is gone: keeps everything from now on. */
  close(): void {
    this.#open = undefined;
  }

  /** Resolves when nothing waits any more. Throws the reason of the signal. */
  async empty(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#waiting.size === 0) return;
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#emptied.delete(onEmpty);
        reject(signal.reason);
      };
      const onEmpty = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      this.#emptied.add(onEmpty);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #add(entry: Entry): number {
    const id = this.#next++;
    this.#waiting.set(id, entry);
    void this.#send();
    return id;
  }

  /** One frame at a time, so that a lost connection costs at most the one that was under way. */
  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#open !== undefined) {
      const [first] = this.#waiting;
      if (first === undefined) break;
      const [id, entry] = first;
      if (await this.#isWritten(entry)) {
        this.#waiting.delete(id);
        entry.written();
      }
    }
    this.#isSending = false;
    if (this.#waiting.size > 0) return;
    for (const done of this.#emptied) done();
    this.#emptied.clear();
  }

  /** False when the frame has to wait for the next connection. */
  async #isWritten(entry: Entry): Promise<boolean> {
    const connection = this.#open;
    try {
      await this.#write(entry.frame());
    } catch (error) {
      if (errorCode(error) === 'connection_closed') {
        if (this.#open === connection) this.#open = undefined;
        return false;
      }
      // No connection will take it: waiting would hold up everything behind it.
      this.#onRefused(error);
    }
    return true;
  }
}

interface Entry {
  readonly frame: () => string;
  readonly written: () => void;
}

interface Note {
  leftOut: number;
}
