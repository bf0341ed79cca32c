// test/cluster/round.js - one round, from inside the carrier's namespace: builds the cluster, puts
// load on it, does what goes wrong, waits for the end of it all, and has the history judged.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as collect from './collect.js';
import { ADDRESS, Database } from './database.js';
import { FAULTS } from './faults.js';
import { judge } from './history_check.js';
import { NODES, sleep, until } from './net.js';
import { Nodes } from './nodes.js';
import { Probe } from './probe.js';
import { words } from './report.js';

const OUTAGE_MS = 1000; // two rows of the small writer further apart: the database took no writes
const CATCH_UP_MS = 75000; // a node lists the carrier's log once a minute
const SETTLE_MS = 180000;
const LAST_MS = 5000; // until the receipts of the last texts have come

const options = JSON.parse(process.env.NEXTRING_CLUSTER_ROUND);
const { work, logs, results, build, programs, faults, rate, calls, quiet } = options;
const begin = Date.now();
const say = (line) => console.log(`${String(Math.round((Date.now() - begin) / 1000)).padStart(4)} s  ${line}`);

const database = new Database(work, logs, programs);
const nodes = new Nodes({ folder: work, logs, build, database: ADDRESS });
const phases = [];
function phase(name) {
  endPhase();
  phases.push({ name, from: Date.now(), to: 0, load: 0 });
}
function endPhase() {
  if (phases.length) Object.assign(phases.at(-1), { to: Date.now(), load: Math.round(os.loadavg()[0] * 10) / 10 });
}

async function spooled() {
  const out = [];
  for (const node of NODES) {
    const { count } = await nodes.spooled(node);
    out.push({ node, count });
  }
  return out;
}

async function untilSettled() {
  const since = Date.now();
  await sleep(CATCH_UP_MS);
  try {
    await until('everything is settled', SETTLE_MS, async () =>
      (await spooled()).every((s) => s.count === 0) && collect.isSettled(database));
  } catch (error) {
    say(`${error.message}: what is left is judged`);
  }
  say(`settled ${Math.round((Date.now() - since) / 1000)} s after the last text`);
}

async function play() {
  const file = path.join(results, 'passed.jsonl');
  fs.rmSync(file, { force: true });
  await database.start();
  say(`three machines with PostgreSQL, Patroni and etcd; ${await database.leader()} leads`);
  nodes.prepare();
  await nodes.startCarrier(file);
  for (const node of NODES) await nodes.start(node);
  say('three nodes are ready');
  const probe = new Probe(database);
  await probe.start();

  phase('none');
  nodes.order({ texts: rate, calls });
  await sleep(quiet * 1000);
  for (const [i, name] of faults.entries()) {
    phase(name);
    await FAULTS[name]({ database, nodes, node: NODES[i % NODES.length], say });
  }
  endPhase();
  nodes.order({ texts: 0, calls: 0 });
  say('no more texts and calls; what is under way goes on');
  await untilSettled();
  await sleep(LAST_MS);
  nodes.order({ end: true });
  await nodes.carrier.ended;

  const history = {
    end: Date.now(),
    phases,
    outages: probe.outages(OUTAGE_MS),
    logs: await collect.logs(nodes, NODES[0], logs),
    spooled: await spooled(),
    probe: { lost: (await probe.stop()).length, acked: probe.acked.length },
    database: await collect.rows(database),
  };
  history.entries = await collect.entries(file);
  fs.writeFileSync(path.join(results, 'history.json'), JSON.stringify(history));
  const verdict = judge(history);
  fs.writeFileSync(path.join(results, 'verdict.json'), JSON.stringify(verdict, null, 2));
  console.log(words(verdict));
  return verdict.findings.length ? 1 : 0;
}

try {
  process.exit(await play());
} catch (error) {
  console.error(`script/cluster: ${error.message}`);
  process.exit(3);
}
