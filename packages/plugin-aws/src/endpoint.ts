/**
 * The endpoint somebody configured in place of the vendor's, for one service (`AWS_ENDPOINT_URL_S3_CONTROL`) or for all
 * (`AWS_ENDPOINT_URL`). The vendor's clients use it by themselves; this is for what depends on there being one.
 */
export function configuredEndpoint(service: string): URL | undefined {
  const text = process.env[`AWS_ENDPOINT_URL_${service}`] ?? process.env['AWS_ENDPOINT_URL'];
  return text === undefined || process.env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true'
    ? undefined
    : new URL(text);
}
