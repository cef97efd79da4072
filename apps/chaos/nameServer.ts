import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { Phases } from './endpoints.ts';

export const MOVING_NAME = 'moving.test';

const HEADER_BYTES = 12;
const TYPE_A = 1;
const TTL_S = 1;
const NO_ERROR = 0;
const SERVER_FAILURE = 2;
const NO_SUCH_NAME = 3;

/** The addresses that the receiver listens on. Only Linux has the second one without being told. */
export const RECEIVER_ADDRESSES = process.platform === 'linux' ? ['127.0.0.1', '127.0.0.2'] : ['127.0.0.1'];

/**
 * A name server that knows one name: it moves between the receiver's addresses, and in bad phases it points nowhere,
 * fails, or is not answered at all.
 */
export async function startNameServer({ seed, loadMs }: { seed: number; loadMs: number }) {
  let phases: Phases | null = null;
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => answer(query, from));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');

  function answer(query: Buffer, from: RemoteInfo): void {
    const now = Date.now();
    const count = phases?.count(now) ?? 0;
    if (!phases?.isBad(now)) {
      const address = RECEIVER_ADDRESSES[count % RECEIVER_ADDRESSES.length] ?? '127.0.0.1';
      reply(query, from, NO_ERROR, address);
    } else if (count % 3 !== 2) {
      reply(query, from, count % 3 === 0 ? NO_SUCH_NAME : SERVER_FAILURE);
    }
  }

  function reply(query: Buffer, { address, port }: RemoteInfo, code: number, target?: string): void {
    socket.send(encodeReply(query, code, target), port, address);
  }

  return {
    address: `127.0.0.1:${socket.address().port}`,
    begin(startedAt: number): void {
      phases = new Phases({ seed, name: MOVING_NAME, startedAt, loadMs });
    },
    async close(): Promise<void> {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** RFC 1035, as far as one question and at most one A record need it. */
function encodeReply(query: Buffer, code: number, target: string | undefined): Buffer {
  const nameEnd = query.indexOf(0, HEADER_BYTES);
  const question = query.subarray(HEADER_BYTES, nameEnd + 5);
  const withAddress = target !== undefined && query.readUInt16BE(nameEnd + 1) === TYPE_A;
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  // A response, recursion desired and available.
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(withAddress ? 1 : 0, 6);
  if (!withAddress) return Buffer.concat([header, question]);
  const record = Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, TTL_S, 0, 4]);
  return Buffer.concat([header, question, record, Buffer.from(target.split('.').map(Number))]);
}
