// The simulated carrier by itself, judged by the carrier's official client and by a server of
// the test's own: faults, lists, media, receipts and calls that read a text.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import twilio from 'twilio';
import { ACCOUNT, BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, Stage, TOKEN, closeCarrier, freePort, openCarrier, request } from './stage.js';

const START_MS = Date.parse('2026-11-24T02:05:00Z');

// Keeps what the carrier asks for; `answers` has the document of a path, or what else to say.
class Customer {
  async open() {
    this.seen = [];
    this.answers = {};
    this.port = await freePort();
    this.server = http.createServer((rq, rs) => {
      let body = '';
      rq.on('data', (part) => { body += part; });
      rq.on('end', () => this.take(rq, rs, Object.fromEntries(new URLSearchParams(body))));
    });
    await new Promise((done) => { this.server.listen(this.port, '127.0.0.1', done); });
  }
  take(rq, rs, params) {
    const url = `http://127.0.0.1:${this.port}${rq.url}`;
    const signed = rq.method === 'POST' &&
      twilio.validateRequest(TOKEN, rq.headers['x-twilio-signature'] ?? '', url, params);
    const path = rq.url.split('?')[0];
    const { status = 200, type = 'text/xml', body = '<Response/>' } = this.answers[path] ?? {};
    this.seen.push({ path, signed, params, method: rq.method, token: rq.headers['i-twilio-idempotency-token'], auth: rq.headers.authorization });
    rs.writeHead(status, type ? { 'Content-Type': type } : {});
    rs.end(body);
  }
  at(path) { return this.seen.filter((s) => s.path === path); }
  statuses() { return this.at('/status').map((s) => s.params.MessageStatus ?? s.params.CallStatus); }
  close() { return new Promise((done) => { this.server.close(done); this.server.closeAllConnections(); }); }
}

let customer, stage, client;
before(async () => {
  customer = new Customer();
  await customer.open();
  stage = await openCarrier(customer.port);
  client = twilio(ACCOUNT, TOKEN);
  client.api.baseUrl = `http://127.0.0.1:${stage.simPort}`;
});
after(async () => {
  await closeCarrier(stage);
  await customer.close();
  assert.equal(stage.how, 0, 'ended cleanly');
});
beforeEach(async () => {
  await stage.carrier('DELETE', '/sim/fault');
  await stage.turn(60); // what the test before left behind
  customer.seen = [];
  customer.answers = {};
});

const fault = (what, more = {}) => stage.carrier('POST', '/sim/fault', { what, ...more });
const clear = (what) => stage.carrier('DELETE', `/sim/fault?what=${what}`);
const send = (more = {}) => client.messages.create({
  to: PRIMARY, from: LINE, body: 'hello', statusCallback: `${stage.base}/status`, ...more,
});
const clock = () => stage.carrier('GET', '/sim/clock');
// Waits until the carrier keeps so many answers back; each look is a request, none a pause.
async function held(count) {
  for (let looks = 0; (await clock()).held !== count; looks++) assert.ok(looks < 5000, 'nothing is kept back');
}
async function outcome(promise) {
  try { return { sid: (await promise).sid }; } catch (e) { return { status: e.status, code: e.code }; }
}
const listed = async (to, filters = {}) => (await client.messages.list({ to, ...filters }));
let body = 0;
const unique = () => `text ${++body}`;

