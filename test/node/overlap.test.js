// A step that adds one phone after the other: each is a call of its own, the caller waits in a loop,
// and whoever accepts meets him in a conference.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { holdAll } from './schema.js';
import { BACKUP, OTHERS, OWNER, PRIMARY, Stage, alwaysOnCall, request } from './stage.js';

const SPARE = '+16195550119';
const takes = (key = '1', after_ms = 4000, talk_ms = 8000) => ({
  on_call: [{ do: 'answer', after_ms, then: [{ press: key, after_ms: 1500 }, { talk_ms }, { hangup: true }] }],
});
const ignores = { on_call: [{ do: 'ignore' }] };

function roster() {
  const roster = alwaysOnCall();
  roster.dispatchers.push({ id: 'spare', name: 'Spare', phone: SPARE });
  roster.chains.dispatch = [
    { operators: ['primary', 'backup', 'owner'], how: 'overlap', ring_seconds: 10, ack_seconds: 900 },
    { operators: ['spare'], ring_seconds: 15, ack_seconds: 900 },
  ];
  return roster;
}

let stage;
let next = 0;
const call = async (more) => {
  const from = OTHERS[next++ % OTHERS.length];
  await stage.call(from, more);
  return from;
};
const latest = async (from) => (await stage.items('/api/v1/calls?limit=5')).find((c) => c.customer_phone === from);
const states = (cascade) => Object.fromEntries(cascade.plan.map((r) => [r.operator, r.state]));
const rings = async (number) => (await stage.phone(number)).calls.filter((c) => c.status === 'ringing').length;
let mark = 0; // what happened before is another call's
const timeline = async () => (await stage.carrier('GET', '/sim/timeline')).entries;
const talks = async (a, b) => (await timeline()).filter((e) => e.n > mark)
  .filter((e) => e.talk && [`${a} and ${b} talk`, `${b} and ${a} talk`].includes(e.words)).length;

async function open(options) {
  stage = await Stage.open({ roster: roster(), ...options });
  await stage.carrier('POST', '/sim/setup', { phones: [{ number: SPARE }] });
}
async function reset() {
  await stage.turn(200);
  mark = (await timeline()).at(-1).n;
  for (const n of [PRIMARY, BACKUP, OWNER, SPARE]) await stage.phone(n, ignores);
}

describe('phones that are added one after the other', () => {
  before(() => open({ env: { NEXTRING_CALL_RATE: '20' }, simArgs: ['--call-rate', '20'] }));
  after(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });
  beforeEach(reset);

  test('the first rings on while the second is added, and the third', async () => {
    await call();
    await stage.turn(5);
    assert.deepEqual([await rings(PRIMARY), await rings(BACKUP), await rings(OWNER)], [1, 0, 0]);
    await stage.turn(8);
    assert.deepEqual([await rings(PRIMARY), await rings(BACKUP), await rings(OWNER)], [1, 1, 0]);
    await stage.turn(9);
    assert.deepEqual([await rings(PRIMARY), await rings(BACKUP), await rings(OWNER)], [1, 1, 1]);
    await stage.turn(14);
    assert.deepEqual([await rings(PRIMARY), await rings(BACKUP), await rings(OWNER)], [0, 0, 0]);
    assert.equal(await rings(SPARE), 1);
  });

  test('the second accepts: they talk, and the first rings no more', async () => {
    await stage.phone(BACKUP, takes());
    const from = await call();
    await stage.turn(18);
    assert.equal(await talks(from, BACKUP), 1);
    assert.equal(await rings(PRIMARY), 0);
    await stage.turn(15);
    const cascade = await latest(from);
    assert.equal(cascade.accepted_by, 'backup');
    assert.equal(cascade.outcome, 'answered');
    assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes(`taken the call from ${from}`)));
    assert.equal(states(cascade).owner, 'waiting');
  });

  test('a mailbox takes nothing, and a phone that is busy costs no time', async () => {
    await stage.phone(PRIMARY, { on_call: [{ do: 'voicemail', after_ms: 1000 }] });
    await stage.phone(BACKUP, { on_call: [{ do: 'busy' }] });
    await stage.phone(OWNER, takes());
    const from = await call();
    await stage.turn(45);
    const cascade = await latest(from);
    assert.equal(cascade.accepted_by, 'owner');
    assert.equal(states(cascade).backup, 'busy');
  });

  test('"pass it on" rings the next at once', async () => {
    await stage.phone(PRIMARY, takes('2', 1000));
    await stage.phone(BACKUP, takes('1', 1000));
    const from = await call();
    await stage.turn(9); /* before the ten seconds of the first are over */
    assert.equal(states(await latest(from)).primary, 'passed');
    assert.equal((await latest(from)).accepted_by, 'backup');
  });

  test('two presses at the same moment: one winner', async () => {
    await stage.phone(PRIMARY, takes('1', 14000));
    await stage.phone(BACKUP, takes('1', 4000));
    const from = await call();
    await stage.turn(40);
    const cascade = await latest(from);
    assert.ok(['primary', 'backup'].includes(cascade.accepted_by));
    assert.equal(Object.values(states(cascade)).filter((s) => s === 'accepted').length, 1);
    assert.equal(await talks(from, PRIMARY) + await talks(from, BACKUP), 1);
  });

  test('nobody of them accepts: the next step rings, and has it', async () => {
    await stage.phone(SPARE, takes());
    const from = await call();
    await stage.turn(60);
    assert.equal((await latest(from)).accepted_by, 'spare');
  });

  test('nobody at all: the voicemail', async () => {
    const from = await call();
    await stage.turn(200);
    const cascade = await latest(from);
    assert.equal(cascade.state, 'over');
    assert.notEqual(cascade.outcome, 'answered');
  });

  for (const after of [2000, 11000, 15500, 17000])
    test(`the caller hangs up after ${after} ms: nothing rings on`, async () => {
      await stage.phone(BACKUP, takes());
      const from = await call({ hangup_after_ms: after });
      await stage.turn(30);
      const cascade = await latest(from);
      assert.equal(cascade.state, 'over');
      for (const n of [PRIMARY, BACKUP, OWNER]) assert.equal(await rings(n), 0, n);
      assert.equal(cascade.outcome === 'answered', await talks(from, BACKUP) > 0);
    });

  test('a short talk is over for both when the operator hangs up', async () => {
    await stage.phone(PRIMARY, takes('1', 2000, 2000));
    const from = await call();
    await stage.turn(15);
    assert.equal((await latest(from)).outcome, 'answered');
    assert.equal(await talks(from, PRIMARY), 1);
  });

  test('the tone is there for whoever asks, and may be kept', async () => {
    const answer = await request({ port: stage.port, target: '/webhook/twilio/ringing.wav' });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'audio/wav');
    assert.match(answer.headers['cache-control'], /max-age/);
  });
});

