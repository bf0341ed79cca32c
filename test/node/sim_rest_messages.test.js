// Messages, their media and feedback, messaging services and lookups of the simulated carrier, by the
// official package; and what a server answers to texts.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import twilio from 'twilio';
import { ACCOUNT, BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, TOKEN, closeCarrier, freePort, openCarrier, request } from './stage.js';

const SECOND_LINE = '+14155550120';
const TOLL_FREE = '+18005550121';
const SHORT = '55501';
const HOUR_MS = 3600000;

// The customer's server: a document by path, and what it was asked.
const customer = { seen: [], answers: {} };
const server = http.createServer((rq, rs) => {
  let body = '';
  rq.on('data', (part) => { body += part; });
  rq.on('end', () => {
    const path = rq.url.split('?')[0];
    const answer = customer.answers[path] ?? '';
    const { status = 200, type = 'text/xml', body: words, headers = {} } = typeof answer === 'object' ? answer : {};
    customer.seen.push({ path, params: Object.fromEntries(new URLSearchParams(body)), names: [...new URLSearchParams(body).keys()], cookie: rq.headers.cookie, method: rq.method });
    rs.writeHead(status, { 'Content-Type': type, ...headers });
    rs.end(words ?? `<Response>${answer}</Response>`);
  });
});
const asked = (path) => customer.seen.filter((s) => s.path === path).map((s) => s.params);
const statuses = (path = '/status') => asked(path).map((p) => p.MessageStatus);

let stage, client, service;
const at = (path) => `${stage.base}${path}`;
const settings = (more = {}, numbers = {}, rest = {}) => stage.carrier('POST', '/sim/setup', {
  ...rest,
  accounts: [{
    sid: ACCOUNT, auth_token: TOKEN, ...more,
    numbers: [
      { phone_number: LINE, sms_url: at('/inbound'), sms_fallback_url: at('/fallback'), ...numbers },
      { phone_number: SECOND_LINE, sms_url: at('/second') },
      { phone_number: TOLL_FREE, sms_url: at('/inbound'), type: 'toll-free' },
      { phone_number: SHORT, type: 'short-code', sid: `SC${'5'.repeat(32)}`, sms_url: at('/inbound') },
    ],
  }],
});
const send = (more = {}) => client.messages.create({ to: PRIMARY, from: LINE, body: 'hello', statusCallback: at('/status'), ...more });
const serve = (more = {}) => send({ from: undefined, messagingServiceSid: service.sid, ...more });
const fetched = (sid) => client.messages(sid).fetch();
const now = async () => (await stage.carrier('GET', '/sim/clock')).now_ms;
const coded = (status, code) => (e) => { assert.deepEqual([e.status, e.code], [status, code], e.message); return true; };
const warnings = async () => (await stage.carrier('GET', '/sim/warnings')).warnings.map((w) => w.code);
const lastWarning = async () => (await warnings()).at(-1);
const numberSid = async (phoneNumber) => (await client.incomingPhoneNumbers.list({ phoneNumber }))[0].sid;
const pool = (sid = service.sid) => client.messaging.v1.services(sid);

before(async () => {
  const port = await freePort();
  await new Promise((done) => { server.listen(port, '127.0.0.1', done); });
  stage = await openCarrier(port);
  client = twilio(ACCOUNT, TOKEN);
  for (const domain of ['api', 'messaging', 'lookups']) client[domain].baseUrl = `http://127.0.0.1:${stage.simPort}`;
  await settings();
  service = await client.messaging.v1.services.create({ friendlyName: 'senders', inboundRequestUrl: at('/service'), statusCallback: at('/service-status'), stickySender: true });
  for (const number of [LINE, SECOND_LINE]) await pool().phoneNumbers.create({ phoneNumberSid: await numberSid(number) });
});
after(async () => {
  await closeCarrier(stage);
  await new Promise((done) => { server.close(done); server.closeAllConnections(); });
  assert.equal(stage.how, 0, 'ended cleanly');
});
beforeEach(async () => {
  await stage.turn(60);
  customer.seen = [];
  customer.answers = {};
});