describe('a create that goes wrong', () => {
  const rows = [
    ['reset_before_accept', { code: 'ECONNRESET' }, 0],
    ['error_500_before_accept', { status: 500, code: 20500 }, 0],
    ['error_429', { status: 429, code: 20429 }, 0],
    ['refuse', { code: 'ECONNRESET' }, 0],
    ['accept_then_reset', { code: 'ECONNRESET' }, 1],
    ['error_500_after_accept', { status: 500, code: 20500 }, 1],
  ];
  for (const [what, want, taken] of rows) {
    test(`${what}: ${taken ? 'accepted' : 'not accepted'}`, async () => {
      const text = unique();
      await fault(what);
      const got = await outcome(send({ body: text }));
      for (const key of Object.keys(want)) assert.equal(got[key], want[key]);
      assert.equal((await listed(PRIMARY)).filter((m) => m.body === text).length, taken);
      assert.ok((await outcome(send())).sid, 'only once');
    });
  }

  test('slow: the answer comes after its time on the virtual clock, and the text is as it was', async () => {
    await fault('slow', { after_ms: 9000 });
    const from = (await clock()).now_ms;
    const sent = send();
    await held(1);
    await stage.turn(8);
    assert.equal((await clock()).held, 1);
    await stage.turn(2);
    assert.equal((await sent).status, 'queued');
    const rest = (await stage.carrier('GET', '/sim/timeline')).entries
      .filter((e) => e.kind === 'rest' && e.method === 'POST').at(-1);
    assert.equal(rest.at_ms, from + 9000);
  });

  test('accept_then_silence: accepted and delivered, no answer, in the end a broken connection', async () => {
    await fault('accept_then_silence', { after_ms: 40000 });
    const sent = outcome(send());
    await held(1);
    await stage.turn(39);
    assert.equal((await clock()).held, 1);
    assert.deepEqual(customer.statuses(), ['sent', 'delivered']);
    await stage.turn(2);
    assert.equal((await sent).code, 'ECONNRESET');
  });

  test('callback_before_answer: the first callback is answered before the create is', async () => {
    await fault('callback_before_answer');
    const order = [];
    const sent = send().then((m) => { order.push('answer'); return m; });
    await held(1);
    await stage.turn(0.3);
    const { sid } = await sent;
    assert.deepEqual(customer.at('/status').map((s) => [s.params.MessageSid, s.params.MessageStatus, s.signed]), [[sid, 'sent', true]]);
    assert.deepEqual(order, ['answer']);
  });

  test('rest_down: nothing reaches the API until it is cleared, lists included', async () => {
    await fault('rest_down');
    for (let i = 0; i < 3; i++) assert.equal((await outcome(send())).code, 'ECONNRESET');
    await assert.rejects(client.messages.list({ limit: 1 }));
    await clear('rest_down');
    assert.ok((await send()).sid);
  });

  test('a fault keeps to its To, its resource and its count', async () => {
    await fault('error_429', { to: BACKUP, resource: 'Messages', count: 2 });
    assert.ok((await outcome(send())).sid);
    const call = client.calls.create({ to: BACKUP, from: LINE, twiml: '<Response/>' });
    assert.ok((await outcome(call)).sid);
    for (const want of [429, 429, undefined])
      assert.equal((await outcome(send({ to: BACKUP }))).status, want);
  });

  test('a share of a fault is the same for the same seed, and goes on until it is cleared', async () => {
    const runs = [];
    for (const seed of [7, 7, 8]) {
      await fault('error_429', { percent: 30, seed });
      let run = '';
      for (let i = 0; i < 40; i++) run += (await outcome(send())).status ? 'x' : '.';
      const [waiting] = (await stage.carrier('GET', '/sim/fault')).faults;
      assert.equal(waiting.hits, run.split('x').length - 1);
      runs.push(run);
      await clear('error_429');
    }
    assert.equal(runs[0], runs[1]);
    assert.notEqual(runs[0], runs[2]);
    const share = runs[0].split('x').length - 1;
    assert.ok(share > 4 && share < 22, `${share} of 40`);
  });

  test('what a fault cannot be is refused by name', async () => {
    for (const order of [{ what: 'flood' }, { what: 'slow', percent: 0 }, { what: 'media_redirect' }, { what: 'slow', when: 1 }])
      await assert.rejects(stage.carrier('POST', '/sim/fault', order), / 400 /);
  });
});

