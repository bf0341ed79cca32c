// nextring-sim --https-proxy: the carrier under its own host names. The official client, pointed
// at it by proxy and certificate alone, and peers that nobody would wish for.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { ACCOUNT, CUSTOMER, LINE, TOKEN, closeCarrier, freePort, openCarrier } from './stage.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const BASIC = `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`;
const MESSAGES = `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`;

let stage;
let port;
let caFile;
before(async () => {
  port = await freePort();
  caFile = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-proxy-')), 'ca.pem');
  stage = await openCarrier(await freePort(), ['--https-proxy', `127.0.0.1:${port}`, '--ca-file', caFile]);
});
after(async () => {
  await closeCarrier(stage);
  assert.equal(stage.how, 0);
  fs.rmSync(path.dirname(caFile), { recursive: true, force: true });
});

// Says `bytes` to the proxy; resolves to all it answers until it closes.
function say(bytes, { parts = false } = {}) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let heard = '';
    socket.on('data', (part) => { heard += part.toString('latin1'); });
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard));
    socket.on('connect', async () => {
      if (!parts) socket.write(bytes);
      else for (const byte of bytes) {
        socket.write(byte);
        await new Promise((done) => { setImmediate(done); });
      }
    });
  });
}

// A tunnel to `host`; resolves to the plain socket after the proxy's 200.
function connect(host, { head } = {}) {
  return new Promise((resolve, reject) => {
    const rq = http.request({ host: '127.0.0.1', port, method: 'CONNECT', path: `${host}:443`, headers: { Host: `${host}:443` } });
    if (head) rq.on('socket', (socket) => socket.write(head));
    rq.on('connect', (answer, socket) => (answer.statusCode === 200 ? resolve(socket) : reject(new Error(`${answer.statusCode}`))));
    rq.on('response', (answer) => reject(new Error(`${answer.statusCode}`)));
    rq.on('error', reject);
    rq.end();
  });
}

function secure(socket, servername, more = {}) {
  return new Promise((resolve, reject) => {
    const inner = tls.connect({ socket, servername, ca: fs.readFileSync(caFile), ...more }, () => resolve(inner));
    inner.on('error', reject);
  });
}

// One request inside TLS; resolves to the answer's text.
async function ask(host, target = MESSAGES, socket = null) {
  const inner = await secure(socket ?? await connect(host), host);
  return new Promise((resolve, reject) => {
    let heard = '';
    inner.on('data', (part) => { heard += part; });
    inner.on('end', () => resolve(heard));
    inner.on('error', reject);
    inner.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${BASIC}\r\nConnection: close\r\n\r\n`);
  });
}

const works = async () => assert.match(await ask('api.twilio.com'), /^HTTP\/1\.1 200 /);

// The official client in a process of its own; nothing but the environment points it here.
function official(script) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', `
      import twilio from 'twilio';
      const client = twilio();
      ${script}`], {
      cwd: root,
      env: {
        PATH: process.env.PATH, HTTP_PROXY: `http://127.0.0.1:${port}`, NODE_EXTRA_CA_CERTS: caFile,
        TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN,
      },
    });
    let out = '';
    let errors = '';
    child.stdout.on('data', (part) => { out += part; });
    child.stderr.on('data', (part) => { errors += part; });
    child.on('exit', (status) => resolve({ status, out, errors }));
  });
}

test('the certificate is an authority for twilio.com alone, readable by all, without its key', () => {
  assert.equal(fs.statSync(caFile).mode & 0o777, 0o644);
  const pem = fs.readFileSync(caFile, 'utf8');
  assert.match(pem, /^-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n$/);
  const ca = new crypto.X509Certificate(pem);
  assert.equal(ca.ca, true);
  assert.equal(ca.publicKey.asymmetricKeyDetails.namedCurve, 'prime256v1');
  assert.ok(ca.raw.includes(Buffer.from('twilio.com')), 'constrained to the domain');
});

