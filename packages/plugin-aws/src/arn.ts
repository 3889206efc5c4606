/** The id of a KMS key that is named by its id or by its ARN. */
export function kmsKeyId(key: unknown): unknown {
  const text = String(key);
  return text.startsWith('arn:') ? text.slice(text.lastIndexOf('/') + 1) : text;
}

/** The last part of an ARN: what comes after the last slash, or after the last colon. */
export function arnId(arn: unknown): unknown {
  return String(arn).split(/[/:]/).at(-1);
}