describe('callbacks and webhooks that go wrong', () => {
  test('duplicate_callbacks: each one twice, with one idempotency token', async () => {
    await fault('duplicate_callbacks', { count: 0 });
    await send();
    await stage.turn(2);
    assert.deepEqual(customer.statuses(), ['sent', 'sent', 'delivered', 'delivered']);
    const tokens = customer.at('/status').map((s) => s.token);
    assert.equal(new Set(tokens).size, 2);
  });

  test('reorder_callbacks: delivered comes before sent; alone it comes late', async () => {
    await fault('reorder_callbacks');
    await send();
    await stage.turn(2);
    assert.deepEqual(customer.statuses(), ['delivered', 'sent']);
    await stage.phone(BACKUP, { receipt_error: { code: 30001, status: 'failed' } });
    await fault('reorder_callbacks');
    await send({ to: BACKUP });
    await stage.turn(5);
    assert.equal(customer.statuses().length, 2);
    await stage.turn(10);
    assert.equal(customer.statuses().at(-1), 'failed');
    await stage.phone(BACKUP, {});
  });

  test('outage: texts and calls are on the lists, and nobody is told of anything', async () => {
    await fault('outage');
    const { sid } = await stage.text(OTHERS[0], 'is anybody there');
    const call = await stage.call(OTHERS[0]);
    await send();
    await stage.turn(120);
    assert.deepEqual(customer.seen, []);
    const [text] = await client.messages.list({ from: OTHERS[0] });
    assert.deepEqual([text.sid, text.status, text.direction], [sid, 'received', 'inbound']);
    const [row] = await client.calls.list({ from: OTHERS[0] });
    assert.deepEqual([row.sid, row.status, row.direction], [call.sid, 'completed', 'inbound']);
    await clear('outage');
    await stage.text(OTHERS[0], 'and now');
    await stage.turn(1);
    assert.deepEqual(customer.seen.map((s) => [s.path, s.params.Body]), [['/sms/inbound', 'and now']]);
  });
});

describe('lists', () => {
  test('messages by To, From and the instants of DateSent, in every spelling', async () => {
    const times = [];
    for (const words of ['one', 'two', 'three']) {
      times.push(new Date((await clock()).now_ms));
      await stage.text(OTHERS[1], words);
      await stage.turn(600);
    }
    const bodies = async (filters) => (await client.messages.list({ from: OTHERS[1], ...filters })).map((m) => m.body);
    assert.deepEqual(await bodies({}), ['three', 'two', 'one'], 'newest first');
    assert.deepEqual(await bodies({ dateSentAfter: times[1] }), ['three', 'two']);
    assert.deepEqual(await bodies({ dateSentBefore: times[1] }), ['two', 'one']);
    assert.deepEqual(await bodies({ dateSent: times[0] }), ['three', 'two', 'one'], 'its day');
    assert.deepEqual(await bodies({ to: PRIMARY }), []);
    const raw = async (query) => {
      const answer = await request({
        port: stage.simPort, target: `/2010-04-01/Accounts/${ACCOUNT}/Messages.json?From=${encodeURIComponent(OTHERS[1])}&${query}`,
        headers: { Authorization: `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}` },
      });
      return JSON.parse(answer.body).messages.map((m) => m.body);
    };
    const rfc2822 = times[1].toUTCString().replace('GMT', '+0000');
    assert.deepEqual(await raw(`DateSent%3E=${encodeURIComponent(rfc2822)}`), ['three', 'two']);
    assert.deepEqual(await raw('DateSent=2026-11-24'), ['three', 'two', 'one']);
    assert.deepEqual(await raw('DateSent%3E=2026-11-25'), []);
    assert.deepEqual(await raw('DateSent%3C=2026-11-23'), []);
  });

  test('pages are followed to the end, each row once, while new texts come in', async () => {
    for (let i = 0; i < 7; i++) await stage.text(OTHERS[2], `row ${i}`);
    const found = [];
    let page = await client.messages.page({ from: OTHERS[2], pageSize: 3 });
    await stage.text(OTHERS[2], 'came in between');
    for (; page; page = page.nextPageUrl ? await page.nextPage() : null)
      found.push(...page.instances.map((m) => m.body));
    assert.deepEqual(found, [6, 5, 4, 3, 2, 1, 0].map((i) => `row ${i}`));
  });

  test('calls by From, Status, parent and time, with the child leg and its duration', async () => {
    const from = new Date((await clock()).now_ms);
    customer.answers['/webhook/twilio/voice'] = { body: `<Response><Dial><Number>${OWNER}</Number></Dial></Response>` };
    await stage.phone(OWNER, { on_call: [{ do: 'answer', after_ms: 1000, then: [{ talk_ms: 20000 }, { hangup: true }] }] });
    const { sid } = await stage.call(OTHERS[3]);
    await stage.turn(60);
    const [parent] = await client.calls.list({ from: OTHERS[3], to: LINE, status: 'completed', startTimeAfter: from });
    assert.equal(parent.sid, sid);
    const [child] = await client.calls.list({ parentCallSid: sid });
    assert.deepEqual([child.parentCallSid, child.to, child.direction, child.duration], [sid, OWNER, 'outbound-dial', '20']);
    assert.deepEqual(await client.calls.list({ from: OTHERS[3], startTimeBefore: new Date(from.getTime() - 60000) }), []);
    assert.deepEqual(await client.calls.list({ from: OTHERS[3], status: 'busy' }), []);
    assert.equal((await client.calls.list({ to: OWNER, endTime: from })).length, 1);
  });
});

