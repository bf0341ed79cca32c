// test/cluster/carrier.js HISTORY - the exchange and the load in a process of their own, so that
// nothing else delays the times that are written down. Takes orders as lines of JSON:
// {"texts": 10, "calls": 1} per second, {"texts": 0, "calls": 0} to stop, {"end": true}.
import readline from 'node:readline';
import { Exchange } from './exchange.js';
import { Load } from './load.js';

const exchange = new Exchange(process.argv[2], process.argv[3]?.split(','));
await exchange.open();
const load = new Load(exchange);
console.log('ready');

for await (const line of readline.createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  load.stop();
  if (order.end) break;
  load.start(order);
}
load.stop();
await exchange.close();
process.exit(0);
