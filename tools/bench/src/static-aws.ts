/**
 * An AWS account that costs nothing to ask: EC2 lists out of prepared pages, everything else empty. It runs as a process of
 * its own, so that its work is not counted as the worker's.
 *
 *     node static-aws.ts INSTANCES VOLUMES
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const [instanceCount = 0, volumeCount = 0] = process.argv.slice(2).map(Number);
const account = '123456789012';
const region = 'us-east-1';
const pageSize = 1000;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const answer = answerTo(form, request.headers['x-amz-target']);
    response.writeHead(answer.status, { 'content-type': answer.type, 'content-length': answer.body.length });
    response.end(answer.body);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
});

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

function answerTo(form: URLSearchParams, target: string | string[] | undefined): Answer {
  if (typeof target === 'string') {
    const outside = target.endsWith('DescribeOrganization');
    const body = outside ? '{"__type":"AWSOrganizationsNotInUseException","message":"not in use"}' : '{}';
    return { status: outside ? 400 : 200, type: 'application/x-amz-json-1.1', body: Buffer.from(body) };
  }
  const action = form.get('Action');
  if (action === null) return xml('<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>');
  return queryAnswer(action, form);
}

function queryAnswer(action: string, form: URLSearchParams): Answer {
  switch (action) {
    case 'DescribeInstances':
      return page(action, 'reservationSet', instanceCount, instance, form);
    case 'DescribeVolumes':
      return page(action, 'volumeSet', volumeCount, volume, form);
    case 'DescribeInstanceAttribute':
      return ec2(action, `<instanceId>${form.get('InstanceId')}</instanceId><userData/>`);
    case 'DescribeRegions':
      return ec2(action, `<regionInfo><item><regionName>${region}</regionName></item></regionInfo>`);
    case 'GetCallerIdentity':
      return result(
        action,
        `<Arn>arn:aws:iam::${account}:user/bench</Arn><UserId>A</UserId><Account>${account}</Account>`,
      );
    case 'GenerateCredentialReport':
      return result(action, '<State>COMPLETE</State>');
    case 'GetCredentialReport': {
      const report = Buffer.from('user,arn,user_creation_time\n').toString('base64');
      return result(action, `<Content>${report}</Content><ReportFormat>text/csv</ReportFormat>`);
    }
    default:
      return action.startsWith('Describe') ? ec2(action, '') : result(action, '');
  }
}

const pages = new Map<string, Answer>();

function page(
  action: string,
  set: string,
  count: number,
  render: (index: number) => string,
  form: URLSearchParams,
): Answer {
  const from = Number(form.get('NextToken') ?? 0);
  const size = Math.min(pageSize, Number(form.get('MaxResults') ?? pageSize));
  const key = `${action}/${from}/${size}`;
  const known = pages.get(key);
  if (known !== undefined) return known;
  const to = Math.min(from + size, count);
  const items = Array.from({ length: to - from }, (_, index) => render(from + index)).join('');
  const next = to < count ? `<nextToken>${to}</nextToken>` : '';
  const answer = ec2(action, `<${set}>${items}</${set}>${next}`);
  pages.set(key, answer);
  return answer;
}

function ec2(action: string, content: string): Answer {
  return xml(
    `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>${content}</${action}Response>`,
  );
}

function result(action: string, content: string): Answer {
  return xml(`<${action}Response><${action}Result>${content}</${action}Result></${action}Response>`);
}

function xml(text: string): Answer {
  return { status: 200, type: 'text/xml', body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`) };
}

function hex(index: number): string {
  return index.toString(16).padStart(17, '0');
}

function tags(index: number): string {
  const values = { Name: `server-${index}`, owner: `team-${index % 40}`, costCenter: `cc-${index % 12}` };
  const items = Object.entries(values).map(([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`);
  return `<tagSet>${items.join('')}</tagSet>`;
}

function volume(index: number): string {
  return (
    `<item><volumeId>vol-${hex(index)}</volumeId><size>100</size><availabilityZone>${region}a</availabilityZone>` +
    `<status>in-use</status><createTime>2023-01-02T03:04:05.000Z</createTime><attachmentSet><item>` +
    `<volumeId>vol-${hex(index)}</volumeId><instanceId>i-${hex(index)}</instanceId><device>/dev/xvda</device>` +
    `<status>attached</status><attachTime>2023-01-02T03:04:05.000Z</attachTime>` +
    `<deleteOnTermination>true</deleteOnTermination></item></attachmentSet>${tags(index)}<volumeType>gp3</volumeType>` +
    `<iops>3000</iops><encrypted>true</encrypted><throughput>125</throughput></item>`
  );
}

function instance(index: number): string {
  const address = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
  const group = `<groupSet><item><groupId>sg-${index % 11}</groupId><groupName>group-${index % 11}</groupName></item></groupSet>`;
  return (
    `<item><reservationId>r-${hex(index)}</reservationId><ownerId>${account}</ownerId><instancesSet><item>` +
    `<instanceId>i-${hex(index)}</instanceId><imageId>ami-${index % 7}</imageId><instanceState><code>16</code>` +
    `<name>running</name></instanceState><privateDnsName>ip-${index}.ec2.internal</privateDnsName>` +
    `<keyName>key-${index % 9}</keyName><amiLaunchIndex>0</amiLaunchIndex><instanceType>m5.large</instanceType>` +
    `<launchTime>2023-02-03T10:11:12.000Z</launchTime><placement><availabilityZone>${region}a</availabilityZone>` +
    `<tenancy>default</tenancy></placement><monitoring><state>disabled</state></monitoring>` +
    `<subnetId>subnet-${index % 20}</subnetId><vpcId>vpc-1</vpcId><privateIpAddress>${address}</privateIpAddress>` +
    `<sourceDestCheck>true</sourceDestCheck>${group}<architecture>x86_64</architecture>` +
    `<rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName><blockDeviceMapping><item>` +
    `<deviceName>/dev/xvda</deviceName><ebs><volumeId>vol-${hex(index)}</volumeId><status>attached</status>` +
    `<attachTime>2023-01-02T03:04:05.000Z</attachTime><deleteOnTermination>true</deleteOnTermination></ebs></item>` +
    `</blockDeviceMapping><virtualizationType>hvm</virtualizationType>${tags(index)}<hypervisor>xen</hypervisor>` +
    `<networkInterfaceSet><item><networkInterfaceId>eni-${hex(index)}</networkInterfaceId>` +
    `<subnetId>subnet-${index % 20}</subnetId><vpcId>vpc-1</vpcId><status>in-use</status>` +
    `<privateIpAddress>${address}</privateIpAddress><sourceDestCheck>true</sourceDestCheck>${group}</item>` +
    `</networkInterfaceSet><ebsOptimized>true</ebsOptimized><enaSupport>true</enaSupport><cpuOptions>` +
    `<coreCount>1</coreCount><threadsPerCore>2</threadsPerCore></cpuOptions></item></instancesSet></item>`
  );
}
