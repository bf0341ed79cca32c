// The daemon as a service: what systemd hears of it, the sockets that it is handed and that it
// keeps over a restart, the end that loses nothing, and the system-call filter under which it runs.
// test/node/manager.py stands in for systemd, whose own systemd-socket-activate plays as well where
// it is installed.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { afterEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ACCOUNT, CUSTOMER, LINE, Stage, TOKEN, alwaysOnCall, build, freePort, request, sid } from './stage.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const unit = fs.readFileSync(path.resolve(here, '../../packaging/nextring.service'), 'utf8');
const ACTIVATE = '/usr/bin/systemd-socket-activate';

// The daemon, a manager that starts it, and a carrier that the test plays.
class Service extends Stage {
  words = []; // what the manager has told, in order
  waiting = []; // for words that have not come

  static async open(env = {}) {
    const s = new Service();
    s.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-test-'));
    s.port = await freePort();
    s.base = `http://127.0.0.1:${s.port}`;
    s.roster = path.join(s.folder, 'roster.json');
    fs.writeFileSync(s.roster, JSON.stringify(alwaysOnCall()));
    s.carrier = http.createServer((rq, answer) => s.onRequest(rq, answer));
    s.carrier.listen(0, '127.0.0.1');
    await once(s.carrier, 'listening');
    s.env = {
      PATH: process.env.PATH,
      NEXTRING_LISTEN: `127.0.0.1:${s.port}`,
      NEXTRING_ADMIN_LISTEN: '127.0.0.1:0',
      NEXTRING_PUBLIC_URL: s.base,
      NEXTRING_DATA: path.join(s.folder, 'data'),
      NEXTRING_ROSTER: s.roster,
      NEXTRING_CARRIER_API: `http://127.0.0.1:${s.carrier.address().port}`,
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: TOKEN,
      TWILIO_API_KEY: 'SK00000000000000000000000000000001',
      TWILIO_API_SECRET: 'rehearsal-only-secret',
      ...env,
    };
    s.manager = spawn('python3', [path.join(here, 'manager.py'), path.join(s.folder, 'notify'),
      path.join(build, 'nextring'), 'serve'], { env: s.env, stdio: ['pipe', 'pipe', 'pipe'] });
    s.said = '';
    s.manager.stderr.on('data', (part) => (s.said += part));
    readline.createInterface({ input: s.manager.stdout }).on('line', (line) => s.hear(JSON.parse(line)));
    return s;
  }
  // All but texts is answered with an empty list; a text's answer waits for the test.
  texts = [];
  onRequest(rq, answer) {
    rq.resume();
    if (rq.method === 'POST') {
      this.texts.push(answer);
      this.hear({ text: true });
    } else {
      answer.setHeader('Content-Type', 'application/json');
      answer.end(JSON.stringify({ messages: [], calls: [], next_page_uri: null }));
    }
  }
  accept(answer) {
    answer.writeHead(201, { 'Content-Type': 'application/json' });
    answer.end(JSON.stringify({ sid: sid('SM'), status: 'queued', num_segments: '1' }));
  }
  hear(word) {
    this.words.push(word);
    this.waiting = this.waiting.filter((w) => !w());
  }
  do(...words) {
    this.manager.stdin.write(`${words.join(' ')}\n`);
  }
  // The next word from `from` on for which `is` holds.
  told(is, from = 0) {
    return new Promise((resolve) => {
      const look = () => {
        const at = this.words.findIndex((w, i) => i >= from && is(w));
        if (at >= 0) resolve(this.words[at]);
        return at >= 0;
      };
      if (!look()) this.waiting.push(look);
    });
  }
  // The log comes by another way than the words, and may be later.
  async logged(what) {
    while (!what.test(this.said)) await once(this.manager.stderr, 'data');
  }
  async ready() {
    const from = this.words.length;
    this.do('start');
    const word = await Promise.race([
      this.told((w) => w.said?.READY === '1', from),
      this.told((w) => 'ended' in w, from),
    ]);
    assert.ok(word.said, `it ended with ${word.ended}:\n${this.said}`);
    return word.said;
  }
  async end(signal = 'TERM') {
    const from = this.words.length;
    this.do('signal', signal);
    return (await this.told((w) => 'ended' in w, from)).ended;
  }
  textIn() {
    return this.webhook('/sms/inbound', { MessageSid: sid('SM'), From: CUSTOMER, To: LINE,
      Body: 'The pump is down', NumMedia: '0', NumSegments: '1' },
    { headers: { Connection: 'close' } }); // none is left over from a daemon that has ended
  }
  close() {
    this.manager.kill('SIGTERM'); // what it has started goes with its folder's sockets
    const started = this.words.findLast((w) => w.started)?.started;
    if (started && !this.words.findLast((w) => 'ended' in w || 'started' in w).hasOwnProperty('ended'))
      process.kill(started, 'SIGKILL');
    this.carrier.closeAllConnections();
    this.carrier.close();
    fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

let service;
afterEach(() => {
  service?.close();
  service = undefined;
});

describe('what systemd hears', { timeout: 60000 }, () => {
  test('READY comes once it listens and has committed, with a line of status', async () => {
    service = await Service.open();
    const said = await service.ready();
    assert.equal(said.STATUS, '1 tenant, 0 waiting');
    assert.equal((await request({ port: service.port, target: '/readyz' })).status, 200);
  });

  test('the watchdog is fed again and again', async () => {
    service = await Service.open({ WATCHDOG_USEC: '300000' });
    await service.ready();
    for (let i = 0; i < 3; i++)
      await service.told((w) => w.said?.WATCHDOG === '1', service.words.length);
  });

  // Of the database it is locked by another program; of the spool no byte can be written.
  test('the watchdog is fed by the spool while the store refuses, and by nothing when that does too', { skip: Boolean(process.env.NEXTRING_TEST_DATABASE) && 'of a file' }, async (t) => {
    service = await Service.open({ WATCHDOG_USEC: '300000' });
    await service.ready();
    const holder = spawn('python3', ['-c', `import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute('BEGIN IMMEDIATE')
print('held', flush=True)
sys.stdin.read()`, path.join(service.folder, 'data/nextring.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
    t.after(() => holder.kill()); // or the file would wait for it
    assert.match((await once(holder.stdout, 'data')).toString(), /^held/);
    const refuses = (w) => /: the store cannot be written/.test(w.said?.STATUS ?? '');
    for (let i = 0; i < 3; i++) {
      const said = await service.told(refuses, service.words.length);
      assert.equal(said.said.WATCHDOG, '1', 'by the spool');
    }
    const { started } = service.words.findLast((w) => w.started);
    const limit = (bytes) => execFileSync('prlimit', ['--pid', String(started), `--fsize=${bytes}:`]);
    limit(1);
    const lost = (w) => /neither it nor the store can be written/.test(w.said?.STATUS ?? '');
    await service.told(lost, service.words.length);
    const from = service.words.length;
    for (let i = 0; i < 3; i++) await service.told(lost, service.words.length);
    assert.ok(!service.words.slice(from).some((w) => w.said?.WATCHDOG), 'by nothing');
    await service.logged(/neither the store nor the spool can be written/);
    limit('unlimited');
    await service.told((w) => refuses(w) && w.said.WATCHDOG === '1', service.words.length);
    holder.stdin.end();
    await service.told((w) => w.said?.WATCHDOG === '1' && w.said.STATUS === '1 tenant, 0 waiting', service.words.length);
  });

  test('a reload is told, and its end', async () => {
    service = await Service.open();
    await service.ready();
    const from = service.words.length;
    service.do('signal', 'HUP');
    await service.told((w) => w.said?.RELOADING === '1', from);
    await service.told((w) => w.said?.READY === '1', from);
    await service.logged(/in force/);
  });

  test('patience is asked for before an older schema is brought up', async () => {
    service = await Service.open();
    await service.ready();
    await service.end();
    assert.ok(!service.words.some((w) => w.said?.EXTEND_TIMEOUT_USEC), 'not without need');
    execFileSync('python3', ['-c', 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute("PRAGMA user_version = %d" % (d.execute("PRAGMA user_version").fetchone()[0] - 1))',
      path.join(service.folder, 'data/nextring.db')]);
    const from = service.words.length;
    service.do('start'); // which finds the tables there already, and ends
    const { said } = await service.told((w) => w.said?.EXTEND_TIMEOUT_USEC || 'ended' in w, from);
    assert.ok(said, 'it ended without a word');
    assert.ok(Number(said.EXTEND_TIMEOUT_USEC) >= 3600e6);
    assert.match(said.STATUS, /bringing the database up to schema \d+/);
    await service.told((w) => 'ended' in w, from);
  });

  test('its end is told before it ends', async () => {
    service = await Service.open();
    await service.ready();
    assert.equal(await service.end(), 0);
    const at = service.words.findIndex((w) => w.said?.STOPPING === '1');
    assert.ok(at >= 0 && at < service.words.findIndex((w) => 'ended' in w));
  });
});

describe('the end', { timeout: 60000 }, () => {
  test('waits for what is under way at the carrier, and knows its outcome afterwards', async () => {
    service = await Service.open();
    await service.ready();
    assert.equal((await service.textIn()).status, 200);
    await service.told((w) => w.text);
    const from = service.words.length;
    service.do('signal', 'TERM');
    await service.told((w) => w.said?.STOPPING === '1', from);
    service.accept(service.texts[0]);
    assert.equal((await service.told((w) => 'ended' in w, from)).ended, 0);
    await service.ready();
    const relays = await service.items('/api/v1/relays');
    assert.equal(relays.length, 1);
    assert.equal(service.texts.length, 1, 'it is not sent again');
    assert.doesNotMatch(service.said, /unsure/);
  });

  test('answers who was just let in, and has not asked yet', async () => {
    service = await Service.open();
    await service.ready();
    const peer = net.connect(service.port, '127.0.0.1');
    await once(peer, 'connect');
    assert.equal((await service.textIn()).status, 200); // so the one before has been let in too
    await service.told((w) => w.text);
    service.accept(service.texts[0]);
    const from = service.words.length;
    service.do('signal', 'TERM');
    await service.told((w) => w.said?.STOPPING === '1', from);
    peer.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    let answer = '';
    for await (const part of peer) answer += part;
    assert.match(answer, /^HTTP\/1.1 200 /);
    assert.equal((await service.told((w) => 'ended' in w, from)).ended, 0);
  });

  test('systemd waits for longer than it may take', () => {
    const serve = fs.readFileSync(path.resolve(here, '../../src/app/serve.c'), 'utf8');
    const ms = (name) => Number(serve.match(new RegExp(`${name} = (\\d+),`))[1]);
    const stop = Number(unit.match(/^TimeoutStopSec=(\d+)$/m)[1]);
    assert.ok(stop * 1000 >= 2 * ms('DRAIN_MS'), 'twice, for the commit that ends it');
  });
});

describe('sockets', { timeout: 60000 }, () => {
  test('a socket unit\'s are taken by their names', async () => {
    service = await Service.open();
    const admin = await freePort(), elsewhere = await freePort();
    service.do('listen', 'admin', '127.0.0.1', admin);
    service.do('listen', 'public', '127.0.0.1', elsewhere);
    await service.ready();
    assert.match((await request({ port: admin, target: '/metrics' })).body, /nextring_events_total/);
    assert.equal((await request({ port: elsewhere, target: '/healthz' })).status, 200);
    await assert.rejects(request({ port: service.port, target: '/healthz' }), 'not where the settings say');
    assert.ok(!service.words.some((w) => w.kept), 'systemd holds them anyway');
  });

  test('those without a name are taken in their order', async () => {
    service = await Service.open();
    const one = await freePort(), two = await freePort();
    service.do('listen', 'unknown', '127.0.0.1', one);
    service.do('listen', 'unknown', '127.0.0.1', two);
    await service.ready();
    assert.equal((await request({ port: one, target: '/metrics' })).status, 404);
    assert.equal((await request({ port: two, target: '/metrics' })).status, 200);
  });

  test('what comes between two starts waits, and is answered', async () => {
    service = await Service.open();
    await service.ready();
    await service.told((w) => w.kept === 'kept-public');
    await service.told((w) => w.kept === 'kept-admin');
    assert.equal(await service.end(), 0);
    const answers = [];
    for (let i = 0; i < 20; i++) answers.push(service.textIn());
    await service.ready();
    for (const answer of await Promise.all(answers)) assert.equal(answer.status, 200);
    assert.equal((await service.items('/api/v1/threads')).length, 1);
    await service.end('KILL');
    const more = service.textIn();
    await service.ready();
    assert.equal((await more).status, 200, 'after a kill too');
    await service.end('KILL');
    const last = service.textIn();
    await service.ready();
    assert.equal((await last).status, 200, 'and after another');
    assert.ok(!service.words.some((w) => w.forgot));
  });

  test('one that was kept where the settings no longer say is let go', async () => {
    service = await Service.open();
    await service.ready();
    await service.told((w) => w.kept === 'kept-public');
    await service.end();
    const other = await freePort();
    service.do('set', 'NEXTRING_LISTEN', `127.0.0.1:${other}`);
    await service.ready();
    await service.told((w) => w.forgot === 'kept-public');
    assert.equal((await request({ port: other, target: '/healthz' })).status, 200);
  });

  test('systemd-socket-activate starts it at the first connection', { skip: !fs.existsSync(ACTIVATE) && 'no systemd here' }, async () => {
    service = await Service.open();
    const open = await freePort(), admin = await freePort();
    const env = Object.entries(service.env).map(([name, value]) => `--setenv=${name}=${value}`);
    const child = spawn(ACTIVATE, [`--listen=127.0.0.1:${open}`, `--listen=127.0.0.1:${admin}`,
      '--fdname=public:admin', ...env, path.join(build, 'nextring'), 'serve'],
    { stdio: ['ignore', 'ignore', 'pipe'] });
    const said = [];
    child.stderr.on('data', (part) => said.push(part));
    try {
      await new Promise((resolve, reject) => {
        child.stderr.on('data', () => /Listening on .*as 4/s.test(said.join('')) && resolve());
        child.on('exit', () => reject(new Error(said.join(''))));
      });
      assert.equal((await request({ port: open, target: '/readyz' })).status, 200, said.join(''));
      assert.equal((await request({ port: admin, target: '/metrics' })).status, 200);
    } finally {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  });
});

describe('the system-call filter', { timeout: 60000 }, () => {
  const status = (pid) => fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  test('is on when it serves, over all threads; no makes it serve without, and is told', async () => {
    service = await Service.open();
    await service.ready();
    if (/a build with sanitizers/.test(service.said)) return; // there is none in such a build
    const { started } = service.words.findLast((w) => w.started);
    for (const thread of fs.readdirSync(`/proc/${started}/task`)) {
      assert.match(status(`${started}/task/${thread}`), /^Seccomp:\t2$/m);
      assert.match(status(`${started}/task/${thread}`), /^NoNewPrivs:\t1$/m);
    }
    await service.end();
    service.do('set', 'NEXTRING_SYSCALL_FILTER', 'no');
    await service.ready();
    assert.match(status(service.words.findLast((w) => w.started).started), /^Seccomp:\t0$/m);
    assert.match(service.said, /warn NEXTRING_SYSCALL_FILTER is no/);
  });
});

describe('the units', () => {
  const verify = '/usr/bin/systemd-analyze';
  // The calls that a name of a set stands for; a name of none stands for itself.
  const callsOf = (name) => {
    if (!name.startsWith('@')) return [name];
    return execFileSync(verify, ['syscall-filter', name], { encoding: 'utf8' }).split('\n').slice(1)
      .map((line) => line.trim()).filter((line) => line && !line.startsWith('#')).flatMap(callsOf);
  };
  test('let in what the daemon\'s own filter lets in, its setting, and the helper\'s commands', { skip: !fs.existsSync(verify) && 'no systemd here' }, () => {
    const calls = new Set();
    for (const [, not, words] of unit.matchAll(/^SystemCallFilter=(~?)(.*)$/gm))
      for (const call of words.split(' ').flatMap(callsOf)) not ? calls.delete(call) : calls.add(call);
    const confine = fs.readFileSync(path.resolve(here, '../../src/service/confine.c'), 'utf8');
    const own = confine.match(/ allowed\[\] = \{(.*?)\};/s)[1].match(/"\w+"/g).map((word) => word.slice(1, -1));
    const spared = ['fchown', 'fchown32', 'mincore', 'setrlimit']; // of sqlite as root, and of older C libraries
    assert.deepEqual([...own, 'seccomp', 'clone', 'clone3', 'execve', 'setpgid', 'pidfd_open']
      .filter((call) => !calls.has(call) && !spared.includes(call)), []);
  });
  test('give descriptors enough for as many connections as are let in, of three each with TLS', () => {
    const listeners = fs.readFileSync(path.resolve(here, '../../src/app/listeners.c'), 'utf8');
    const connections = Number(listeners.match(/PUBLIC_CONNECTIONS = (\d+),/)[1]);
    assert.ok(Number(unit.match(/^LimitNOFILE=(\d+)$/m)[1]) >= 3 * connections + 1000);
  });
  test('expose what they must alone', { skip: !fs.existsSync(verify) && 'no systemd here' }, () => {
    execFileSync(verify, ['security', '--offline=true', '--threshold=12',
      path.resolve(here, '../../packaging/nextring.service')], { stdio: 'ignore' });
  });
});