describe('creates that are refused', () => {
  const picture = 'https://shop.example.com/a.png';
  const rows = [
    [400, 21604, { to: '' }],
    [400, 21211, { to: '+1555' }],
    [400, 21265, { to: '12345' }],
    [400, 21603, { from: undefined }],
    [400, 21212, { from: 'nobody' }],
    [400, 21606, { from: '+16195550199' }],
    [400, 21266, { to: LINE }],
    [400, 21602, { body: '' }],
    [400, 21655, { body: '', contentSid: `HX${'0'.repeat(32)}` }],
    [400, 21617, { body: 'é'.repeat(1601) }],
    [400, 21620, { mediaUrl: ['nowhere'] }],
    [400, 21623, { mediaUrl: Array(11).fill(picture) }],
    [400, 21609, { statusCallback: 'nowhere' }],
    [400, 21609, { statusCallback: 'https://my_shop.example.com/' }],
    [400, 21218, { statusCallback: undefined, applicationSid: `AP${'0'.repeat(32)}` }],
    [400, 21624, { validityPeriod: 0 }],
    [400, 21624, { validityPeriod: 36001 }],
    [400, 20001, { contentRetention: 'burn' }],
    [400, 35118, { scheduleType: 'fixed', sendAt: new Date('2026-11-25T00:00:00Z') }],
    [404, 21701, { from: undefined, messagingServiceSid: `MG${'0'.repeat(32)}` }],
    [400, 21705, { from: undefined, messagingServiceSid: 'mine' }],
  ];
  for (const [status, code, more] of rows) {
    test(`${code}: ${JSON.stringify(more).slice(0, 60)}`, () => assert.rejects(send(more), coded(status, code)));
  }
  test('1600 characters are a message', async () => assert.equal((await send({ body: 'é'.repeat(1600) })).numSegments, '11'));

  test('an empty service has nobody who could send: 21704', async () => {
    const empty = await client.messaging.v1.services.create({ friendlyName: 'empty' });
    await assert.rejects(serve({ messagingServiceSid: empty.sid }), coded(400, 21704));
  });
  test('a sender that is not in the service: 21606', () => assert.rejects(serve({ from: TOLL_FREE }), coded(400, 21606)));
  test('countries that are not enabled: 21408', async () => {
    await settings({ text_countries: 'US CA' });
    await assert.rejects(send({ to: '+442079460000' }), coded(400, 21408));
    assert.ok((await send()).sid);
    await settings();
    assert.ok((await send({ to: '+442079460000' })).sid);
  });
  test('a trial account and a number that is not verified: 21608', async () => {
    await settings({ trial: true });
    await assert.rejects(send(), coded(400, 21608));
    await settings();
  });
  test('what a number cannot do: 21601', async () => {
    await settings({}, { mms: false });
    await assert.rejects(send({ mediaUrl: [picture] }), coded(400, 21601));
    await settings({}, { sms: false });
    await assert.rejects(send(), coded(400, 21601));
    await settings();
  });
  for (const code of [21612, 21614]) {
    test(`a phone that takes no texts: ${code}`, async () => {
      await stage.phone(BACKUP, { text_refused: code });
      await assert.rejects(send({ to: BACKUP }), coded(400, code));
      await stage.phone(BACKUP, {});
    });
  }
});

describe('a message', () => {
  test('has all members, before and after its delivery', async () => {
    const made = await send();
    const want = { accountSid: ACCOUNT, apiVersion: '2010-04-01', body: 'hello', direction: 'outbound-api', errorCode: null, errorMessage: null, from: LINE, messagingServiceSid: null, numMedia: '0', numSegments: '1', priceUnit: 'USD', to: PRIMARY };
    for (const [name, value] of Object.entries(want)) assert.deepEqual(made[name], value, name);
    assert.deepEqual([made.status, made.price, made.dateSent], ['queued', null, null]);
    await stage.turn(2);
    const done = await fetched(made.sid);
    assert.deepEqual([done.status, done.price], ['delivered', '-0.00790']);
    assert.ok(done.dateSent instanceof Date);
    assert.deepEqual(statuses(), ['sent', 'delivered']);
    assert.match(asked('/status')[1].RawDlrDoneDate, /^26\d{8}$/);
  });
  test('is sending for a while; with a setting that is told too', async () => {
    const quiet = await send();
    await stage.turn(0.15);
    assert.equal((await fetched(quiet.sid)).status, 'sending');
    await stage.turn(2);
    await settings({}, {}, { sending_told: true });
    customer.seen = [];
    await send();
    await stage.turn(2);
    await settings({}, {}, { sending_told: false });
    assert.deepEqual(statuses().slice(-3), ['sending', 'sent', 'delivered']);
  });
  test('without a receipt it stays sent, and can be deleted', async () => {
    await stage.phone(BACKUP, { no_receipt: true });
    const { sid } = await send({ to: BACKUP });
    await stage.turn(2);
    assert.deepEqual([(await fetched(sid)).status, statuses()], ['sent', ['sent']]);
    assert.equal((await stage.phone(BACKUP)).texts.at(-1).body, 'hello');
    await client.messages(sid).remove();
    await stage.phone(BACKUP, {});
  });
  test('a failure is told with its words', async () => {
    await stage.phone(BACKUP, { receipt_error: 30005 });
    const { sid } = await send({ to: BACKUP });
    await stage.turn(2);
    await stage.phone(BACKUP, {});
    const { ErrorCode, ErrorMessage } = asked('/status').at(-1);
    assert.deepEqual([ErrorCode, ErrorMessage], ['30005', 'Unknown destination handset']);
    const row = await fetched(sid);
    assert.deepEqual([row.errorCode, row.errorMessage], [30005, 'Unknown destination handset']);
  });
  test('cannot be deleted before it is over: 20009', async () => {
    const { sid } = await send();
    await assert.rejects(client.messages(sid).remove(), coded(409, 20009));
    await stage.turn(2);
    assert.equal(await client.messages(sid).remove(), true);
    await assert.rejects(fetched(sid), coded(404, 20404));
  });
  test('is emptied for the API; the phone keeps it', async () => {
    const { sid } = await send({ body: 'a secret' });
    await stage.turn(2);
    assert.equal((await client.messages(sid).update({ body: '' })).body, '');
    assert.equal((await fetched(sid)).body, '');
    assert.equal((await stage.texts(PRIMARY)).at(-1), 'a secret');
    await assert.rejects(client.messages(sid).update({ body: 'other' }), coded(400, 20001));
  });
  test('forgets its body and its recipient when it is asked to', async () => {
    const { sid } = await send({ contentRetention: 'discard', addressRetention: 'obfuscate' });
    await stage.turn(2);
    const row = await fetched(sid);
    assert.deepEqual([row.body, row.to], ['', '+1619555XXXX']);
  });
  test('tells its application when it has no address of its own', async () => {
    const app = await client.applications.create({ friendlyName: 'app', messageStatusCallback: at('/app') });
    await send({ statusCallback: undefined, applicationSid: app.sid });
    await send({ applicationSid: app.sid });
    await stage.turn(2);
    assert.deepEqual([statuses('/app'), statuses()], [['sent', 'delivered'], ['sent', 'delivered']]);
  });
  test('of an account that is suspended in the meantime fails: 30002', async () => {
    const branch = await client.api.v2010.accounts.create({ friendlyName: 'branch' });
    const own = twilio(branch.sid, branch.authToken);
    own.api.baseUrl = client.api.baseUrl;
    const { phoneNumber } = await own.incomingPhoneNumbers.create({ areaCode: '619' });
    const { sid } = await own.messages.create({ to: PRIMARY, from: phoneNumber, body: 'x' });
    await client.api.v2010.accounts(branch.sid).update({ status: 'suspended' });
    await stage.turn(2);
    await client.api.v2010.accounts(branch.sid).update({ status: 'active' });
    assert.equal((await own.messages(sid).fetch()).errorCode, 30002);
  });
  test('is given feedback', async () => {
    const { sid } = await send();
    for (const outcome of ['confirmed', 'unconfirmed']) {
      const row = await client.messages(sid).feedback.create({ outcome });
      assert.deepEqual([row.messageSid, row.outcome, row.accountSid], [sid, outcome, ACCOUNT]);
    }
    await assert.rejects(client.messages(sid).feedback.create({ outcome: 'perhaps' }), coded(400, 20001));
  });
});

