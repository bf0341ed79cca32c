// Alarms reach people: by a text, a call, a webhook, a command; each once, again after a failure
// and after a restart, and never as a storm.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, test } from 'node:test';
import { ACCOUNT, BACKUP, CUSTOMER, KEY, OWNER, SECRET, Stage, TOKEN, alwaysOnCall } from './stage.js';

// Somebody's webhook: what came, and what it answers.
export async function openHook() {
  const hook = { came: [], status: 200, waits: [] };
  hook.server = http.createServer((rq, answer) => {
    const parts = [];
    rq.on('data', (part) => parts.push(part));
    rq.on('end', () => {
      const body = Buffer.concat(parts).toString();
      hook.came.push({ body, headers: rq.headers, ...(body ? JSON.parse(body) : {}) });
      answer.writeHead(hook.status).end();
      for (const look of hook.waits) look();
    });
  });
  await new Promise((done) => hook.server.listen(0, '127.0.0.1', done));
  hook.url = `http://127.0.0.1:${hook.server.address().port}/5ecret/hook`;
  // Resolves when `count` have come for which `is` holds.
  hook.has = (is, count = 1) => new Promise((resolve) => {
    const look = () => {
      const list = hook.came.filter(is);
      if (list.length >= count) resolve(list);
    };
    hook.waits.push(look);
    look();
  });
  hook.close = () => { hook.server.closeAllConnections(); hook.server.close(); };
  after(hook.close);
  return hook;
}
export const kind = (what) => (alarm) => alarm.kind === what;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-alarms-'));
after(() => fs.rmSync(scratch, { recursive: true, force: true }));

let stage;
const open = async (options) => (stage = await Stage.open(options));
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

// A command that leaves what it was given as NAME.
const leaves = (name) => `/bin/sh -c 'cat >${scratch}/${name}.new && mv ${scratch}/${name}.new ${scratch}/${name}'`;
function left(name) {
  return new Promise((resolve) => {
    const watch = fs.watch(scratch, look);
    function look() {
      if (!fs.existsSync(path.join(scratch, name))) return;
      watch.close();
      resolve(fs.readFileSync(path.join(scratch, name), 'utf8'));
    }
    look();
  });
}
// Turns the clock, a minute at a time, until it has come.
async function turnUntil(promise) {
  let is = false;
  promise.then(() => (is = true));
  for (let i = 0; i < 120 && !is; i++) await stage.turn(60);
  return promise;
}
const rosterWith = (alarms) => ({ ...alwaysOnCall(), alarms });
const told = async (what = 'alarm.') =>
  (await stage.items(`/api/v1/events?limit=100&kind=${what}`)).map((e) => `${e.kind} ${e.detail}`).sort();
// Resolves when the log has that row.
async function logged(row) {
  for (let i = 0; i < 400; i++) {
    const rows = await told();
    if (rows.includes(row)) return rows;
    await stage.turn(1);
  }
  assert.fail(`${row} is not in the log: ${(await told()).join(', ')}`);
}

