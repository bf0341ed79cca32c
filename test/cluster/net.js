// test/cluster/net.js - one network namespace for each machine of the pretend data centre, joined
// by a bridge that has a namespace of its own: nothing of this machine's own network is touched.
//
// A cut is made at the bridge, so packets vanish and nobody is told: what a broken switch does.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const DATABASES = ['db1', 'db2', 'db3'];
export const NODES = ['n1', 'n2', 'n3'];
export const CARRIER = 'c';
export const MACHINES = [...DATABASES, ...NODES, CARRIER];

const SWITCH = 'nextring-net';
const BRIDGE = 'bridge';
const last = { db1: 11, db2: 12, db3: 13, n1: 21, n2: 22, n3: 23, c: 30 };

export const space = (machine) => `nextring-${machine}`;
export const address = (machine) => `10.251.0.${last[machine]}`;
export const machineAt = (remote) =>
  MACHINES.find((machine) => remote.replace('::ffff:', '') === address(machine)) ?? remote;

const ip = (...words) => run('ip', words);
const inSwitch = (...words) => ip('-n', SWITCH, ...words);

async function spaces() {
  const { stdout } = await ip('netns', 'list');
  return stdout.split('\n').map((line) => line.split(' ')[0]).filter((name) => name.startsWith('nextring-'));
}

export const isUp = async () => (await spaces()).length > 0;

async function addMachine(machine) {
  const name = space(machine);
  await ip('netns', 'add', name);
  await ip('-n', name, 'link', 'set', 'lo', 'up');
  await ip('-n', name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', machine, 'netns', SWITCH);
  await ip('-n', name, 'addr', 'add', `${address(machine)}/24`, 'dev', 'eth0');
  await ip('-n', name, 'link', 'set', 'eth0', 'up');
  await inSwitch('link', 'set', machine, 'master', BRIDGE, 'up');
}

export async function up() {
  await ip('netns', 'add', SWITCH);
  await inSwitch('link', 'set', 'lo', 'up');
  await inSwitch('link', 'add', BRIDGE, 'type', 'bridge', 'forward_delay', '0');
  await inSwitch('link', 'set', BRIDGE, 'up');
  for (const machine of MACHINES) await addMachine(machine);
}

// Ends whatever still runs in the namespaces, then takes them away; also those of an earlier run.
export async function down() {
  for (const name of await spaces()) {
    const { stdout } = await ip('netns', 'pids', name);
    for (const pid of stdout.split('\n').filter(Boolean)) {
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    }
    await ip('netns', 'delete', name);
  }
}

export const cut = (machine) => inSwitch('link', 'set', machine, 'nomaster');
export const heal = (machine) => inSwitch('link', 'set', machine, 'master', BRIDGE);

// Starts a program on a machine, as `user` if one is named; what it says goes to `log`.
export function start(machine, log, command, { user, env = {}, stdin = 'ignore' } = {}) {
  const as = user ? ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups'] : [];
  fs.mkdirSync(path.dirname(log), { recursive: true });
  const out = fs.openSync(log, 'a');
  const child = spawn('ip', ['netns', 'exec', space(machine), ...as, ...command], {
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...env },
    stdio: [stdin, out, out],
  });
  fs.closeSync(out);
  child.ended = new Promise((done) => { child.on('exit', (code, signal) => done(signal ?? code)); });
  child.on('error', () => {});
  return child;
}

// Runs a program on a machine to its end; resolves to what it said.
export async function call(machine, command, { user, env = {}, timeout = 60000 } = {}) {
  const as = user ? ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups'] : [];
  const { stdout } = await run('ip', ['netns', 'exec', space(machine), ...as, ...command], {
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...env },
    timeout,
    maxBuffer: 256 * 1024 * 1024,
  });
  return stdout;
}

export const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

// Waits until `is()` is true; `what` is said when it takes longer than `ms`.
export async function until(what, ms, is) {
  const end = Date.now() + ms;
  for (;;) {
    if (await is()) return;
    if (Date.now() > end) throw new Error(`waited ${ms / 1000} s in vain: ${what}`);
    await sleep(100);
  }
}
