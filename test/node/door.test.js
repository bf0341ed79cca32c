// Who is let in: calls that would go round, unknown callers who must press a key, and operators who
// call the line themselves.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, Stage, alwaysOnCall, sid } from './stage.js';

const press = (key, after_ms = 4000) => ({
  on_call: [{ do: 'answer', after_ms, then: [{ press: key, after_ms: 1500 }, { talk_ms: 5000 }, { hangup: true }] }],
});
const ignore = { on_call: [{ do: 'ignore' }] };
const keys = (...then) => ({ then });

// Another program that holds the database; resolves to what lets it go.
const holding = 'import sqlite3, sys\n'
  + 'db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)\n'
  + 'db.execute("BEGIN EXCLUSIVE")\nprint("held", flush=True)\nsys.stdin.read()\n';
async function lock(stage) {
  const child = spawn('python3', ['-c', holding, path.join(stage.folder, 'data/nextring.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.on('close', done));
  await new Promise((held) => child.stdout.once('data', held));
  return async () => {
    const back = new Promise((resolve) => {
      const look = () => {
        if (!stage.daemon.said().includes('the store can be written again')) return;
        stage.daemon.stderr.off('data', look);
        resolve();
      };
      stage.daemon.stderr.on('data', look);
      look();
    });
    child.stdin.end();
    await ended;
    await back;
    await stage.turn(2);
  };
}

// A phone whose owner has it forward whatever rings it to the line.
async function forward(stage, phone, seconds, told) {
  const seen = new Set((await stage.phone(phone)).calls.map((c) => c.sid));
  for (let s = 0; s < seconds; s++) {
    await stage.turn(1);
    for (const leg of (await stage.phone(phone)).calls) {
      if (seen.has(leg.sid)) continue;
      seen.add(leg.sid);
      await stage.call(leg.from, told ? { forwarded_from: phone } : {});
    }
  }
}

describe('a phone that forwards to the line', () => {
  let stage;
  beforeEach(async () => { stage = await Stage.open(); });
  afterEach(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });
  const calls = async () => (await stage.items('/api/v1/calls?limit=100')).reverse();

  test('and says so: what comes back is refused', async () => {
    await stage.call(CUSTOMER);
    await forward(stage, PRIMARY, 100, true);
    const all = await calls();
    assert.deepEqual(all.map((c) => c.outcome), ['missed', 'refused']);
    assert.equal((await stage.phone(PRIMARY)).calls.length, 1);
    const log = (await stage.items('/api/v1/events?limit=200')).find((e) => e.kind === 'call.refused');
    assert.match(log.detail, /it would go round/);
    assert.equal(log.is_alarm, false);
  });

  test('and does not: it stops at the second call', async () => {
    await stage.call(CUSTOMER);
    await forward(stage, PRIMARY, 100, false);
    const all = await calls();
    assert.equal(all.length, 3);
    assert.deepEqual(all.map((c) => c.customer_phone), [CUSTOMER, CUSTOMER, LINE]);
    assert.equal(all[2].outcome, 'refused');
    assert.equal((await stage.phone(PRIMARY)).calls.length, 2);
  });

  test('a customer who hangs up and calls again at once is served', async () => {
    await stage.phone(PRIMARY, press('1', 6000));
    await stage.call(CUSTOMER, { hangup_after_ms: 3000 });
    await stage.turn(2);
    await stage.call(CUSTOMER);
    await stage.turn(12);
    assert.equal((await calls())[1].accepted_by, 'primary');
  });
});

describe('an unknown caller', () => {
  let stage;
  before(async () => {
    const roster = alwaysOnCall();
    roster.screen_unknown_callers = 'voicemail';
    stage = await Stage.open({ roster });
  });
  after(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });
  beforeEach(() => stage.turn(200));
  const latest = async (from) => (await stage.items('/api/v1/calls?limit=20')).find((c) => c.customer_phone === from);
  const rung = async () => (await stage.phone(PRIMARY)).calls.length;

  test('who presses nothing rings nobody, and may leave a message', async () => {
    const before = await rung();
    await stage.call(OTHERS[0], { voicemail_ms: 4000 });
    await stage.turn(60);
    assert.equal(await rung(), before);
    assert.equal((await latest(OTHERS[0])).outcome, 'voicemail');
    assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes('no key was pressed')));
  });

  test('who presses 1 is put through, and is known from then on', async () => {
    await stage.phone(PRIMARY, press('1'));
    await stage.call(OTHERS[1], keys({ press: '1', after_ms: 2000 }));
    await stage.turn(30);
    assert.equal((await latest(OTHERS[1])).accepted_by, 'primary');
    await stage.turn(30);
    await stage.call(OTHERS[1]);
    await stage.turn(8);
    assert.equal((await latest(OTHERS[1])).state, 'accepted');
  });

  test('who presses 1 hears the second time, too, what he is asked', async () => {
    await stage.phone(PRIMARY, press('1'));
    await stage.call(OTHERS[2], keys({ press: '5', after_ms: 1000 }, { press: '1', after_ms: 3000 }));
    await stage.turn(30);
    assert.equal((await latest(OTHERS[2])).accepted_by, 'primary');
  });

  test('who has written before is not asked', async () => {
    await stage.phone(PRIMARY, press('1'));
    await stage.text(OTHERS[3], 'no heat');
    await stage.turn(5);
    await stage.call(OTHERS[3]);
    await stage.turn(8);
    assert.equal((await latest(OTHERS[3])).accepted_by, 'primary');
  });

  test('a key at an address of another call does nothing', async () => {
    await stage.call(CUSTOMER);
    await stage.turn(1);
    const { id } = await latest(CUSTOMER);
    const params = { CallSid: sid('CA'), From: CUSTOMER, To: LINE, CallStatus: 'in-progress', Digits: '1' };
    const answer = await stage.webhook(`/webhook/twilio/voice/key?c=${id}`, params);
    assert.match(answer.body, /<Hangup\/>/);
    assert.equal((await latest(CUSTOMER)).state, 'asked');
  });
});

