import { WorkerError } from '@resoto/worker-core';

/** Replaces `{{name}}` by the value of that name. Throws `invalid_query` for a name without value. */
export function expandTemplates(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (template, name: string) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value !== undefined) return value;
    throw new WorkerError('invalid_query', `The query uses ${template}, but there is no value ${name}`, {
      hint: `Send it as query parameter ${name}.`,
      facts: { query: text },
    });
  });
}
