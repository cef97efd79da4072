import type { LookupAddress } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

const LOOPBACK: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** The addresses that `text`, a hosts file, gives `host`. Pure. */
export function addressesInHosts(text: string, host: string): readonly LookupAddress[] {
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const family = isIP(address);
    return family !== 0 && names.some((name) => name.toLowerCase() === host) ? [{ address, family }] : [];
  });
}

/** For development: what the machine itself says of `host`. A file that can't be read says nothing. */
export async function lookUpInHosts(path: string, host: string): Promise<readonly LookupAddress[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const addresses = addressesInHosts(text, host);
  const isLocalhost = host === 'localhost' || host.endsWith('.localhost');
  return addresses.length === 0 && isLocalhost ? LOOPBACK : addresses;
}
