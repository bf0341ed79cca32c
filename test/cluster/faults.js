// test/cluster/faults.js - what is done to the cluster while it works, each with the time it is
// watched afterwards.
import { cut, heal, sleep } from './net.js';

const WATCH_MS = 15000;
const PAUSED_MS = 12000; // beyond a node's lease
const CUT_NODE_MS = 20000;
const CUT_PRIMARY_MS = 32000; // beyond Patroni's ttl
const WHOLE_MS = 180000;

async function killPrimary({ database, say }) {
  const primary = await database.leader();
  say(`kill -9 of PostgreSQL on ${primary}, the primary`);
  process.kill(database.postmaster(primary), 'SIGKILL');
  await sleep(WATCH_MS);
  await database.whole(WHOLE_MS);
}

// The machine is gone: PostgreSQL, Patroni and etcd at once, so that only the ttl tells.
async function killMachine({ database, say }) {
  const primary = await database.leader();
  say(`kill -9 of all that runs on ${primary}, the primary`);
  database.patroni[primary].kill('SIGKILL');
  database.etcd[primary].kill('SIGKILL');
  process.kill(database.postmaster(primary), 'SIGKILL');
  await sleep(CUT_PRIMARY_MS);
  database.startEtcd(primary);
  database.startPatroni(primary);
  await database.whole(WHOLE_MS);
}

async function cutPrimary({ database, say }) {
  const primary = await database.leader();
  say(`${primary}, the primary, is cut off for ${CUT_PRIMARY_MS / 1000} s`);
  await cut(primary);
  await sleep(CUT_PRIMARY_MS);
  await heal(primary);
  await sleep(WATCH_MS);
  await database.whole(WHOLE_MS);
}

async function killNode({ nodes, node, say }) {
  say(`kill -9 of nextring on ${node}`);
  await nodes.end(node, 'SIGKILL');
  await sleep(WATCH_MS);
  await nodes.start(node);
  await sleep(WATCH_MS);
}

async function cutNode({ node, say }) {
  say(`${node} is cut off for ${CUT_NODE_MS / 1000} s`);
  await cut(node);
  await sleep(CUT_NODE_MS);
  await heal(node);
  await sleep(WATCH_MS);
}

async function pauseNode({ nodes, node, say }) {
  say(`nextring on ${node} is paused for ${PAUSED_MS / 1000} s`);
  nodes.daemon[node].kill('SIGSTOP');
  await sleep(PAUSED_MS);
  nodes.daemon[node].kill('SIGCONT');
  await sleep(WATCH_MS);
}

async function rollingRestart({ nodes, say }) {
  for (const node of nodes.nodes) {
    say(`nextring on ${node} ends by SIGTERM and starts again`);
    const how = await nodes.end(node, 'SIGTERM');
    if (how !== 0) throw new Error(`nextring on ${node} ended with ${how}`);
    await nodes.start(node);
    await sleep(3000);
  }
  await sleep(WATCH_MS);
}

export const FAULTS = {
  'kill-primary': killPrimary,
  'kill-node': killNode,
  'cut-primary': cutPrimary,
  'cut-node': cutNode,
  'pause-node': pauseNode,
  'rolling-restart': rollingRestart,
  'kill-machine': killMachine,
};
export const QUICK = ['kill-primary', 'kill-node', 'pause-node'];