describe('media', () => {
  const basic = { Authorization: `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}` };
  const get = (url, headers = {}) => request({ port: stage.simPort, target: url.slice(url.indexOf('/', 8)), headers });
  async function photo(media) {
    const from = '+16195550170';
    const { sid } = await stage.carrier('POST', '/sim/texts', { from, to: LINE, body: '', media });
    await stage.turn(1);
    return { sid, params: customer.at('/sms/inbound').at(-1).params };
  }

  test('a photo is told of in the webhook, wants credentials, and is given at another address without', async () => {
    const { sid, params } = await photo(['image/png', { type: 'image/jpeg', base64: Buffer.from('a picture').toString('base64') }]);
    assert.match(sid, /^MM/);
    assert.deepEqual([params.NumMedia, params.Body, params.MediaContentType0, params.MediaContentType1], ['2', '', 'image/png', 'image/jpeg']);
    const url = params.MediaUrl1;
    assert.match(url, new RegExp(`^http://127.0.0.1:${stage.simPort}/2010-04-01/Accounts/${ACCOUNT}/Messages/${sid}/Media/ME[0-9a-f]{32}$`));
    assert.equal((await get(url)).status, 401);
    const first = await get(url, basic);
    assert.equal(first.status, 307);
    assert.match(first.headers.location, /\/sim\/media\/[0-9a-z]+$/);
    const bytes = await get(first.headers.location);
    assert.deepEqual([bytes.status, bytes.headers['content-type'], bytes.body], [200, 'image/jpeg', 'a picture']);
    const rows = await client.messages(sid).media.list();
    assert.deepEqual(rows.map((m) => [m.contentType, m.parentSid]), [['image/png', sid], ['image/jpeg', sid]]);
    const one = await client.messages(sid).media(rows[1].sid).fetch();
    assert.ok(url.endsWith(one.sid));
    assert.equal((await client.messages(sid).fetch()).numMedia, '2');
    const other = (address, mark) => address.replace(new RegExp(`(${mark})(.)`), (_, m, digit) => m + (digit === '0' ? '1' : '0'));
    assert.equal((await get(other(url, '/ME'), basic)).status, 404);
    assert.equal((await get(other(first.headers.location, '/media/mk'))).status, 404);
  });

  test('the redirect and the size of the body can be set', async () => {
    const { params } = await photo(['image/gif']);
    await fault('media_redirect', { location: 'http://10.0.0.1/' });
    assert.equal((await get(params.MediaUrl0, basic)).headers.location, 'http://10.0.0.1/');
    await fault('media_bytes', { bytes: 3000000 });
    const { headers } = await get(params.MediaUrl0, basic);
    assert.equal((await get(headers.location)).headers['content-length'], '3000000');
    assert.equal((await get(headers.location)).headers['content-length'], '64');
  });

  test('what a text points at is fetched without credentials and arrives with it', async () => {
    customer.answers['/photo'] = { type: 'image/jpeg', body: 'x'.repeat(2000000) };
    const { sid } = await send({ body: '', mediaUrl: [`${stage.base}/photo`] });
    await stage.turn(2);
    assert.deepEqual(customer.at('/photo').map((s) => [s.method, s.auth]), [['GET', undefined]]);
    const arrived = (await stage.phone(PRIMARY)).texts.at(-1);
    assert.deepEqual(arrived.media.map((m) => [m.type, m.bytes]), [['image/jpeg', 2000000]]);
    const note = (await stage.carrier('GET', '/sim/timeline')).entries.findLast((e) => e.kind === 'media');
    assert.deepEqual([note.message, note.status, note.type, note.bytes], [sid, 200, 'image/jpeg', 2000000]);
    const row = await client.messages(sid).fetch();
    assert.deepEqual([row.numMedia, row.status], ['1', 'delivered']);
  });

  const failures = [
    ['a page that is not there', { status: 404 }, 11200],
    ['an answer without a type', { type: '' }, 12300],
    ['more than 5 MiB', { type: 'image/jpeg', body: 'x'.repeat((5 << 20) + 1) }, 11751],
  ];
  for (const [says, answer, code] of failures) {
    test(`a text fails whose media is ${says}`, async () => {
      customer.answers['/photo'] = answer;
      const { sid } = await send({ mediaUrl: [`${stage.base}/photo`] });
      await stage.turn(2);
      assert.deepEqual(customer.at('/status').map((s) => [s.params.MessageStatus, s.params.ErrorCode]), [['failed', String(code)]]);
      const row = await client.messages(sid).fetch();
      assert.deepEqual([row.status, row.errorCode], ['failed', code]);
    });
  }

  test('a text fails whose media has nobody listening', async () => {
    const { sid } = await send({ mediaUrl: [`http://127.0.0.1:${await freePort()}/photo`] });
    await stage.turn(2);
    assert.equal((await client.messages(sid).fetch()).errorCode, 11202);
  });
});

