import { expect, it } from '@jest/globals';
import { addressesInHosts } from './hostsFile.ts';

const HOSTS = `# comment
127.0.0.1\tlocalhost
::1 localhost ip6-localhost
  10.0.0.5   crm.example.com  CRM # the CRM
nonsense crm.example.com
#10.0.0.6 crm.example.com
\r
10.0.0.7 windows\r
`;

it.each([
  ['localhost', ['127.0.0.1', '::1']],
  ['crm.example.com', ['10.0.0.5']],
  ['crm', ['10.0.0.5']],
  ['windows', ['10.0.0.7']],
  ['the', []],
  ['example.com', []],
])('the hosts file gives %s: %j', (host, addresses) => {
  expect(addressesInHosts(HOSTS, host).map(({ address }) => address)).toEqual(addresses);
});
