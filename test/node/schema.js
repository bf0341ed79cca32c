// test/node/schema.js - a schema of a test's own in the PostgreSQL that NEXTRING_TEST_DATABASE names.
import { spawn, spawnSync } from 'node:child_process';

export const server = process.env.NEXTRING_TEST_DATABASE ?? '';
let count = 0;

export function psql(address, text) {
  const run = spawnSync('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', text, address], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${text}: ${run.error ?? run.stderr}`);
  return run.stdout.trim();
}

// The address of an empty schema.
export function makeSchema() {
  const name = `node_${process.pid}_${++count}`;
  psql(server, `CREATE SCHEMA ${name}`);
  return `${server}${server.includes('?') ? '&' : '?'}options=-csearch_path%3D${name}`;
}

// Somebody who holds what whoever writes needs, until the function that this resolves to is called.
export async function holdAll(address) {
  const child = spawn('psql', ['-XqAt', address], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.on('close', done));
  const held = new Promise((done, fail) => { child.on('error', fail); child.stdout.once('data', done); });
  child.stdin.write("BEGIN; LOCK TABLE hold, probe IN ACCESS EXCLUSIVE MODE; SELECT 'held';\n");
  await held;
  return async () => { child.stdin.end(); await ended; };
}

export function dropSchema(address) {
  psql(server, `SET client_min_messages = warning; DROP SCHEMA ${address.split('%3D').pop()} CASCADE`);
}