describe('accounts and phones', () => {
  const setup = (options) => stage.carrier('POST', '/sim/setup', options);

  test('trial: texts to phones and lists begin with the words of a trial account', async () => {
    await setup({ trial: true });
    const { sid } = await send({ body: 'pump is down' });
    await stage.turn(1);
    await setup({ trial: false });
    const want = 'Sent from your Twilio trial account - pump is down';
    assert.equal((await stage.texts(PRIMARY)).at(-1), want);
    assert.equal((await client.messages(sid).fetch()).body, want);
  });

  test('redact: the API shows no body, the phone does', async () => {
    await setup({ redact: true });
    const text = unique();
    await send({ body: text });
    await stage.turn(1);
    const [row] = await listed(PRIMARY, { limit: 1 });
    await setup({ redact: false });
    assert.equal(row.body, '');
    assert.equal((await stage.texts(PRIMARY)).at(-1), text);
  });

  const receipts = [
    ['30005, undelivered', { receipt_error: 30005 }, ['sent', 'undelivered'], 30005],
    ['30007, undelivered', { receipt_error: { code: 30007, status: 'undelivered' } }, ['sent', 'undelivered'], 30007],
    ['30034, failed', { receipt_error: { code: 30034, status: 'failed' } }, ['failed'], 30034],
    ['a land line', { landline: true }, ['sent', 'undelivered'], 30006],
    ['a phone out of reach', { unreachable: true }, ['sent', 'undelivered'], 30003],
  ];
  for (const [says, script, statuses, code] of receipts) {
    test(`receipts: ${says}`, async () => {
      await stage.phone(BACKUP, script);
      const { sid } = await send({ to: BACKUP });
      await stage.turn(2);
      await stage.phone(BACKUP, {});
      assert.deepEqual(customer.statuses(), statuses);
      assert.equal(customer.at('/status').at(-1).params.ErrorCode, String(code));
      const row = await client.messages(sid).fetch();
      assert.deepEqual([row.status, row.errorCode], [statuses.at(-1), code]);
    });
  }
});

