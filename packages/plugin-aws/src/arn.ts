/** The id of a KMS key that is named by its id or by its ARN. */
export function kmsKeyId(key: unknown): unknown {
  const text = String(key);
  return text.startsWith('arn:') ? text.slice(text.lastIndexOf('/') + 1) : text;
}
