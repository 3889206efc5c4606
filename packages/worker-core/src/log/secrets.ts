/** Names of facts whose values are never shown. */
const secretName =
  /authorization|cookie|credential|passw(or)?d|passphrase|psk|secret|token|(access|api|private|signing|shared|ssh|cert)[-_]?key/i;

/** What secrets look like even when nobody registered them: web tokens and authorization headers. */
const secretShapes = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/g;

const mask = '***';

/** Shorter texts are not masked: they would be found in every other word. */
const shortestSecret = 4;

/**
 * The secrets of this process. They are registered where they enter (options, configuration, logins), and masked in
 * everything that leaves: log lines, errors, feedback to the core.
 */
export class Secrets {
  readonly #values = new Set<string>();
  #pattern: RegExp | undefined;

  /** Registers a secret, also in the forms it takes in URLs and in JSON. Texts below 4 characters are ignored. */
  add(secret: string): void {
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      if (form.length >= shortestSecret) this.#values.add(form);
    }
    this.#pattern = undefined;
  }

  /** The text without secrets. */
  redact(text: string): string {
    this.#pattern ??= this.#compile();
    return text.replace(this.#pattern, mask).replace(secretShapes, mask);
  }

  /** Facts without secrets, at every depth: without values that are registered, and without values whose name tells. */
  redactFacts(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(facts).map(([name, value]) => [
        name,
        secretName.test(name) ? maskValue(value) : this.#clean(value),
      ]),
    );
  }

  #clean(value: unknown): unknown {
    if (typeof value === 'string') return this.redact(value);
    if (Array.isArray(value)) return value.map((element) => this.#clean(element));
    return typeof value === 'object' && value !== null ? this.redactFacts({ ...value }) : value;
  }

  #compile(): RegExp {
    // A secret may be the beginning of another one, so longer ones go first.
    const longestFirst = [...this.#values].toSorted((a, b) => b.length - a.length);
    return new RegExp(longestFirst.map(escape).join('|') || '(?!)', 'g');
  }
}

function maskValue(value: unknown): unknown {
  return value === null || value === undefined || typeof value === 'boolean' ? value : mask;
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
