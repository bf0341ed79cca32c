#!/usr/bin/env node
// bench/tenants.mjs - what the others feel when one tenant floods.
//
//   node bench/tenants.mjs [--tenants 2000] [--rate 1000] [--flood 10] [--rounds 9] [--seconds 6]
//                          [--customers 5] [--database ADDRESS]       NEXTRING_BUILD: the build folder
//
// Signed texts come to one daemon for all tenants' lines at a fixed rate, whether it answers or not
// (open loop). A round has a quiet half and a half in which one tenant sends `flood` times its
// share of that rate beside the others; which comes first alternates. The times are the others'
// alone. Prints the rounds and the medians of their ratios. docs/scale.md says how to read it.
import fs from 'node:fs';
import { Machine, median, options, roster } from './parts.mjs';

const given = options(
  { tenants: 2000, rate: 1000, flood: 10, rounds: 9, seconds: 6, customers: 5, database: '' },
  'bench/tenants.mjs [--tenants N] [--rate N] [--flood N] [--rounds N] [--seconds N] [--customers N] [--database ADDRESS]',
);
const FIRST_LINE = 18582000000;
const line = (n) => `+${FIRST_LINE + n}`;
const share = given.rate / given.tenants;

const machine = await Machine.open(given.database ? { NEXTRING_DATABASE: given.database } : {});
machine.more.NEXTRING_ROSTER = machine.file('rosters');
fs.mkdirSync(machine.file('rosters'));
for (let n = 0; n < given.tenants; n++) {
  fs.writeFileSync(machine.file(`rosters/t${n}.json`), JSON.stringify(roster(`t${n}`, line(n), 6192000000 + n * 3)));
}
const ready = await machine.serve();
console.log(`${given.tenants} tenants, ready after ${ready.toFixed(2)} s with ${machine.memory().toFixed(0)} MB; ${given.rate} texts a second; `
  + `one floods with ${(given.flood * share).toFixed(0)} a second, ${given.flood} times its share`);

// Every customer has written once, so that each text finds its thread.
await machine.load({ lines: given.tenants, line: line(0), customers: given.customers, connections: 32,
  count: given.tenants * given.customers, seconds: 600 });

const others = () => machine.load({ lines: given.tenants - 1, line: line(1), customers: given.customers, connections: 64,
  rate: given.rate - share, seconds: given.seconds, 'warm-up': 1 });
const flood = () => machine.load({ line: line(0), customers: 1000, connections: 64, rate: given.flood * share,
  seconds: given.seconds, 'warm-up': 1, status: 0, expect: '' }, true);

const rounds = [];
for (let round = 0; round < given.rounds; round++) {
  const quiet = round % 2 ? null : await others();
  const [flooded, flooder] = await Promise.all([others(), flood()]);
  const silent = quiet ?? await others();
  rounds.push({ quiet: silent, flooded, flooder });
  console.log(`round ${round + 1}: quiet p50 ${silent.p50_us} p99 ${silent.p99_us} us, CPU ${silent.cpu_us} us a text; `
    + `flood p50 ${flooded.p50_us} p99 ${flooded.p99_us} us; the flooder's own p50 ${flooder.p50_us} p99 ${flooder.p99_us} us, `
    + `${flooder.good} answered, ${flooder.bad} refused or late`);
}
const of = (pick) => median(rounds.map(pick));
const ratio = (name) => of((r) => r.flooded[name] / r.quiet[name]);
console.log(`
| the others, medians of ${given.rounds} paired rounds of ${given.seconds} s | quiet | flood | ratio |
|---|---|---|---|
| p50, ms | ${(of((r) => r.quiet.p50_us) / 1000).toFixed(2)} | ${(of((r) => r.flooded.p50_us) / 1000).toFixed(2)} | ${ratio('p50_us').toFixed(2)} |
| p99, ms | ${(of((r) => r.quiet.p99_us) / 1000).toFixed(2)} | ${(of((r) => r.flooded.p99_us) / 1000).toFixed(2)} | ${ratio('p99_us').toFixed(2)} |`);
const held = ratio('p50_us') < 1.2 && ratio('p99_us') < 2;
console.log(held ? '\nheld: p50 within 20 %, p99 less than doubled' : '\nNOT held: p50 within 20 %, p99 less than doubled');
await machine.close();
process.exit(held ? 0 : 1);
