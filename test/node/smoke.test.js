// The main job end to end: the daemon, the simulated carrier, and a clock turned by hand.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { BACKUP, CUSTOMER, LINE, OWNER, PRIMARY, Stage, request, sid } from './stage.js';

const answering = (press, after_ms = 3000) => ({
  on_call: [{ do: 'answer', after_ms: 2000, then: [{ press, after_ms }, { talk_ms: 20000 }, { hangup: true }] }],
});

describe('calls', () => {
  let stage;
  before(async () => { stage = await Stage.open(); });
  after(() => stage.close());

  test('no answer, a voicemail box that presses nothing, then the third accepts and talks', async () => {
    await stage.phone(PRIMARY, { on_call: [{ do: 'ignore' }] });
    await stage.phone(BACKUP, { on_call: [{ do: 'voicemail', after_ms: 5000 }] });
    await stage.phone(OWNER, answering('1'));
    await stage.call(CUSTOMER);
    await stage.turn(300);
    const [call] = await stage.items('/api/v1/calls?limit=1');
    assert.equal(call.outcome, 'answered');
    assert.equal(call.accepted_by, 'owner');
    assert.equal((await stage.texts(PRIMARY)).filter((t) => t.includes('press 1')).length, 1);
    const owner = await stage.phone(OWNER);
    assert.equal(owner.calls.at(-1).bridged_to, CUSTOMER);
    assert.equal((await stage.items('/api/v1/relays?state=open')).length, 0);
  });

  test('nobody accepts: voicemail, a text to the customer and a missed-call relay with a clock', async () => {
    for (const n of [PRIMARY, BACKUP, OWNER]) await stage.phone(n, { on_call: [{ do: 'busy' }] });
    await stage.call(CUSTOMER, { voicemail_ms: 12000, voicemail_words: 'please call me' });
    await stage.turn(120);
    const [call] = await stage.items('/api/v1/calls?limit=1');
    assert.equal(call.outcome, 'voicemail');
    assert.ok((await stage.texts(CUSTOMER)).some((t) => t.includes('missed your call')));
    const [relay] = await stage.items('/api/v1/relays?state=open');
    assert.equal(relay.customer_phone, CUSTOMER);
    assert.ok((await stage.texts(PRIMARY)).some((t) => /^[B-Z][2-9][B-Z] Missed call/.test(t)));
    await stage.text(PRIMARY, 'ok');
    await stage.turn(5);
    assert.equal((await stage.api(`/api/v1/relays/${relay.id}`)).final_status, 'acked');
  });

  test('a caller who hangs up while it rings stops the cascade and is not forgotten', async () => {
    await stage.phone(PRIMARY, { on_call: [{ do: 'ignore' }] });
    await stage.call('+16195550155', { hangup_after_ms: 6000 });
    await stage.turn(120);
    const [call] = await stage.items('/api/v1/calls?limit=1');
    assert.equal(call.outcome, 'abandoned');
    assert.equal((await stage.items('/api/v1/relays?state=open'))[0].customer_phone, '+16195550155');
    const rang = (await stage.phone(BACKUP)).calls.filter((c) => c.from === '+16195550155');
    assert.equal(rang.length, 0);
  });
});

