// An operator calls a customer back as the business: his own phone rings first, key 1 connects
// him, and only a talk acknowledges.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { BACKUP, CUSTOMER, LINE, PRIMARY, Stage, request, sid } from './stage.js';

const answering = (...then) => ({ on_call: [{ do: 'answer', after_ms: 2000, then: [...then, { hangup: true }] }] });
const pressing = (press) => answering({ press, after_ms: 3000 }, { talk_ms: 60000 });

describe('a call back', () => {
  let stage;
  beforeEach(async () => { stage = await Stage.open(); });
  afterEach(() => stage.close());

  // A text that waits; resolves to its thread.
  async function raise() {
    await stage.text(CUSTOMER, 'The pump is down');
    await stage.turn(5);
    return (await stage.items('/api/v1/threads'))[0];
  }
  const ask = (thread, operator = 'primary') => stage.api(`/api/v1/threads/${thread.id}/call`, 'POST', { operator });
  const message = async (id) => stage.api(`/api/v1/messages/${id}`);
  const relay = async () => (await stage.items('/api/v1/relays'))[0];

  async function secret() {
    const text = (await stage.texts(PRIMARY)).find((t) => t.includes('/j/'));
    return text.match(/\/j\/([A-Za-z0-9_-]{22})/)[1];
  }
  const page = (token, action) => request({
    port: stage.port,
    target: `/j/${token}`,
    method: action ? 'POST' : 'GET',
    headers: action ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {},
    body: action ? `action=${action}` : undefined,
  });

  test('rings the operator, then the customer from the line; the talk acknowledges', async () => {
    const thread = await raise();
    await stage.phone(PRIMARY, pressing('1'));
    await stage.phone(CUSTOMER, answering({ talk_ms: 20000 }));
    const asked = await ask(thread);
    assert.equal(asked.status, 202);
    await stage.turn(60);
    const rung = (await stage.phone(PRIMARY)).calls;
    assert.deepEqual(rung.map((c) => c.from), [LINE]);
    const reached = (await stage.phone(CUSTOMER)).calls;
    assert.deepEqual(reached.map((c) => c.from), [LINE]);
    const { state, acked_by } = await relay();
    assert.deepEqual([state, acked_by], ['taken', 'primary']);
    const row = await message(asked.message_id);
    assert.deepEqual([row.kind, row.delivery, row.customer_phone], ['call_back', 'delivered', CUSTOMER]);
    const log = (await stage.items('/api/v1/call-events')).filter((e) => e.kind === 'call back');
    assert.ok(log.some((e) => /^connected, \d+ s$/.test(e.detail) && e.operator === 'primary'), JSON.stringify(log));
  });

  for (const how of ['busy', 'ignore'])
    test(`a customer who is "${how}" is not reached, and nothing is acknowledged`, async () => {
      const thread = await raise();
      await stage.phone(PRIMARY, pressing('1'));
      await stage.phone(CUSTOMER, { on_call: [{ do: how }] });
      const asked = await ask(thread);
      await stage.turn(90);
      assert.equal((await stage.phone(CUSTOMER)).calls.length, 1);
      assert.equal((await relay()).state, 'open');
      assert.equal((await message(asked.message_id)).delivery, 'undelivered');
    });

  // The carrier may or may not ask what comes after the Dial when the operator hangs up first.
  for (const asks of [true, false]) {
    const hangingUp = (ms) => answering({ press: '1', after_ms: 3000 }, { talk_ms: ms });

    test(`the operator may hang up first, and the carrier ${asks ? 'asks' : 'does not ask'} on`, async () => {
      await stage.carrier('POST', '/sim/setup', { dial_action_after_hangup: asks });
      const thread = await raise();
      await stage.phone(PRIMARY, hangingUp(40000));
      await stage.phone(CUSTOMER, answering({ talk_ms: 90000 }));
      const asked = await ask(thread);
      await stage.turn(120);
      assert.deepEqual([(await relay()).state, (await relay()).acked_by], ['taken', 'primary']);
      assert.equal((await message(asked.message_id)).delivery, 'delivered');
    });

    test(`nothing is acknowledged when he hangs up on a mailbox, and the carrier ${asks ? 'asks' : 'does not ask'} on`, async () => {
      await stage.carrier('POST', '/sim/setup', { dial_action_after_hangup: asks });
      const thread = await raise();
      await stage.phone(PRIMARY, hangingUp(14000));
      await stage.phone(CUSTOMER, { on_call: [{ do: 'voicemail', after_ms: 5000 }] });
      await ask(thread);
      await stage.turn(120);
      assert.equal((await stage.phone(CUSTOMER)).calls.length, 1);
      assert.equal((await relay()).state, 'open');
      assert.match((await stage.texts(PRIMARY)).at(-1), /for some seconds only, so it still waits/);
    });
  }

  test('after a short talk that the customer ends the operator is asked, and 1 acknowledges', async () => {
    const thread = await raise();
    await stage.phone(PRIMARY, answering({ press: '1', after_ms: 3000 }, { press: '1', after_ms: 15000 }));
    await stage.phone(CUSTOMER, answering({ talk_ms: 6000 }));
    await ask(thread);
    await stage.turn(120);
    const said = JSON.stringify((await stage.phone(PRIMARY)).calls);
    assert.match(said, /If you have talked with/);
    assert.deepEqual([(await relay()).state, (await relay()).acked_by], ['taken', 'primary'], said);
  });

  test('a mailbox of the operator is never connected', async () => {
    const thread = await raise();
    await stage.phone(PRIMARY, { on_call: [{ do: 'voicemail', after_ms: 3000 }] });
    await ask(thread);
    await stage.turn(120);
    assert.deepEqual((await stage.phone(CUSTOMER)).calls, []);
    assert.equal((await relay()).state, 'open');
  });

  test('the button of the link rings the phone of whose link it is', async () => {
    await raise();
    const token = await secret();
    assert.match((await page(token)).body, /value="call">Call back as the business</);
    await stage.phone(PRIMARY, pressing('1'));
    await stage.phone(CUSTOMER, answering({ talk_ms: 20000 }));
    const pressed = await page(token, 'call');
    assert.equal(pressed.status, 200);
    assert.match(pressed.body, /press 1 to be connected/);
    const twice = await page(token, 'call');
    assert.equal(twice.status, 409);
    assert.match(twice.body, /under way already/);
    await stage.turn(60);
    assert.equal((await relay()).acked_by, 'primary');
    assert.equal((await stage.phone(CUSTOMER)).calls.length, 1);
  });

  test('the API says what is wrong', async () => {
    const thread = await raise();
    assert.equal((await ask({ id: '0000000000001' })).status, 404);
    assert.equal((await ask(thread, 'nobody')).status, 400);
    assert.equal((await ask(thread, '')).status, 400);
    assert.equal((await ask(thread)).status, 202);
    assert.equal((await ask(thread, 'backup')).status, 409);
    const stranger = await request({ port: stage.port, target: `/api/v1/threads/${thread.id}/call`, method: 'POST' });
    assert.equal(stranger.status, 401);
  });

  test('an address that we did not give acknowledges nothing', async () => {
    const thread = await raise();
    const { message_id } = await ask(thread);
    const params = { CallSid: sid('CA'), From: LINE, To: PRIMARY, CallStatus: 'in-progress', DialCallStatus: 'completed', DialCallDuration: '9' };
    for (const query of [`?m=${message_id}&k=0000000000000000`, `?m=${message_id}`, ''])
      assert.equal((await stage.webhook(`/webhook/twilio/voice/called${query}`, params)).status, 403);
    assert.equal((await relay()).state, 'open');
  });

  test('to a premium number is not made', async () => {
    await stage.text('+19005550123', 'call me');
    await stage.turn(5);
    const thread = (await stage.items('/api/v1/threads'))[0];
    if (thread.customer !== undefined) assert.equal(thread.customer, '+19005550123');
    const asked = await ask(thread);
    assert.equal(asked.status, 409);
    assert.match(asked.message, /no number that can be called/);
  });
});
