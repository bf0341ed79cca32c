// What is kept and for how long; what a day may cost; whom we never text.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ACCOUNT, BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, Stage, alwaysOnCall, request } from './stage.js';

const DAY = 86400;
const busy = { on_call: [{ do: 'busy' }] };

function alone(more = {}) {
  const roster = Object.assign(alwaysOnCall(), more);
  roster.chains.dispatch = [{ operators: ['primary'], ring_seconds: 15, ack_seconds: 900 }];
  return roster;
}
const kinds = async (stage) => (await stage.items('/api/v1/events?limit=200')).map((e) => e.kind);
const count = async (stage, kind) => (await kinds(stage)).filter((k) => k === kind).length;
const get = (stage, target) => request({ port: stage.port, target });

describe('a voicemail is kept for a day', { timeout: 120000 }, () => {
  let stage;
  before(async () => {
    stage = await Stage.open({ roster: alone({ keep_recordings_days: 1 }) });
    await stage.phone(PRIMARY, busy);
  });
  after(() => stage.close());

  test('then its link says that it is gone, and the carrier has deleted it', async () => {
    await stage.call(CUSTOMER, { voicemail_ms: 12000, voicemail_words: 'please call me' });
    await stage.turn(60);
    const secret = (await stage.texts(PRIMARY)).map((t) => t.match(/\/j\/([A-Za-z0-9_-]{22})/)?.[1]).filter(Boolean).at(-1);
    assert.equal((await get(stage, `/r/${secret}`)).status, 200);
    const [call] = await stage.items('/api/v1/calls');
    await stage.turn(DAY);
    const gone = await get(stage, `/r/${secret}`);
    assert.equal(gone.status, 410);
    assert.match(gone.body, /The recording is gone/);
    assert.equal((await stage.api(`/api/v1/calls/${call.id}/recording`)).status, 410);
    assert.equal(await count(stage, 'call.recording-ended'), 1);
    assert.equal((await stage.items('/api/v1/outbox')).length, 0);
    const left = await request({ port: stage.simPort, target: `/2010-04-01/Accounts/${ACCOUNT}/Recordings.json`,
      headers: { Authorization: `Basic ${Buffer.from('SK00000000000000000000000000000001:rehearsal-only-secret').toString('base64')}` } });
    assert.equal(left.status, 200);
    assert.equal(JSON.parse(left.body).recordings.length, 0);
  });
});

describe('words are kept for a day, records for two', { timeout: 120000 }, () => {
  let stage;
  before(async () => {
    stage = await Stage.open({ roster: alone(), env: { NEXTRING_KEEP_BODIES_DAYS: '1', NEXTRING_KEEP_METADATA_DAYS: '2' } });
  });
  after(() => stage.close());

  test('what is old goes, and calls do not wait for it', async () => {
    await stage.text(CUSTOMER, 'the tap drips');
    await stage.turn(5);
    await stage.text(PRIMARY, 'ok');
    await stage.turn(5);
    const [relay] = await stage.items('/api/v1/relays');
    assert.equal(relay.body, 'the tap drips');
    await stage.turn(DAY + 7200);
    const messages = await stage.items('/api/v1/messages');
    assert.ok(messages.length >= 3);
    assert.deepEqual([...new Set(messages.map((m) => m.body))], ['']);
    assert.equal((await stage.items('/api/v1/relays'))[0].body, '');
    await stage.text(OTHERS[0], 'a new one');
    await stage.turn(5);
    assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes('a new one')));
    await stage.turn(DAY);
    const left = await stage.items('/api/v1/messages');
    assert.ok(left.every((m) => m.customer_phone === OTHERS[0]), JSON.stringify(left));
    assert.ok(left.length > 0);
    assert.deepEqual((await stage.items('/api/v1/relays')).map((r) => r.customer_phone), [OTHERS[0]]);
    assert.match(stage.daemon.said(), /retention: \d+ old rows were erased or deleted/);
  });
});

describe('a day has its budget', { timeout: 120000 }, () => {
  let stage;
  before(async () => {
    stage = await Stage.open({ roster: alone({ budget: { texts_per_number_per_day: 4, texts_per_day: 1000 } }) });
    await stage.phone(PRIMARY, busy);
  });
  after(() => stage.close());
  const missed = async (from) => {
    await stage.call(from, { hangup_after_ms: 20000 });
    await stage.turn(60);
  };

  test('what is not urgent stops at it and people are told once; what is urgent goes', async () => {
    for (let i = 0; i < 6; i += 1) await missed(CUSTOMER);
    const toCustomer = async () => (await stage.texts(CUSTOMER)).filter((t) => t.includes('missed your call')).length;
    assert.equal(await toCustomer(), 4);
    assert.equal(await count(stage, 'budget.over'), 1);
    assert.ok((await count(stage, 'text.over-budget')) >= 2);
    const alarm = (await stage.items('/api/v1/events?limit=200')).find((e) => e.kind === 'budget.over');
    assert.ok(alarm.is_alarm);
    assert.match(alarm.detail, /texts_per_number_per_day is reached/);
    const before = (await stage.texts(PRIMARY)).length;
    assert.ok(before > 4, 'forwards and pre-alerts go beyond it');
    await stage.text(OTHERS[1], 'a fire!');
    await stage.turn(5);
    assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes('a fire!')));

    await stage.kill();
    await stage.startDaemon();
    await missed(CUSTOMER);
    assert.equal(await toCustomer(), 4, 'a restart forgets nothing');
    assert.equal(await count(stage, 'budget.over'), 1);

    await stage.turn(DAY);
    await missed(CUSTOMER);
    assert.equal(await toCustomer(), 5, 'tomorrow is another day');
  });
});

describe('numbers that are never dialled or texted', { timeout: 60000 }, () => {
  let stage;
  before(async () => { stage = await Stage.open({ roster: alone() }); });
  after(() => stage.close());

  test('a premium number that wrote or called gets no text and no call back', async () => {
    const PREMIUM = '+19005550123';
    await stage.phone(PREMIUM, {}).catch(() => {});
    await stage.webhook('/sms/inbound', { MessageSid: `SM${'7'.repeat(32)}`, From: PREMIUM, To: LINE, Body: 'call us back', NumMedia: '0' });
    await stage.turn(5);
    assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes('call us back')), 'people see what it wrote');
    await stage.text(PRIMARY, 'who is this?');
    await stage.turn(30);
    assert.equal(await count(stage, 'text.forbidden'), 1);
    const reply = (await stage.items('/api/v1/messages')).find((m) => m.body.includes('who is this?') && m.kind === 'reply');
    assert.equal(reply.delivery, 'failed');
    assert.ok((await stage.texts(PRIMARY)).some((t) => /did not reach/.test(t)), 'and who answered is told');
    const [thread] = await stage.items('/api/v1/threads');
    const back = await stage.api(`/api/v1/threads/${thread.id}/call`, 'POST', { operator: 'primary' });
    assert.ok(back.status >= 400, JSON.stringify(back));
    await stage.phone(PRIMARY, busy);
    await stage.webhook('/webhook/twilio/voice', { CallSid: `CA${'8'.repeat(32)}`, From: PREMIUM, To: LINE, CallStatus: 'ringing' });
    await stage.webhook('/webhook/twilio/call-status', { CallSid: `CA${'8'.repeat(32)}`, From: PREMIUM, To: LINE, CallStatus: 'completed' });
    await stage.turn(30);
    assert.equal(await count(stage, 'text.forbidden'), 2, 'the missed-call text, too');
  });
});