describe('media', () => {
  test('are listed, fetched and deleted one by one', async () => {
    customer.answers['/a.png'] = { type: 'image/png', body: 'png' };
    const { sid } = await send({ body: '', mediaUrl: [at('/a.png'), at('/a.png')] });
    assert.match(sid, /^MM/);
    await stage.turn(2);
    const [one, two] = await client.messages(sid).media.list();
    assert.deepEqual([one.contentType, one.parentSid, (await client.messages(sid).media(two.sid).fetch()).sid], ['image/png', sid, two.sid]);
    assert.equal(await client.messages(sid).media(one.sid).remove(), true);
    assert.deepEqual((await client.messages(sid).media.list()).map((m) => m.sid), [two.sid]);
    await assert.rejects(client.messages(sid).media(one.sid).fetch(), coded(404, 20404));
    assert.equal((await fetched(sid)).price, '-0.02000');
  });
  test('bytes are behind a redirect, whose status is a setting', async () => {
    const { sid } = await stage.carrier('POST', '/sim/texts', { from: CUSTOMER, to: TOLL_FREE, body: '', media: ['image/png'] });
    const [row] = await client.messages(sid).media.list();
    const ask = async () => (await request({ port: stage.simPort, target: row.uri.replace('.json', ''),
      headers: { Authorization: `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}` } })).status;
    assert.equal(await ask(), 307);
    await settings({}, {}, { media_status: 302 });
    assert.equal(await ask(), 302);
    await settings({}, {}, { media_status: 307 });
  });
  test('other kinds than pictures may be 500 kB: 11751', async () => {
    for (const [type, want] of [['application/pdf', 'failed'], ['image/png', 'delivered']]) {
      customer.answers['/big'] = { type, body: 'x'.repeat(600000) };
      const { sid } = await send({ mediaUrl: [at('/big')] });
      await stage.turn(2);
      const row = await fetched(sid);
      assert.deepEqual([row.status, row.errorCode], [want, want === 'failed' ? 11751 : null]);
    }
  });
});

describe('segments', () => {
  const { cases } = JSON.parse(fs.readFileSync(new URL('../vectors/sms-segments.json', import.meta.url), 'utf8'));
  for (const c of cases.filter((one) => one.text)) {
    test(`${c.id}: ${c.segments}`, async () => {
      const { numSegments } = await send({ body: c.text, smartEncoded: Boolean(c.smart_encoding) });
      assert.equal(numSegments, String(c.segments));
    });
  }
  test('smart encoding is the service\'s unless the message says', async () => {
    const body = `${'x'.repeat(80)}\u2019`;
    assert.equal((await serve({ body })).numSegments, '1');
    assert.equal((await serve({ body, smartEncoded: false })).numSegments, '2');
  });
});

