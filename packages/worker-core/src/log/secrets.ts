/** Names of facts whose values are never shown. */
const secretName =
  /authorization|cookie|credential|passw(or)?d|passphrase|psk|secret|token|(access|api|private|signing|shared|ssh|cert)[-_]?key/i;

/** What secrets look like even when nobody registered them: web tokens, authorization headers, passwords in addresses. */
const secretShapes =
  /\beyJ[\w-]+\.[\w-]+\.[\w-]*|\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}|(?<=:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/g;

const mask = '***';

/** Does the name of a fact, a setting or a variable say that its value is a secret? */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Shorter texts are not masked: they would be found in every other word. */
const shortestSecret = 4;

/**
 * The secrets of this process. They are registered where they enter (options, configuration, logins), and masked in
 * everything that leaves: log lines, errors, feedback to the core.
 */
export class Secrets {
  readonly #values = new Set<string>();
  #pattern: RegExp | undefined;

  /**
   * Registers a secret, also in the forms it takes in URLs and in JSON. Of a file with several lines, what is secret in it is
   * registered as well: whoever reads it may show parts of it. Texts below 4 characters are ignored.
   */
  add(secret: string): void {
    for (const text of [secret, ...secretLines(secret)]) {
      for (const form of [text, encodeURIComponent(wellFormed(text)), JSON.stringify(text).slice(1, -1)]) {
        if (form.length >= shortestSecret) this.#values.add(form);
      }
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

/** Values of a file of credentials (`name = value`, YAML, JSON) whose name tells, and lines of keys. */
function secretLines(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  if (lines.length < 2) return [];
  return lines.flatMap((line) => {
    if (keyLine.test(line)) return [line];
    const [, name = '', value = ''] = assignment.exec(line) ?? [];
    return value.length >= shortestLine && isSecretName(name) ? [value] : [];
  });
}

const assignment = /^["']?([\w.-]+)["']?\s*[=:]\s*["']?(.*?)["']?,?$/;
const keyLine = /^[\w+/=-]{40,}$/;
const shortestLine = 8;

/** Half a character, which no URL can hold, becomes a mark. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function maskValue(value: unknown): unknown {
  return value === null || value === undefined || typeof value === 'boolean' ? value : mask;
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