describe('an operator who calls the line', () => {
  let stage;
  beforeEach(async () => {
    stage = await Stage.open();
    for (const n of [PRIMARY, BACKUP, OWNER]) await stage.phone(n, ignore);
  });
  afterEach(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });
  const latest = async (from) => (await stage.items('/api/v1/calls?limit=20')).find((c) => c.customer_phone === from);

  const last = async (phone) => (await stage.phone(phone)).calls.at(-1);
  const down = () => stage.carrier('POST', '/sim/fault', { what: 'rest_down' });
  const up = () => stage.carrier('DELETE', '/sim/fault');

  async function take(talk_ms = 10000) {
    await stage.call(CUSTOMER, keys({ talk_ms: 60000 }));
    await stage.turn(3);
    await stage.call(BACKUP, keys({ press: '1', after_ms: 3000 }, { talk_ms }, { hangup: true }));
    await stage.turn(5);
    const call = await latest(CUSTOMER);
    assert.deepEqual([call.state, call.accepted_by], ['accepted', 'backup']);
  }

  test('takes the caller who waits', async () => {
    await take();
    const met = await last(CUSTOMER);
    assert.deepEqual([met.status, met.bridged_to], ['in-progress', BACKUP]);
    assert.notEqual((await last(PRIMARY)).status, 'ringing');
    assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes('taken the call from')));
    assert.ok((await stage.texts(BACKUP)).some((t) => t.includes('took the call from')));
    assert.equal((await latest(CUSTOMER)).state, 'accepted');
    await stage.turn(60);
    assert.equal((await latest(CUSTOMER)).outcome, 'answered');
    assert.equal((await latest(BACKUP)).outcome, 'menu');
    for (const n of [CUSTOMER, BACKUP]) assert.equal((await last(n)).status, 'completed', n);
    assert.equal((await stage.phone(OWNER)).calls.length, 0);
  });

  test('meets him when his dial ends, where he cannot be moved', async () => {
    await down();
    await take(40000);
    assert.equal((await last(CUSTOMER)).status, 'ringing');
    await stage.turn(15);
    const met = await last(CUSTOMER);
    assert.deepEqual([met.status, met.bridged_to], ['in-progress', BACKUP]);
    await up();
    await stage.turn(90);
    assert.equal((await latest(CUSTOMER)).outcome, 'answered');
    for (const n of [CUSTOMER, BACKUP]) assert.equal((await last(n)).status, 'completed', n);
  });

  test('hangs up before they meet: the call goes on down the chain', async () => {
    await stage.phone(OWNER, press('1'));
    await down();
    await stage.call(CUSTOMER);
    await stage.turn(2);
    await stage.call(BACKUP, { ...keys({ press: '1', after_ms: 2000 }), hangup_after_ms: 6000 });
    await stage.turn(8);
    await up();
    await stage.turn(60);
    assert.equal((await latest(CUSTOMER)).accepted_by, 'owner');
    assert.equal((await latest(CUSTOMER)).outcome, 'answered');
  });

  test('is not left alone when the caller hangs up', async () => {
    await down();
    await stage.call(CUSTOMER, { hangup_after_ms: 9000 });
    await stage.turn(1);
    await stage.call(BACKUP, keys({ press: '1', after_ms: 2000 }));
    await stage.turn(9);
    assert.equal((await last(BACKUP)).status, 'in-progress');
    await up();
    await stage.turn(30);
    assert.equal((await latest(CUSTOMER)).outcome, 'abandoned');
    assert.equal((await last(BACKUP)).status, 'completed');
  });

  test('and a phone that is rung: one of the two has the caller', async () => {
    await stage.phone(PRIMARY, press('1', 4500));
    await stage.call(CUSTOMER);
    await stage.call(BACKUP, keys({ press: '1', after_ms: 6000 }, { talk_ms: 5000 }, { hangup: true }));
    await stage.turn(9);
    const { accepted_by } = await latest(CUSTOMER);
    assert.ok(['primary', 'backup'].includes(accepted_by));
    await stage.turn(90);
    assert.equal((await latest(CUSTOMER)).outcome, 'answered');
    const accepts = (await stage.items('/api/v1/events?limit=200')).filter((e) => e.kind === 'call.accepted');
    assert.equal(accepts.length, 1);
  });

  test('calls the last one back', async () => {
    await stage.call(CUSTOMER, { hangup_after_ms: 5000 });
    await stage.turn(30);
    await stage.phone(CUSTOMER, { on_call: [{ do: 'answer', after_ms: 2000, then: [{ talk_ms: 40000 }, { hangup: true }] }] });
    await stage.call(PRIMARY, keys({ press: '1', after_ms: 3000 }));
    await stage.turn(70);
    assert.equal((await last(CUSTOMER)).from, LINE);
    const relay = (await stage.items('/api/v1/relays'))[0];
    assert.deepEqual([relay.state, relay.acked_by], ['taken', 'primary']);
  });

  test('rings the others', async () => {
    await stage.phone(BACKUP, press('1'));
    await stage.call(PRIMARY, keys({ press: '2', after_ms: 3000 }));
    await stage.turn(20);
    assert.equal((await latest(PRIMARY)).accepted_by, 'backup');
    assert.equal((await stage.phone(PRIMARY)).calls.filter((c) => c.direction !== 'placed').length, 0);
  });

  test('whose number is forged is a caller like others', async () => {
    const answer = await stage.webhook('/webhook/twilio/voice', {
      CallSid: sid('CA'), From: BACKUP, To: LINE, CallStatus: 'ringing', StirVerstat: 'TN-Validation-Failed-C',
    });
    assert.match(answer.body, /<Dial /);
  });

  test('presses nothing: goodbye', async () => {
    await stage.call(PRIMARY);
    await stage.turn(60);
    assert.equal((await latest(PRIMARY)).outcome, 'menu');
    assert.deepEqual(await stage.items('/api/v1/relays'), []);
  });
});

