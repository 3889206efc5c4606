import { parseJson, sortJson } from '@resoto/worker-core/plugin';

/**
 * A policy document as an object with sorted keys and lists. IAM sends documents URL-encoded, S3 and others as plain JSON
 * text. Nothing when the text is no JSON.
 */
export function policyDocument(document: unknown): unknown {
  if (typeof document !== 'string') return sortJson(document);
  return sortJson(parseJson(document.startsWith('%') ? decoded(document) : document));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
