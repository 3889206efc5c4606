/**
 * The decoded names of a request target; undefined when it cannot be understood. `/a/b/`, `//a/b` and `/a/b?c` are `a`, `b`.
 */
export function pathNames(target: string): readonly string[] | undefined {
  // Proxies may send the whole address.
  const [path = ''] = target.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1);
  if (path !== '' && !path.startsWith('/')) return undefined;
  try {
    return path
      .split('/')
      .filter((name) => name !== '')
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/**
 * Which of the names that are served is asked for; '' is the page. They are served at the top and below `mount`.
 *
 * @returns undefined when none is meant
 */
export function servedName(
  names: readonly string[],
  mount: readonly string[],
  isServed: (name: string) => boolean,
): string | undefined {
  const isBelow = mount.length > 0 && mount.every((name, index) => names[index] === name);
  for (const rest of isBelow ? [names, names.slice(mount.length)] : [names]) {
    const [name = ''] = rest;
    if (rest.length <= 1 && isServed(name)) return name;
  }
  return undefined;
}
