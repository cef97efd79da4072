import type { FastifyPluginAsync } from 'fastify';
import type { Receiver } from './receiver.ts';

/**
 * For `fastify.register(…)`: a route that takes the bodies as they came, beside others that don't. What `onEvents`
 * throws goes to Fastify's error handler.
 */
export function fastifyPlugin(receiver: Receiver, { path }: { readonly path: string }): FastifyPluginAsync {
  return async (fastify) => {
    const asBytes = { parseAs: 'buffer', bodyLimit: receiver.maxBodyBytes } as const;
    fastify.addContentTypeParser(
      'application/json',
      asBytes,
      async (_request: unknown, body: Buffer) => body,
    );
    fastify.post(path, async (request, reply) => {
      const { method, headers } = request;
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const verdict = await receiver.receive({ method, headers, body });
      if ('error' in verdict) throw verdict.error;
      return reply.code(verdict.status).headers(verdict.headers).send();
    });
  };
}
