/**
 * The same without Postrider's library: any BullMQ producer in any language does.
 *   npx node docs/examples/publishWithBullMq.mjs REDIS_URL [PREFIX]
 */
import { Queue } from 'bullmq';

const [url = 'redis://127.0.0.1:6379/0', prefix = 'postrider'] = process.argv.slice(2);
const queue = new Queue('events-open', { connection: { url }, prefix });

const recipients = ['anna@example.com', 'bernd@example.com', 'carla@example.com'];
const events = recipients.map((recipientId) => {
  return { type: 'open', clientId: 7, created: Date.now(), mailingId: 42, recipientId };
});
// One event a job, or { events: [...] } with up to 1,000, which is many times faster.
await queue.add('open', { events });
await queue.close();
