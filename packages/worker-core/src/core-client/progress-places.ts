/** Which waiting frame holds the latest word on which place of a progress tree. */
export class ProgressPlaces {
  readonly #root: Place = { below: new Map() };

  set(path: readonly string[], id: number): void {
    this.#place(path).id = id;
  }

  /** Removes and returns the frames of a place and of everything below: a new word on the place replaces them all. */
  takeAt(path: readonly string[]): number[] {
    const place = this.#place(path);
    const ids = [...idsOf(place)];
    delete place.id;
    place.below.clear();
    return ids;
  }

  /** The frame was sent. */
  forget(path: readonly string[], id: number): void {
    const place = this.#place(path);
    if (place.id === id) delete place.id;
  }

  #place(path: readonly string[]): Place {
    let place = this.#root;
    for (const name of path) {
      let next = place.below.get(name);
      if (next === undefined) place.below.set(name, (next = { below: new Map() }));
      place = next;
    }
    return place;
  }
}

interface Place {
  id?: number;
  readonly below: Map<string, Place>;
}

function* idsOf(place: Place): Generator<number> {
  if (place.id !== undefined) yield place.id;
  for (const next of place.below.values()) yield* idsOf(next);
}
