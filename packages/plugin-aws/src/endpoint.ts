import { ConfigError } from '@resoto/worker-core/plugin';

const ofAllServices = 'AWS_ENDPOINT_URL';

/**
 * The endpoint somebody configured in place of the vendor's, for one service (`AWS_ENDPOINT_URL_S3_CONTROL`) or for all
 * (`AWS_ENDPOINT_URL`). The vendor's clients use it by themselves; this is for what depends on there being one.
 */
export function configuredEndpoint(service: string): URL | undefined {
  const text = process.env[`${ofAllServices}_${service}`] || process.env[ofAllServices];
  return !text || process.env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true' ? undefined : new URL(text);
}

/** Throws ConfigError when a variable that names an endpoint holds no address. */
export function checkEndpoints(): void {
  for (const [name, text = ''] of Object.entries(process.env)) {
    if (!name.startsWith(ofAllServices) || text === '' || URL.canParse(text)) continue;
    throw new ConfigError(`The endpoint in ${name} is no address: ${text}`, {
      hint: 'It looks like http://localhost:4566.',
    });
  }
}
