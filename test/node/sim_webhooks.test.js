// The simulated carrier's webhooks, judged by a server of the test's own and by the official
// validator: overrides, retries, fallbacks, signatures, cookies, logins, redirects, certificates,
// parameters, and what is told of each failure.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import zlib from 'node:zlib';
import twilio from 'twilio';
import { ACCOUNT, BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, TOKEN, closeCarrier, freePort, openCarrier } from './stage.js';

// Answers each path by its function, or with what it says, and keeps what the carrier asked.
class Customer {
  constructor() { this.clear(); }
  clear() {
    this.seen = [];
    this.answers = {};
  }
  async open(tls) {
    this.port = await freePort();
    const take = (rq, rs) => {
      let body = '';
      rq.on('data', (part) => { body += part; });
      rq.on('end', () => this.take(rq, rs, body));
    };
    this.server = tls ? https.createServer(tls, take) : http.createServer(take);
    this.base = `http${tls ? 's' : ''}://127.0.0.1:${this.port}`;
    this.server.on('tlsClientError', () => {});
    await new Promise((done) => { this.server.listen(this.port, '127.0.0.1', done); });
    return this;
  }
  take(rq, rs, body) {
    const [pathname, query = ''] = rq.url.split('?');
    const form = Object.fromEntries(new URLSearchParams(body));
    const params = rq.method === 'GET' ? Object.fromEntries(new URLSearchParams(query)) : form;
    const host = `http${this.base.startsWith('https') ? 's' : ''}://${rq.headers.host}`;
    const signed = twilio.validateRequest(TOKEN, rq.headers['x-twilio-signature'] ?? '',
      host + rq.url, rq.method === 'GET' ? {} : form);
    const one = { path: pathname, url: rq.url, method: rq.method, headers: rq.headers, raw: rq.rawHeaders, params, signed };
    this.seen.push(one);
    const said = this.answers[pathname];
    const answer = typeof said === 'function' ? said(one, this.at(pathname).length, rs) : said;
    if (answer === null) return; // it says nothing
    const { status = 200, type = 'text/xml', headers = {}, body: text = '<Response/>' } = answer ?? {};
    rs.writeHead(status, { ...(type ? { 'Content-Type': type } : {}), ...headers });
    rs.end(text);
  }
  at(pathname) { return this.seen.filter((s) => s.path === pathname); }
  paths() { return this.seen.map((s) => s.path); }
  close() { return new Promise((done) => { this.server.close(done); this.server.closeAllConnections(); }); }
}

let customer, stage, client, since;
before(async () => {
  customer = await new Customer().open();
  stage = await openCarrier(customer.port, ['--call-rate', '100']);
  client = twilio(ACCOUNT, TOKEN);
  client.api.baseUrl = `http://127.0.0.1:${stage.simPort}`;
});
after(async () => {
  await closeCarrier(stage);
  await customer.close();
  assert.equal(stage.how, 0, 'ended cleanly');
});
beforeEach(async () => {
  await stage.turn(120); // what the test before left behind
  customer.clear();
  since = (await stage.carrier('GET', '/sim/timeline?after=999999999')).last;
});

const setup = (document) => stage.carrier('POST', '/sim/setup', document);
const line = (number, account = {}) => setup({ accounts: [{ sid: ACCOUNT, auth_token: TOKEN,
  numbers: [{ phone_number: LINE, ...number }], ...account }] });
const warnings = async () => (await stage.carrier('GET', `/sim/warnings?after=${since}`)).warnings;
const codes = async () => (await warnings()).map((w) => w.code);
const url = (target) => customer.base + target;
// A text from a phone whose line asks at `target`.
async function textTo(target, number = {}, from = CUSTOMER) {
  await line({ sms_url: target.startsWith('/') ? url(target) : target, ...number });
  await stage.text(from, 'hello');
  await stage.turn(1);
}
// A call that ends by itself, to a line that asks at `target`.
async function callTo(target, number = {}, more = {}) {
  await line({ voice_url: target.startsWith('/') ? url(target) : target, ...number });
  const { sid } = await stage.call(CUSTOMER, more);
  await stage.turn(30);
  return sid;
}
const same = (list) => new Set(list).size === 1;
const token = (s) => s.headers['i-twilio-idempotency-token'];

