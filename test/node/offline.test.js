// While the store cannot be written, calls cascade to their end and texts are taken; afterwards
// everything is on record, in order, and nobody is rung again.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { holdAll } from './schema.js';
import { BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, Stage, alwaysOnCall, request, sid } from './stage.js';

const answering = (press, after_ms = 3000) => ({
  on_call: [{ do: 'answer', after_ms: 2000, then: [{ press, after_ms }, { talk_ms: 20000 }, { hangup: true }] }],
});
const ignoring = { on_call: [{ do: 'ignore' }] };
const busy = { on_call: [{ do: 'busy' }] };

// Resolves when the daemon has said it `times` times.
function hears(stage, words, times = 1) {
  return new Promise((resolve) => {
    const look = () => {
      if (stage.daemon.said().split(words).length <= times) return;
      stage.daemon.stderr.off('data', look);
      resolve();
    };
    stage.daemon.stderr.on('data', look);
    look();
  });
}
const BACK = 'the store can be written again';

// Another program that holds the database.
const holding = 'import sqlite3, sys\n'
  + 'db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)\n'
  + 'db.execute("BEGIN EXCLUSIVE")\nprint("held", flush=True)\nsys.stdin.read()\n';
function lock(stage) {
  if (stage.database) return holdAll(stage.database);
  const child = spawn('python3', ['-c', holding, path.join(stage.folder, 'data/nextring.db')],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.on('close', done));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.stdout.once('data', () => resolve(async () => {
      child.stdin.end();
      await ended;
    }));
  });
}

// A disk on which the database cannot grow; what the spool holds has its place already.
async function fill(stage) {
  const limit = (bytes) => execFileSync('prlimit', ['--pid', String(stage.daemon.pid), `--fsize=${bytes}:`]);
  limit(fs.statSync(path.join(stage.folder, 'data/nextring.db-wal')).size);
  return async () => limit('unlimited');
}

const newest = async (stage, caller) =>
  (await stage.items('/api/v1/calls?limit=50')).find((c) => c.caller === caller || c.customer_phone === caller || c.from === caller);
const record = async (stage, call) =>
  (await stage.items('/api/v1/call-events?limit=200')).filter((e) => e.call === call.id || e.cascade === call.id || e.call_sid === call.call_sid)
    .sort((a, b) => (a.id < b.id ? -1 : 1));

