// Voicemails: fetched from the carrier by the ids in their address, played to whoever has a link
// to the call or the role, in parts where a phone asks for parts.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { ACCOUNT, LINE, PRIMARY, Stage, alwaysOnCall, freePort, sid } from './stage.js';

const SOUND = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));
const AUTHORIZATION = `Basic ${Buffer.from('SK00000000000000000000000000000001:rehearsal-only-secret').toString('base64')}`;

// A carrier that takes texts and gives recordings, each in its own way.
class Carrier {
  ways = new Map();
  sent = [];
  asked = [];

  static async open() {
    const carrier = new Carrier();
    carrier.port = await freePort();
    carrier.base = `http://127.0.0.1:${carrier.port}`;
    carrier.server = http.createServer((rq, rs) => carrier.answer(rq, rs));
    await new Promise((done) => carrier.server.listen(carrier.port, '127.0.0.1', done));
    return carrier;
  }
  answer(rq, rs) {
    const way = this.ways.get(rq.url.split('/').at(-1).split('.')[0]);
    if (rq.method === 'POST') return this.take(rq, rs);
    if (rq.url.includes('.json')) {
      rs.writeHead(200, { 'Content-Type': 'application/json' });
      return rs.end(JSON.stringify({ messages: [], calls: [], next_page_uri: null, page: 0, page_size: 50 }));
    }
    this.asked.push({ url: rq.url, authorization: rq.headers.authorization });
    return way ? way(rq, rs) : rs.writeHead(404).end();
  }
  take(rq, rs) {
    let body = '';
    rq.on('data', (part) => (body += part));
    rq.on('end', () => {
      this.sent.push(new URLSearchParams(body));
      rs.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify({ sid: sid('SM'), status: 'queued' }));
    });
  }
  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}

const give = (type = 'audio/mpeg') => (rq, rs) => rs.writeHead(200, { 'Content-Type': type }).end(SOUND);

function alone() {
  const roster = alwaysOnCall();
  roster.chains.dispatch = [{ operators: ['primary'], ring_seconds: 15, ack_seconds: 900 }];
  return roster;
}

let stage, carrier;

const get = (target, headers = {}, method = 'GET') => new Promise((resolve, reject) => {
  http.request({ method, host: '127.0.0.1', port: stage.port, path: target, agent: false, headers }, (answer) => {
    const parts = [];
    answer.on('data', (part) => parts.push(part));
    answer.on('error', reject);
    answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(parts) }));
  }).on('error', reject).end();
});

const address = (body, name) => body.match(new RegExp(`action="([^"]*${name}[^"]*)"`))[1].replaceAll('&amp;', '&').slice(stage.base.length);

