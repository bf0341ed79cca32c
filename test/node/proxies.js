// The examples of packaging/proxy, run as they stand but for name, ports and certificate: what the
// carrier signs comes through unchanged, and so does everything else that a proxy may spoil. A proxy
// that is not installed is left out. No part of script/test: script/proxies installs both and runs it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import twilio from 'twilio';
import { ACCOUNT, CUSTOMER, LINE, Stage, TOKEN, freePort, request, sid } from './stage.js';

const examples = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../packaging/proxy');

// An example with what is a machine's own put in place of what it names; each must be there.
function adapt(name, rows) {
  let text = fs.readFileSync(path.join(examples, name), 'utf8');
  for (const [from, to] of rows) {
    assert.ok(text.includes(from), `${name} has ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

const PROXIES = {
  caddy: {
    program: '/usr/bin/caddy',
    start({ folder, port, daemon, cert, key }) {
      const file = path.join(folder, 'Caddyfile');
      const site = adapt('Caddyfile', [['ring.example.com {', `https://localhost:${port} {\n\ttls ${cert} ${key}`], ['127.0.0.1:8080', `127.0.0.1:${daemon}`]]);
      fs.writeFileSync(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`);
      return { args: ['run', '--adapter', 'caddyfile', '--config', file], ready: 'serving initial configuration' };
    },
  },
  nginx: {
    program: '/usr/sbin/nginx',
    start({ folder, port, daemon, cert, key }) {
      const site = adapt('nginx.conf', [['listen 443', `listen 127.0.0.1:${port}`], ['server_name ring.example.com', 'server_name localhost'],
        ['/etc/letsencrypt/live/ring.example.com/fullchain.pem', cert], ['/etc/letsencrypt/live/ring.example.com/privkey.pem', key],
        ['127.0.0.1:8080', `127.0.0.1:${daemon}`]]);
      const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((p) => `${p}_temp_path ${folder};`).join('\n');
      const file = path.join(folder, 'nginx.conf');
      fs.writeFileSync(file, `${process.getuid() === 0 ? 'user root;\n' : ''}daemon off;\npid ${folder}/pid;\nerror_log stderr notice;\n`
        + `events {}\nhttp {\naccess_log off;\n${paths}\n${site}}\n`);
      return { args: ['-p', folder, '-e', 'stderr', '-c', file], ready: 'start worker process' };
    },
  },
};

for (const [name, proxy] of Object.entries(PROXIES)) {
  describe(`behind ${name}`, { skip: !fs.existsSync(proxy.program) && `${proxy.program} is not installed`, timeout: 60000 }, () => {
    let stage, child, folder, port;

    before(async () => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-proxy-'));
      port = await freePort();
      const cert = path.join(folder, 'cert.pem');
      const key = path.join(folder, 'key.pem');
      execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30',
        '-keyout', key, '-out', cert, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { stdio: 'pipe' });
      stage = await Stage.open({ env: { NEXTRING_PUBLIC_URL: `https://localhost:${port}` } });
      const { args, ready } = proxy.start({ folder, port, daemon: stage.port, cert, key });
      child = spawn(proxy.program, args, { env: { PATH: process.env.PATH, HOME: folder }, stdio: ['ignore', 'pipe', 'pipe'] });
      child.ended = once(child, 'exit');
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += part));
      while (!said.includes(ready)) await Promise.race([once(child.stderr, 'data'), child.ended.then(() => assert.fail(said))]);
    });
    after(async () => {
      child?.kill('SIGKILL'); // at SIGTERM Caddy waits for as long as a stream is open
      await child?.ended;
      await stage?.close();
      fs.rmSync(folder, { recursive: true, force: true });
    });

    const agent = new https.Agent({ keepAlive: true });
    after(() => agent.destroy());
    const open = (target, { method = 'GET', headers = {}, body } = {}) => new Promise((resolve, reject) => {
      const rq = https.request({ host: '127.0.0.1', servername: 'localhost', port, agent, method, path: target, rejectUnauthorized: false,
        headers: { Host: `localhost:${port}`, ...headers } }, resolve);
      rq.on('error', reject);
      rq.end(body);
    });
    const ask = async (...args) => {
      const answer = await open(...args);
      let text = '';
      for await (const part of answer.setEncoding('latin1')) text += part;
      return { status: answer.statusCode, headers: answer.headers, body: text };
    };
    const webhook = (target, params, headers = {}) => {
      const all = { AccountSid: ACCOUNT, ApiVersion: '2010-04-01', ...params };
      const signature = twilio.getExpectedTwilioSignature(TOKEN, `https://localhost:${port}${target}`, all);
      return ask(target, { method: 'POST', body: new URLSearchParams(all).toString(),
        headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', 'X-Twilio-Signature': signature, ...headers } });
    };
    const text = (body, target = '/sms/inbound', more = {}) => webhook(target, { MessageSid: sid('SM'), From: CUSTOMER, To: LINE, NumMedia: '0', Body: body, ...more });

    test('signatures hold, whatever the address has in it', async () => {
      const targets = ['/sms/inbound', '/sms/inbound?', '/sms/inbound?a=1+2&b=%2B%20%7e&c=%c3%A9', '/sms/inbound?d=a%2Fb/c&e=&f&g==&h=%26',
        "/sms/inbound?i=!*'()~$,:@", '/%73ms/inbound', '/webhook/twilio/voice?t=%2e%2E&x=%25'];
      for (const target of targets) {
        const direct = await request({ port: stage.port, target, method: 'POST' });
        const answer = target.includes('voice')
          ? await webhook(target, { CallSid: sid('CA'), From: CUSTOMER, To: LINE, CallStatus: 'ringing', Direction: 'inbound' })
          : await text('It leaks + drips & more', target);
        // An address that is none of ours is answered alike, with the proxy and without.
        assert.equal(answer.status, direct.status === 404 ? 404 : 200, `${target}: ${answer.body}`);
      }
      const forged = await text('forged', '/sms/inbound', {});
      assert.equal(forged.status, 200);
      const wrong = await webhook('/sms/inbound', { MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'x' }, { 'X-Forwarded-Host': 'evil.example.com', 'X-Twilio-Signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' });
      assert.equal(wrong.status, 403);
    });

    test('limits are nextring\'s: bodies to 64 KiB, headers to 6 KiB', async () => {
      const long = 'x'.repeat(64 * 1024 - 700);
      assert.equal((await text('long', '/sms/inbound', { Padding: long })).status, 200);
      assert.equal((await text('longer', '/sms/inbound', { Padding: long.slice(0, 2000) + long })).status, 413);
      assert.equal((await ask('/healthz', { headers: { 'X-Long': 'x'.repeat(5000) } })).status, 200);
      assert.equal((await ask('/healthz', { headers: { 'X-Long': 'x'.repeat(6500) } })).status, 431);
    });

    test('events come at once, and their end reaches nextring', async () => {
      const { token } = await stage.api('/api/v1/tokens', 'POST', { role: 'viewer', name: 'a test' });
      const stream = await open('/api/v1/stream', { headers: { Authorization: `Bearer ${token}` } });
      assert.match(stream.headers['content-type'], /^text\/event-stream/);
      let heard = '';
      stream.setEncoding('utf8').on('data', (part) => (heard += part)).on('error', () => {});
      await text('Is anybody there behind the proxy?');
      while (!heard.includes('behind the proxy?')) await once(stream, 'data');
      stream.destroy();
    });

    test('pages come whole, in parts and from the cache as without a proxy', async () => {
      const page = await request({ port: stage.port, target: '/' });
      const through = await ask('/');
      assert.equal(through.status, page.status);
      assert.equal(through.headers['content-security-policy'], page.headers['content-security-policy']);
      for (const headers of [{ Range: 'bytes=0-9' }, { 'Accept-Encoding': 'gzip' }, { 'If-None-Match': page.headers.etag ?? '"x"' }]) {
        const [near, far] = [await request({ port: stage.port, target: '/', headers }), await ask('/', { headers })];
        assert.deepEqual([far.status, far.headers['content-range'], far.headers['content-encoding'], far.headers.etag],
          [near.status, near.headers['content-range'], near.headers['content-encoding'], near.headers.etag], JSON.stringify(headers));
      }
    });

    test('webhooks one after the other on one connection, and many at once', async () => {
      for (let i = 0; i < 20; i += 1) assert.equal((await text(`one ${i}`)).status, 200);
      const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => text(`two ${i}`)));
      assert.deepEqual([...new Set(answers.map((a) => a.status))], [200]);
    });
  });
}
