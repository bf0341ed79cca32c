// While the store cannot be written, calls cascade to their end and texts are taken; afterwards
// everything is on record, in order, and nobody is rung again.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, Stage, request, sid } from './stage.js';

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
    const rang = async (phone, from) => (await stage.phone(phone)).calls.filter((c) => c.from === from).length;
    before(async () => { stage = await Stage.open(); });
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

    test('a kill in the middle of it loses nothing that was answered', async () => {
      mend = await breakIt(stage);
      const answer = await stage.webhook('/sms/inbound',
        { MessageSid: sid('SM'), From: OTHERS[1], To: LINE, Body: 'kept through a kill', NumMedia: '0' });
      assert.equal(answer.status, 200);
      await stage.kill();
      await mend().catch(() => {}); // the full disk was the process's own
      await stage.startDaemon();
      await hears(stage, BACK);
      await stage.turn(5);
      assert.equal((await stage.texts(PRIMARY)).filter((t) => t.includes('kept through a kill')).length, 1);
    });
  });
