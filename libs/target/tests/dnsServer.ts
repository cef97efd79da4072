import { createSocket } from 'node:dgram';
import { isIPv4 } from 'node:net';

/** What the name server says of a name. Left out: it has no record of that kind. */
export interface DnsAnswer {
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  readonly ttl?: number;
  /** 2 is SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  readonly rcode?: number;
  /** Says nothing at all, as a broken name server does; or nothing to questions of that type. */
  readonly silent?: true | 'AAAA';
}

export interface DnsServer {
  /** `address:port`, as resolvers want it. */
  readonly address: string;
  /** The answer to each question for `name` in turn; the last one stays. A and AAAA are counted apart. */
  answer(name: string, ...answers: readonly DnsAnswer[]): void;
  /** How many questions of `type` came for `name`. */
  asked(name: string, type: 'A' | 'AAAA'): number;
  close(): Promise<void>;
}

const HEADER_BYTES = 12;
const TYPES = new Map<number, 'A' | 'AAAA'>([
  [1, 'A'],
  [28, 'AAAA'],
]);

/** A name server on loopback that knows what a test tells it; every other name does not exist. */
export async function startDnsServer(): Promise<DnsServer> {
  const answers = new Map<string, readonly DnsAnswer[]>();
  const counts = new Map<string, number>();
  const socket = createSocket('udp4');
  socket.on('message', (query, sender) => {
    const { name, type, end } = readQuestion(query);
    const known = answers.get(name) ?? [{ rcode: 3 }];
    const count = counts.get(`${type} ${name}`) ?? 0;
    counts.set(`${type} ${name}`, count + 1);
    const answer = known[Math.min(count, known.length - 1)];
    if (answer === undefined || answer.silent === true || answer.silent === type) return;
    socket.send(writeResponse(query.subarray(0, end), type, answer), sender.port, sender.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    answer: (name, ...given) => void answers.set(name, given),
    asked: (name, type) => counts.get(`${type} ${name}`) ?? 0,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function readQuestion(query: Buffer): { name: string; type: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = TYPES.get(query.readUInt16BE(at + 1)) ?? 'other';
  return { name: labels.join('.').toLowerCase(), type, end: at + 5 };
}

function writeResponse(question: Buffer, type: string, answer: DnsAnswer): Buffer {
  const addresses = (type === 'A' ? answer.a : type === 'AAAA' ? answer.aaaa : undefined) ?? [];
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180 | (answer.rcode ?? 0), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, ...addresses.map((address) => writeRecord(address, answer.ttl ?? 60))]);
}

/** 0xc00c points back to the question's name. */
function writeRecord(address: string, ttl: number): Buffer {
  const data = isIPv4(address) ? ipv4Bytes(address) : ipv6Bytes(address);
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(isIPv4(address) ? 1 : 28, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(ttl, 6);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([record, data]);
}

function ipv4Bytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

/** The URL parser writes every IPv6 address in hexadecimal groups, which leaves only "::" to fill. */
function ipv6Bytes(address: string): Buffer {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = '', right = ''] = canonical.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const missing = 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array<string>(missing).fill('0'), ...groups(right)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
