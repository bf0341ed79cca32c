// TLS of the daemon's own: the carrier's webhooks, streams and big bodies under a certificate that is
// exchanged while connections go on, and what is said of one that is wrong.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import tls from 'node:tls';
import twilio from 'twilio';
import { ACCOUNT, CUSTOMER, LINE, Stage, TOKEN, build, freePort, request, sid } from './stage.js';

// A certificate with its key, for so many days, also in the past; serial tells one from the next.
function make(folder, name, { serial = 1, days = 30, host = 'localhost', password } = {}) {
  const cert = path.join(folder, `${name}.pem`);
  const key = path.join(folder, `${name}.key`);
  const asked = path.join(folder, `${name}.csr`);
  const names = path.join(folder, `${name}.cnf`);
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe' });
  fs.writeFileSync(names, `subjectAltName = DNS:${host}\n`);
  openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', asked, '-subj', `/CN=${host}`);
  openssl('x509', '-req', '-in', asked, '-signkey', key, '-days', String(days), '-set_serial', String(serial), '-extfile', names, '-out', cert);
  if (password) openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-passout', `pass:${password}`, '-keyout', key, '-out', asked, '-subj', `/CN=${host}`);
  fs.chmodSync(key, 0o600);
  return { cert, key };
}

class Secure extends Stage {
  static async open(options = {}) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-tls-'));
    const { cert, key } = make(folder, 'now', options);
    const admin = await freePort();
    const stage = await super.open({ env: { NEXTRING_TLS_CERT: cert, NEXTRING_TLS_KEY: key, NEXTRING_ADMIN_LISTEN: `127.0.0.1:${admin}`, ...options.env } });
    Object.assign(stage, { own: folder, cert, key, admin });
    return stage;
  }
  async startDaemon(until) {
    this.base = `https://localhost:${this.port}`;
    this.env.NEXTRING_PUBLIC_URL = this.base;
    await super.startDaemon(until);
  }
  async close() {
    await super.close();
    fs.rmSync(this.own, { recursive: true, force: true });
  }
  // As a client that knows the certificate.
  connect(more = {}) {
    return new Promise((resolve, reject) => {
      const socket = tls.connect({ host: '127.0.0.1', port: this.port, servername: 'localhost', rejectUnauthorized: false, ...more },
        () => resolve(socket));
      socket.on('error', reject);
    });
  }
  ask({ method = 'GET', target, headers = {}, body, agent }) {
    return new Promise((resolve, reject) => {
      const rq = https.request({ host: '127.0.0.1', servername: 'localhost', port: this.port, method, path: target, headers,
        rejectUnauthorized: false, agent: agent ?? false }, async (answer) => {
        let text = '';
        for await (const part of answer.setEncoding('utf8')) text += part;
        resolve({ status: answer.statusCode, headers: answer.headers, body: text, serial: rq.socket?.getPeerCertificate()?.serialNumber });
      });
      rq.on('error', reject);
      rq.end(body);
    });
  }
  secureText(body, more = {}) {
    const target = '/sms/inbound';
    const all = { AccountSid: ACCOUNT, ApiVersion: '2010-04-01', MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: body, NumMedia: '0', ...more };
    return {
      method: 'POST', target, body: new URLSearchParams(all).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': twilio.getExpectedTwilioSignature(TOKEN, this.base + target, all) },
    };
  }
  async serial() {
    const socket = await this.connect();
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  }
  // Until new connections show that certificate; whoever waits for ever fails by the file's time-out.
  async shows(serial) {
    while ((await this.serial()) !== serial);
  }
  put(made) {
    fs.copyFileSync(made.cert, `${this.cert}.new`);
    fs.copyFileSync(made.key, `${this.key}.new`);
    fs.renameSync(`${this.key}.new`, this.key);
    fs.renameSync(`${this.cert}.new`, this.cert);
  }
  async heard(words) {
    while (!this.daemon.said().includes(words)) await once(this.daemon.stderr, 'data');
  }
}

