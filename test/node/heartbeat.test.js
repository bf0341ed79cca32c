// An address is asked while all is well: every so often, and after it has failed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import { after, afterEach, test } from 'node:test';
import { START, Stage, request } from './stage.js';

let stage;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

async function openSwitch() {
  const dead = { count: 0, status: 200, waits: [] };
  dead.server = http.createServer((rq, answer) => {
    dead.count += 1;
    dead.path = rq.url;
    answer.writeHead(dead.status).end();
    for (const look of dead.waits) look();
  });
  await new Promise((done) => dead.server.listen(0, '127.0.0.1', done));
  dead.url = `http://127.0.0.1:${dead.server.address().port}/ping/5ecret`;
  dead.has = (count) => new Promise((resolve) => {
    const look = () => dead.count >= count && resolve();
    dead.waits.push(look);
    look();
  });
  after(() => { dead.server.closeAllConnections(); dead.server.close(); });
  return dead;
}
const hears = (words) => new Promise((resolve) => {
  const look = () => stage.daemon.said().includes(words) && resolve();
  stage.daemon.stderr.on('data', look);
  look();
});

test('it is asked once its time has come, and a failure is said once', { timeout: 60000 }, async () => {
  const dead = await openSwitch();
  stage = await Stage.open({ env: { NEXTRING_HEARTBEAT_URL: dead.url, NEXTRING_HEARTBEAT_SECONDS: '60' } });
  await dead.has(1);
  assert.equal(dead.path, '/ping/5ecret');
  await stage.turn(30);
  assert.equal(dead.count, 1, 'not before');
  await stage.turn(30);
  await dead.has(2);
  dead.status = 503;
  await stage.turn(60);
  await hears('NEXTRING_HEARTBEAT_URL answers 503');
  await stage.turn(60);
  await dead.has(4);
  const said = async () => {
    const { body } = await request({ socketPath: path.join(stage.folder, 'data/control.sock'), target: '/metrics' });
    const health = await stage.api('/api/v1/health');
    const { items } = await stage.api('/api/v1/doctor');
    return {
      failed: Number(/^nextring_heartbeats_failed_total (\d+)$/m.exec(body)[1]),
      part: health.items.find((i) => i.name === 'heartbeat')?.words,
      finding: items.find((f) => f.check === 'heartbeat'),
    };
  };
  let now = await said();
  while (now.failed < 2) now = await said(); // the answer is on its way
  assert.equal(now.part, 'NEXTRING_HEARTBEAT_URL answers 503');
  assert.equal(now.finding.state, 'warn');
  assert.equal(now.finding.what, 'NEXTRING_HEARTBEAT_URL answers 503');
  dead.status = 200;
  await stage.turn(60);
  await hears('NEXTRING_HEARTBEAT_URL can be asked again');
  now = await said();
  assert.equal(now.failed, 2);
  assert.equal(now.part, undefined);
  assert.equal(now.finding.state, 'ok');
  assert.equal(stage.daemon.said().split('answers 503').length, 2, 'once');
  assert.ok(!stage.daemon.said().includes('5ecret'), 'its path is a secret');
});

test('a store that cannot be written is not well: the address is not asked', { timeout: 60000 }, async () => {
  const dead = await openSwitch();
  // systemd's watchdog has the store proven ten times a second.
  stage = await Stage.open({
    database: 'sqlite',
    env: { NEXTRING_HEARTBEAT_URL: dead.url, WATCHDOG_USEC: '300000' },
  });
  await dead.has(1);
  // Another program holds the database.
  const holder = spawn('python3', ['-c', `import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute('BEGIN IMMEDIATE')
sys.stdin.read()`, path.join(stage.folder, 'data/nextring.db')], { stdio: ['pipe', 'inherit', 'inherit'] });
  await hears('NEXTRING_HEARTBEAT_URL is not asked');
  const before = dead.count;
  await stage.carrier('POST', '/sim/clock', { set_ms: Date.parse(START) + 600000 });
  assert.equal((await request({ port: stage.port, target: '/healthz' })).status, 200, 'the loop has turned');
  assert.equal(dead.count, before);
  holder.stdin.end();
  await dead.has(before + 1);
});
