import { ProtocolError } from '../../errors.ts';
import { cut } from '../../protocol/messages.ts';
import type { CoreConnection } from '../connection.ts';
import { connectionFailure } from '../failures.ts';
import type { CoreAnswer } from '../http.ts';
import { certificatesIn } from './pem.ts';

/** Bytes: a certificate has two thousand. */
const maxLength = 64 * 1024;

/**
 * The one certificate an answer consists of.
 *
 * @throws ProtocolError `not_a_core` when it is anything else; the error of a connection that is lost on the way
 */
export async function readPemAnswer(connection: CoreConnection, answer: CoreAnswer): Promise<string> {
  const text = await readStart(connection, answer);
  if (text.length <= maxLength && certificatesIn(text).length === 1) return text;
  const type = answer.headers['content-type'] ?? 'something without type';
  const shown = cut(text.replaceAll(/[^\x20-\x7e]+/g, ' ').trim(), 100);
  throw new ProtocolError(`${answer.attempted} was answered with ${type} that is no certificate: ${shown}`, {
    code: 'not_a_core',
    hint: `Is there really a core at ${connection.uri}, or a proxy or web page?`,
    facts: { uri: connection.uri },
  });
}

async function readStart(connection: CoreConnection, { body, attempted, signal }: CoreAnswer): Promise<string> {
  let text = '';
  try {
    for await (const chunk of body.setEncoding('latin1')) {
      text += String(chunk);
      if (text.length > maxLength) break;
    }
    return text;
  } catch (error) {
    signal?.throwIfAborted();
    throw connectionFailure(connection, attempted, error);
  }
}
