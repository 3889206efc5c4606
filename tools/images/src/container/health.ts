/**
 * Health check of the image: exit code 0 when the worker that runs here says that it is healthy, else 1 and why.
 *
 * `RESOTO_HEALTH_URL` says where to ask when the web server has another port or address than the default one.
 */
import { get as httpGet, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as httpsGet } from 'node:https';
import { text } from 'node:stream/consumers';

/** Milliseconds. */
const patience = 5_000;

/** With a core that uses TLS the web server uses it as well, unless `no_tls` is set. */
const places = process.env['RESOTO_HEALTH_URL']?.split(' ') ?? [
  'https://127.0.0.1:9956/health',
  'http://127.0.0.1:9956/health',
];

/** The certificate is that of the core's authority and this is the same host: what counts is the answer. */
const options: RequestOptions & { rejectUnauthorized: boolean } = { rejectUnauthorized: false, timeout: patience };

async function check(): Promise<string | undefined> {
  let failure = '';
  for (const place of places) {
    try {
      const answer = await ask(place);
      const body = await text(answer);
      return answer.statusCode === 200 ? undefined : body;
    } catch (error) {
      failure = `${place}: ${error instanceof Error ? error.message : 'no answer'}`;
    }
  }
  return failure;
}

function ask(place: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = (place.startsWith('https:') ? httpsGet : httpGet)(place, options, resolve);
    request.once('error', reject);
    request.once('timeout', () => request.destroy(new Error(`no answer within ${patience / 1000} seconds`)));
  });
}

const failure = await check();
if (failure !== undefined) {
  process.stdout.write(`${failure.trim()}\n`);
  process.exitCode = 1;
}
