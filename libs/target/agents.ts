import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { blocked } from './guardedLookup.ts';
import { isSpecialAddress, type TargetPolicy } from './specialAddress.ts';

export interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

export interface AgentParts {
  readonly policy: TargetPolicy;
  readonly lookup: LookupFunction;
  readonly egress: Egress;
  readonly maxSocketsPerOrigin?: number;
  /** Certificate authorities in place of the well-known ones. */
  readonly ca?: string | Buffer;
}

/** How deliveries leave this machine (contract §4). */
export interface Egress {
  /** The local address that sockets are bound to. */
  readonly address?: string;
  /** `http://user:password@host:port`: a CONNECT proxy. Then that proxy resolves names, and is the guard. */
  readonly proxy?: string;
}

/**
 * Many customers may share an origin (an automation service), and some of them be hung there: it is as high as there
 * may be POSTs under way in a process, so that none waits for the socket of another.
 */
const MAX_SOCKETS_PER_ORIGIN = 10_000;
const MAX_IDLE_SOCKETS_PER_ORIGIN = 16;
/** Of one agent. What is in use is bounded by the callers; with more than this, none is kept after use. */
const MAX_KEPT_SOCKETS = 1_024;
/** Servers close idle connections after 5 seconds and more; to be first spares a POST into a closing one. */
const IDLE_TIMEOUT_MS = 4_000;
/** Before the next of a name's addresses is tried. */
const ADDRESS_TIMEOUT_MS = 1_000;

/**
 * The agents through which everything to targets goes. They connect to nothing that the policy does not
 * allow: names go through the guarded lookup, addresses (which node:net never looks up) are checked here.
 */
export function createAgents(parts: AgentParts): Agents {
  const { policy, egress } = parts;
  if (egress.address !== undefined && egress.proxy !== undefined) {
    throw new Error(
      'EGRESS_ADDRESS and EGRESS_PROXY exclude each other: the proxy has an address of its own.',
    );
  }
  const options: https.AgentOptions = {
    keepAlive: true,
    timeout: IDLE_TIMEOUT_MS,
    maxSockets: parts.maxSocketsPerOrigin ?? MAX_SOCKETS_PER_ORIGIN,
    maxFreeSockets: MAX_IDLE_SOCKETS_PER_ORIGIN,
    lookup: parts.lookup,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
    ...(egress.address && { localAddress: egress.address, family: isIP(egress.address) }),
    ...(egress.proxy && { proxyEnv: { HTTP_PROXY: egress.proxy, HTTPS_PROXY: egress.proxy } }),
  };
  const tls = { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(parts.ca && { ca: parts.ca }) } as const;
  return {
    http: guard(new http.Agent(options), policy),
    https: guard(new https.Agent({ ...options, ...tls }), policy),
  };
}

/** `agent` itself, which from now on refuses special addresses and keeps a limited number of idle sockets. */
function guard<A extends http.Agent>(agent: A, policy: TargetPolicy): A {
  const { createConnection, keepSocketAlive } = agent;
  let open = 0;
  agent.createConnection = (options, connected) => {
    const host = options.host ?? '';
    if (isIP(host) !== 0 && isSpecialAddress(host, policy)) throw blocked(host, host);
    const socket = createConnection.call(agent, options, connected);
    open += 1;
    socket?.once('close', () => {
      open -= 1;
    });
    return socket;
  };
  agent.keepSocketAlive = (socket) => open <= MAX_KEPT_SOCKETS && keepSocketAlive.call(agent, socket);
  return agent;
}
