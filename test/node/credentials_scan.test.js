// Secrets stay where they belong: after a daemon has been driven through good and bad webhooks,
// refused requests, reloads and a backup, none of its secrets is in a log, an answer, a file, a
// process's arguments or environment, and none in memory that a core dump or the swap would have.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import twilio from 'twilio';
import { server } from './schema.js';
import { ACCOUNT, CUSTOMER, LINE, OTHERS, Stage, build, request, sid } from './stage.js';

const KEY = 'SK0000000000000000000000000000000f';
const SECRETS = {
  'auth token': 'a17e0b5c2d9f4e3810aa55cc77ee9911',
  'second auth token': 'b28f1c6d3e0a5f4921bb66dd88ffaa22',
  'third auth token': 'c39a2d7e4f1b6a5032cc77ee9900bb33',
  'API secret': 'plain/secret+of=the&key:one~9f8e7d',
  'API secret of later': 'other/secret+of=the&key:two~6c5b4a',
  'secret of AWS': 'wJalr/secret+of=amazon:one~123456',
  'password of PostgreSQL': 'postgres~Secret+of/the=database7',
  "tenant's token": 'd40b3e8f5a2c7b6143dd88ff0011cc44',
  "tenant's API secret": 'tenant/secret+of=the&key~abcdef01',
};
const SEAL = crypto.createHash('sha256').update('the key that seals').digest();

// How a secret may look: plain, in a URL, in base64 at each of three places, in hexadecimal.
const forms = new Map();
for (const [name, value] of [...Object.entries(SECRETS), ['key that seals', SEAL]]) {
  const bytes = Buffer.from(value);
  const list = [bytes, Buffer.from(bytes.toString('hex')), Buffer.from(bytes.toString('hex').toUpperCase())];
  if (typeof value === 'string') list.push(Buffer.from(encodeURIComponent(value)), Buffer.from(JSON.stringify(value).slice(1, -1)));
  for (let skip = 0; skip < 3; skip += 1) {
    const all = Buffer.concat([Buffer.alloc(skip), bytes]).toString('base64');
    list.push(Buffer.from(all.slice(skip ? skip + 1 : 0, -4)), Buffer.from(all.slice(skip ? skip + 1 : 0, -4).replaceAll('+', '-').replaceAll('/', '_')));
  }
  forms.set(name, list);
}
function found(bytes) {
  return [...forms].filter(([, list]) => list.some((form) => bytes.includes(form))).map(([name]) => name);
}
const clean = (bytes, where) => assert.deepEqual(found(Buffer.from(bytes)), [], `a secret is in ${where}`);

const said = []; // every answer that anybody got
let stage, folder;