describe('an account that starts one call a second', () => {
  before(() => open({ simArgs: ['--call-rate', '1'] }));
  after(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });

  test('every call ends by rule', async () => {
    await reset();
    await stage.phone(PRIMARY, takes());
    for (let n = 0; n < 40; n++) await stage.call(OTHERS[n % OTHERS.length]);
    await stage.turn(240);
    const calls = await stage.items('/api/v1/calls?limit=100');
    assert.equal(calls.length, 40);
    for (const c of calls) assert.equal(c.state, 'over', `${c.call_sid} is stuck in ${c.state}`);
    assert.ok(calls.some((c) => c.outcome === 'answered'));
    for (const n of [PRIMARY, BACKUP, OWNER]) assert.equal(await rings(n), 0, n);
  });
});

// Another program that holds the database.
const holding = 'import sqlite3, sys\n'
  + 'db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)\n'
  + 'db.execute("BEGIN EXCLUSIVE")\nprint("held", flush=True)\nsys.stdin.read()\n';
async function lock() {
  if (stage.database) return holdAll(stage.database);
  const child = spawn('python3', ['-c', holding, path.join(stage.folder, 'data/nextring.db')],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.on('close', done));
  await new Promise((done, fail) => { child.on('error', fail); child.stdout.once('data', done); });
  return async () => { child.stdin.end(); await ended; };
}
const hears = (words) => new Promise((done) => {
  const look = () => { if (stage.daemon.said().includes(words)) { stage.daemon.stderr.off('data', look); done(); } };
  stage.daemon.stderr.on('data', look);
  look();
});

describe('what happens meanwhile', { timeout: 120000 }, () => {
  before(() => open({ env: { NEXTRING_CALL_RATE: '20' }, simArgs: ['--call-rate', '20'] }));
  after(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });
  beforeEach(reset);

  test('the database is locked when he presses: they talk, and it is on record afterwards', async () => {
    await stage.phone(BACKUP, takes('1', 3000, 20000));
    const from = await call();
    await stage.turn(12); /* the second rings */
    const mend = await lock();
    await stage.turn(40);
    assert.equal(await talks(from, BACKUP), 1);
    await mend();
    await hears('the store can be written again');
    await stage.turn(60);
    const cascade = await latest(from);
    assert.equal(cascade.outcome, 'answered');
    assert.equal(cascade.accepted_by, 'backup');
    for (const n of [PRIMARY, BACKUP, OWNER, SPARE]) assert.equal(await rings(n), 0, n);
  });

  test('the program is killed while phones ring: the call goes on', async () => {
    await stage.phone(OWNER, takes('1', 1000));
    const from = await call();
    await stage.turn(13);
    await stage.kill();
    await stage.startDaemon();
    await stage.turn(40);
    const cascade = await latest(from);
    assert.equal(cascade.accepted_by, 'owner');
    assert.equal(await talks(from, OWNER), 1);
    for (const n of [PRIMARY, BACKUP, OWNER]) assert.equal(await rings(n), 0, n);
  });
});