describe('without the store', () => {
  let stage;
  beforeEach(async () => {
    const roster = alwaysOnCall();
    roster.screen_unknown_callers = 'voicemail';
    stage = await Stage.open({ roster });
    for (const n of [PRIMARY, BACKUP, OWNER]) await stage.phone(n, ignore);
  });
  afterEach(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });
  const calls = async () => (await stage.items('/api/v1/calls?limit=100')).reverse();

  test("an operator's own call rings the others", async () => {
    await stage.phone(BACKUP, press('1'));
    const mend = await lock(stage);
    await stage.call(PRIMARY);
    await stage.turn(30);
    await mend();
    const [call] = await calls();
    assert.deepEqual([call.outcome, call.accepted_by], ['answered', 'backup']);
    assert.deepEqual((await stage.phone(PRIMARY)).calls.filter((c) => c.direction !== 'placed'), []);
  });

  test('whoever was being asked goes on', async () => {
    await stage.phone(BACKUP, press('1'));
    await stage.phone(OWNER, press('1'));
    await stage.call(PRIMARY, keys({ press: '1', after_ms: 6000 }));
    await stage.call(CUSTOMER, keys({ press: '1', after_ms: 7000 }));
    await stage.turn(2);
    const mend = await lock(stage);
    await stage.turn(60);
    await mend();
    const all = await calls();
    assert.deepEqual(all.map((c) => [c.customer_phone, c.outcome]), [[PRIMARY, 'answered'], [CUSTOMER, 'answered']]);
  });

  for (const told of [true, false])
    test(`a phone that forwards to the line, and ${told ? 'says so' : 'does not'}`, async () => {
      const mend = await lock(stage);
      await stage.call(CUSTOMER);
      await forward(stage, PRIMARY, 60, told);
      assert.equal((await stage.phone(PRIMARY)).calls.length, told ? 1 : 2);
      await mend();
      await stage.turn(120);
      const all = await calls();
      assert.equal(all.length, told ? 2 : 3);
      assert.equal(all.filter((c) => c.state !== 'over').length, 0);
      if (!told) assert.deepEqual([all[2].customer_phone, all[2].outcome], [LINE, 'refused']);
    });
});