test('the official client creates, lists with paging and gets typed errors by proxy and CA alone', async () => {
  const run = await official(`
    const made = [];
    for (const body of ['one', 'two', 'three'])
      made.push(await client.messages.create({ from: '${LINE}', to: '${CUSTOMER}', body }));
    const list = await client.messages.list({ pageSize: 2, limit: 3 });
    const one = await client.messages(made[0].sid).fetch();
    const lookup = await client.lookups.v2.phoneNumbers('${CUSTOMER}').fetch();
    let error;
    try { await client.messages('SM' + 'f'.repeat(32)).fetch(); } catch (e) { error = e; }
    console.log(JSON.stringify({ sids: made.map((m) => m.sid), list: list.map((m) => m.sid), body: one.body,
      valid: lookup.valid, code: error.code, status: error.status, name: error.constructor.name }));
  `);
  assert.equal(run.status, 0, run.errors);
  const got = JSON.parse(run.out);
  assert.deepEqual(got.list, [...got.sids].reverse());
  assert.deepEqual([got.body, got.valid, got.code, got.status, got.name], ['one', true, 20404, 404, 'RestException']);
});

test('a product that is not simulated answers in the carrier\'s form', async () => {
  const run = await official(`
    try { await client.video.v1.rooms.list(); } catch (e) {
      console.log(JSON.stringify([e.code, e.status, e.message]));
    }
  `);
  assert.equal(run.status, 0, run.errors);
  assert.deepEqual(JSON.parse(run.out), [20404, 404, 'The requested resource /v1/Rooms was not found']);
});

test('a list of another host goes on at that host', async () => {
  const run = await official(`
    const of = { accountSid: '${ACCOUNT}' };
    const made = [];
    for (const friendlyName of ['one', 'two', 'three'])
      made.push((await client.iam.v1.newApiKey.create({ ...of, friendlyName })).sid);
    const all = (await client.iam.v1.getApiKeys.list({ ...of, pageSize: 2 })).map((key) => key.sid);
    const page = await client.iam.v1.getApiKeys.page({ ...of, pageSize: 2 });
    console.log(JSON.stringify({ found: made.every((sid) => all.includes(sid)), next: page.nextPageUrl }));
  `);
  assert.equal(run.status, 0, run.errors);
  const got = JSON.parse(run.out);
  assert.equal(got.found, true);
  assert.match(got.next, /^https:\/\/iam\.twilio\.com\/v1\/Keys\?/);
});

test('an edge and a region are only labels', async () => {
  const run = await official(`
    const elsewhere = twilio(undefined, undefined, { edge: 'dublin', region: 'ie1' });
    const m = await elsewhere.messages.create({ from: '${LINE}', to: '${CUSTOMER}', body: 'hi' });
    console.log(m.status);
  `);
  assert.equal(run.status, 0, run.errors);
  assert.match(run.out, /queued|accepted/);
});

test('only the carrier\'s hosts at port 443 are connected to', async () => {
  const good = ['api.twilio.com', 'API.Twilio.com', 'messaging.twilio.com', 'lookups.twilio.com',
    'monitor.twilio.com', 'api.ie1.twilio.com', 'api.dublin.ie1.twilio.com'];
  for (const host of good) (await connect(host)).destroy();
  const bad = ['example.com', 'twilio.com', '.twilio.com', 'api.twilio.com.example.com', 'apitwilio.com',
    'api.a.b.c.twilio.com', 'api..twilio.com', 'api..ie1.twilio.com', 'api.ie1..twilio.com', 'videos.twilio.com',
    'api.twilio.com.', 'api.a_b.twilio.com', '127.0.0.1', `api.${'a'.repeat(64)}.twilio.com`];
  for (const host of bad) await assert.rejects(connect(host), /403/, host);
  for (const target of ['api.twilio.com:80', 'api.twilio.com', ':443', 'api.twilio.com:443:443',
    `${'a'.repeat(300)}.twilio.com:443`])
    assert.match(await say(`CONNECT ${target} HTTP/1.1\r\nHost: x\r\n\r\n`), /^HTTP\/1\.1 403 /, target);
  assert.match(stage.sim.said(), /refused with 403: videos\.twilio\.com/);
});

