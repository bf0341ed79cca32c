// Health and doctor: each part's state in words, and what is wrong with the set-up, why it matters
// and how to mend it.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { CUSTOMER, LINE, PRIMARY, Stage, alwaysOnCall, sid } from './stage.js';

const PARTS = ['store', 'queue', 'carrier', 'webhooks', 'roster', 'stream'];
const CHECKS = ['public-url', 'signatures', 'report-only', 'lines', 'people', 'gaps', 'roster', 'database', 'disk', 'clock', 'own-certificate', 'heartbeat', 'tokens', 'users', 'nodes', 'host', 'alarms'];

let stage;
afterEach(() => stage.close());
const health = async () => {
  const answer = await stage.api('/api/v1/health');
  return { ...answer, part: Object.fromEntries(answer.items.map((i) => [i.name, i])) };
};
const doctor = async () => {
  const { items } = await stage.api('/api/v1/doctor');
  return { items, of: (check) => items.filter((i) => i.check === check) };
};
const hook = (sign) => stage.webhook('/sms/inbound',
  { MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'hello', NumMedia: '0' }, { sign });

describe('health', () => {
  beforeEach(async () => { stage = await Stage.open(); });

  test('is well at first, part by part, in words', async () => {
    const answer = await health();
    assert.deepEqual([answer.status, answer.state, answer.words], [200, 'ok', 'All is well.']);
    assert.deepEqual(answer.items.map((i) => i.name), PARTS);
    for (const item of answer.items) {
      assert.equal(item.state, 'ok', JSON.stringify(item));
      assert.match(item.words, /^[A-Z0-9].*\.$/);
      assert.equal(item.since, answer.started_at);
    }
    assert.match(answer.part.carrier.words, /^The carrier (answered \d+ s ago|has not been asked yet)\.$/);
    assert.match(answer.version, /^\d+\.\d+/);
  });

  test('tells that webhooks are refused, and that the carrier\'s come through', async () => {
    const { started_at } = await health();
    await stage.turn(10);
    assert.equal((await hook(false)).status, 403);
    let answer = await health();
    assert.deepEqual([answer.state, answer.part.webhooks.state], ['bad', 'bad']);
    assert.match(answer.words, /1 had no right signature, .*TWILIO_AUTH_TOKEN/);
    assert.equal(answer.words, answer.part.webhooks.words, 'the worst is on top');
    assert.equal(Date.parse(answer.part.webhooks.since) - Date.parse(started_at) >= 10000, true, answer.part.webhooks.since);
    await stage.turn(5);
    assert.equal((await hook(true)).status, 200);
    answer = await health();
    assert.equal(answer.part.webhooks.state, 'warn');
    await stage.turn(1200);
    answer = await health();
    assert.equal(answer.part.webhooks.state, 'ok');
    assert.match(answer.part.webhooks.words, /^The last one came \d+ (s|min) ago\.$/);
  });

  test('tells that the carrier cannot be reached, and that it is back', async () => {
    await stage.text(CUSTOMER, 'first');
    await stage.turn(5);
    assert.match((await health()).part.carrier.words, /^The carrier answered \d+ s ago\.$/);
    await stage.carrier('POST', '/sim/fault', { what: 'rest_down', count: 0 });
    await stage.text(CUSTOMER, 'second');
    await stage.turn(5);
    assert.equal((await health()).part.carrier.state, 'warn');
    await stage.turn(120);
    const away = await health();
    assert.equal(away.part.carrier.state, 'bad');
    assert.match(away.part.carrier.words, /^The carrier cannot be reached since \d+ (s|min)\. /);
    await stage.carrier('DELETE', '/sim/fault');
    await stage.turn(120);
    const back = await health();
    assert.equal(back.part.carrier.state, 'ok');
    assert.ok(Date.parse(back.part.carrier.since) > Date.parse(away.part.carrier.since));
  });

  test('tells what the carrier refused, by its code', async () => {
    // He wrote STOP, and we were never told.
    await stage.carrier('POST', '/sim/fault', { what: 'drop_webhook', count: 1 });
    await stage.text(PRIMARY, 'STOP');
    await stage.turn(1);
    await stage.text(CUSTOMER, 'The pump is down');
    await stage.turn(5);
    const { part } = await health();
    assert.equal(part.carrier.state, 'warn', JSON.stringify(part.carrier));
    assert.match(part.carrier.words, /^The carrier refused something \d+ s ago: code 21610, status 4\d\d\.$/);
  });
});

describe('doctor', () => {
  test('looks at everything, and says of what is well that it is', async () => {
    stage = await Stage.open();
    const { items, of } = await doctor();
    assert.deepEqual([...new Set(items.map((i) => i.check))], CHECKS);
    for (const item of items) {
      assert.deepEqual(Object.keys(item), ['check', 'state', 'what', 'why', 'mend']);
      assert.ok(item.what.length > 10);
      if (item.state === 'ok') assert.deepEqual([item.why, item.mend], [null, null]);
      else assert.ok(item.why.length > 10 && item.mend.length > 10);
    }
    assert.deepEqual(of('lines').map((i) => i.state), ['warn']);
    assert.match(of('lines')[0].what, /^\+16195550100: no call or text has come in 30 days\.$/);
    assert.match(of('lines')[0].mend, /\/webhook\/twilio\/voice and http.*\/sms\/inbound/);
    for (const check of ['public-url', 'signatures', 'people', 'gaps', 'roster', 'clock', 'tokens', 'users', 'nodes', 'host', 'alarms'])
      assert.deepEqual(of(check).map((i) => i.state), ['ok'], check);
    assert.match(of('disk')[0].what, /the database has \d+ MB/);
  });

  test('tells when a line was heard last, and who cannot be texted', async () => {
    stage = await Stage.open();
    await stage.text(CUSTOMER, 'The drain is blocked');
    await stage.turn(3);
    await stage.text(PRIMARY, 'STOP');
    await stage.turn(7200);
    const { of } = await doctor();
    assert.match(of('lines')[0].what, /the last call or text came 2 h ago/);
    assert.deepEqual(of('people').map((i) => [i.state, i.what]), [['bad', `Primary dispatcher (${PRIMARY}) wrote STOP.`]]);
    assert.equal(of('alarms')[0].state, 'warn');
  });

  test('names each time in the next week at which nobody is on duty', async () => {
    const roster = alwaysOnCall();
    for (const d of roster.dispatchers)
      d.on_call = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '08:00', to: '20:00' }];
    stage = await Stage.open({ roster });
    const gaps = (await doctor()).of('gaps');
    // Monday 18:05 in Los Angeles: seven nights.
    assert.equal(gaps.length, 7, JSON.stringify(gaps));
    assert.match(gaps[0].what, /^Nobody of chain dispatch is on duty from 20:00 to (Tue )?08:00\.$/);
    assert.ok(gaps.every((g) => g.state === 'warn'));
  });

  test('tells of signatures that were wrong, and of tokens that nobody uses', async () => {
    stage = await Stage.open();
    await hook(false);
    const made = await stage.api('/api/v1/tokens', 'POST', { role: 'viewer', name: 'old one' });
    assert.equal(made.status, 201);
    assert.equal((await doctor()).of('signatures')[0].state, 'bad');
    await stage.carrier('POST', '/sim/clock', { set_ms: Date.parse('2027-03-01T00:00:00Z') });
    const { of } = await doctor();
    assert.deepEqual(of('tokens').map((i) => i.what), ['The token "old one" was not used for 90 days.']);
  });
});