describe('a daemon that speaks TLS itself', { timeout: 60000 }, () => {
  let stage;
  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });

  test('an alarm says that its certificate ends within two weeks, and so does the doctor', async () => {
    const hook = http.createServer((rq, answer) => {
      let text = '';
      rq.on('data', (part) => (text += part)).on('end', () => {
        answer.end();
        hook.emit('alarm', JSON.parse(text));
      });
    });
    await new Promise((done) => hook.listen(0, '127.0.0.1', done));
    try {
      const told = once(hook, 'alarm');
      stage = await Secure.open({ days: 9, env: { NEXTRING_ALARM_WEBHOOK: `http://127.0.0.1:${hook.address().port}/` } });
      await stage.turn(10);
      const [alarm] = await told;
      assert.equal(alarm.kind, 'certificate.trouble');
      assert.match(alarm.detail, /^the certificate ends on \d{4}-\d\d-\d\d/);
      const doctor = await request({ socketPath: path.join(stage.folder, 'data/control.sock'), target: '/api/v1/doctor' });
      const finding = JSON.parse(doctor.body).items.find((f) => f.check === 'own-certificate');
      assert.equal(finding.state, 'bad');
      assert.match(finding.what, /^the certificate ends on/);
    } finally {
      hook.closeAllConnections();
      hook.close();
    }
  });

  test('serves webhooks, streams and bodies up to the limit, by TLS 1.2 and 1.3 and by tickets', async () => {
    stage = await Secure.open();
    const sent = await stage.ask(stage.secureText('The heater is cold'));
    assert.equal(sent.status, 200);
    assert.equal((await stage.items('/api/v1/threads')).length, 1);
    const unsigned = stage.secureText('forged');
    unsigned.headers['X-Twilio-Signature'] = 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=';
    assert.equal((await stage.ask(unsigned)).status, 403);
    const long = 'x'.repeat(64 * 1024 - 700);
    assert.equal((await stage.ask(stage.secureText('long', { Padding: long }))).status, 200, 'a body just under 64 KiB');
    assert.equal((await stage.ask(stage.secureText('longer', { Padding: `${long}${long}` }))).status, 413);

    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      const socket = await stage.connect({ minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1'] });
      assert.equal(socket.getProtocol(), version);
      assert.equal(socket.alpnProtocol, 'http/1.1');
      socket.write(`GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      const [session] = version === 'TLSv1.3' ? await once(socket, 'session') : [socket.getSession()];
      const again = await stage.connect({ minVersion: version, maxVersion: version, session });
      assert.equal(again.isSessionReused(), true, `${version} takes its ticket back`);
      again.destroy();
      socket.destroy();
    }
    await assert.rejects(stage.connect({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
    await assert.rejects(stage.connect({ ALPNProtocols: ['h2'] }), 'nothing else than HTTP/1.1 is spoken');
    await assert.rejects(request({ port: stage.port, target: '/healthz' }));
    await stage.heard('it speaks HTTP without TLS');
    assert.equal((await stage.ask({ target: '/healthz' })).status, 200, 'the others are still served');
  });

  test('takes a renewed certificate while connections go on, and keeps the old when the new is wrong', async () => {
    stage = await Secure.open({ serial: 1 });
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    assert.equal((await stage.ask({ target: '/healthz', agent })).serial, '01');

    stage.put(make(stage.own, 'renewed', { serial: 2 }));
    await stage.shows('02');
    assert.equal((await stage.ask({ target: '/healthz', agent })).serial, '01', 'the open connection is the same');

    fs.copyFileSync(make(stage.own, 'other').key, stage.key); // that of another certificate
    stage.daemon.kill('SIGHUP');
    await stage.heard("the key is not the certificate's");
    assert.equal(await stage.serial(), '02');
    const reload = await stage.api('/api/v1/reload', 'POST', {});
    assert.equal(reload.status, 409);
    assert.match(JSON.stringify(reload), /the certificate or its key was refused, and the old pair stays/);

    stage.put(make(stage.own, 'mended', { serial: 3, days: 5 }));
    await stage.shows('03');
    await stage.heard('the certificate ends on ');
    agent.destroy();
  });

  test('tells when its certificate ends, and serves with one that has ended', async () => {
    stage = await Secure.open({ days: -1 });
    assert.match(stage.daemon.said(), /the certificate ended on .* renew it, and it is taken at once/);
    assert.equal((await stage.ask({ target: '/healthz' })).status, 200);
    const [, end] = /^nextring_certificate_expiry_timestamp_seconds (\S+)$/m.exec(
      (await request({ port: stage.admin, target: '/metrics' })).body) ?? [];
    const shown = execFileSync('openssl', ['x509', '-in', stage.cert, '-noout', '-enddate'], { encoding: 'utf8' });
    assert.equal(Number(end), Date.parse(shown.split('=')[1]) / 1000);
  });
});

test('what is wrong with a pair is said by serve and by check, with the mend', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-tls-'));
  const good = make(folder, 'good');
  const other = make(folder, 'other');
  const ended = make(folder, 'ended', { days: -1 });
  const elsewhere = make(folder, 'elsewhere', { host: 'ring.example.com' });
  const locked = make(folder, 'locked', { password: 'words' });
  const open = make(folder, 'open');
  fs.chmodSync(open.key, 0o644);
  const text = path.join(folder, 'text');
  fs.writeFileSync(text, 'no certificate\n', { mode: 0o600 });
  const rows = [
    ['not a pair', good.cert, other.key, {}, /the key is not the certificate's; name the two/],
    ['no certificate', text, good.key, {}, /holds no certificate in PEM/],
    ['no key', good.cert, text, {}, /holds no private key in PEM/],
    ['a key with a password', locked.cert, locked.key, {}, /the key is encrypted; write one without a password/],
    ['a key for all to read', open.cert, open.key, {}, /mode 644 lets others at it; run: chmod 600 /],
    ['a file that is not there', path.join(folder, 'none'), good.key, {}, /NEXTRING_TLS_CERT: cannot be opened: No such file/],
    ['a certificate alone', good.cert, '', {}, /NEXTRING_TLS_KEY: is missing/],
    ['a key alone', '', good.key, {}, /NEXTRING_TLS_CERT: is missing/],
    ['an address without TLS', good.cert, good.key, { NEXTRING_PUBLIC_URL: 'http://localhost' }, /begins with http:\/\/, but/],
    ['an ended one', ended.cert, ended.key, {}, /the certificate ended on \d{4}-/, 'check alone'],
    ['one of another host', elsewhere.cert, elsewhere.key, {}, /is not for localhost, the host of NEXTRING_PUBLIC_URL/, 'check alone'],
  ];
  const run = (command, cert, key, more) =>
    spawnSync(path.join(build, 'nextring'), [command], {
      encoding: 'utf8', timeout: 20000,
      env: {
        NEXTRING_LISTEN: '127.0.0.1:0', NEXTRING_ADMIN_LISTEN: '127.0.0.1:0', NEXTRING_PUBLIC_URL: 'https://localhost',
        NEXTRING_DATA: path.join(folder, 'data'), NEXTRING_CARRIER_API: 'http://127.0.0.1:9', NEXTRING_TLS_CERT: cert, NEXTRING_TLS_KEY: key,
        TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN, TWILIO_API_KEY: 'SK00000000000000000000000000000001', TWILIO_API_SECRET: 'rehearsal-only-secret',
        ...more,
      },
    });
  for (const [what, cert, key, more, words, only] of rows) {
    const check = run('check', cert, key, more);
    assert.equal(check.status, 1, what);
    assert.match(check.stdout + check.stderr, words, what);
    if (only) continue;
    const serve = run('serve', cert, key, more);
    assert.equal(serve.status, 2, what);
    assert.match(serve.stderr, words, what);
  }
  const well = run('check', good.cert, good.key, {});
  assert.doesNotMatch(well.stdout + well.stderr, /TLS/);
  fs.rmSync(folder, { recursive: true, force: true });
});
