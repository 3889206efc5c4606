import { expect, test } from '@jest/globals';
import { base } from './base-kinds.ts';
import { any, boolean, datetime, dictionary, int64, kind, list, object, oneOf, string, value } from './declare.ts';
import { read } from './read.ts';
import { path, tagsToObject } from './readers.ts';

const attachment = value('acme_attachment', {
  attach_time: datetime('AttachTime'),
  instance_id: string('InstanceId'),
  device_names: list('string', 'Devices'),
});

const volume = kind('acme_volume', [base.volume], {
  pythonType: 'acme.Volume',
  properties: {
    id: string('VolumeId'),
    tags: dictionary('string', path('Tags', tagsToObject())),
    ctime: datetime('CreateTime'),
    volume_size: int64('Size'),
    volume_status: oneOf(base.volumeStatus, 'State', { creating: 'busy', 'in-use': 'in-use' }, 'unknown'),
    volume_encrypted: boolean('Encrypted'),
    attachments: list(attachment, 'Attachments'),
    sizes: dictionary('int64', 'Sizes'),
    placement: object(attachment, 'Placement'),
    document: any('Document'),
  },
});

test('reads a vendor answer with nested values, lists and dictionaries', () => {
  const reported = read(volume, {
    VolumeId: 'vol-1',
    Tags: [{ Key: 'owner', Value: 'joe' }],
    CreateTime: new Date('2024-03-01T10:00:00Z'),
    Size: '8',
    State: 'creating',
    Encrypted: 'true',
    Attachments: [{ AttachTime: 1709287200, InstanceId: 'i-1', Devices: ['sda'], Ignored: 1 }],
    Sizes: { a: '1', b: null },
    Placement: { InstanceId: 'i-2' },
    Document: { any: ['thing'] },
  });

  expect(reported).toEqual({
    id: 'vol-1',
    tags: { owner: 'joe' },
    ctime: '2024-03-01T10:00:00Z',
    volume_size: 8,
    volume_type: '',
    volume_status: 'busy',
    volume_encrypted: true,
    snapshot_before_delete: false,
    attachments: [{ attach_time: '2024-03-01T10:00:00Z', instance_id: 'i-1', device_names: ['sda'] }],
    sizes: { a: 1, b: null },
    placement: { instance_id: 'i-2', device_names: [] },
    document: { any: ['thing'] },
  });
});

test('gives initial values for what the answer lacks and leaves out the rest', () => {
  expect(read(volume, {})).toEqual({
    tags: {},
    volume_size: 0,
    volume_type: '',
    snapshot_before_delete: false,
    attachments: [],
  });
});

test('an empty object in place of a nested value is nothing', () => {
  expect(read(volume, { Placement: {} })).not.toHaveProperty('placement');
});

test('initial values of two nodes are not the same object', () => {
  const [first, second] = [read(volume, {}), read(volume, {})];

  expect(first['tags']).not.toBe(second['tags']);
});

test('odd answers are left as they are, for the check to report', () => {
  expect(read(volume, { Size: 'huge', Placement: 'here', Attachments: 'none' })).toMatchObject({
    volume_size: 'huge',
    placement: 'here',
    attachments: ['none'],
  });
  const date = new Date(0);
  expect(read(volume, { Placement: date, Sizes: date })).toMatchObject({ placement: date, sizes: date });
  expect(() => read(volume, null)).not.toThrow();
});

test('a vendor word outside of the table becomes the other value, without one it stays', () => {
  const open = kind('acme_open', [base.volume], {
    pythonType: 'acme.Open',
    properties: { volume_status: oneOf(base.volumeStatus, 'State', { creating: 'busy' }) },
  });

  expect(read(volume, { State: 'melting' })).toMatchObject({ volume_status: 'unknown' });
  expect(read(open, { State: 'available' })).toMatchObject({ volume_status: 'available' });
});

test('a type is called like its id unless the answer says otherwise', () => {
  const type = kind('acme_type', [base.instanceType], {
    pythonType: 'acme.Type',
    properties: { id: string('Id'), instance_type: string('Type') },
  });

  expect(read(type, { Id: 'small' })).toMatchObject({ instance_type: 'small' });
  expect(read(type, { Id: 'small', Type: 's1' })).toMatchObject({ instance_type: 's1' });
});