test('plain HTTP to the proxy is told where the API is', async () => {
  const answer = await say(`GET http://api.twilio.com${MESSAGES} HTTP/1.1\r\nHost: api.twilio.com\r\n\r\n`);
  assert.match(answer, /^HTTP\/1\.1 405 .*Allow: CONNECT/s);
  assert.ok(answer.includes(`http://127.0.0.1:${stage.simPort}`));
});

test('a client that comes with TLS at once is served by the name it asks for', async () => {
  const direct = () => new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
  });
  assert.match(await ask('api.twilio.com', MESSAGES, await direct()), /^HTTP\/1\.1 200 /);
  await assert.rejects(secure(await direct(), 'example.com'), /unrecognized name/);
  await assert.rejects(secure(await direct(), ''), /unrecognized name/);
});

test('another name inside the tunnel than its CONNECT is refused, none gets the CONNECT\'s', async () => {
  await assert.rejects(secure(await connect('api.twilio.com'), 'messaging.twilio.com'), /unrecognized name/);
  const inner = await secure(await connect('lookups.twilio.com'), '', { checkServerIdentity: () => undefined });
  assert.equal(inner.getPeerCertificate().subjectaltname, 'DNS:lookups.twilio.com');
  assert.equal(inner.alpnProtocol, false);
  inner.destroy();
  await assert.rejects(secure(await connect('api.twilio.com'), 'api.twilio.com', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }));
  const old = await secure(await connect('api.twilio.com'), 'api.twilio.com', { maxVersion: 'TLSv1.2' });
  assert.equal(old.getProtocol(), 'TLSv1.2');
  old.destroy();
});

