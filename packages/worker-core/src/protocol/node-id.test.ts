import { describe, expect, test } from '@jest/globals';
import { nodeId, nodeIdBytes, nodeIdText } from './node-id.ts';
import { itemText, tupleText } from './python-text.ts';

// Computed by the reference worker.
const vectors = [
  {
    name: 'plain ASCII',
    keys: ['acme_box', 'acme', 'acc-1', 'eu-1', 'eu-1a', 'box-0001'],
    text: "('acme_box', 'acme', 'acc-1', 'eu-1', 'eu-1a', 'box-0001')",
    id: '4zehE2EexxJxHwG4V0eBAA',
  },
  {
    name: 'undefined ancestors',
    keys: ['graph_root', 'undefined', 'undefined', 'undefined', 'undefined', 'root'],
    text: "('graph_root', 'undefined', 'undefined', 'undefined', 'undefined', 'root')",
    id: 'jhGgCglHlbuWRQy1l0y_FA',
  },
  {
    name: 'region (id + name, 7 elements)',
    keys: ['acme_region', 'acme', 'acc-1', 'eu-1', 'undefined', 'eu-1', 'Europe One'],
    text: "('acme_region', 'acme', 'acc-1', 'eu-1', 'undefined', 'eu-1', 'Europe One')",
    id: 'notvr13piglk7Rs9FvkOAw',
  },
  {
    name: 'single quote',
    keys: ['acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', "bob's box"],
    text: "('acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', \"bob's box\")",
    id: 'BCX8A99SpF4oiSCrps-eKQ',
  },
  {
    name: 'double quote',
    keys: ['acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', 'the "big" box'],
    text: "('acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', 'the \"big\" box')",
    id: '1vgj4VjQz0y9dsv2trgRrw',
  },
  {
    name: 'both quotes',
    keys: ['acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', 'bob\'s "big" box'],
    text: "('acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', 'bob\\'s \"big\" box')",
    id: 'YF-OzKA0BT88dzI8E5TA-Q',
  },
  {
    name: 'printable non-ASCII',
    keys: ['acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', 'Z\xfcrich-\u65e5\u672c-\u{1f680}'],
    text: "('acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', 'Z\xfcrich-\u65e5\u672c-\u{1f680}')",
    id: 'BRWgd__6qL3v01AJWlxcZw',
  },
  {
    name: 'backslash',
    keys: ['acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', 'C:\\data\\new'],
    text: "('acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', 'C:\\\\data\\\\new')",
    id: 'RHM1FJvD7_9XniI7h721nQ',
  },
  {
    name: 'newline, tab, CR',
    keys: ['acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', 'line1\nline2\tx\r'],
    text: "('acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', 'line1\\nline2\\tx\\r')",
    id: 'DdhvaJDV7gwt8qjYzP3rUw',
  },
  {
    name: 'control, DEL, NBSP, ZWSP, U+2028, BOM-range',
    keys: ['acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', 'a\x00b\x1bc\x7fd\xa0e\u200bf\u2028g\ufeffh'],
    text: "('acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', 'a\\x00b\\x1bc\\x7fd\\xa0e\\u200bf\\u2028g\\ufeffh')",
    id: 'fslWn9JH5OKqjTSjA82QEA',
  },
  {
    name: 'None element',
    keys: ['acme_region', 'acme', 'acc-1', 'eu-1', 'undefined', 'eu-1', null],
    text: "('acme_region', 'acme', 'acc-1', 'eu-1', 'undefined', 'eu-1', None)",
    id: 'qPSqNPlHDQJebxRWXenxqw',
  },
  {
    name: 'empty string',
    keys: ['acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', ''],
    text: "('acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', '')",
    id: 'bmm5yYlrnx_-ii5YvnxTAg',
  },
  {
    name: 'dns record (10 elements)',
    keys: [
      'dns_record',
      'acme',
      'acc-1',
      'undefined',
      'undefined',
      'example.org',
      'www.example.org',
      'www.example.org',
      'A',
      '192.0.2.7',
    ],
    text: "('dns_record', 'acme', 'acc-1', 'undefined', 'undefined', 'example.org', 'www.example.org', 'www.example.org', 'A', '192.0.2.7')",
    id: 'HlTGIRikCccDeyVjgBb2WQ',
  },
  {
    name: 'astral non-printable U+E0001',
    keys: ['acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', 'tag\u{e0001}end'],
    text: "('acme_box', 'acme', 'acc-1', 'eu-1', 'undefined', 'tag\\U000e0001end')",
    id: 'NTA8FZbDwd0AgUA073sDYw',
  },
  {
    name: 'graph root',
    keys: ['graph_root', 'undefined', 'undefined', 'undefined', 'undefined', 'root'],
    text: "('graph_root', 'undefined', 'undefined', 'undefined', 'undefined', 'root')",
    id: 'jhGgCglHlbuWRQy1l0y_FA',
  },
  {
    name: 'cloud',
    keys: ['cloud', 'example', 'undefined', 'undefined', 'undefined', 'example'],
    text: "('cloud', 'example', 'undefined', 'undefined', 'undefined', 'example')",
    id: 'ZHoSnFpbxxILQHKBxsvVwA',
  },
  {
    name: 'account',
    keys: ['example_account', 'example', 'Example Account', 'undefined', 'undefined', 'Example Account'],
    text: "('example_account', 'example', 'Example Account', 'undefined', 'undefined', 'Example Account')",
    id: 'vfKMDXmQWbiGi7RXMUAoKA',
  },
  {
    name: 'region of the example',
    keys: ['example_region', 'example', 'Example Account', 'us-west', 'undefined', 'us-west', 'US West'],
    text: "('example_region', 'example', 'Example Account', 'us-west', 'undefined', 'us-west', 'US West')",
    id: 'q-ewFfplOZDQGF3A65lR2w',
  },
  {
    name: 'instance',
    keys: ['example_instance', 'example', 'Example Account', 'us-west', 'undefined', 'someInstance1'],
    text: "('example_instance', 'example', 'Example Account', 'us-west', 'undefined', 'someInstance1')",
    id: '0jeoEqhN7OMxv1dWmYQohg',
  },
  {
    name: 'resource with an ARN',
    keys: [
      'aws_ec2_instance',
      'aws',
      '123456789012',
      'us-east-1',
      'undefined',
      'i-0123456789abcdef0',
      'arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0',
    ],
    text: "('aws_ec2_instance', 'aws', '123456789012', 'us-east-1', 'undefined', 'i-0123456789abcdef0', 'arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0')",
    id: 'FRwdfG_kiGcUgNRx-4iHlQ',
  },
  {
    name: 'record set with a null at the end',
    keys: [
      'aws_route53_resource_record_set',
      'aws',
      '123456789012',
      'us-east-1',
      'undefined',
      'Z1',
      'Z1',
      'a.example.com.',
      'A',
      null,
    ],
    text: "('aws_route53_resource_record_set', 'aws', '123456789012', 'us-east-1', 'undefined', 'Z1', 'Z1', 'a.example.com.', 'A', None)",
    id: 'g2RIKbQigd7NiyAwV9QN-Q',
  },
  {
    name: 'DNS record set',
    keys: ['dns_record_set', 'c', 'a', 'undefined', 'undefined', 'undefined', 'r1', 'r1', 'A'],
    text: "('dns_record_set', 'c', 'a', 'undefined', 'undefined', 'undefined', 'r1', 'r1', 'A')",
    id: '8Y66KGf69di9giSBouC94A',
  },
  {
    name: 'an apostrophe',
    keys: ['x', 'a', 'b', 'c', 'd', "O'Brien"],
    text: "('x', 'a', 'b', 'c', 'd', \"O'Brien\")",
    id: 'fJ8E9YJQn6UIB1EbcSFLyw',
  },
  {
    name: 'a tab',
    keys: ['x', 'a', 'b', 'c', 'd', 'tab\there'],
    text: "('x', 'a', 'b', 'c', 'd', 'tab\\there')",
    id: 'rmeYBg8DZ_kozcmWTAuNLA',
  },
  {
    name: 'a zero width space',
    keys: ['x', 'a', 'b', 'c', 'd', 'a\u200bb'],
    text: "('x', 'a', 'b', 'c', 'd', 'a\\u200bb')",
    id: 'qxaqcHBbgHQ4IBKV3xtpxg',
  },
  {
    name: 'an emoji',
    keys: ['x', 'a', 'b', 'c', 'd', '\u{1f600}'],
    text: "('x', 'a', 'b', 'c', 'd', '\u{1f600}')",
    id: 'uaX5DRKH_0d-78Q3vvTC5A',
  },
  {
    name: 'control characters',
    keys: ['x', 'a', 'b', 'c', 'd', '\x7f\x00'],
    text: "('x', 'a', 'b', 'c', 'd', '\\x7f\\x00')",
    id: 'bojT7t1O_EPeWp6yeD_P_w',
  },
  {
    name: 'a no-break space',
    keys: ['x', 'a', 'b', 'c', 'd', '\xe9\xa0'],
    text: "('x', 'a', 'b', 'c', 'd', '\xe9\\xa0')",
    id: 'ARyou8ys_D8N6kwXLzYPOA',
  },
  {
    name: 'everything at once',
    keys: ['example_instance', 'example', 'Example Account', 'us-west', 'undefined', 'it\'s "quoted" \\ \xfc \n'],
    text: "('example_instance', 'example', 'Example Account', 'us-west', 'undefined', 'it\\'s \"quoted\" \\\\ \xfc \\n')",
    id: 'Tj56P8Jow9IZT-kvyAqWOg',
  },
] as const;

