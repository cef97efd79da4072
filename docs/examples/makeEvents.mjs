/**
 * Prints as many opens of the client 7 as are wanted, made now, an event a line (NDJSON).
 *   npx node docs/examples/makeEvents.mjs COUNT > events.ndjson
 */
const [count = '3'] = process.argv.slice(2);

for (let number = 1; number <= Number(count); number += 1) {
  const event = { type: 'open', id: `open-${number}`, clientId: 7, created: Date.now(), mailingId: 42 };
  console.log(JSON.stringify({ ...event, recipientId: `person-${number}@example.com` }));
}