describe('tries', () => {
  test('a 5xx is not tried again by itself', async () => {
    customer.answers['/sms'] = { status: 503 };
    await textTo('/sms');
    assert.equal(customer.at('/sms').length, 1);
    assert.deepEqual(await codes(), [11200]);
  });
  const rows = [
    ['#rp=5xx', [503], 2], ['#rp=5xx&rc=3', [503, 502, 500, 503], 4], ['#rp=4xx', [503], 1],
    ['#rp=4xx&rc=2', [404, 429, 400], 3], ['#rp=all&rc=5', [500, 404, 200], 3], ['#rc=0&rp=all', [500], 1],
    ['#rp=5xx,4xx&rc=2', [500, 404, 500], 3], ['#rp=rt', [500], 1],
  ];
  for (const [overrides, statuses, want] of rows) {
    test(`${overrides} with ${statuses}: asked ${want} times, with one token`, async () => {
      customer.answers['/sms'] = (s, n) => ({ status: statuses[Math.min(n, statuses.length) - 1] });
      await textTo(`/sms?a=1${overrides}`);
      const seen = customer.at('/sms');
      assert.equal(seen.length, want);
      assert.ok(same(seen.map(token)), 'the token stays');
      for (const s of seen) assert.deepEqual([s.signed, s.url], [true, '/sms?a=1'], 'the fragment is neither sent nor signed');
      const last = statuses[Math.min(want, statuses.length) - 1];
      assert.deepEqual(await codes(), last === 200 ? [] : [11200]);
    });
  }
  test('the next webhook has a token of its own', async () => {
    await textTo('/sms');
    await textTo('/sms');
    const [a, b] = customer.at('/sms').map(token);
    assert.match(a, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.notEqual(a, b);
  });
  test('a refused connection is tried twice, then the fallback is asked at once', async () => {
    const port = await freePort();
    await textTo(`http://127.0.0.1:${port}/sms?x=1`, { sms_fallback_url: url('/fallback') });
    const tries = (await stage.carrier('GET', `/sim/timeline?after=${since}`)).entries
      .filter((e) => e.kind === 'webhook' && e.url.includes(`:${port}/`));
    assert.deepEqual(tries.map((e) => e.again), [true, false]);
    assert.equal(tries[0].at_ms, tries[1].at_ms);
    const [s] = customer.at('/fallback');
    assert.equal(s.params.ErrorCode, '11202');
    assert.equal(s.params.ErrorUrl, `http://127.0.0.1:${port}/sms?x=1`);
    assert.equal(s.params.Body, 'hello');
    assert.ok(s.signed);
    assert.deepEqual(await codes(), [11202]);
  });
  test('a fallback that fails is the end', async () => {
    customer.answers['/sms'] = { status: 500 };
    customer.answers['/fallback'] = { status: 500 };
    await textTo('/sms', { sms_fallback_url: url('/fallback') });
    assert.deepEqual(customer.paths(), ['/sms', '/fallback']);
    assert.deepEqual(await codes(), [11200, 11200]);
  });
  test('a fallback has a method of its own', async () => {
    customer.answers['/voice'] = { status: 500 };
    await callTo('/voice', { voice_fallback_url: url('/fallback'), voice_fallback_method: 'GET' });
    const [s] = customer.at('/fallback');
    assert.deepEqual([s.method, s.params.ErrorCode, s.signed], ['GET', '11200', true]);
  });
  test('a server that says nothing: rt of an address gives it up, tt ends all tries', async () => {
    customer.answers['/sms'] = () => null;
    await textTo('/sms#rt=100');
    assert.equal(customer.at('/sms').length, 1);
    await textTo('/sms#rt=100&rp=rt&rc=2');
    assert.equal(customer.at('/sms').length, 4);
    await textTo('/sms#rt=100&rp=rt&rc=5&tt=250');
    assert.ok(customer.at('/sms').length <= 7);
    assert.deepEqual(await codes(), [11200, 11200, 11200]);
  });
  test('part of an answer is not tried again', async () => {
    customer.answers['/sms'] = (s, n, rs) => {
      rs.writeHead(200, { 'Content-Type': 'text/xml' });
      rs.write('<Resp');
      return null;
    };
    await textTo('/sms#rt=150&rp=all&rc=3');
    assert.equal(customer.at('/sms').length, 1);
    assert.deepEqual(await codes(), [11200]);
  });
  test('a bad override is told and its usual value used', async () => {
    customer.answers['/sms'] = { status: 500 };
    await textTo('/sms#rc=9&rp=5xx&colour=blue');
    assert.equal(customer.at('/sms').length, 2);
    const told = await warnings();
    assert.deepEqual(told.map((w) => w.code), [11240, 11240, 11200]);
    assert.match(told[0].words, /override rc is "9"; it is a number of retries from 0 to 5/);
    assert.match(told[1].words, /"colour" is unknown; known are ct rt tt rc rp sni e/);
  });
  test('a fragment of a page is no override', async () => {
    await textTo('/sms#top');
    assert.deepEqual([customer.at('/sms').length, await codes()], [1, []]);
  });
  test('a status callback is told once, has no fallback and may be overridden', async () => {
    customer.answers['/status'] = { status: 500 };
    await line({});
    const say = (target) => client.messages.create({ to: PRIMARY, from: LINE, body: 'x', statusCallback: url(target) });
    await say('/status');
    await stage.turn(5);
    assert.deepEqual(customer.at('/status').map((s) => s.params.MessageStatus), ['sent', 'delivered']);
    assert.deepEqual(await codes(), [11200, 11200]);
    await say('/status#rp=5xx&rc=2');
    await stage.turn(5);
    assert.equal(customer.at('/status').length, 2 + 6);
  });
});

describe('codes of what went wrong', () => {
  const big = `<Response><Message>${'x'.repeat(70000)}</Message></Response>`;
  const rows = [
    ['a page that is not there', { status: 404 }, 11200], ['a document over 64 kB', { body: big }, 11750],
    ['one far over', { body: 'x'.repeat(3 << 20) }, 11750], ['no XML', { body: '<Response>' }, 12100],
    ['white space before the declaration', { body: ' <?xml version="1.0"?><Response/>' }, 12100],
    ['XML 1.1', { body: '<?xml version="1.1"?><Response/>' }, 12101], ['another root', { body: '<Answer/>' }, 12102],
    ['another type', { type: 'application/json', body: '{}' }, 12300], ['no type', { type: null }, 12300],
    ['a redirect to nowhere', { status: 302 }, 11200], ['a redirect to no address', { status: 302, headers: { Location: 'ftp://h/' } }, 11100],
    ['an empty text reply is good', { type: 'text/plain', body: '' }, null],
  ];
  for (const [says, answer, code] of rows) {
    test(`${says}: ${code}`, async () => {
      customer.answers['/sms'] = answer;
      await textTo('/sms');
      assert.deepEqual(await codes(), code ? [code] : []);
      if (!code) return;
      const [w] = await warnings();
      assert.deepEqual([w.level, w.url, w.method], ['error', url('/sms'), 'POST']);
      assert.equal(w.subject, customer.at('/sms')[0].params.MessageSid);
    });
  }
  test('an empty body on a call', async () => {
    customer.answers['/voice'] = { body: '' };
    const sid = await callTo('/voice');
    assert.deepEqual(await codes(), [11770]);
    assert.equal((await warnings())[0].subject, sid);
  });
  test('a host that nobody knows', async () => {
    await textTo(`http://${'nobody'.repeat(12)}/sms`); // a label too long for a name server
    assert.deepEqual(await codes(), [11210]);
  });
  test('a server that speaks no HTTP, and one that hangs up', async () => {
    let say = 'this is not HTTP\r\n\r\n';
    const server = net.createServer((c) => { c.on('error', () => {}); c.once('data', () => { c.write(say); c.destroySoon(); }); });
    const port = await new Promise((done) => { server.listen(0, '127.0.0.1', () => done(server.address().port)); });
    await textTo(`http://127.0.0.1:${port}/`);
    say = '';
    await textTo(`http://127.0.0.1:${port}/`);
    await textTo(`https://127.0.0.1:${port}/`);
    assert.deepEqual(await codes(), [11206, 11200, 11220]);
    await new Promise((done) => { server.close(done); });
  });
  test('an answer to a status callback is not read', async () => {
    for (const [i, answer] of [{ body: big }, { body: 'x'.repeat(3 << 20) }, { type: null }, { body: '<' }, { status: 204, body: '' }].entries()) {
      customer.answers[`/status${i}`] = answer;
      await client.messages.create({ to: PRIMARY, from: LINE, body: 'x', statusCallback: url(`/status${i}`) });
    }
    await stage.turn(5);
    assert.deepEqual(await codes(), []);
    assert.equal(customer.seen.length, 10);
  });
});

describe('hostile answers', () => {
  const gzip = (text) => ['Content-Encoding: gzip', zlib.gzipSync(text)];
  const head = (...lines) => ['HTTP/1.1 200 OK', 'Content-Type: text/xml', 'Connection: close', ...lines, '', ''].join('\r\n');
  const rows = [
    ['a header line of 90 kB', head(`X-Long: ${'x'.repeat(90000)}`) + '<Response/>', [null]],
    ['header lines of 1 MB', head(...Array.from({ length: 100 }, (_, i) => `X-${i}: ${'x'.repeat(10000)}`)) + '<Response/>', [11200, 11206]],
    ['a thousand cookies', head(...Array.from({ length: 1000 }, (_, i) => `Set-Cookie: c${i}=${'v'.repeat(40)}`)) + '<Response/>', [null]],
    ['a cookie of 8 kB, one without a name, one of blanks', head(`Set-Cookie: c=${'v'.repeat(8000)}`, 'Set-Cookie: =', 'Set-Cookie:   ', 'Set-Cookie: a=b; Expires=; Max-Age=99999999999999999999; Domain=; Path=') + '<Response/>', [null]],
    ['a redirect of 20 kB', `HTTP/1.1 302 F\r\nLocation: /${'x'.repeat(20000)}\r\nContent-Length: 0\r\n\r\n`, [11100]],
    ['a redirect of 90 kB', `HTTP/1.1 302 F\r\nLocation: /${'x'.repeat(90000)}\r\nContent-Length: 0\r\n\r\n`, [11100]],
    ['a redirect with blanks and control characters', 'HTTP/1.1 302 F\r\nLocation: /a b\x01\r\nContent-Length: 0\r\n\r\n', [11100]],
    ['a redirect out of the protocol', 'HTTP/1.1 302 F\r\nLocation: file:///etc/hostname\r\nContent-Length: 0\r\n\r\n', [11100]],
    ['a status that is none', 'HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n', [11200]],
    ['gzip that is none', head('Content-Encoding: gzip') + 'nothing packed', [11206, 11200]],
    ['gzip of 50 MB of blanks', Buffer.concat([Buffer.from(head(gzip('')[0])), gzip(Buffer.alloc(50 << 20, 32))[1]]), [11750]],
    ['a length that is too long', head('Content-Length: 99') + '<Response/>', [11200]],
    ['a length that is none', head('Content-Length: -5') + '<Response/>', [11200, 11206]],
    ['a document of bytes', Buffer.concat([Buffer.from(head()), Buffer.from([0, 255, 254, 1, 128])]), [12100]],
    ['a document as deep as can be', head() + '<Response>' + '<a>'.repeat(9000) + '</a>'.repeat(9000) + '</Response>', [12100, 12200]],
    ['entities that grow', head() + '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><Response>&b;</Response>', [12100]],
  ];
  for (const [says, answer, wanted] of rows) {
    test(says, async () => {
      const server = net.createServer((c) => { c.on('error', () => {}); c.once('data', () => { c.write(answer); c.destroySoon(); }); });
      const port = await new Promise((done) => { server.listen(0, '127.0.0.1', () => done(server.address().port)); });
      try {
        await textTo(`http://127.0.0.1:${port}/sms`, {}, OTHERS[3]);
        await stage.text(OTHERS[3], 'once more, with what was kept');
        await stage.turn(1);
        const told = new Set(await codes());
        assert.ok(wanted.includes([...told][0] ?? null), `told ${[...told]}`);
      } finally {
        await new Promise((done) => { server.close(done); });
      }
    });
  }
});

describe('signatures', () => {
  test('a GET carries its parameters in the query, signed as part of the address', async () => {
    customer.answers['/voice'] = { body: '<Response><Say>x</Say></Response>' };
    await callTo('/voice?a=%41&b=%27+%3b&c=&d', { voice_method: 'GET' });
    const [s] = customer.at('/voice');
    assert.deepEqual([s.method, s.signed, s.params.CallStatus], ['GET', true, 'ringing']);
    assert.ok(s.url.startsWith('/voice?a=%41&b=%27+%3b&c=&d&CallSid='), 'the query stays as it is written');
  });
  test('odd values and an odd query are signed as they are', async () => {
    await line({ sms_url: url('/sms?q=%C3%A9+x&r=%27&;') });
    for (const words of ['Grüße & <tags> "quoted" 🚚', ' blanks  around ', 'two\r\nlines', '+%26=', 'e\u0301']) {
      await stage.text(CUSTOMER, words);
      await stage.turn(1);
      const s = customer.seen.at(-1);
      assert.deepEqual([s.signed, s.params.Body], [true, words]);
      assert.equal(s.url, '/sms?q=%C3%A9+x&r=%27&;');
    }
    await textTo("/sms?it's"); // which a validator before 6.1 escapes, and then refuses
    const s = customer.seen.at(-1);
    assert.equal(s.headers['x-twilio-signature'], twilio.getExpectedTwilioSignature(TOKEN, url("/sms?it's"), s.params));
  });
  test('http keeps its port in what is signed, for calls too', async () => {
    await callTo('/voice');
    const [s] = customer.at('/voice');
    const whole = (base) => twilio.getExpectedTwilioSignature(TOKEN, `${base}/voice`, s.params);
    assert.equal(s.headers['x-twilio-signature'], whole(customer.base));
    assert.notEqual(s.headers['x-twilio-signature'], whole('http://127.0.0.1'));
  });
  test('the headers are the carrier\'s', async () => {
    await textTo('/sms');
    const { headers } = customer.at('/sms')[0];
    assert.equal(headers['user-agent'], 'TwilioProxy/1.1');
    assert.equal(headers.accept, '*/*');
    assert.equal(headers['accept-encoding'], 'gzip');
    assert.equal(headers['cache-control'], 'max-age=259200');
    assert.equal(headers['content-type'], 'application/x-www-form-urlencoded; charset=utf-8');
    assert.match(headers['x-twilio-signature'], /^[A-Za-z0-9+/]{27}=$/);
    for (const none of ['cookie', 'authorization', 'expect', 'if-none-match']) assert.equal(headers[none], undefined);
  });
  test('a packed answer is unpacked', async () => {
    customer.answers['/sms'] = { headers: { 'Content-Encoding': 'gzip' }, body: zlib.gzipSync('<Response><Message>packed</Message></Response>') };
    await textTo('/sms');
    assert.equal((await stage.phone(CUSTOMER)).texts.at(-1).body, 'packed');
  });
});

describe('logins', () => {
  const door = (s) => (s.headers.authorization ? { body: '<Response><Pause length="1"/><Redirect>/next</Redirect></Response>' }
    : { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="calls"' }, body: '' });
  const withUser = (target) => url(target).replace('//', '//user:pass@');
  test('credentials are shown once they are asked for, and then for the whole call', async () => {
    customer.answers['/voice'] = door;
    const sid = await callTo(withUser('/voice'), { status_callback: url('/status') });
    const basic = `Basic ${Buffer.from('user:pass').toString('base64')}`;
    assert.deepEqual(customer.seen.map((s) => [s.path, s.headers.authorization, s.signed]),
      [['/voice', undefined, true], ['/voice', basic, true], ['/next', basic, true], ['/status', basic, true]]);
    assert.ok(same(customer.at('/voice').map(token)));
    assert.deepEqual(await codes(), []);
    assert.equal(customer.at('/status')[0].params.CallSid, sid);
    await callTo(withUser('/voice'));
    assert.equal(customer.at('/voice')[2].headers.authorization, undefined, 'the next call is asked anew');
  });
  const rows = [
    ['a challenge without a realm', withUser, { 'WWW-Authenticate': 'Basic' }, 1],
    ['a challenge of another kind', withUser, { 'WWW-Authenticate': 'Bearer realm="x"' }, 1],
    ['no challenge', withUser, {}, 1], ['no credentials', url, { 'WWW-Authenticate': 'Basic realm="x"' }, 1],
    ['credentials that are refused', withUser, { 'WWW-Authenticate': 'Digest realm="d", Basic realm="x"' }, 2],
  ];
  for (const [says, address, headers, want] of rows) {
    test(`${says}: 11200`, async () => {
      customer.answers['/sms'] = { status: 401, headers };
      await textTo(address('/sms'));
      assert.equal(customer.at('/sms').length, want);
      assert.deepEqual(await codes(), [11200]);
    });
  }
});

describe('cookies', () => {
  const sent = (list) => list.map((s) => s.headers.cookie);
  test('a call keeps its own', async () => {
    customer.answers['/voice'] = (s) => ({ headers: { 'Set-Cookie': [`a=${s.params.CallSid}`, 'b=2; Path=/two', 'gone=1; Max-Age=0', 'soon=1; Max-Age=5'] },
      body: '<Response><Pause length="2"/><Redirect>/two/x</Redirect></Response>' });
    customer.answers['/two/x'] = { headers: { 'Set-Cookie': 'a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT' }, body: '<Response><Pause length="4"/><Redirect>/three</Redirect></Response>' };
    const sid = await callTo('/voice', { status_callback: url('/status') });
    assert.deepEqual(customer.paths(), ['/voice', '/two/x', '/three', '/status']);
    assert.deepEqual(sent(customer.seen), [undefined, `b=2; a=${sid}; soon=1`, undefined, undefined]);
    await callTo('/voice');
    assert.equal(customer.at('/voice')[1].headers.cookie, undefined, 'the next call has none');
  });
  test('two numbers that text each other keep theirs until they are quiet for four hours', async () => {
    customer.answers['/sms'] = (s, n) => ({ headers: { 'Set-Cookie': `n=${n}` } });
    await textTo('/sms');
    await stage.text(CUSTOMER, 'again');
    await stage.turn(1);
    await stage.text(OTHERS[0], 'somebody else');
    await stage.turn(3 * 3600);
    await stage.text(CUSTOMER, 'again');
    await stage.turn(3 * 3600);
    await stage.text(CUSTOMER, 'again');
    await stage.turn(4 * 3600 + 60);
    await stage.text(CUSTOMER, 'again');
    await stage.turn(1);
    assert.deepEqual(sent(customer.at('/sms')), [undefined, 'n=1', undefined, 'n=2', 'n=4', undefined]);
  });
});

describe('redirects', () => {
  for (const status of [301, 302, 303]) {
    test(`${status}: asked by GET, without the parameters`, async () => {
      customer.answers['/sms'] = { status, headers: { Location: '/there?x=1' }, body: '' };
      await textTo('/sms');
      const [s] = customer.at('/there');
      assert.deepEqual([s.method, s.url, s.signed, s.params], ['GET', '/there?x=1', true, { x: '1' }]);
    });
  }
  for (const status of [307, 308]) {
    test(`${status}: the method stays, and what was posted`, async () => {
      customer.answers['/sms'] = { status, headers: { Location: '/there' }, body: '' };
      await textTo('/sms');
      const [s] = customer.at('/there');
      assert.deepEqual([s.method, s.signed, s.params.Body], ['POST', true, 'hello']);
      assert.ok(same(customer.seen.map(token)));
    });
  }
  test('a GET stays one and takes no parameters along', async () => {
    customer.answers['/voice'] = { status: 307, headers: { Location: '/there' }, body: '' };
    await callTo('/voice', { voice_method: 'GET' });
    assert.deepEqual([customer.at('/there')[0].method, customer.at('/there')[0].url], ['GET', '/there']);
  });
  test('ten are followed, the eleventh is 11215', async () => {
    const to = (last) => (s, n) => (n > last ? {} : { status: 302, headers: { Location: '/hop' }, body: '' });
    customer.answers['/hop'] = to(10);
    await textTo('/hop');
    assert.deepEqual([customer.at('/hop').length, await codes()], [11, []]);
    customer.clear();
    customer.answers['/hop'] = to(11);
    await textTo('/hop', { sms_fallback_url: url('/fallback') });
    assert.deepEqual([customer.at('/hop').length, await codes()], [11, [11215]]);
    assert.equal(customer.at('/fallback')[0].params.ErrorCode, '11215');
  });
});

describe('certificates', () => {
  let folder, servers;
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  function leaf(name, names, from, until) {
    openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    fs.writeFileSync(path.join(folder, `${name}.cnf`), `subjectAltName=${names}\n`);
    fs.writeFileSync(path.join(folder, 'index.txt'), '');
    fs.writeFileSync(path.join(folder, 'ca.cnf'), '[ca]\ndefault_ca=c\n[c]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n');
    openssl('ca', '-batch', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-in', `${name}.csr`, '-out', `${name}.pem`, '-startdate', from, '-enddate', until, '-extfile', `${name}.cnf`, '-notext');
    const read = (end) => fs.readFileSync(path.join(folder, `${name}.${end}`));
    return { key: read('key'), cert: read('pem') };
  }
  before(async () => {
    folder = fs.mkdtempSync(path.join(stage.folder, 'tls-'));
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=rehearsal', '-days', '3650');
    servers = {};
    for (const [name, names, until] of [['good', 'IP:127.0.0.1', '20991231000000Z'], ['other', 'DNS:other.test', '20991231000000Z'], ['old', 'IP:127.0.0.1', '20200101000000Z']]) {
      servers[name] = await new Customer().open(leaf(name, names, '20190101000000Z', until));
    }
  });
  after(async () => {
    for (const server of Object.values(servers)) await server.close();
    await setup({ webhook_ca_file: '' });
  });
  const rows = [
    ['good', {}, false, 11237], ['good', {}, true, null], ['other', {}, true, 11235], ['old', {}, true, 11236],
    ['good', { verify_certificates: false }, false, null], ['old', { verify_certificates: false }, false, null],
  ];
  for (const [name, account, known, code] of rows) {
    test(`${name}${known ? ', its authority known' : ''}${account.verify_certificates === false ? ', not verified' : ''}: ${code}`, async () => {
      await setup({ webhook_ca_file: known ? path.join(folder, 'ca.pem') : '' });
      servers[name].clear();
      await line({ sms_url: `${servers[name].base}/sms` }, account);
      await stage.text(CUSTOMER, 'hello');
      await stage.turn(1);
      assert.deepEqual(await codes(), code ? [code] : []);
      assert.deepEqual(servers[name].at('/sms').map((s) => s.signed), code ? [] : [true]);
    });
  }
  test('authorities that cannot be read are refused', async () => {
    await assert.rejects(setup({ webhook_ca_file: '/no/such/ca.pem' }), /webhook_ca_file \\"\/no\/such\/ca.pem\\" cannot be read: No such file/);
  });
  test('a call over https is signed without its port, a text with it', async () => {
    await setup({ webhook_ca_file: path.join(folder, 'ca.pem') });
    const { base } = servers.good;
    servers.good.clear();
    await line({ sms_url: `${base}/sms`, voice_url: `${base}/voice` });
    await stage.text(CUSTOMER, 'hello');
    await stage.call(CUSTOMER);
    await stage.turn(5);
    for (const [target, signedBase] of [['/sms', base], ['/voice', 'https://127.0.0.1']]) {
      const [s] = servers.good.at(target);
      assert.equal(s.headers['x-twilio-signature'], twilio.getExpectedTwilioSignature(TOKEN, signedBase + target, s.params));
    }
  });
  test('plain HTTP spoken to a port of TLS', async () => {
    await textTo(`http://127.0.0.1:${servers.good.port}/sms`);
    assert.ok([11200, 11206].includes((await codes())[0]));
  });
});

const EVERY_CALL = ['AccountSid', 'ApiVersion', 'CallSid', 'CallStatus', 'Called', 'Caller', 'Direction', 'From', 'To',
  ...['Called', 'Caller', 'From', 'To'].flatMap((who) => ['City', 'State', 'Zip', 'Country'].map((part) => who + part))].sort();
const AN_EVENT = ['CallbackSource', 'SequenceNumber', 'Timestamp'];
const AN_END = [...AN_EVENT, 'CallDuration', 'Duration', 'SipResponseCode'];
const names = (s) => Object.keys(s.params).sort();

describe('parameters', () => {
  const home = { city: 'SAN DIEGO', state: 'CA', zip: '92101', country: 'US' };
  test('of a call that comes in', async () => {
    await setup({ phones: [{ number: CUSTOMER, ...home, stir: 'TN-Validation-Passed-A', caller_name: 'CUSTOMER' }] });
    customer.answers['/voice'] = { body: '<Response><Pause length="3"/><Say>x</Say></Response>' };
    const sid = await callTo('/voice', { status_callback: url('/status'), caller_name: true }, { forwarded_from: OWNER });
    const [asked] = customer.at('/voice'), [told] = customer.at('/status');
    assert.deepEqual(names(asked), [...EVERY_CALL, 'CallToken', 'CallerName', 'ForwardedFrom', 'StirVerstat'].sort());
    const p = asked.params;
    assert.deepEqual([p.CallSid, p.CallStatus, p.Direction, p.ApiVersion, p.From, p.Caller, p.To, p.Called],
      [sid, 'ringing', 'inbound', '2010-04-01', CUSTOMER, CUSTOMER, LINE, LINE]);
    assert.deepEqual([p.FromCity, p.FromState, p.FromZip, p.FromCountry, p.CallerCity, p.ToCity, p.CalledCountry],
      ['SAN DIEGO', 'CA', '92101', 'US', 'SAN DIEGO', '', 'US']);
    assert.deepEqual([p.StirVerstat, p.CallerName, p.ForwardedFrom], ['TN-Validation-Passed-A', 'CUSTOMER', OWNER]);
    assert.deepEqual(names(told), [...names(asked), ...AN_END].sort());
    assert.deepEqual([told.params.CallStatus, told.params.CallbackSource, told.params.SequenceNumber, told.params.SipResponseCode],
      ['completed', 'call-progress-events', '0', '200']);
    assert.match(told.params.Timestamp, /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000$/);
    assert.equal(told.params.Duration, String(Math.ceil(told.params.CallDuration / 60)));
    assert.equal(customer.at('/status').length, 1);
    await setup({ phones: [{ number: CUSTOMER }] });
  });

  test('of a call that an application answers', async () => {
    const app = await client.applications.create({ voiceUrl: url('/app'), voiceFallbackUrl: url('/fallback'), voiceFallbackMethod: 'GET' });
    customer.answers['/app'] = { status: 500 };
    await callTo('/voice', { voice_application_sid: app.sid });
    assert.deepEqual(customer.seen.map((s) => [s.path, s.method, s.params.ApplicationSid, s.params.ErrorUrl]),
      [['/app', 'POST', app.sid, undefined], ['/fallback', 'GET', app.sid, url('/app')]]);
    await client.applications(app.sid).remove();
  });
  test('of a long text by GET', async () => {
    await line({ sms_url: url('/sms'), sms_method: 'GET' });
    await stage.text(CUSTOMER, '🚚'.repeat(800));
    await stage.turn(1);
    const [s] = customer.at('/sms');
    assert.deepEqual([s.method, s.signed, s.params.Body], ['GET', true, '🚚'.repeat(800)]);
  });
  test('of a status callback by GET', async () => {
    await callTo('/voice', { status_callback: url('/status?x=1'), status_callback_method: 'GET' });
    const [s] = customer.at('/status');
    assert.deepEqual([s.method, s.signed, s.params.x, s.params.CallStatus, s.params.SequenceNumber], ['GET', true, '1', 'completed', '0']);
  });
  test('what is told of an address leaves its credentials out', async () => {
    customer.answers['/voice'] = { status: 500 };
    await stage.carrier('POST', '/sim/fault', { what: 'outage', resource: 'Messages' });
    await callTo(url('/voice#rc=0').replace('//', '//user:pass@'), { sms_url: url('/sms').replace('//', '//user:pass@') });
    await stage.text(CUSTOMER, 'hello');
    await stage.turn(2);
    await stage.carrier('DELETE', '/sim/fault');
    const said = JSON.stringify(await stage.carrier('GET', `/sim/timeline?after=${since}`));
    assert.ok(said.includes('outage') && !said.includes('user:pass'));
    assert.deepEqual((await warnings()).map((w) => [w.code, w.url]), [[11200, url('/voice')], [11205, url('/sms')]]);
  });
  test('a document that a GET brought is kept by its ETag', async () => {
    customer.answers['/voice'] = { body: '<Response><Say>x</Say><Redirect method="GET">/doc</Redirect></Response>' };
    customer.answers['/doc'] = (s) => (s.headers['if-none-match'] === '"v1"' ? { status: 304, body: '' } :
      { headers: { ETag: '"v1"' }, body: '<Response><Pause length="2"/><Redirect method="GET">/doc</Redirect></Response>' });
    await callTo('/voice', {}, { hangup_after_ms: 5500 });
    assert.deepEqual(customer.at('/doc').map((s) => s.headers['if-none-match']), [undefined, '"v1"', '"v1"']);
    assert.ok(customer.seen.every((s) => s.signed));
    assert.deepEqual(await codes(), []);
  });

  const create = (more) => client.calls.create({ to: PRIMARY, from: LINE, url: url('/voice'), statusCallback: url('/status'),
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'], ...more });
  const ends = [
    ['taken', { do: 'answer', after_ms: 2000, hangup_ms: 9000 }, ['initiated', 'ringing', 'in-progress', 'completed'], '200', true],
    ['busy', { do: 'busy' }, ['initiated', 'ringing', 'busy'], '486', false],
    ['not taken', { do: 'ignore' }, ['initiated', 'ringing', 'no-answer'], '487', false],
    ['out of reach', { do: 'unreachable' }, ['initiated', 'ringing', 'failed'], '404', false],
  ];
  for (const [says, behaviour, statuses, code, asked] of ends) {
    test(`of a call that goes out and is ${says}`, async () => {
      await line({});
      await stage.phone(PRIMARY, { on_call: [behaviour], ...home });
      customer.answers['/voice'] = { body: '<Response><Pause length="60"/></Response>' };
      const { sid, status } = await create();
      assert.equal(status, 'queued');
      await stage.turn(90);
      const told = customer.at('/status').map((s) => s.params);
      assert.deepEqual(told.map((p) => p.CallStatus), statuses);
      assert.deepEqual(told.map((p) => p.SequenceNumber), told.map((p, i) => String(i)));
      assert.ok(told.every((p) => p.CallSid === sid && p.Direction === 'outbound-api' && p.CallbackSource === 'call-progress-events'));
      assert.equal(told.at(-1).SipResponseCode, code);
      assert.deepEqual(customer.at('/voice').map((s) => s.params.CallStatus), asked ? ['in-progress'] : []);
      assert.equal(told.at(-1).CallDuration, asked ? '7' : '0');
      assert.equal(told.at(-1).Duration, asked ? '1' : '0');
      assert.equal(told.at(-1).ToCity, 'SAN DIEGO');
      assert.deepEqual(Object.keys(told[0]).sort(), [...EVERY_CALL, ...AN_EVENT].sort());
    });
  }
  test('by itself a callback tells the end alone', async () => {
    await line({});
    await stage.phone(PRIMARY, { on_call: [{ do: 'busy' }] });
    await create({ statusCallbackEvent: undefined });
    await stage.turn(90);
    assert.deepEqual(customer.at('/status').map((s) => s.params.CallStatus), ['busy']);
  });
  test('a call that is canceled while it rings tells it; one that is still queued tells nothing', async () => {
    await line({}, { call_rate: 1 });
    await stage.phone(PRIMARY, { on_call: [{ do: 'ignore' }] });
    const first = await create(), second = await create();
    await stage.turn(0);
    await client.calls(second.sid).update({ status: 'canceled' });
    await stage.turn(1);
    await client.calls(first.sid).update({ status: 'canceled' });
    await stage.turn(5);
    const of = (sid) => customer.at('/status').map((s) => s.params).filter((p) => p.CallSid === sid).map((p) => p.CallStatus);
    assert.deepEqual([of(first.sid).at(-1), of(second.sid)], ['canceled', []]);
    await line({}, { call_rate: 100 });
  });
  test('of a leg that a Dial makes', async () => {
    await stage.phone(PRIMARY, { on_call: [{ do: 'answer', hangup_ms: 4000 }] });
    customer.answers['/voice'] = { body: `<Response><Dial action="/done"><Number url="/whisper" statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed">${PRIMARY}</Number></Dial></Response>` };
    const sid = await callTo('/voice');
    const told = customer.at('/leg').map((s) => s.params), [whisper] = customer.at('/whisper');
    assert.deepEqual(told.map((p) => p.CallStatus), ['initiated', 'ringing', 'in-progress', 'completed']);
    assert.ok([...told, whisper.params].every((p) => p.ParentCallSid === sid && p.Direction === 'outbound-dial' && p.CallSid !== sid));
    assert.equal(customer.at('/done')[0].params.DialCallSid, told[0].CallSid);
    assert.equal(customer.at('/done')[0].params.CallSid, sid);
  });

  const ORDER = ['ToCountry', 'ToState', 'SmsMessageSid', 'NumMedia', 'ToCity', 'FromZip', 'SmsSid', 'FromState', 'SmsStatus',
    'FromCity', 'Body', 'FromCountry', 'To', 'ToZip', 'NumSegments', 'MessageSid', 'AccountSid', 'From', 'ApiVersion'];
  test('of a text, in the order that is seen of the carrier', async () => {
    await setup({ phones: [{ number: OTHERS[1], ...home }] });
    await textTo('/sms', {}, OTHERS[1]);
    const { params } = customer.at('/sms')[0];
    assert.deepEqual(Object.keys(params).filter((n) => ORDER.includes(n)), ORDER);
    assert.deepEqual([params.FromCity, params.FromState, params.FromZip, params.FromCountry, params.ToCity, params.ToCountry],
      ['SAN DIEGO', 'CA', '92101', 'US', '', 'US']);
    assert.ok(same([params.MessageSid, params.SmsSid, params.SmsMessageSid]));
  });
  test('of the receipts of a text', async () => {
    await line({});
    const sent = await client.messages.create({ to: PRIMARY, from: LINE, body: 'x', statusCallback: url('/status') });
    assert.equal(sent.status, 'queued');
    await stage.turn(5);
    const told = customer.at('/status');
    assert.deepEqual(told.map((s) => s.params.MessageStatus), ['sent', 'delivered']);
    const usual = ['AccountSid', 'ApiVersion', 'From', 'MessageSid', 'MessageStatus', 'SmsSid', 'SmsStatus', 'To'];
    assert.deepEqual(names(told[0]), usual);
    assert.deepEqual(names(told[1]), [...usual, 'RawDlrDoneDate'].sort());
    assert.match(told[1].params.RawDlrDoneDate, /^\d{10}$/);
    await stage.phone(BACKUP, { receipt_error: 30005 });
    await client.messages.create({ to: BACKUP, from: LINE, body: 'x', statusCallback: url('/bad') });
    await stage.turn(5);
    const bad = customer.at('/bad').at(-1).params;
    assert.deepEqual([bad.MessageStatus, bad.ErrorCode, 'RawDlrDoneDate' in bad], ['undelivered', '30005', true]);
    await stage.phone(BACKUP, {});
  });
  test('media is fetched like a webhook, but not signed', async () => {
    await line({});
    customer.answers['/photo'] = (s, n) => (n === 1 ? { status: 500 } : { status: 302, headers: { Location: '/here' }, body: '' });
    customer.answers['/here'] = (s) => (s.headers.authorization ? { type: 'image/gif', body: 'bytes' } : { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="x"' } });
    const mediaUrl = [`${url('/photo').replace('//', '//user:pass@')}#rp=5xx`];
    const { sid } = await client.messages.create({ to: PRIMARY, from: LINE, body: 'x', mediaUrl });
    await stage.turn(5);
    assert.deepEqual(customer.paths(), ['/photo', '/photo', '/here', '/here']);
    for (const s of customer.seen) assert.deepEqual([s.method, s.headers['x-twilio-signature'], s.headers['i-twilio-idempotency-token']], ['GET', undefined, undefined]);
    assert.deepEqual([(await client.messages(sid).fetch()).status, await codes()], ['delivered', []]);
  });
  test('media that cannot be fetched is told of', async () => {
    await line({});
    const { sid } = await client.messages.create({ to: PRIMARY, from: LINE, body: 'x', mediaUrl: [`http://127.0.0.1:${await freePort()}/p`] });
    await stage.turn(5);
    const [w] = await warnings();
    assert.deepEqual([w.code, w.subject], [11202, sid]);
  });
  test('addresses in a document are relative to where it came from', async () => {
    customer.answers['/a/sms'] = { status: 302, headers: { Location: '/b/sms?x=1' }, body: '' };
    customer.answers['/b/sms'] = { body: '<Response><Message statusCallback="told?y=2">x</Message><Redirect>../c/sms</Redirect></Response>' };
    await textTo('/a/sms');
    await stage.turn(5);
    assert.ok(customer.at('/b/told').every((s) => s.signed && s.url === '/b/told?y=2'));
    assert.equal(customer.at('/b/told').length, 2);
    assert.deepEqual(customer.at('/c/sms').map((s) => s.signed), [true]);
  });
});
