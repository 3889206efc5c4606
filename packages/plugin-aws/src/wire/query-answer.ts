/** Answers of query services, read by the schemas of the vendor's client. */
import { membersOf } from '../values.ts';
import type { VendorOperation, VendorProtocol } from '../vendor.ts';
import { readXml } from './read-xml.ts';
import { shapeOf } from './shape.ts';
import type { Shape } from './shape.ts';

export class QueryAnswers {
  readonly #protocol: VendorProtocol;
  readonly #shapes = new Map<string, Shape>();

  constructor(protocol: VendorProtocol) {
    this.#protocol = protocol;
  }

  /**
   * Reads an answer, in place of the vendor's client.
   *
   * @throws errors with the code that was on the wire
   */
  read({ name, output }: VendorOperation, status: number, body: Uint8Array): Readonly<Record<string, unknown>> {
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
    if (status >= 300) throw queryError(status, text);
    const shape = this.#shape(name, output);
    // Many calls that change something have nothing to answer.
    if (shape.is !== 'structure') return {};
    const root = `${name}Response`;
    const path = this.#protocol.useNestedResult() ? [root, `${name}Result`] : [root];
    return membersOf(readXml(text, shape, path));
  }

  #shape(call: string, output: unknown): Shape {
    const known = this.#shapes.get(call);
    if (known !== undefined) return known;
    const shape = shapeOf(output);
    this.#shapes.set(call, shape);
    return shape;
  }
}

function queryError(status: number, text: string): Error {
  const part = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  const code = part('Code') ?? `HTTP ${status}`;
  const facts = { name: code, Code: code, $metadata: { httpStatusCode: status } };
  return Object.assign(new Error(part('Message') ?? code), facts);
}