describe('a sender\'s line', () => {
  test('as fast as its segments may: a text of three takes three seconds', async () => {
    await settings({}, { segments_per_second: 1 });
    for (const body of ['x'.repeat(400), 'y', 'z']) await send({ body });
    await stage.turn(2.9);
    assert.deepEqual(statuses(), ['sent', 'delivered']);
    await stage.turn(1);
    assert.deepEqual(statuses().length, 4);
    await stage.turn(1);
    assert.deepEqual(statuses().length, 6);
    await settings();
  });
  test('a full line: 21611, by the status of a setting; a service accepts, and fails with 30001', async () => {
    await settings({}, { segments_per_second: 1, queue_segments: 2 });
    for (let i = 0; i < 3; i++) await send();
    await assert.rejects(send(), coded(429, 21611));
    await settings({}, { segments_per_second: 1, queue_segments: 2 }, { queue_full_status: 400 });
    await assert.rejects(send(), coded(400, 21611));
    await settings({}, { segments_per_second: 1, queue_segments: 2 }, { queue_full_status: 429 });
    const served = await serve({ from: LINE });
    assert.equal(served.status, 'accepted');
    await stage.turn(0.1);
    const row = await fetched(served.sid);
    assert.deepEqual([row.status, row.errorCode], ['failed', 30001]);
    await settings();
  });
  test('a setup that lifts the rate lets go whatever waits', async () => {
    await settings({}, { segments_per_second: 1 });
    for (const body of ['x'.repeat(1500), 'y', 'z']) await send({ body });
    await settings();
    await send({ body: 'at once' });
    await stage.turn(30);
    assert.equal(statuses().filter((s) => s === 'delivered').length, 4);
    await settings();
  });
  test('too long in the line: expired, by the code of a setting', async () => {
    for (const code of [30036, 30001]) {
      await settings({}, { segments_per_second: 1 }, { expired_code: code });
      await send({ body: 'x'.repeat(1500) });
      const { sid } = await send({ validityPeriod: 3 });
      await stage.turn(3.5);
      const row = await fetched(sid);
      assert.deepEqual([row.status, row.errorCode], ['failed', code]);
      await stage.turn(30);
    }
    await settings({}, {}, { expired_code: 30036 });
  });
  test('canceled in the line: it never leaves, and those behind it go sooner', async () => {
    await settings({}, { segments_per_second: 1 });
    await send({ body: 'x'.repeat(300) });
    const { sid } = await send({ body: 'y'.repeat(1500) });
    await send({ body: 'z' });
    assert.equal((await client.messages(sid).update({ status: 'canceled' })).status, 'canceled');
    await stage.turn(3);
    assert.deepEqual(statuses(), ['canceled', 'sent', 'delivered', 'sent', 'delivered']);
    await settings();
  });
  test('canceled while its picture is fetched: it has no error', async () => {
    await settings({}, { segments_per_second: 1 });
    await send();
    const { sid } = await send({ mediaUrl: ['http://127.0.0.1:1/a.png'] });
    await client.messages(sid).update({ status: 'canceled' });
    await stage.turn(3);
    const row = await fetched(sid);
    assert.deepEqual([row.status, row.errorCode, row.errorMessage], ['canceled', null, null]);
    await settings();
  });
  test('the usual rates: a toll-free number sends three a second, a short code a hundred', async () => {
    await settings({ usual_text_rates: true });
    for (const [from, want] of [[TOLL_FREE, 3], [SHORT, 6], [LINE, 1]]) {
      customer.seen = [];
      for (let i = 0; i < 6; i++) await send({ from });
      await stage.turn(0.95);
      assert.equal(statuses().filter((s) => s === 'sent').length, want, from);
      await stage.turn(20);
    }
    await settings();
  });
});