describe('texts', () => {
  let stage;
  before(async () => { stage = await Stage.open(); });
  after(() => stage.close());

  test('silence escalates after fifteen minutes, and the backup\'s reply reaches the customer alone', async () => {
    await stage.text(CUSTOMER, 'The pump is down');
    await stage.turn(890);
    assert.equal((await stage.texts(BACKUP)).length, 0, 'not early');
    await stage.turn(20);
    const [forward] = (await stage.texts(BACKUP)).filter((t) => t.includes('The pump is down'));
    await stage.text(BACKUP, `${forward.slice(0, 3)} On my way`);
    await stage.turn(10);
    assert.deepEqual(await stage.texts(CUSTOMER), ['On my way']);
    const [relay] = await stage.items('/api/v1/relays');
    assert.equal(relay.final_status, 'acked');
    assert.equal(relay.acked_by, 'backup');
    assert.ok(relay.forwarded_to_primary_at < relay.forwarded_to_backup_at);
    assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes('is with Backup dispatcher')));
  });

  test('exhaustion tells everybody, is an alarm, and a late acknowledgement still counts', async () => {
    await stage.text('+16195550160', 'Gate 4 does not open');
    await stage.turn(900 + 900 + 1800 + 5);
    const [relay] = await stage.items('/api/v1/relays?limit=1');
    assert.equal(relay.final_status, 'failed');
    for (const n of [PRIMARY, BACKUP, OWNER])
      assert.ok((await stage.texts(n)).some((t) => t.includes('NOBODY HAS ANSWERED')), n);
    assert.ok((await stage.items('/api/v1/events')).some((e) => e.kind === 'relay.exhausted' && e.is_alarm));
    const mine = (await stage.texts(PRIMARY)).find((t) => t.includes('NOBODY HAS ANSWERED'));
    await stage.text(PRIMARY, `${mine.slice(0, 3)} ok`);
    await stage.turn(5);
    const later = await stage.api(`/api/v1/relays/${relay.id}`);
    assert.equal(later.final_status, 'acked');
    assert.equal(later.acked_by, 'primary');
  });

  test('a text that cannot be delivered escalates now', async () => {
    await stage.phone(PRIMARY, { unreachable: true });
    await stage.text('+16195550161', 'Where is my truck');
    await stage.turn(10);
    assert.ok((await stage.texts(BACKUP)).some((t) => t.includes('Where is my truck')));
    await stage.phone(PRIMARY, {});
  });

  test('a reply without a mark goes to nobody when two threads could be meant', async () => {
    await stage.text('+16195550162', 'first question');
    await stage.text('+16195550163', 'second question');
    await stage.turn(2);
    const before = (await stage.texts('+16195550162')).length;
    await stage.text(PRIMARY, 'we are coming');
    await stage.turn(5);
    assert.equal((await stage.texts('+16195550162')).length, before);
    const asked = (await stage.texts(PRIMARY)).at(-1);
    assert.match(asked, /^Not sent yet: to which one\?.*\b1 [A-Z][2-9][A-Z] \+1619/);
    const choice = asked.match(/(\d) [A-Z][2-9][A-Z] \+16195550163/)[1];
    await stage.text(PRIMARY, choice);
    await stage.turn(5);
    assert.equal((await stage.texts('+16195550162')).length, before, 'still nothing');
    assert.equal((await stage.texts('+16195550163')).at(-1), 'we are coming');
  });

  test('an operator says by text that he is away, and confirms it', async () => {
    await stage.turn(13 * 3600); // his threads are out of sight by then
    await stage.text(PRIMARY, 'Away 2h.');
    await stage.turn(2);
    const mark = (await stage.texts(PRIMARY)).at(-1).match(/text back: ([A-Z][2-9][A-Z])/)[1];
    await stage.text('+16195550169', 'before it is confirmed');
    await stage.turn(2);
    assert.match((await stage.texts(PRIMARY)).at(-1), /before it is confirmed/);
    await stage.text(PRIMARY, mark.toLowerCase());
    await stage.turn(2);
    assert.match((await stage.texts(PRIMARY)).at(-1), /^You are away until/);
    await stage.text('+16195550168', 'while he is away');
    await stage.turn(2);
    assert.match((await stage.texts(BACKUP)).at(-1), /while he is away/);
    await stage.text(PRIMARY, 'back');
    await stage.turn(2);
    assert.match((await stage.texts(PRIMARY)).at(-1), /answer 1 to have it done here, 2 to send it/);
    await stage.text(PRIMARY, '1');
    await stage.turn(2);
    assert.match((await stage.texts(PRIMARY)).at(-1), /^Welcome back/);
  });

  test('the same webhook twice is one text', async () => {
    const params = { MessageSid: sid('SM'), From: '+16195550164', To: LINE, Body: 'only once', NumMedia: '0' };
    const [a, b] = await Promise.all([stage.webhook('/sms/inbound', params), stage.webhook('/api/sms/inbound', params)]);
    assert.deepEqual([a.status, b.status], [200, 200]);
    await stage.turn(2);
    assert.equal((await stage.texts(PRIMARY)).filter((t) => t.includes('only once')).length, 1);
  });

  test('an answer that was lost is unsure, and is not sent again blindly', async () => {
    await stage.carrier('POST', '/sim/fault', { what: 'drop_callbacks', count: 3 });
    await stage.carrier('POST', '/sim/fault', { what: 'accept_then_reset', count: 1, resource: 'Messages' });
    await stage.text('+16195550165', 'lost answer');
    await stage.turn(300);
    assert.equal((await stage.texts(PRIMARY)).filter((t) => t.includes('lost answer')).length, 1);
    assert.ok((await stage.items('/api/v1/events')).some((e) => e.kind === 'text.unsure'));
  });
});

