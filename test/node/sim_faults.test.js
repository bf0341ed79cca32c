// Faults of the way that webhooks take, of the whole carrier, and of the clock: by the control API,
// at a small server that writes down what comes.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { ACCOUNT, CUSTOMER, PRIMARY, TOKEN, closeCarrier, freePort, openCarrier, request } from './stage.js';

let stage, server, port, came;
before(async () => {
  port = await freePort();
  server = http.createServer((rq, answer) => {
    let body = '';
    rq.on('data', (part) => { body += part; });
    rq.on('end', () => {
      const form = new URLSearchParams(body);
      came.push({ path: rq.url, body: form.get('Body'), status: form.get('MessageStatus'), token: rq.headers['i-twilio-idempotency-token'] });
      answer.setHeader('Content-Type', 'text/xml');
      answer.end('<Response/>');
    });
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  stage = await openCarrier(port);
});
after(async () => {
  await closeCarrier(stage);
  server.close();
  assert.equal(stage.how, 0);
});
beforeEach(async () => {
  came = [];
  await stage.carrier('DELETE', '/sim/fault');
});
const fault = (what, more = {}) => stage.carrier('POST', '/sim/fault', { what, ...more });
const bodies = () => came.filter((c) => c.path === '/sms/inbound').map((c) => c.body);
const now = async () => (await stage.carrier('GET', '/sim/clock')).now_ms;
const send = (body) => request({
  method: 'POST', port: stage.simPort, target: `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}` },
  body: new URLSearchParams({ To: PRIMARY, From: '+16195550100', Body: body, StatusCallback: `http://127.0.0.1:${port}/status` }).toString(),
});

test('a webhook that is lost never comes, and a text has no second one', async () => {
  await fault('drop_webhook');
  await stage.text(CUSTOMER, 'lost');
  await stage.turn(60);
  assert.deepEqual(bodies(), []);
  await stage.text(CUSTOMER, 'not lost');
  await stage.turn(1);
  assert.deepEqual(bodies(), ['not lost']);
});

test('a webhook that is late comes after its time, once', async () => {
  await fault('delay_webhook', { after_ms: 30000 });
  await stage.text(CUSTOMER, 'late');
  await stage.turn(29);
  assert.deepEqual(bodies(), []);
  await stage.turn(2);
  assert.deepEqual(bodies(), ['late']);
});

test('a webhook is overtaken by the next one', async () => {
  await fault('reorder_webhooks');
  await stage.text(CUSTOMER, 'first');
  await stage.turn(1);
  await stage.text(CUSTOMER, 'second');
  await stage.turn(1);
  assert.deepEqual(bodies(), ['second', 'first']);
});

test('and comes by itself when no other does', async () => {
  await fault('reorder_webhooks', { after_ms: 4000 });
  await stage.text(CUSTOMER, 'alone');
  await stage.turn(3);
  assert.deepEqual(bodies(), []);
  await stage.turn(2);
  assert.deepEqual(bodies(), ['alone']);
});

test('a webhook that comes twice has one token', async () => {
  await fault('duplicate_webhook');
  await stage.text(CUSTOMER, 'twice');
  await stage.turn(1);
  assert.deepEqual(bodies(), ['twice', 'twice']);
  assert.equal(came[0].token, came[1].token);
});

test('a status callback that is late comes after its time', async () => {
  await fault('delay_callbacks', { after_ms: 20000 });
  assert.equal((await send('hello')).status, 201);
  await stage.turn(5);
  const before = came.map((c) => c.status);
  await stage.turn(20);
  const all = came.map((c) => c.status);
  assert.equal(all.length, before.length + 1);
  assert.ok(!before.includes(all.at(-1)), 'the first of them came last');
});

test('an outage of the whole carrier cuts both directions, and ends by itself', async () => {
  await fault('carrier_down', { for_ms: 60000 });
  await stage.text(CUSTOMER, 'cut off');
  await assert.rejects(send('no'));
  await stage.turn(30);
  assert.deepEqual(bodies(), []);
  await assert.rejects(send('no'));
  await stage.turn(31);
  assert.equal((await send('yes')).status, 201);
  await stage.text(CUSTOMER, 'there again');
  await stage.turn(1);
  assert.deepEqual(bodies(), ['there again']);
});

test('a jump of the clock happens at once', async () => {
  const at = await now();
  await fault('clock_jump', { after_ms: 3600000 });
  assert.equal(await now(), at + 3600000);
  assert.deepEqual((await stage.carrier('GET', '/sim/fault')).faults, []);
});

test('each fault that is listed can be asked for, and no other', async () => {
  const { kinds } = await stage.carrier('GET', '/sim/fault');
  assert.ok(kinds.length >= 24);
  for (const { what, help } of kinds) {
    assert.ok(help.length > 10);
    await fault(what, what === 'media_redirect' ? { location: 'http://127.0.0.1:1/' } : {});
  }
  await assert.rejects(fault('nonsense'), /400/);
  await assert.rejects(fault('carrier_down', { for_ms: -1 }), /for_ms/);
});