test('garbage, cut off, slow and oversized heads harm nobody', async () => {
  const rows = [
    ['\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['hello\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['CONNECT\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['CONNECT api.twilio.com:443\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['CONNECT api.twilio.com:443 SSH/2\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['\0\x01\xff\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^HTTP\/1\.1 400 /],
    [`CONNECT api.twilio.com:443 HTTP/1.1\r\nX: ${'x'.repeat(5000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ['x'.repeat(100000), /^HTTP\/1\.1 431 /],
  ];
  for (const [bytes, answer] of rows) assert.match(await say(bytes), answer, JSON.stringify(bytes.slice(0, 40)));
  assert.match(await say('CONNECT example.com:443 HTTP/1.1\r\n\r\n', { parts: true }), /^HTTP\/1\.1 403 /);
  assert.equal(await say('CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n').then((heard) => heard.slice(9, 12)), '200');
  const halves = [];
  for (const bytes of ['', 'CONNECT api.tw', '\x16', '\x16\x03\x01\x02\x00\x01', 'CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n\x16\x03']) {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(Buffer.from(bytes, 'latin1'));
    halves.push(socket);
  }
  await works();
  for (const socket of halves) socket.resetAndDestroy();
  const half = await connect('api.twilio.com');
  half.end(); // half closed before the handshake
  await works();
});

test('a hello that comes with the CONNECT, or byte by byte, is a hello', async () => {
  const hello = await new Promise((resolve) => {
    const catcher = net.createServer((socket) => socket.once('data', (bytes) => { socket.destroy(); catcher.close(); resolve(bytes); }));
    catcher.listen(0, '127.0.0.1', () => tls.connect({ port: catcher.address().port, host: '127.0.0.1', servername: 'api.twilio.com' }).on('error', () => {}));
  });
  const heard = await new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const parts = [];
    socket.on('data', (part) => {
      parts.push(part);
      const all = Buffer.concat(parts);
      const at = all.indexOf('\r\n\r\n') + 4;
      if (all.length > at + 5) { socket.destroy(); resolve(all.subarray(at)); }
    });
    socket.write(Buffer.concat([Buffer.from('CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n'), hello]));
  });
  assert.deepEqual([...heard.subarray(0, 2)], [0x16, 0x03], 'a handshake record answers it');
  const socket = await connect('api.twilio.com');
  socket.setNoDelay(true);
  for (const byte of hello.subarray(0, 60)) socket.write(Buffer.from([byte]));
  await works();
  socket.destroy();
});

test('large answers and kept connections go through whole', async () => {
  const body = 'x'.repeat(1500);
  for (let i = 0; i < 120; i += 1) await stage.text(CUSTOMER, `${i} ${body}`);
  await stage.turn(60);
  const answer = await ask('api.twilio.com', `${MESSAGES}?PageSize=1000`);
  const [head, text] = answer.split('\r\n\r\n');
  assert.match(head, /^HTTP\/1\.1 200 /);
  assert.ok(text.length > 180000);
  assert.ok(JSON.parse(text).messages.length >= 120);
  const inner = await secure(await connect('api.twilio.com'), 'api.twilio.com');
  let heard = '';
  inner.on('data', (part) => { heard += part; });
  const rq = `GET ${MESSAGES}?PageSize=1 HTTP/1.1\r\nHost: api.twilio.com\r\nAuthorization: ${BASIC}\r\n\r\n`;
  for (let n = 1; n <= 5; n += 1) {
    inner.write(rq);
    while (heard.split('HTTP/1.1 200 ').length <= n) await new Promise((done) => { inner.once('data', done); });
  }
  inner.destroy();
});

test('a client that goes away, politely or not, in the midst of an answer is forgotten', async () => {
  for (const how of ['destroy', 'end', 'resetAndDestroy']) {
    const socket = await connect('api.twilio.com');
    const inner = await secure(socket, 'api.twilio.com');
    inner.on('error', () => {});
    inner.write(`GET ${MESSAGES}?PageSize=1000 HTTP/1.1\r\nHost: api.twilio.com\r\nAuthorization: ${BASIC}\r\n\r\n`);
    await new Promise((done) => { inner.once('data', done); });
    (how === 'resetAndDestroy' ? socket : inner)[how]();
  }
  await works();
});

test('ten thousand connections: those above the cap are closed at once, and all is well after', async () => {
  let closed = 0;
  for (let wave = 0; wave < 5; wave += 1) {
    const sockets = [];
    await new Promise((done) => {
      let settled = 0;
      let ended = 0;
      const settle = () => { settled += 1; if (settled === 2000 && ended >= 900) done(); };
      for (let i = 0; i < 2000; i += 1) {
        const socket = net.connect(port, '127.0.0.1', settle);
        socket.on('error', () => {});
        socket.on('close', () => { ended += 1; closed += 1; if (settled === 2000 && ended >= 900) done(); });
        socket.resume();
        sockets.push(socket);
      }
    });
    for (const socket of sockets) socket.destroy();
  }
  assert.ok(closed >= 4500, `${closed}`);
  await works();
});

test('the address must be of loopback, and the certificate\'s place must be writable', async () => {
  const rows = [
    [['--https-proxy', '0.0.0.0:0'], 'loopback'],
    [['--https-proxy', 'nowhere'], 'loopback'],
    [['--https-proxy', `127.0.0.1:${port}`], 'in use'],
    [['--https-proxy', '127.0.0.1:0', '--ca-file', '/nowhere/at/all.pem'], '/nowhere/at/all.pem'],
  ];
  for (const [args, words] of rows) {
    const child = spawn(path.join(path.resolve(root, process.env.NEXTRING_BUILD ?? 'build'), 'nextring-sim'),
      ['--listen', '127.0.0.1:0', '--ca-file', caFile, ...args]);
    let errors = '';
    child.stderr.on('data', (part) => { errors += part; });
    const status = await new Promise((done) => { child.on('exit', done); });
    assert.equal(status, 3, args.join(' '));
    assert.ok(errors.includes(words), errors);
  }
});