describe('a service', () => {
  const row = async (made) => fetched((await made).sid);
  test('accepts, then chooses: queued is told, to its own address', async () => {
    const made = await serve({ statusCallback: undefined });
    assert.deepEqual([made.status, made.from, made.messagingServiceSid], ['accepted', null, service.sid]);
    await stage.turn(2);
    assert.deepEqual(statuses('/service-status'), ['queued', 'sent', 'delivered']);
    assert.equal(asked('/service-status')[0].MessagingServiceSid, service.sid);
    assert.ok([LINE, SECOND_LINE].includes((await fetched(made.sid)).from));
  });
  test('knows whom it has texted, and prefers the area', async () => {
    const senders = [];
    for (const to of ['+14155550161', '+16195550161', '+14155550161', '+16195550161']) {
      const { sid } = await serve({ to });
      await stage.turn(1);
      senders.push((await fetched(sid)).from);
    }
    assert.deepEqual(senders, [SECOND_LINE, LINE, SECOND_LINE, LINE]);
  });
  test('a message for later waits, and can be canceled', async () => {
    const sendAt = new Date(await now() + HOUR_MS);
    const made = await serve({ scheduleType: 'fixed', sendAt });
    assert.deepEqual([made.status, made.numSegments], ['scheduled', '0']);
    const other = await serve({ scheduleType: 'fixed', sendAt });
    assert.equal((await client.messages(other.sid).update({ status: 'canceled' })).status, 'canceled');
    await stage.turn(3500);
    assert.equal((await fetched(made.sid)).status, 'scheduled');
    await stage.turn(110);
    assert.deepEqual([(await fetched(made.sid)).status, (await fetched(other.sid)).status], ['delivered', 'canceled']);
    await assert.rejects(client.messages(made.sid).update({ status: 'canceled' }), coded(400, 30409));
  });
  test('later is at least a quarter of an hour and at most 35 days', async () => {
    for (const ms of [14 * 60000, 36 * 24 * HOUR_MS])
      await assert.rejects(serve({ scheduleType: 'fixed', sendAt: new Date(await now() + ms) }), coded(400, 35114));
    await assert.rejects(serve({ scheduleType: 'fixed' }), coded(400, 35111));
  });
  test('without a service a setting sends at once what is for later', async () => {
    await settings({}, {}, { send_without_service: true });
    const made = await send({ scheduleType: 'fixed', sendAt: new Date(await now() + HOUR_MS) });
    assert.equal(made.status, 'queued');
    await settings({}, {}, { send_without_service: false });
  });
  test('nobody who could send: 21703; numbers without pictures send their addresses', async () => {
    const names = await client.messaging.v1.services.create({ friendlyName: 'names', mmsConverter: false });
    await pool(names.sid).alphaSenders.create({ alphaSender: 'Shop' });
    await assert.rejects(serve({ messagingServiceSid: names.sid }), coded(400, 21703));
    await settings({}, { mms: false });
    await pool(names.sid).phoneNumbers.create({ phoneNumberSid: await numberSid(TOLL_FREE) });
    const picture = at('/pic');
    customer.answers['/pic'] = { type: 'image/png', body: 'png' };
    const { sid } = await serve({ from: LINE, body: 'look', mediaUrl: [picture] });
    await stage.turn(2);
    assert.equal((await fetched(sid)).body, `look ${picture}`);
    await settings();
    await pool(names.sid).remove();
  });
  test('whose pages are taken away while they are listed is listed to its end', async () => {
    const made = [];
    for (let i = 0; i < 4; i++) made.push((await client.messaging.v1.services.create({ friendlyName: `gone ${i}` })).sid);
    const seen = [];
    for (let page = await client.messaging.v1.services.page({ pageSize: 2 }); page; page = await page.nextPage())
      for (const s of page.instances) {
        seen.push(s.sid);
        if (made.includes(s.sid)) await pool(s.sid).remove();
      }
    assert.deepEqual(seen.slice(0, 4), made.reverse());
    assert.ok(seen.includes(service.sid));
  });
  test('is made, listed by pages, changed and deleted; its senders are free then', async () => {
    const made = await client.messaging.v1.services.create({ friendlyName: 'mine', validityPeriod: 60, usecase: 'poll' });
    assert.deepEqual([made.stickySender, made.smartEncoding, made.validityPeriod, made.inboundRequestUrl, made.usecase], [true, true, 60, null, 'poll']);
    assert.ok((await client.messaging.v1.services.list({ pageSize: 1 })).some((s) => s.sid === made.sid));
    const changed = await pool(made.sid).update({ friendlyName: 'yours', smartEncoding: false });
    assert.deepEqual([changed.friendlyName, changed.smartEncoding], ['yours', false]);
    await assert.rejects(client.messaging.v1.services.create({ friendlyName: '' }), coded(400, 20001));
    await assert.rejects(pool(made.sid).update({ validityPeriod: 40000 }), coded(400, 21624));
    const sidOf = await numberSid(TOLL_FREE);
    await pool(made.sid).phoneNumbers.create({ phoneNumberSid: sidOf });
    await assert.rejects(pool().phoneNumbers.create({ phoneNumberSid: sidOf }), coded(409, 21712));
    await pool(made.sid).remove();
    await assert.rejects(pool(made.sid).fetch(), coded(404, 20404));
    await pool().phoneNumbers.create({ phoneNumberSid: sidOf });
    await assert.rejects(pool().phoneNumbers.create({ phoneNumberSid: sidOf }), coded(409, 21710));
    await pool().phoneNumbers(sidOf).remove();
  });
  test('has short codes and names', async () => {
    const code = await pool().shortCodes.create({ shortCodeSid: `SC${'5'.repeat(32)}` });
    assert.deepEqual([code.shortCode, code.countryCode], [SHORT, 'US']);
    const name = await pool().alphaSenders.create({ alphaSender: 'My Shop' });
    for (const alphaSender of ['123', 'much too long a name', 'no!']) await assert.rejects(pool().alphaSenders.create({ alphaSender }), coded(400, 20001));
    await assert.rejects(pool().alphaSenders.create({ alphaSender: 'my shop' }), coded(409, 21710));
    const made = await serve({ to: '+442079460000' });
    await stage.turn(1);
    assert.equal((await fetched(made.sid)).from, 'My Shop');
    assert.equal((await row(send({ from: 'My Shop', to: '+442079460000' }))).status, 'queued');
    await assert.rejects(send({ from: 'My Shop' }), coded(400, 21612));
    await pool().alphaSenders(name.sid).remove();
    await pool().shortCodes(code.sid).remove();
    assert.deepEqual(await pool().alphaSenders.list(), []);
  });
});

