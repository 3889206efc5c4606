import type { ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';

export function tags(name: string, more: Readonly<Record<string, string>> = {}): Tag[] {
  return Object.entries({ Name: name, ...more }).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags that EC2 sets while it makes a resource. */
export function tagged(type: ResourceType, name: string, more?: Readonly<Record<string, string>>): TagSpecification[] {
  return [{ ResourceType: type, Tags: tags(name, more) }];
}

/** A value that an answer of the emulator always has. */
export function present(value: string | undefined): string {
  if (value === undefined) throw new Error('The emulator made a resource without an id');
  return value;
}
