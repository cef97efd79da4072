/**
 * A mail engine at its simplest: publishes an open of each of three recipients.
 *   npx node docs/examples/publish.mjs REDIS_URL [PREFIX]
 */
import { createPublisher } from '#libs/publisher/publisher.ts';

const [redisUrl = 'redis://127.0.0.1:6379/0', prefix = 'postrider'] = process.argv.slice(2);
const publisher = createPublisher({ redisUrl, prefix });

for (const recipientId of ['anna@example.com', 'bernd@example.com', 'carla@example.com']) {
  // Resolves when the event is in its queue: from then on it is Postrider's.
  await publisher.publish({ type: 'open', clientId: 7, created: Date.now(), mailingId: 42, recipientId });
}
await publisher.close();
