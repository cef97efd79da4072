/**
 * A customer's endpoint at its simplest: prints the events that arrive, and accepts them.
 *   npx node docs/examples/customer.mjs PORT
 */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

const [port = '4000'] = process.argv.slice(2);

const server = createServer(async (request, response) => {
  const events = await json(request);
  for (const event of events) console.log(JSON.stringify(event));
  // 200 and nothing else says that all of them are taken.
  response.writeHead(200).end();
});
server.listen(Number(port), () => console.log(`Waiting for events on http://localhost:${port}`));