test('a relay that nobody takes is told by every way that the roster names', { timeout: 120000 }, async () => {
  const hook = await openHook();
  const ids = alwaysOnCall().dispatchers.map((d) => d.id);
  await open({
    roster: rosterWith({ text: [ids[1]], voice: [ids[2]], webhook: hook.url, command: true }),
    env: { NEXTRING_ALARM_COMMAND: leaves('letter') },
  });
  await stage.text(CUSTOMER, 'The basement floods, my address is 5 Elm Street');
  const [alarm] = await turnUntil(hook.has(kind('relay.exhausted')));
  assert.equal(alarm.type, 'alarm');
  assert.equal(alarm.tenant, 'acme');
  assert.equal(alarm.more, 0);
  assert.match(alarm.what, /nobody on the chain/);
  assert.equal(alarm.link, stage.base);
  assert.ok(alarm.thread_id && alarm.id && alarm.at);
  assert.equal(alarm.headers['x-nextring-signature'], undefined, 'the secret is the host\'s');

  const letter = await left('letter');
  assert.match(letter, /^Subject: \[.+\] A customer waits: nobody on the chain has acknowledged\nMIME-Version: 1.0\n/);
  assert.match(letter, /Kind: {5}relay\.exhausted\n/);
  for (const words of [letter, alarm.body]) {
    assert.ok(!words.includes('Elm'), 'nothing that the customer wrote');
    assert.ok(!words.includes(CUSTOMER.slice(-4)), 'nor his number');
  }
  const ways = ['command', 'text', 'voice', 'webhook'];
  for (const way of ways) await logged(`alarm.told by ${way}`);
  await stage.turn(120);
  for (const way of ways)
    assert.equal((await told()).filter((r) => r === `alarm.told by ${way}`).length, 1, way);
  assert.ok((await stage.texts(BACKUP)).some((t) => /ALARM: A customer waits/.test(t)));
  assert.equal(hook.came.filter(kind('relay.exhausted')).length, 1, 'once');
});

test('who is called presses a key, and that is on record', { timeout: 120000 }, async () => {
  const ids = alwaysOnCall().dispatchers.map((d) => d.id);
  await open({ roster: rosterWith({ voice: [ids[2]], kinds: ['relay.exhausted'] }) });
  await stage.phone(OWNER, { on_call: [{ do: 'answer', after_ms: 2000, then: [{ press: '1', after_ms: 3000 }, { hangup: true }] }] });
  await stage.text(CUSTOMER, 'Water everywhere');
  for (let i = 0; i < 60 && !(await told()).includes('alarm.told by voice'); i++) await stage.turn(60);
  const rows = await logged('alarm.heard null');
  assert.ok(rows.includes('alarm.told by voice'));
  const calls = (await stage.phone(OWNER)).calls;
  assert.equal(calls.length, 1);
});

test('the host\'s webhook is signed, tried again, and gets what nobody else would', { timeout: 120000 }, async () => {
  const hook = await openHook();
  await open({
    lines: ['+16195550199'], // the carrier has it, the roster has not
    env: { NEXTRING_ALARM_WEBHOOK: hook.url, NEXTRING_ALARM_SECRET: 'a-secret-for-tests' },
  });
  hook.status = 500;
  await stage.text(CUSTOMER, 'Hello?', '+16195550199');
  const [first] = await hook.has(kind('text.stray'));
  assert.equal(first.tenant, null);
  const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(first.headers['x-nextring-signature']);
  const good = crypto.createHmac('sha256', 'a-secret-for-tests').update(`${seconds}.${first.body}`).digest('hex');
  assert.equal(mac, good);
  hook.status = 204;
  const list = await turnUntil(hook.has(kind('text.stray'), 2));
  assert.equal(list[0].id, list[1].id, 'the same, so that the receiver knows it');
  await stage.turn(300);
  assert.deepEqual(hook.came.map((a) => a.kind), ['text.stray', 'text.stray'], 'it has arrived');
});

test('the one business\'s own webhook is signed by the host\'s secret', { timeout: 120000 }, async () => {
  const hook = await openHook();
  await open({ roster: rosterWith({ webhook: hook.url }), env: { NEXTRING_ALARM_SECRET: 'of-the-host' } });
  await stage.text(CUSTOMER, 'Smoke in the attic');
  const [alarm] = await turnUntil(hook.has(kind('relay.exhausted')));
  const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(alarm.headers['x-nextring-signature']);
  assert.equal(mac, crypto.createHmac('sha256', 'of-the-host').update(`${seconds}.${alarm.body}`).digest('hex'));
});