// A call that nobody takes and that leaves a recording; resolves to the secret of the link in the
// operator's text, and to the call's id.
let customers = 0;
async function voicemail(way, at = (id) => `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Recordings/${id}`) {
  // The pre-alert has a link, too, and may be the last that has left by now.
  const links = () => carrier.sent.filter((f) => f.get('To') === PRIMARY && /voicemail[^]*\/j\//i.test(f.get('Body')));
  const before = links().length;
  customers += 1;
  const about = { CallSid: sid('CA'), From: `+1619555${String(customers + 120).padStart(4, '0')}`, To: LINE, CallStatus: 'ringing' };
  const recording = sid('RE');
  carrier.ways.set(recording, way);
  const rung = await stage.webhook('/webhook/twilio/voice', about);
  let next = address(rung.body, 'attempt=1');
  let answer = await stage.webhook(next, { ...about, CallStatus: 'in-progress', DialCallStatus: 'no-answer' });
  assert.match(answer.body, /<Record /);
  next = address(answer.body, 'recorded');
  answer = await stage.webhook(next, { ...about, RecordingUrl: at(recording), RecordingDuration: '12', Digits: 'hangup' });
  assert.equal(answer.status, 200);
  for (let i = 0; i < 40 && links().length === before; i += 1) await stage.turn(5);
  const call = (await stage.items('/api/v1/calls'))[0];
  const told = links().at(-1);
  assert.ok(told, 'the operator got no link');
  carrier.asked.length = 0;
  return { secret: told.get('Body').match(/\/j\/([A-Za-z0-9_-]{22})/)[1], call: call.id, recording };
}

describe('a voicemail', () => {
  before(async () => {
    carrier = await Carrier.open();
    stage = await Stage.open({ roster: alone(), env: { NEXTRING_CARRIER_API: carrier.base } });
  });
  after(async () => {
    await stage.close();
    assert.ok(!stage.daemon.said().includes('/r/'), 'no path is in the log');
    await carrier.close();
  });

  test('is on the page of the link, and is fetched with credentials', async () => {
    const { secret, recording } = await voicemail(give());
    const page = await get(`/j/${secret}`);
    assert.match(page.bytes.toString(), new RegExp(`<audio controls preload="none" src="/r/${secret}">`));
    assert.match(page.headers['content-security-policy'], /media-src 'self'/);
    assert.deepEqual(carrier.asked, [], 'nothing is fetched before it is played');
    const got = await get(`/r/${secret}`);
    assert.equal(got.status, 200);
    assert.equal(got.headers['content-type'], 'audio/mpeg');
    assert.equal(got.headers['accept-ranges'], 'bytes');
    assert.equal(got.headers['x-content-type-options'], 'nosniff');
    assert.deepEqual(got.bytes, SOUND);
    assert.deepEqual(carrier.asked, [{ url: `/2010-04-01/Accounts/${ACCOUNT}/Recordings/${recording}.mp3`, authorization: AUTHORIZATION }]);
  });

  test('each of two that a caller leaves has a link that plays it', async () => {
    const [one, two] = [Buffer.from('the first'), Buffer.from('the second')];
    const giving = (sound) => (rq, rs) => rs.writeHead(200, { 'Content-Type': 'audio/mpeg' }).end(sound);
    const first = await voicemail(giving(one));
    customers -= 1; // the same caller
    const second = await voicemail(giving(two));
    assert.notEqual(second.secret, first.secret);
    assert.deepEqual((await get(`/r/${first.secret}`)).bytes, one);
    assert.deepEqual((await get(`/r/${second.secret}`)).bytes, two);
    const page = (await get(`/j/${second.secret}`)).bytes.toString();
    assert.match(page, /<h1>A voicemail from \+1619555\d{4}</);
    assert.match(page, /value="take"/);
    const call = (await stage.items('/api/v1/relays'))[0];
    assert.equal(call.kind, 'voicemail');
  });

  test('is played in parts', async () => {
    const { secret } = await voicemail(give('audio/x-wav'));
    const rows = [
      ['bytes=0-1', 206, 'bytes 0-1/1000', 0, 2],
      ['bytes=500-', 206, 'bytes 500-999/1000', 500, 1000],
      ['bytes=-10', 206, 'bytes 990-999/1000', 990, 1000],
      ['bytes=990-5000', 206, 'bytes 990-999/1000', 990, 1000],
      ['bytes=-5000', 206, 'bytes 0-999/1000', 0, 1000],
      ['bytes=1000-', 416, 'bytes */1000', 0, 0],
      ['bytes=-0', 416, 'bytes */1000', 0, 0],
      ['bytes=5-1', 200, undefined, 0, 1000],
      ['bytes=0-1,5-9', 200, undefined, 0, 1000],
      ['bytes=-', 200, undefined, 0, 1000],
      ['lines=1-2', 200, undefined, 0, 1000],
    ];
    for (const [range, status, said, from, to] of rows) {
      const got = await get(`/r/${secret}`, { Range: range });
      assert.deepEqual([range, got.status, got.headers['content-range']], [range, status, said]);
      assert.deepEqual(got.bytes, SOUND.subarray(from, to), range);
      assert.equal(got.headers['content-type'], 'audio/wav');
    }
    const head = await get(`/r/${secret}`, {}, 'HEAD');
    assert.deepEqual([head.status, head.bytes.length, head.headers['content-length']], [200, 0, '1000']);
  });

  test('is given by the API to who has the role', async () => {
    const { call } = await voicemail(give());
    assert.equal((await get(`/api/v1/calls/${call}/recording`)).status, 401);
    const { token } = await stage.api('/api/v1/tokens', 'POST', { role: 'viewer', name: 'test' });
    const asked = (id) => get(`/api/v1/calls/${id}/recording`, { Authorization: `Bearer ${token}` });
    const got = await asked(call);
    assert.deepEqual([got.status, got.headers['content-type']], [200, 'audio/mpeg']);
    assert.deepEqual(got.bytes, SOUND);
    assert.equal((await asked('0000000000001')).status, 404);
    assert.equal((await asked('nothing')).status, 404);
  });

  test('is not fetched from anywhere else', async () => {
    const other = ACCOUNT.replace(/1$/, '2');
    for (const at of [
      (id) => `https://api.twilio.com/2010-04-01/Accounts/${other}/Recordings/${id}`,
      (id) => `https://relay.example.test/Recordings/${id}`,
      (id) => `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Recordings/${id}/../../Messages`,
    ]) {
      const { secret } = await voicemail(give(), at);
      assert.equal((await get(`/r/${secret}`)).status, 502);
      assert.deepEqual(carrier.asked, []);
    }
  });

  test('that is not there yet, or is no sound, is not given', async () => {
    const missing = await voicemail((rq, rs) => rs.writeHead(404).end());
    assert.equal((await get(`/r/${missing.secret}`)).status, 404);
    const script = await voicemail(give('text/html'));
    assert.equal((await get(`/r/${script.secret}`)).status, 502);
    const astray = await voicemail((rq, rs) => rs.writeHead(302, { Location: 'https://relay.example.test/x' }).end());
    assert.equal((await get(`/r/${astray.secret}`)).status, 502);
  });

  test('is not for somebody who has left the roster', async () => {
    const { secret } = await voicemail(give());
    assert.equal((await get(`/r/${secret}`)).status, 200);
    const was = fs.readFileSync(stage.roster, 'utf8');
    const serve = async (text) => {
      fs.writeFileSync(stage.roster, text);
      await stage.api('/api/v1/reload', 'POST', {});
      for (let i = 0; i < 2000; i += 1) {
        const there = (await stage.items('/api/v1/operators')).some((o) => o.id === 'primary');
        if (there === (text === was)) return;
      }
      assert.fail('the roster was never read');
    };
    await serve(was.replaceAll('"primary"', '"newcomer"'));
    carrier.asked.length = 0;
    for (const path of ['r', 'j']) {
      const got = await get(`/${path}/${secret}`);
      assert.equal(got.status, 403);
      assert.match(got.bytes.toString(), /You are no longer on the roster/);
      assert.ok(!got.bytes.includes('+1619555'));
    }
    assert.deepEqual(carrier.asked, []);
    await serve(was);
    assert.equal((await get(`/j/${secret}`)).status, 200);
  });

  test('is not for a link that leads nowhere or has expired', async () => {
    assert.equal((await get('/r/AAAAAAAAAAAAAAAAAAAAAA')).status, 404);
    assert.equal((await get('/r/short')).status, 404);
    const { secret } = await voicemail(give());
    await stage.kill('SIGTERM'); // a daemon that runs looks around every minute of these days
    await stage.turn(31 * 86400);
    await stage.startDaemon();
    carrier.asked.length = 0;
    const got = await get(`/r/${secret}`);
    assert.equal(got.status, 410);
    assert.deepEqual(carrier.asked, []);
    const page = (await get(`/j/${secret}`)).bytes;
    assert.ok(!page.includes('<audio') && !page.includes('<blockquote>'));
  });
});