describe('a text that comes in', () => {
  test('has its parameters in the order of captures', async () => {
    await stage.phone(CUSTOMER, { city: 'SAN DIEGO', state: 'CA', zip: '92101', country: 'US' });
    await stage.text(CUSTOMER, 'hi', TOLL_FREE);
    await stage.turn(1);
    const { names, params } = customer.seen.find((s) => s.path === '/inbound');
    assert.deepEqual(names, ['ToCountry', 'ToState', 'SmsMessageSid', 'NumMedia', 'ToCity', 'FromZip', 'SmsSid', 'FromState', 'SmsStatus', 'FromCity',
      'Body', 'FromCountry', 'To', 'ToZip', 'NumSegments', 'ReferralNumMedia', 'MessageSid', 'AccountSid', 'From', 'ApiVersion']);
    assert.deepEqual([params.FromCity, params.FromZip, params.NumSegments], ['SAN DIEGO', '92101', '1']);
    const row = await fetched(params.MessageSid);
    assert.deepEqual([row.status, row.direction, row.price], ['received', 'inbound', '-0.00790']);
  });
  test('asks the service of its number, or the number when the service says so', async () => {
    await stage.text(CUSTOMER, 'hi');
    await stage.turn(1);
    assert.equal(asked('/service')[0].MessagingServiceSid, service.sid);
    await pool().update({ useInboundWebhookOnNumber: true });
    await stage.text(CUSTOMER, 'hi');
    await stage.turn(1);
    assert.equal(asked('/inbound')[0].MessagingServiceSid, service.sid);
    await pool().update({ useInboundWebhookOnNumber: false, inboundRequestUrl: '' });
    const { sid } = await stage.text(CUSTOMER, 'hi');
    await stage.turn(1);
    assert.equal(customer.seen.length, 2);
    await assert.rejects(fetched(sid), coded(404, 20404));
    await pool().update({ inboundRequestUrl: at('/service') });
  });
  test('asks elsewhere when the first server fails', async () => {
    await pool().update({ fallbackUrl: at('/service-fallback') });
    customer.answers['/service'] = { status: 503, body: '' };
    await stage.text(CUSTOMER, 'hi');
    await stage.turn(1);
    assert.deepEqual([asked('/service-fallback')[0]?.ErrorCode, asked('/service-fallback')[0]?.ErrorUrl], ['11200', at('/service')]);
    await pool().update({ fallbackUrl: '' });
  });
});

describe('keywords', () => {
  const said = async (number, from = LINE) => (await stage.phone(number)).texts.filter((t) => t.automatic && t.from === from).map((t) => t.body);
  test('STOP stops the whole service, START starts it, and the webhook is told by a setting', async () => {
    await settings({ advanced_opt_out: true });
    await stage.text(OTHERS[0], 'Stop ');
    await stage.turn(1);
    await assert.rejects(serve({ to: OTHERS[0] }), coded(400, 21610));
    for (const from of [LINE, SECOND_LINE]) await assert.rejects(send({ to: OTHERS[0], from }), coded(400, 21610));
    assert.ok((await send({ to: OTHERS[0], from: TOLL_FREE })).sid);
    await stage.text(OTHERS[0], 'START', SECOND_LINE);
    await stage.turn(1);
    assert.ok((await serve({ to: OTHERS[0] })).sid);
    await stage.text(OTHERS[0], 'help');
    await stage.turn(1);
    assert.deepEqual(asked('/service').map((p) => p.OptOutType), ['STOP', 'START', 'HELP']);
    assert.equal((await said(OTHERS[0])).length, 2);
    await settings();
    await stage.text(OTHERS[0], 'help');
    await stage.turn(1);
    assert.equal(asked('/service').at(-1).OptOutType, undefined);
  });
  test('at a toll-free number the network answers, and YES is only a word', async () => {
    await stage.text(OTHERS[1], 'STOP', TOLL_FREE);
    await stage.turn(1);
    await assert.rejects(send({ to: OTHERS[1], from: TOLL_FREE }), coded(400, 21610));
    await stage.text(OTHERS[1], 'YES', TOLL_FREE);
    await assert.rejects(send({ to: OTHERS[1], from: TOLL_FREE }), coded(400, 21610));
    await stage.text(OTHERS[1], 'UNSTOP', TOLL_FREE);
    assert.ok((await send({ to: OTHERS[1], from: TOLL_FREE })).sid);
    await stage.turn(1);
    const words = await said(OTHERS[1], TOLL_FREE);
    assert.equal(words.length, 2);
    for (const one of words) assert.match(one, /^NETWORK MSG/);
  });
  test('a reply to STOP is dropped: 21610', async () => {
    customer.answers['/service'] = '<Message>bye</Message>';
    await stage.text(OTHERS[2], 'STOP');
    await stage.turn(1);
    assert.equal(await lastWarning(), 21610);
    assert.ok(!(await stage.texts(OTHERS[2])).includes('bye'));
  });
});

