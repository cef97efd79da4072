import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Loaded before the API and the workers (`node --import`): they ask the name server that this module's own URL names
 * (`?server=address:port`) rather than the system's, as if /etc/resolv.conf named it.
 */
const server = new URL(import.meta.url).searchParams.get('server');
if (!server) throw new Error('useNameServer.ts wants ?server=address:port in its URL.');

const servers = [server];

dns.Resolver = class extends dns.Resolver {
  constructor(options?: ConstructorParameters<typeof dns.Resolver>[0]) {
    super(options);
    this.setServers(servers);
  }
};
syncBuiltinESMExports();