class ScanStage extends Stage {
  // The carrier's account by these secrets, before the daemon asks.
  async startSim(args) {
    await super.startSim(args);
    await this.setUp([{ sid: KEY, secret: SECRETS['API secret'] }, { sid: 'SK1', secret: SECRETS['API secret of later'] }]);
  }
  setUp(keys) {
    return this.carrier('POST', '/sim/setup', { accounts: [{
      sid: ACCOUNT, auth_token: SECRETS['auth token'], api_keys: keys,
      numbers: [{ phone_number: LINE, voice_url: `${this.base}/webhook/twilio/voice`, sms_url: `${this.base}/sms/inbound`, status_callback: `${this.base}/webhook/twilio/call-status` }],
    }] });
  }
}
const write = (values) => fs.writeFileSync(path.join(folder, 'env'), Object.entries(values).map(([n, v]) => `${n}=${v}\n`).join(''), { mode: 0o600 });
function nextring(args, stdin = '') {
  return new Promise((resolve) => {
    const child = execFile(path.join(build, 'nextring'), args, { env: { NEXTRING_DATA: path.join(stage.folder, 'data'), NEXTRING_ENV_FILE: path.join(folder, 'env'), NEXTRING_PUBLIC_URL: stage.base }, cwd: stage.folder },
      (error, stdout, stderr) => { said.push(stdout, stderr); resolve({ status: error ? error.code : 0, stdout, stderr }); });
    child.stdin.end(stdin);
  });
}
async function webhook(token, more = {}) {
  const params = { AccountSid: ACCOUNT, MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'x', NumMedia: '0', ...more };
  const answer = await request({ method: 'POST', port: stage.port, target: '/sms/inbound', body: new URLSearchParams(params).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': twilio.getExpectedTwilioSignature(token, `${stage.base}/sms/inbound`, params) } });
  said.push(JSON.stringify(answer));
  return answer.status;
}
async function ask(target, options = {}) {
  const answer = await request({ socketPath: path.join(stage.folder, 'data/control.sock'), target, ...options });
  said.push(JSON.stringify(answer));
  return answer;
}
// The daemon and whatever it has forked.
function processes() {
  const all = [stage.daemon.pid];
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      const parent = Number(/^PPid:\s+(\d+)$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
      if (all.includes(parent)) all.push(Number(pid));
    } catch { /* it has ended */ }
  return all.filter((pid) => pid === stage.daemon.pid || fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('nextring'));
}
function* files(at) {
  for (const entry of fs.readdirSync(at, { withFileTypes: true })) {
    const name = path.join(at, entry.name);
    if (entry.isDirectory()) yield* files(name);
    else if (entry.isFile()) yield name;
  }
}

// What a dump would hold, and the swap: each writable piece of memory, and whether it is kept out
// of both. Undefined: it may not be read.
function memory(pid) {
  const pieces = [];
  let fd;
  try { fd = fs.openSync(`/proc/${pid}/mem`, 'r'); } catch { return undefined; }
  const smaps = fs.readFileSync(`/proc/${pid}/smaps`, 'latin1').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  for (const text of smaps) {
    const [, from, to, rights] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(text) ?? [];
    if (!rights?.startsWith('rw')) continue;
    const bytes = Buffer.alloc(Number(BigInt(`0x${to}`) - BigInt(`0x${from}`)));
    try { fs.readSync(fd, bytes, 0, bytes.length, BigInt(`0x${from}`)); } catch { continue; }
    pieces.push({ bytes, name: text.split('\n')[0], is_kept_out: /^VmFlags:.* dd\b/m.test(text), is_locked: /^VmFlags:.* lo\b/m.test(text) });
  }
  fs.closeSync(fd);
  return pieces;
}

describe('after a daemon has been driven', { timeout: 180000 }, () => {
  before(async () => {
    folder = fs.mkdtempSync('/tmp/nextring-scan-');
    fs.writeFileSync(path.join(folder, 'key'), SEAL, { mode: 0o600 });
    fs.writeFileSync(path.join(folder, 'print'), '#!/bin/sh\ncat "$1"\n', { mode: 0o700 });
    write({ TWILIO_API_KEY: KEY, TWILIO_API_SECRET: SECRETS['API secret'], TWILIO_AUTH_TOKEN_2: SECRETS['second auth token'] });
    stage = await ScanStage.open({ database: 'sqlite', env: {
      TWILIO_API_KEY: '', TWILIO_API_SECRET: '', TWILIO_AUTH_TOKEN: SECRETS['auth token'],
      NEXTRING_ENV_FILE: `exec:${folder}/print ${folder}/env`, NEXTRING_KEY_FILE: path.join(folder, 'key'),
      AWS_SECRET_ACCESS_KEY: SECRETS['secret of AWS'], AWS_ACCESS_KEY_ID: 'AKIA', AWS_REGION: 'us-west-2',
      PGPASSWORD: SECRETS['password of PostgreSQL'], PGPASSFILE: '/nowhere/pgpass', PGSERVICEFILE: '/nowhere/service',
    } });
    assert.equal(await webhook(SECRETS['auth token']), 200);
    assert.equal(await webhook(SECRETS['second auth token']), 200);
    assert.equal(await webhook(SECRETS['third auth token']), 403);
    assert.equal(await webhook(SECRETS['auth token'], { AccountSid: 'AC00000000000000000000000000000009' }), 403);
    await stage.carrier('POST', '/sim/texts', { from: OTHERS[0], to: LINE, body: 'the tap drips' });
    await stage.call(OTHERS[1], { voicemail_ms: 12000 });
    await stage.turn(90);
    await nextring(['tenant', 'add', 'own', '--account', 'AC00000000000000000000000000000005']);
    for (const [name, value] of [['auth_token', SECRETS["tenant's token"]], ['api_key', 'SK5'], ['api_secret', SECRETS["tenant's API secret"]]])
      assert.equal((await nextring(['tenant', 'secret', 'own', name], value)).status, 0);
    assert.equal(await webhook(SECRETS["tenant's token"], { AccountSid: 'AC00000000000000000000000000000005' }), 200);
    // Others take their place, then what is wrong is refused, then the carrier refuses the key.
    write({ TWILIO_API_KEY: 'SK1', TWILIO_API_SECRET: SECRETS['API secret of later'], TWILIO_AUTH_TOKEN_2: SECRETS['third auth token'] });
    assert.equal((await nextring(['reload'])).status, 0);
    assert.equal(await webhook(SECRETS['third auth token']), 200);
    write({ TWILIO_API_KEY: `SK ${SECRETS['API secret']}`, TWILIO_API_SECRET: `${SECRETS['API secret']} x`, TWILIO_ACCOUNT_SID: SECRETS['API secret'] });
    assert.equal((await nextring(['reload'])).status, 1);
    await stage.setUp([]);
    await stage.carrier('POST', '/sim/texts', { from: OTHERS[2], to: LINE, body: 'nobody hears this' });
    await stage.turn(120);
    for (const target of ['/metrics', '/healthz', '/readyz', '/api/v1/doctor', '/api/v1/health', '/api/v1/events', '/api/v1/host/tenants', '/api/v1/host/tenants/own', '/nothing', `/api/v1/threads/${encodeURIComponent(SECRETS['API secret'].slice(0, 4))}`])
      await ask(target);
    await nextring(['check']);
    await nextring(['check', '--json']);
    await nextring(['check', '--settings']);
  });
  after(async () => {
    await stage.close();
    fs.rmSync(folder, { recursive: true });
  });

  test('no log line and no answer has a secret', () => {
    assert.match(stage.daemon.said(), /carrier: .*check TWILIO_API_KEY/, 'the refused key is in the log');
    assert.match(stage.daemon.said(), /credentials: refused/);
    clean(stage.daemon.said(), 'the log');
    for (const text of said) clean(text, text.slice(0, 300));
    assert.ok(said.length > 30);
  });

  test('no process has one in its arguments or its environment', (t) => {
    const all = processes();
    assert.ok(all.length >= 2, 'the helper is there as well');
    const root = process.getuid() === 0; // to anybody else a process that is not dumpable shows less
    if (!root) t.diagnostic('environments and memory may not be read here: root may');
    for (const pid of all)
      for (const name of ['cmdline', 'comm', 'status', ...(root ? ['environ', 'maps'] : [])])
        clean(fs.readFileSync(`/proc/${pid}/${name}`), `/proc/PID/${name}`);
    if (root) assert.ok(fs.readFileSync(`/proc/${stage.daemon.pid}/environ`, 'latin1').includes('TWILIO_AUTH_TOKEN='), 'it was in there');
    assert.match(fs.readFileSync(`/proc/${stage.daemon.pid}/limits`, 'utf8'), /^Max core file size +0 +0 /m);
  });

  test('no file of the state folder has one, nor a backup', async () => {
    const run = await nextring(['backup', '--to', path.join(stage.folder, 'backup')]);
    assert.equal(run.status, 0, run.stderr);
    let count = 0;
    for (const name of [...files(path.join(stage.folder, 'data')), ...files(path.join(stage.folder, 'backup'))]) {
      clean(fs.readFileSync(name), name);
      count += 1;
    }
    assert.ok(count >= 4, `${count} files`);
  });

  test('what a dump or the swap would have of its memory holds none at rest', (t) => {
    for (const pid of processes()) {
      const pieces = memory(pid);
      if (!pieces) {
        t.diagnostic('the memory of another process may not be read here: root may');
        return;
      }
      const bad = pieces.filter((p) => !p.is_kept_out).flatMap((p) => found(p.bytes).map((name) => `${name} in ${p.name}`));
      assert.deepEqual(bad, [], `process ${pid === stage.daemon.pid ? 'daemon' : 'helper'}`);
      if (pid !== stage.daemon.pid) continue;
      const kept = pieces.filter((p) => p.is_kept_out);
      assert.ok(kept.some((p) => found(p.bytes).includes('auth token')), 'they are where they belong');
    }
  });
});

// A server that asks for a password (scram), which stands in PGPASSWORD alone.
class PasswordStage extends Stage {
  async startDaemon() {
    const whole = this.database;
    const address = new URL(whole);
    this.password = decodeURIComponent(address.password);
    address.password = '';
    this.database = address.href;
    this.env = { ...this.env, PGPASSWORD: this.password, PGPASSFILE: '/nowhere/pgpass', PGSERVICEFILE: '/nowhere/service' };
    try {
      return await super.startDaemon();
    } finally {
      this.database = whole; // whoever tidies up has to come in
    }
  }
}

describe('a password in PGPASSWORD', { timeout: 120000, skip: server ? false : 'NEXTRING_TEST_DATABASE names no PostgreSQL' }, () => {
  test('opens the database, for each connection anew, and is in no log, file, environment or argument', async (t) => {
    const at = await PasswordStage.open();
    try {
      await at.text(CUSTOMER, 'kept behind a password');
      await at.turn(5);
      execFileSync('psql', ['-q', '-X', at.database.split('#')[0].replace(/[?&]options=[^&]*/, ''), '-c', 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = current_user']);
      await at.text(CUSTOMER, 'and by the next connection');
      await at.turn(5);
      const isThere = async (body) => (await at.items('/api/v1/messages?limit=50')).some((m) => m.body?.includes(body));
      assert.ok(await isThere('kept behind a password'));
      while (!(await isThere('and by the next connection'))) await new Promise(setImmediate); // the spool is brought in
      const password = Buffer.from(at.password);
      const none = (bytes, where) => assert.ok(!Buffer.from(bytes).includes(password), `the password is in ${where}`);
      none(at.daemon.said(), 'the log');
      for (const name of files(path.join(at.folder, 'data'))) none(fs.readFileSync(name), name);
      none(fs.readFileSync(`/proc/${at.daemon.pid}/cmdline`), 'the arguments');
      if (process.getuid() === 0) none(fs.readFileSync(`/proc/${at.daemon.pid}/environ`), 'the environment');
      else t.diagnostic('environments may not be read here: root may');
      const pieces = memory(at.daemon.pid);
      if (pieces) assert.ok(pieces.some((p) => p.is_kept_out && p.bytes.includes(password)), 'it is where it belongs');
    } finally {
      await at.close();
    }
  });
});