describe('identity equals the reference bit by bit', () => {
  test.each(vectors)('$name', ({ keys, text, id }) => {
    expect(tupleText(keys)).toBe(text);
    expect(nodeId(keys)).toBe(id);
  });
});

test('the bytes of an id give its text wherever they stand', () => {
  const table = new Uint8Array(48);
  table.set(nodeIdBytes(['acme_box', 'acme', 'acc-1', 'eu-1', 'eu-1a', 'box-0001']), 16);

  expect(nodeIdText(table, 16)).toBe('4zehE2EexxJxHwG4V0eBAA');
  expect(nodeIdText(table.subarray(16, 32))).toBe(Buffer.from(table.subarray(16, 32)).toString('base64url'));
});

test('the bytes of an id are not overwritten by the next one', () => {
  const first = nodeIdBytes(['a', 'b']);
  const text = nodeIdText(first);

  nodeIdBytes(['c', 'd']);

  expect(nodeIdText(first)).toBe(text);
});

test('other items are written as Python does', () => {
  expect(tupleText([true, false, 42, 9007199254740993n, null, -1])).toBe(
    '(True, False, 42, 9007199254740993, None, -1)',
  );
  expect(tupleText(['one'])).toBe("('one',)");
  expect(tupleText([])).toBe('()');
});

test('half of a surrogate pair and private characters are escaped', () => {
  expect(itemText('a\ud800b\ue000')).toBe(String.raw`'a\ud800b\ue000'`);
});