describe('answers to texts', () => {
  const answered = async (document, from = OWNER) => {
    customer.answers['/service'] = document;
    const { sid } = await stage.text(from, 'hi');
    await stage.turn(2);
    return sid;
  };
  test('several bodies are one text, media come along, both addresses are told', async () => {
    customer.answers['/pic'] = { type: 'image/gif', body: 'gif' };
    await answered('<Message action="/act" method="GET" statusCallback="/told"><Body>one </Body><Body>two</Body><Media>/pic</Media></Message>');
    const text = (await stage.phone(OWNER)).texts.at(-1);
    assert.deepEqual([text.body, text.media.map((m) => m.type)], ['onetwo', ['image/gif']]);
    assert.deepEqual([statuses('/told'), customer.seen.filter((s) => s.path === '/act').map((s) => s.method)], [['sent', 'delivered'], ['GET', 'GET']]);
    const [row] = await client.messages.list({ to: OWNER, limit: 1 });
    assert.deepEqual([row.direction, row.from], ['outbound-reply', LINE]);
  });
  test('to and from somebody else; plain words; a document elsewhere', async () => {
    await answered(`<Message to="${BACKUP}" from="${TOLL_FREE}">over there</Message>`);
    const text = (await stage.phone(BACKUP)).texts.at(-1);
    assert.deepEqual([text.body, text.from], ['over there', TOLL_FREE]);
    customer.answers['/next'] = { type: 'text/plain', body: 'plainly' };
    await answered('<Redirect method="GET">/next</Redirect><Message>never</Message>');
    assert.equal((await stage.texts(OWNER)).at(-1), 'plainly');
    const count = (await stage.texts(OWNER)).length;
    await answered({ type: 'text/plain', body: '' });
    assert.equal((await stage.texts(OWNER)).length, count);
  });
  const mistakes = [
    [14101, '<Message to="nobody">x</Message>'],
    [14102, '<Message from="nobody">x</Message>'],
    [14103, '<Message></Message>'],
    [14103, `<Message>${'x'.repeat(1601)}</Message>`],
    [14104, '<Message method="PUT">x</Message>'],
    [14105, '<Message statusCallback="ftp://x/">x</Message>'],
    [14106, '<Redirect>/service</Redirect>'],
    [14108, '<Message from="+16195550199">x</Message>'],
    [14109, '<Message>x</Message>'.repeat(11)],
    [14110, '<Say>x</Say>'],
    [21620, '<Message><Media>ftp://x/</Media></Message>'],
    [21623, `<Message>${'<Media>/pic</Media>'.repeat(11)}</Message>`],
  ];
  for (const [code, document] of mistakes) {
    test(`${code}: ${document.slice(0, 50)}`, async () => {
      await stage.turn(60);
      const sid = await answered(document);
      const found = (await stage.carrier('GET', '/sim/warnings')).warnings.filter((w) => w.subject === sid).map((w) => w.code);
      assert.ok(found.includes(code), `${found}`);
    });
  }
  test('14111: a trial account answers only those it has verified', async () => {
    await settings({ trial: true });
    await answered('<Message>x</Message>');
    await settings();
    assert.equal(await lastWarning(), 14111);
  });
  test('14107: sixteen replies within half a minute are a loop', async () => {
    await stage.turn(60);
    for (let i = 0; i < 8; i++) await answered('<Message>a</Message><Message>b</Message>', OTHERS[3]);
    assert.equal(await lastWarning(), 14107);
    assert.equal((await stage.texts(OTHERS[3])).length, 15);
  });
});

describe('lookups', () => {
  const look = (number, more) => client.lookups.v2.phoneNumbers(number).fetch(more);
  test('what a number itself tells', async () => {
    const row = await look('(619) 555-0150', { countryCode: 'US' });
    assert.deepEqual([row.phoneNumber, row.nationalFormat, row.countryCode, row.callingCountryCode, row.valid, row.validationErrors],
      [CUSTOMER, '(619) 555-0150', 'US', '1', true, []]);
    assert.deepEqual([row.callerName, row.lineTypeIntelligence, row.simSwap], [null, null, null]);
    assert.equal((await look('+442079460000')).countryCode, 'GB');
  });
  for (const [number, error] of [['+1619', 'TOO_SHORT'], ['+161955501501', 'TOO_LONG'], ['help', 'NOT_A_NUMBER'], ['6195550150', 'INVALID_COUNTRY_CODE']]) {
    test(`${number}: ${error}`, async () => {
      const row = await look(number);
      assert.deepEqual([row.valid, row.validationErrors, row.phoneNumber, row.nationalFormat, row.countryCode], [false, [error], number, null, null]);
    });
  }
  test('packages: what its setup tells, else the usual', async () => {
    await stage.phone(BACKUP, { caller_name: 'BACKUP BARN', line_type: 'nonFixedVoip', unreachable: true, lookup: { sim_swap: { last_sim_swap: { swapped_in_period: true } } } });
    const fields = 'caller_name,line_type_intelligence,sim_swap,call_forwarding,line_status,identity_match,reassigned_number,sms_pumping_risk,phone_number_quality_score,pre_fill';
    const row = await look(BACKUP, { fields });
    await stage.phone(BACKUP, {});
    assert.deepEqual([row.callerName.caller_name, row.lineTypeIntelligence.type, row.lineStatus.status], ['BACKUP BARN', 'nonFixedVoip', 'inactive']);
    assert.equal(row.simSwap.last_sim_swap.swapped_in_period, true);
    for (const name of ['callForwarding', 'identityMatch', 'reassignedNumber', 'smsPumpingRisk', 'phoneNumberQualityScore', 'preFill']) assert.ok(row[name], name);
  });
  test('the version before: 404 for no number', async () => {
    const row = await client.lookups.v1.phoneNumbers(CUSTOMER).fetch({ type: ['carrier', 'caller-name'] });
    assert.deepEqual([row.carrier.type, row.countryCode, row.phoneNumber], ['mobile', 'US', CUSTOMER]);
    await assert.rejects(client.lookups.v1.phoneNumbers('+1619').fetch(), coded(404, 20404));
  });
});