for (const [what, breakIt] of [['locked by another program', lock], ['on a full disk', fill]])
  describe(`the database ${what}`, { timeout: 120000 }, () => {
    let stage, mend, outages = 0;
    const mended = async () => {
      await mend();
      outages += 1;
      await hears(stage, BACK, outages);
      await stage.turn(2);
    };
    // Within the place that its log has, a database can still be written on a full disk.
    const fillUp = async (words) => {
      const alarms = () => stage.daemon.said().split('alarm: the store cannot be written').length - 1;
      const before = alarms();
      for (let i = 0; i < 300 && alarms() === before; i += 1)
        await stage.webhook('/sms/inbound', { MessageSid: sid('SM'), From: OTHERS[2], To: LINE, Body: `${words} ${i}`, NumMedia: '0' });
    };
    const rang = async (phone, from) => (await stage.phone(phone)).calls.filter((c) => c.from === from).length;
    before(async () => { stage = await Stage.open(breakIt === fill ? { database: 'sqlite' } : {}); });
    after(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });

    test('a call cascades until the third accepts; it is on record afterwards and rings nobody again', async () => {
      await stage.phone(PRIMARY, ignoring);
      await stage.phone(BACKUP, { on_call: [{ do: 'voicemail', after_ms: 5000 }] });
      await stage.phone(OWNER, answering('1'));
      mend = await breakIt(stage);
      await stage.call(CUSTOMER);
      await stage.turn(300);
      const owner = await stage.phone(OWNER);
      assert.equal(owner.calls.at(-1).bridged_to, CUSTOMER);
      assert.match(stage.daemon.said(), /alarm: the store cannot be written/);
      assert.equal((await request({ port: stage.port, target: '/readyz' })).status, 503);
      await mended();
      const call = await newest(stage, CUSTOMER);
      assert.equal(call.outcome, 'answered');
      assert.equal(call.accepted_by, 'owner');
      const kinds = (await record(stage, call)).map((e) => e.kind).filter((k) => k !== 'status');
      assert.deepEqual(kinds, ['inbound', 'attempt', 'dialled', 'attempt', 'picked up', 'dialled', 'attempt', 'picked up',
        'forward', 'outcome'], JSON.stringify(kinds));
      await stage.turn(600);
      for (const phone of [PRIMARY, BACKUP, OWNER]) assert.equal(await rang(phone, CUSTOMER), 1, phone);
      assert.equal((await stage.items('/api/v1/relays')).length, 0);
    });

    test('nobody accepts: voicemail, and afterwards a relay and a text to the customer', async () => {
      for (const n of [PRIMARY, BACKUP, OWNER]) await stage.phone(n, busy);
      mend = await breakIt(stage);
      await stage.call(OTHERS[0], { voicemail_ms: 12000, voicemail_words: 'please call me' });
      await stage.turn(120);
      await mended();
      const call = await newest(stage, OTHERS[0]);
      assert.equal(call.outcome, 'voicemail');
      const [relay] = await stage.items('/api/v1/relays?state=open');
      assert.equal(relay.customer_phone, OTHERS[0]);
      assert.ok((await stage.texts(OTHERS[0])).some((t) => t.includes('missed your call')));
      assert.ok((await stage.texts(PRIMARY)).some((t) => /Missed call from|voicemail/i.test(t)));
      await stage.text(PRIMARY, 'ok');
      await stage.turn(5);
    });

    test('a caller who hangs up while it rings is not forgotten', async () => {
      await stage.phone(PRIMARY, ignoring);
      mend = await breakIt(stage);
      await stage.call(OTHERS[1], { hangup_after_ms: 6000 });
      await stage.turn(120);
      await mended();
      assert.equal((await newest(stage, OTHERS[1])).outcome, 'abandoned');
      assert.equal((await stage.items('/api/v1/relays?state=open'))[0].customer_phone, OTHERS[1]);
      assert.equal(await rang(BACKUP, OTHERS[1]), 0);
      await stage.text(PRIMARY, 'ok');
      await stage.turn(5);
    });

    test('texts are taken at once and reach the chain afterwards, once and in order', async () => {
      const text = (body, MessageSid = sid('SM')) =>
        stage.webhook('/sms/inbound', { MessageSid, From: OTHERS[2], To: LINE, Body: body, NumMedia: '0' });
      const again = sid('SM');
      mend = await breakIt(stage);
      for (const [body, id] of [['first', again], ['second'], ['third'], ['first', again]]) {
        const answer = await text(body, id);
        assert.equal(answer.status, 200);
        assert.match(answer.body, /<Response\/>$/);
      }
      const late = await stage.webhook('/webhook/twilio/call-status', { CallSid: sid('CA'), From: OTHERS[2], To: LINE, CallStatus: 'completed' });
      assert.equal(late.status, 204);
      const acknowledged = await stage.api('/api/v1/relays/0000000000001/ack', 'POST', { operator: 'primary' });
      assert.notEqual(acknowledged.status, 200, 'what people ask for is refused as ever');
      await mended();
      assert.equal((await text('third', sid('SM'))).status, 200, 'and the store takes texts again');
      await stage.turn(5);
      const got = (await stage.texts(PRIMARY)).filter((t) => t.includes(OTHERS[2]) && /first|second|third/.test(t));
      assert.deepEqual(got.map((t) => t.match(/first|second|third/)[0]).slice(0, 3), ['first', 'second', 'third'], got.join('\n'));
      assert.equal(got.filter((t) => t.includes('first')).length, 1);
    });

    test('the store goes in the middle of a call and comes back in the middle of it', async () => {
      await stage.phone(PRIMARY, ignoring);
      await stage.phone(BACKUP, ignoring);
      await stage.phone(OWNER, answering('1'));
      await stage.call(OTHERS[3]);
      await stage.turn(5);
      mend = await breakIt(stage);
      await stage.turn(18); // the first is over, the second rings
      await mended();
      await stage.turn(120);
      const call = await newest(stage, OTHERS[3]);
      assert.equal(call.outcome, 'answered');
      assert.equal(call.accepted_by, 'owner');
      for (const phone of [PRIMARY, BACKUP, OWNER]) assert.equal(await rang(phone, OTHERS[3]), 1, phone);
      const tries = (await record(stage, call)).filter((e) => e.kind === 'attempt').map((e) => e.attempt);
      assert.deepEqual(tries, [0, 1, 2]);
    });

    test('a clock that ran out meanwhile ends no call of which more is still to be brought in', async () => {
      await stage.phone(PRIMARY, ignoring);
      await stage.phone(BACKUP, answering('1'));
      const before = (await stage.items('/api/v1/relays')).length;
      await stage.call(OTHERS[3]);
      await stage.turn(5);
      mend = await breakIt(stage);
      await Promise.all(Array.from({ length: 200 }, () => stage.webhook('/webhook/twilio/call-status',
        { CallSid: sid('CA'), From: OTHERS[0], To: LINE, CallStatus: 'completed' }))); // several batches of them
      await stage.turn(300);
      await mended();
      const call = await newest(stage, OTHERS[3]);
      assert.equal(call.outcome, 'answered');
      assert.equal(call.accepted_by, 'backup');
      assert.equal((await stage.items('/api/v1/relays')).length, before, 'nobody was told that it was missed');
    });

    test('a page says what to do meanwhile, and acts afterwards', async () => {
      await stage.text(CUSTOMER, 'is anybody there?');
      await stage.turn(5);
      const link = (await stage.texts(PRIMARY)).at(-1).match(/\/j\/[A-Za-z0-9_-]{22}/)[0];
      const act = () => request({ method: 'POST', port: stage.port, target: link,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'action=take' });
      mend = await breakIt(stage);
      await fillUp('hello?');
      const refused = await act();
      assert.equal(refused.status, 503);
      assert.match(refused.body, /Try again in a minute; to reach the customer now, call the number in the text/);
      await mended();
      assert.equal((await act()).status, 200);
    });

    test('a kill in the middle of it loses nothing that was answered', async () => {
      mend = await breakIt(stage);
      await fillUp('until it is full');
      const answer = await stage.webhook('/sms/inbound',
        { MessageSid: sid('SM'), From: OTHERS[1], To: LINE, Body: 'kept through a kill', NumMedia: '0' });
      assert.equal(answer.status, 200);
      await stage.kill();
      await mend().catch(() => {}); // the full disk was the process's own
      await stage.startDaemon();
      await stage.turn(5); // which waits until the spool is empty
      assert.equal((await stage.texts(PRIMARY)).filter((t) => t.includes('kept through a kill')).length, 1);
    });
  });