describe('what comes from outside', () => {
  let stage;
  before(async () => { stage = await Stage.open(); });
  after(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });

  const text = (more = {}) => ({ MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'x', NumMedia: '0', ...more });
  const form = 'application/x-www-form-urlencoded';
  const rows = [
    ['no signature', 403, (s) => s.webhook('/sms/inbound', text(), { sign: false })],
    ['a wrong signature', 403, (s) => s.webhook('/sms/inbound', text(), { headers: { 'X-Twilio-Signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' } })],
    ['a signature on a status callback that is wrong', 403, (s) => s.webhook('/sms/status?m=x&k=y', text(), { sign: false })],
    ['another account', 403, (s) => s.webhook('/sms/inbound', text({ AccountSid: 'AC00000000000000000000000000000099' }))],
    ['no MessageSid', 400, (s) => s.webhook('/sms/inbound', { From: CUSTOMER, To: LINE, Body: 'x' })],
    ['a field given twice', 400, async (s) => {
      const { default: twilio } = await import('twilio');
      const params = { ...text(), AccountSid: 'AC00000000000000000000000000000001' };
      const body = new URLSearchParams(params).toString() + '&From=%2B16195550199';
      const signature = twilio.getExpectedTwilioSignature('0123456789abcdef0123456789abcdef', `${s.base}/sms/inbound`,
        { ...params, From: [CUSTOMER, '+16195550199'] });
      return request({ method: 'POST', port: s.port, target: '/sms/inbound', headers: { 'Content-Type': form, 'X-Twilio-Signature': signature }, body });
    }],
    ['JSON instead of a form', 400, (s) => s.webhook('/sms/inbound', {}, { headers: { 'Content-Type': 'application/json' }, body: '{}' })],
    ['a broken percent escape', 400, (s) => s.webhook('/sms/inbound', {}, { body: 'Body=%zz' })],
    ['a body above 64 KiB', 413, (s) => s.webhook('/sms/inbound', text({ Body: 'x'.repeat(70000) }))],
    ['GET on a webhook', 405, (s) => request({ port: s.port, target: '/sms/inbound' })],
    ['an unknown path', 404, (s) => request({ port: s.port, target: '/nothing/here' })],
    ['the API without a token', 401, (s) => request({ port: s.port, target: '/api/v1/relays' })],
    ['the API with a wrong token', 401, (s) => request({ port: s.port, target: '/api/v1/relays', headers: { Authorization: 'Bearer nr_nothing' } })],
    ['metrics on the public address', 404, (s) => request({ port: s.port, target: '/metrics' })],
  ];
  for (const [what, status, send] of rows)
    test(`${what}: ${status}`, async () => {
      const answer = await send(stage);
      assert.equal(answer.status, status, answer.body);
    });

  test('nothing of it was stored', async () => {
    assert.deepEqual(await stage.items('/api/v1/messages'), []);
    assert.deepEqual(await stage.items('/api/v1/threads'), []);
  });

  for (const from of ['anonymous', '', '+266696687', '12345', 'client:someone', 'sip:+16195550170@example.com'])
    test(`a caller "${from}" gets an answer`, async () => {
      const answer = await stage.webhook('/webhook/twilio/voice', { CallSid: sid('CA'), From: from, To: LINE, CallStatus: 'ringing' });
      assert.equal(answer.status, 200);
      assert.ok(answer.body.includes('<Dial'));
    });

  test('a number on no roster is answered, kept and alarmed', async () => {
    const answer = await stage.webhook('/sms/inbound', text({ To: '+16195550199' }));
    assert.equal(answer.status, 200);
    const call = await stage.webhook('/webhook/twilio/voice', { CallSid: sid('CA'), From: CUSTOMER, To: '+16195550199', CallStatus: 'ringing' });
    assert.ok(call.body.includes('<Say'));
  });

  test('a token opens the API for its role and tenant, and is revoked', async () => {
    const made = await stage.api('/api/v1/tokens', 'POST', { tenant: 'acme', role: 'viewer', name: 'board' });
    const headers = { Authorization: `Bearer ${made.token}` };
    assert.equal((await request({ port: stage.port, target: '/api/v1/relays', headers })).status, 200);
    const relay = await request({ method: 'POST', port: stage.port, target: '/api/v1/relays/0000000000001/ack', headers: { ...headers, 'Content-Type': 'application/json' }, body: '{}' });
    assert.equal(relay.status, 403);
    assert.equal((await stage.api(`/api/v1/tokens/${made.id}`, 'DELETE')).status, 204);
    assert.equal((await request({ port: stage.port, target: '/api/v1/relays', headers })).status, 401);
  });

  test('a broken roster is refused, the last good one stays, a good one comes into force', async () => {
    const good = fs.readFileSync(stage.roster, 'utf8');
    fs.writeFileSync(stage.roster, good.replace('"ring_seconds": 15', '"ring_seconds": 1500'));
    assert.notEqual((await stage.api('/api/v1/reload', 'POST')).status, 200);
    const still = await stage.webhook('/webhook/twilio/voice', { CallSid: sid('CA'), From: CUSTOMER, To: LINE, CallStatus: 'ringing' });
    assert.ok(still.body.includes('timeout="15"'));
    fs.writeFileSync(stage.roster, good.replace('"ring_seconds": 15', '"ring_seconds": 22'));
    assert.equal((await stage.api('/api/v1/reload', 'POST')).status, 200);
    const now = await stage.webhook('/webhook/twilio/voice', { CallSid: sid('CA'), From: CUSTOMER, To: LINE, CallStatus: 'ringing' });
    assert.ok(now.body.includes('timeout="22"'));
  });

  test('the control socket is its owner\'s alone', () => {
    const mode = fs.statSync(path.join(stage.folder, 'data/control.sock')).mode & 0o777;
    assert.equal(mode, 0o600);
  });
});