describe('a call that the API makes', () => {
  const twiml = () => '<Response>' +
    `<Gather numDigits="1" timeout="10" action="${stage.base}/press?m=1"><Say>Customer asks: where is my truck. Press 1.</Say></Gather>` +
    '<Say>Goodbye.</Say></Response>';
  const dial = (to, more = {}) => client.calls.create({
    to, from: LINE, twiml: twiml(), statusCallback: `${stage.base}/status`, timeout: 20, ...more,
  });

  test('reads its inline document, takes a key, asks for the action and plays its answer', async () => {
    customer.answers['/press'] = { body: '<Response><Say>Thank you.</Say></Response>' };
    await stage.phone(OWNER, { on_call: [{ do: 'answer', after_ms: 2000, then: [{ press: '1', after_ms: 4000 }] }] });
    const { sid, status } = await dial(OWNER, { statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'] });
    assert.equal(status, 'queued');
    await stage.turn(60);
    const [press] = customer.at('/press');
    assert.deepEqual([press.signed, press.params.Digits, press.params.CallSid, press.params.CallStatus], [true, '1', sid, 'in-progress']);
    const call = (await stage.phone(OWNER)).calls.at(-1);
    assert.deepEqual(call.heard.map((h) => h.words), ['Customer asks: where is my truck. Press 1.', 'Thank you.']);
    assert.equal(call.heard[1].at_ms - call.answered_at, 4000);
    assert.deepEqual(customer.statuses(), ['initiated', 'ringing', 'in-progress', 'completed']);
    assert.ok(customer.seen.every((s) => s.signed));
    assert.equal((await client.calls(sid).fetch()).status, 'completed');
  });

  test('without a key it goes on behind the Gather', async () => {
    await stage.phone(OWNER, { on_call: [{ do: 'answer', after_ms: 2000 }] });
    await dial(OWNER);
    await stage.turn(60);
    assert.equal(customer.at('/press').length, 0);
    assert.equal((await stage.phone(OWNER)).calls.at(-1).heard.at(-1).words, 'Goodbye.');
  });

  const rows = [
    ['busy', { on_call: [{ do: 'busy' }] }, 'busy', '486'],
    ['ignored', { on_call: [{ do: 'ignore' }] }, 'no-answer', '487'],
    ['out of reach', { unreachable: true }, 'failed', '404'],
  ];
  for (const [says, script, status, sip] of rows) {
    test(`${says}: the status callback says ${status}`, async () => {
      await stage.phone(BACKUP, script);
      const { sid } = await dial(BACKUP);
      await stage.turn(60);
      await stage.phone(BACKUP, {});
      assert.deepEqual(customer.at('/status').map((s) => [s.params.CallSid, s.params.CallStatus, s.params.SipResponseCode, s.signed]), [[sid, status, sip, true]]);
      assert.equal((await client.calls(sid).fetch()).status, status);
    });
  }

  test('the faults of creates strike calls too', async () => {
    const count = async () => (await client.calls.list({ to: PRIMARY })).length;
    const before = await count();
    await fault('accept_then_reset', { resource: 'Calls' });
    assert.equal((await outcome(dial(PRIMARY))).code, 'ECONNRESET');
    assert.equal(await count(), before + 1);
    await fault('callback_before_answer', { resource: 'Calls' });
    const call = dial(PRIMARY, { statusCallbackEvent: ['initiated'] });
    await held(1);
    await stage.turn(2);
    assert.equal((await call).sid, customer.at('/status').at(-1).params.CallSid);
  });
});

// The daemon stays busy while its send has no answer; the clock goes on all the same.
describe('with the daemon', () => {
  let whole;
  before(async () => { whole = await Stage.open(); });
  after(() => whole.close());

  for (const [what, after_ms] of [['slow', 20000], ['accept_then_silence', 30000], ['callback_before_answer', 5000]]) {
    test(`${what}: the clock turns while an answer is kept back, and the text arrives once`, async () => {
      await whole.carrier('POST', '/sim/fault', { what, after_ms, to: PRIMARY, resource: 'Messages' });
      await whole.text(CUSTOMER, `while ${what}`);
      await whole.turn(60);
      assert.equal((await whole.carrier('GET', '/sim/clock')).held, 0);
      const arrived = (await whole.texts(PRIMARY)).filter((t) => t.includes(`while ${what}`));
      assert.equal(arrived.length, 1);
    });
  }
});

test('the clock began where the stage put it', async () => {
  assert.ok((await clock()).now_ms >= START_MS);
  assert.equal((await clock()).held, 0);
  assert.equal((await client.messages.list({ from: CUSTOMER })).length, 0);
});