describe('hostile input', () => {
  const auth = { Authorization: `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`, 'Content-Type': 'application/x-www-form-urlencoded' };
  const raw = (target, body, method = 'POST') => request({ method, port: stage.simPort, target, headers: auth, body });
  const base = `To=%2B16195550111&From=%2B16195550100`;
  const long = 'x'.repeat(20000);
  const rows = [
    ['bytes that are not UTF-8', `${base}&Body=%ff%fe`, 400],
    ['a NUL', `${base}&Body=a%00b`, 400],
    ['a broken escape', `${base}&Body=%zz`, 400],
    ['too many fields', `${base}&Body=x&${'a=b&'.repeat(300)}`, 400],
    ['a sender of 20 kB', `To=%2B16195550111&From=${long}&Body=x`, 400],
    ['a receiver of 20 kB', `To=${long}&From=%2B16195550100&Body=x`, 400],
    ['a body of 20 kB', `${base}&Body=${long}`, 400],
    ['a callback of 20 kB', `${base}&Body=x&StatusCallback=${long}`, 400],
    ['a service of 20 kB', `To=%2B16195550111&MessagingServiceSid=${long}&Body=x`, 400],
    ['a time that is none', () => `To=%2B16195550111&MessagingServiceSid=${service.sid}&Body=x&ScheduleType=fixed&SendAt=${long}`, 400],
    ['1600 emoji', `${base}&Body=${encodeURIComponent('\u{1f600}'.repeat(1600))}`, 201],
    ['the same field twice', `${base}&From=nobody&Body=x&Body=y`, 201],
    ['nothing', '', 400],
  ];
  for (const [what, form, status] of rows) {
    test(`a create with ${what}: ${status}`, async () => {
      const answer = await raw(`/2010-04-01/Accounts/${ACCOUNT}/Messages.json`, form instanceof Function ? form() : form);
      assert.equal(answer.status, status, answer.body);
      if (status === 400) assert.equal(JSON.parse(answer.body).status, 400);
    });
  }
  for (const number of ['%2B' + '1'.repeat(5000), '%00', '%ff', '+', '..%2f..', encodeURIComponent('‮+16195550111')]) {
    test(`a lookup of ${number.slice(0, 20)}`, async () => {
      for (const version of ['v1', 'v2']) assert.ok([200, 400, 404].includes((await raw(`/${version}/PhoneNumbers/${number}?Fields=caller_name`, undefined, 'GET')).status));
    });
  }
  const setups = [
    [{ numbers: [{ phone_number: 'abc', type: 'short-code' }] }, /short code/],
    [{ numbers: [{ phone_number: LINE, segments_per_second: 0 }] }, /segments_per_second/],
    [{ numbers: [{ phone_number: LINE, queue_segments: 'many' }] }, /queue_segments/],
    [{ usual_text_rates: 'yes' }, /usual_text_rates/],
  ];
  for (const [account, words] of setups) {
    test(`a setup with ${JSON.stringify(account)}`, () =>
      assert.rejects(stage.carrier('POST', '/sim/setup', { accounts: [{ sid: ACCOUNT, auth_token: TOKEN, ...account }] }), words));
  }
  test('a world of which one setting is wrong: none of it is taken', async () => {
    await assert.rejects(settings({}, {}, { trial: true, expired_code: 7 }), /expired_code is not valid/);
    await settings();
    assert.equal((await send({ body: 'plain' })).body, 'plain');
  });
  test('a phone whose lookup is no object', () => assert.rejects(stage.phone(BACKUP, { lookup: 7 }), /lookup is/));
  test('a phone that refuses with no code', () => assert.rejects(stage.phone(BACKUP, { text_refused: 7 }), /text_refused/));
});

describe('lists', () => {
  test('pages, filters, and the message that answers them', async () => {
    for (let i = 0; i < 5; i++) await send({ to: OTHERS[0], body: `row ${i}` });
    await stage.turn(1);
    const rows = await client.messages.list({ to: OTHERS[0], from: LINE, pageSize: 2, limit: 5 });
    assert.deepEqual(rows.map((m) => m.body), [4, 3, 2, 1, 0].map((i) => `row ${i}`));
    const day = new Date(await now());
    assert.ok((await client.messages.list({ to: OTHERS[0], dateSent: day })).length >= 5);
    assert.deepEqual(await client.messages.list({ to: OTHERS[0], dateSentBefore: new Date(day.getTime() - 30 * 24 * HOUR_MS) }), []);
  });
  test('a page of long rows is cut short, and the next one goes on', async () => {
    await settings();
    for (let i = 0; i < 500; i++) await send({ body: '\x01'.repeat(1600), statusCallback: undefined });
    const page = await client.messages.page({ pageSize: 1000 });
    assert.ok(page.instances.length < 500);
    const next = await page.nextPage();
    assert.ok(next.instances.length > 0 && next.instances[0].sid !== page.instances.at(-1).sid);
    assert.equal(new Set([...page.instances, ...next.instances].map((m) => m.sid)).size, page.instances.length + next.instances.length);
  });
  test('an XML list has the same rows', async () => {
    const answer = await request({ port: stage.simPort, target: `/2010-04-01/Accounts/${ACCOUNT}/Messages?PageSize=1`,
      headers: { Authorization: `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}` } });
    assert.match(answer.body, /<Message><Sid>|<Message>.*<Sid>SM/s);
  });
});