const TEXTED = 'We text you now. Reply to it, and we will get back to you. Goodbye.';
const LOG = [
  'call.arrived A', 'call.ringing A primary', 'call.arrived B', 'call.ringing B primary', 'call.refused C',
  'call.ringing A backup', 'call.ringing B backup', 'call.ended B', 'call.missed B',
  'call.passed-on A backup', 'call.ringing A owner', 'call.accepted A owner', 'call.ended A owner',
];
const RECORD = [
  'A inbound', 'A attempt 0', 'B inbound', 'B attempt 0', 'C inbound', 'C outcome',
  'A dialled 0', 'A attempt 1', 'B dialled 0', 'B attempt 1', 'B outcome',
  'A picked up 1', 'A dialled 1', 'A attempt 2', 'A picked up 2', 'A forward 2', 'A outcome',
];

// Several calls at once, by a roster that has wishes and with scripts of the business's own.
for (const [what, breakIt] of [['locked by another program', lock], ['on a full disk', fill]])
  describe(`calls at once while the database is ${what}`, { timeout: 120000 }, () => {
    let stage, scripts;
    const heard = async (number) => (await stage.phone(number)).calls.at(-1).heard.map((h) => h.words);
    before(async () => {
      scripts = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-scripts-'));
      fs.writeFileSync(path.join(scripts, 'inbound_routing.twiml'), '<Response><Say>Welcome to {{business}}.</Say><Step/></Response>');
      fs.writeFileSync(path.join(scripts, 'screen.twiml'), '<Response><Say>{{operator}}, a call for you.</Say><Step/></Response>');
      const roster = alwaysOnCall();
      roster.still_trying = true;
      roster.blocked = [OTHERS[3]];
      roster.dispatchers.find((d) => d.id === 'backup').caller_id = 'line';
      stage = await Stage.open({ roster, env: { NEXTRING_SCRIPTS: scripts } });
    });
    after(async () => {
      await stage.close();
      fs.rmSync(scripts, { recursive: true, force: true });
      assert.equal(stage.how, 0, 'ended cleanly');
    });

    test('they cascade to their ends, and the log is complete and in order', async () => {
      await stage.phone(PRIMARY, { on_call: [{ do: 'ignore' }] });
      await stage.phone(BACKUP, { on_call: [{ do: 'answer', after_ms: 12000, then: [{ press: '2', after_ms: 3000 }] }] });
      await stage.phone(OWNER, answering('1'));
      const mend = await breakIt(stage);
      await stage.call(CUSTOMER); // the third takes it
      await stage.turn(3);
      const other = await stage.call(OTHERS[0]); // wants a text while we still try
      await stage.turn(2);
      await stage.call(OTHERS[3]); // is not let in
      await stage.turn(16);
      await stage.carrier('POST', `/sim/calls/${other.sid}`, { press: '2' });
      await stage.turn(200);
      assert.equal((await stage.phone(OWNER)).calls.at(-1).bridged_to, CUSTOMER);
      const still = 'We are still trying to reach somebody. Please stay on the line; or press 1 to leave a message, 2 to be texted.';
      assert.deepEqual(await heard(CUSTOMER), ['Welcome to Acme Hauling.', still, still]);
      assert.deepEqual(await heard(OTHERS[0]), ['Welcome to Acme Hauling.', still, TEXTED]);
      assert.deepEqual((await heard(BACKUP))[0], 'Backup dispatcher, a call for you.');
      assert.match((await heard(BACKUP))[1], /Call from 1 6 1 9 5 5 5 0 1 5 0\./, 'though his phone shows the line');
      for (const [phone, callers] of [[PRIMARY, [CUSTOMER, OTHERS[0]]], [BACKUP, [CUSTOMER, OTHERS[0]]], [OWNER, [CUSTOMER]]])
        assert.deepEqual(await stage.texts(phone), callers.map((c) => `Acme Hauling: call from ${c}. Your phone rings now: press 1 to take it.`));
      await mend();
      await hears(stage, BACK, 1);
      await stage.turn(5);
      const names = new Map((await stage.items('/api/v1/calls')).map((c) => [c.id, { [CUSTOMER]: 'A', [OTHERS[0]]: 'B', [OTHERS[3]]: 'C' }[c.caller ?? c.customer_phone]]));
      const inOrder = (rows) => rows.sort((x, y) => (x.id < y.id ? -1 : 1));
      const events = inOrder(await stage.items('/api/v1/events?limit=100')).filter((e) => e.kind.startsWith('call.'));
      assert.deepEqual(events.map((e) => [e.kind, names.get(e.subject_id ?? e.subject), e.operator ?? ''].join(' ').trim()), LOG);
      const at = events.filter((e) => e.kind !== 'call.missed').map((e) => e.created_at ?? e.at);
      assert.deepEqual(at, [...at].sort(), 'each at the time at which it was');
      const rows = inOrder(await stage.items('/api/v1/call-events?limit=200')).filter((e) => e.kind !== 'status');
      assert.deepEqual(rows.map((e) => `${names.get(e.cascade_id ?? e.cascade)} ${e.kind} ${e.attempt ?? ''}`.trim()), RECORD);
      const prealerts = (await stage.items('/api/v1/messages?limit=50')).filter((m) => m.kind === 'prealert');
      assert.deepEqual(prealerts.map((m) => m.delivery), Array(5).fill('delivered'));
      assert.ok((await stage.texts(OTHERS[0])).some((t) => t.includes('missed your call')));
      assert.equal((await stage.items('/api/v1/outbox')).length, 0, 'nothing is left to be settled');
    });
  });