test('who presses no key is called again, and then it goes another way', { timeout: 120000 }, async () => {
  const hook = await openHook();
  const ids = alwaysOnCall().dispatchers.map((d) => d.id);
  await open({ roster: rosterWith({ voice: [ids[2]], kinds: ['relay.exhausted', 'alarm.'] }), env: { NEXTRING_ALARM_WEBHOOK: hook.url } });
  await stage.phone(OWNER, { on_call: [{ do: 'busy' }] });
  await stage.text(CUSTOMER, 'Water everywhere');
  const [alarm] = await turnUntil(hook.has(kind('alarm.not-heard')));
  assert.equal(alarm.detail, 'each was called 3 times, and nobody pressed 1');
  assert.equal((await stage.phone(OWNER)).calls.length, 3);
  await stage.turn(600);
  assert.equal((await stage.phone(OWNER)).calls.length, 3, 'and no more');
});

test('a storm is told as one, and then as how many it was', { timeout: 120000 }, async () => {
  const hook = await openHook();
  await open({ lines: ['+16195550199'], env: { NEXTRING_ALARM_WEBHOOK: hook.url } });
  await stage.text(CUSTOMER, 'Hello 0?', '+16195550199');
  await hook.has(kind('text.stray'));
  for (let i = 1; i <= 4; i++) await stage.text(CUSTOMER, `Hello ${i}?`, '+16195550199');
  await stage.turn(60);
  assert.equal(hook.came.length, 1);
  const [, second] = await turnUntil(hook.has(kind('text.stray'), 2));
  assert.equal(second.more, 3);
});

test('what was not told goes on after a kill, and what was told is not told again', { timeout: 120000 }, async () => {
  const hook = await openHook();
  await open({
    roster: rosterWith({ webhook: hook.url, command: true, kinds: ['relay.'] }),
    env: { NEXTRING_ALARM_COMMAND: leaves('kept'), NEXTRING_ALARM_COMMAND_FORM: 'json' },
  });
  hook.status = 503;
  await stage.text(CUSTOMER, 'The pump is down');
  await turnUntil(hook.has(kind('relay.exhausted')));
  const kept = JSON.parse(await left('kept'));
  assert.equal(kept.kind, 'relay.exhausted');
  await logged('alarm.told by command');
  await stage.kill();
  fs.rmSync(path.join(scratch, 'kept'));
  hook.status = 200;
  const before = hook.came.length;
  await stage.startDaemon();
  const list = await turnUntil(hook.has(kind('relay.exhausted'), before + 1));
  assert.equal(list.at(-1).id, kept.id);
  await logged('alarm.told by webhook');
  assert.ok(!fs.existsSync(path.join(scratch, 'kept')), 'the command had been given it');
});

test('nextring check says what an alarm cannot do', { timeout: 60000 }, async () => {
  const { execFileSync } = await import('node:child_process');
  const { build } = await import('./stage.js');
  const file = path.join(scratch, 'roster.json');
  const check = (alarms, env = {}) => {
    fs.writeFileSync(file, JSON.stringify(rosterWith(alarms)));
    try {
      return execFileSync(path.join(build, 'nextring'), ['check'], {
        env: {
          NEXTRING_ROSTER: file, NEXTRING_PUBLIC_URL: 'https://ring.example.com', NEXTRING_DATA: scratch,
          TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN, TWILIO_API_KEY: KEY, TWILIO_API_SECRET: SECRET, ...env,
        },
        encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      return error.stdout + error.stderr;
    }
  };
  const id = alwaysOnCall().dispatchers[0].id;
  assert.match(check({ text: [id] }), /note: .*alarms.*texts and calls alone/);
  assert.doesNotMatch(check({ text: [id], webhook: 'https://hooks.example.com/x' }), /texts and calls alone/);
  assert.doesNotMatch(check({ text: [id] }, { NEXTRING_ALARM_COMMAND: '/usr/bin/true' }), /texts and calls alone/);
  assert.match(check({ text: ['nobody-here'] }), /alarms\.text\[0\]/);
  assert.match(check({ webhook: 'ftp://example.com' }), /https:\/\//);
  assert.match(check({ sms: [id] }), /alarms/);
});
