// A database that others use too hangs, is gone, or holds one batch up: what the carrier brings is
// answered all the same, and is in the database once when it is back. In real time, as nobody can
// turn a database's clock.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, Stage, sid } from './stage.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const script = path.join(root, 'script/postgres');
const bin = process.env.NEXTRING_POSTGRES_BIN ?? '/usr/lib/postgresql/15/bin';
const hasServer = fs.existsSync(path.join(bin, 'initdb'));
const BACK = 'the store can be written again';

// A server of the test's own, which it may stop.
class Server {
  static start() {
    const server = new Server();
    server.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-away-'));
    fs.chmodSync(server.folder, 0o755);
    server.cluster = path.join(server.folder, 'pg');
    server.address = execFileSync(script, ['start', server.cluster]).toString().trim();
    server.port = new URL(server.address).port;
    return server;
  }
  end() {
    this.thaw();
    execFileSync(script, ['stop', this.cluster]);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
  as(program, ...args) {
    const all = [path.join(bin, program), ...args];
    if (process.getuid() === 0) all.unshift('runuser', '-u', 'postgres', '--');
    return execFileSync(all[0], all.slice(1), { stdio: ['ignore', 'ignore', 'inherit'], cwd: '/' });
  }
  // The postmaster first: it would put another process in place of one that is stopped.
  processes() {
    const first = fs.readFileSync(path.join(this.cluster, 'data/postmaster.pid'), 'utf8').split('\n')[0];
    const rest = execFileSync('ps', ['--ppid', first, '-o', 'pid=']).toString().trim().split(/\s+/);
    return [first, ...rest].filter(Boolean).map(Number);
  }
  freeze() {
    this.frozen = this.processes();
    for (const pid of this.frozen) process.kill(pid, 'SIGSTOP');
  }
  thaw() {
    for (const pid of this.frozen ?? []) process.kill(pid, 'SIGCONT');
    this.frozen = undefined;
  }
  goAway() {
    this.as('pg_ctl', '-D', path.join(this.cluster, 'data'), '-m', 'immediate', '-s', 'stop');
  }
  comeBack() {
    this.as('pg_ctl', '-D', path.join(this.cluster, 'data'), '-l', path.join(this.cluster, 'log'),
      '-o', `-p ${this.port}`, '-s', '-w', 'start');
  }
  psql(text) {
    return execFileSync(path.join(bin, 'psql'), ['-X', '-q', '-A', '-t', '-h', this.cluster, '-p', this.port,
      '-U', 'postgres', '-d', 'nextring', '-c', text]).toString().trim();
  }
  // Holds every tenant as another node's batch would, until what it returns is called.
  hold() {
    return new Promise((resolve, reject) => {
      const child = execFile(path.join(bin, 'psql'), ['-X', '-q', '-A', '-t', '-h', this.cluster, '-p', this.port,
        '-U', 'postgres', '-d', 'nextring']);
      child.on('error', reject);
      child.stdin.write("BEGIN; SELECT tenant FROM hold FOR UPDATE; SELECT 'held';\n");
      child.stdout.on('data', (said) => {
        if (!said.includes('held')) return;
        resolve(() => new Promise((done) => {
          child.on('exit', done);
          child.stdin.end('COMMIT;\n');
        }));
      });
    });
  }
}

// Resolves when the daemon has said it more than `times` times.
function hears(stage, words, times = 0) {
  return new Promise((resolve) => {
    const look = () => {
      if (stage.daemon.said().split(words).length <= times + 1) return;
      stage.daemon.stderr.off('data', look);
      resolve();
    };
    stage.daemon.stderr.on('data', look);
    look();
  });
}
const times = (stage, words) => stage.daemon.said().split(words).length - 1;

describe('a database that is away', { skip: !hasServer && 'no PostgreSQL 15 here', timeout: 300000 }, () => {
  let server, stage;
  const took = [];
  const timed = async (promise) => {
    const since = performance.now();
    const answer = await promise;
    took.push(performance.now() - since);
    return answer;
  };
  const text = (from, body, MessageSid = sid('SM')) =>
    timed(stage.webhook('/sms/inbound', { MessageSid, From: from, To: LINE, Body: body, NumMedia: '0' }));
  const got = async (phone, words) => (await stage.texts(phone)).filter((t) => t.includes(words)).length;
  const stored = (words) => Number(server.psql(`SELECT count(*) FROM message WHERE direction = 'in' AND body = '${words}'`));
  const back = (before) => hears(stage, BACK, before);

  before(async () => {
    server = Server.start();
    stage = await Stage.open({ database: 'sqlite', env: { NEXTRING_DATABASE: server.address } });
  });
  after(async () => {
    await stage.close();
    server.end();
    took.sort((a, b) => a - b);
    console.log(`# ${took.length} answers: p50 ${took[took.length >> 1].toFixed(0)} ms, `
      + `p99 ${took[Math.floor(took.length * 0.99)].toFixed(0)} ms`);
    assert.equal(stage.how, 0, 'ended cleanly');
  });

  test('texts and calls are answered while it hangs, and are there once afterwards', async () => {
    const before = times(stage, BACK);
    await stage.phone(PRIMARY, { on_call: [{ do: 'busy' }] });
    await stage.phone(BACKUP, { on_call: [{ do: 'answer', after_ms: 2000, then: [{ press: '1', after_ms: 3000 },
      { talk_ms: 20000 }, { hangup: true }] }] });
    await text(OTHERS[0], 'before');
    server.freeze();
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => text(OTHERS[i % 4], `hang ${i}`)));
    for (const answer of answers) assert.equal(answer.status, 200);
    await stage.call(CUSTOMER);
    await stage.turn(120);
    assert.equal((await stage.phone(BACKUP)).calls.at(-1).bridged_to, CUSTOMER);
    server.thaw();
    await back(before);
    await stage.turn(30);
    for (let i = 0; i < 60; i += 1) assert.equal(stored(`hang ${i}`), 1, `hang ${i}`);
    assert.equal(stored('before'), 1);
    const calls = (await stage.items('/api/v1/calls')).filter((c) => c.caller === CUSTOMER || c.customer_phone === CUSTOMER);
    assert.equal(calls.length, 1);
    assert.equal(calls[0].outcome, 'answered');
    assert.equal(calls[0].accepted_by, 'backup');
  });

  test('the batch that was under way is answered, commits late and acts once', async () => {
    const before = times(stage, BACK);
    const release = await server.hold();
    const answer = await text(OTHERS[1], 'under way');
    assert.equal(answer.status, 200, 'though its batch waits for somebody else');
    await release();
    await back(before);
    await stage.turn(5);
    assert.equal(stored('under way'), 1);
    assert.equal(await got(PRIMARY, 'under way'), 1);
  });

  test('it is gone: a clock goes on when it is back, and nobody is texted twice', async () => {
    const before = times(stage, BACK);
    await text(CUSTOMER, 'who has the key?');
    await stage.turn(5);
    assert.equal(await got(PRIMARY, 'who has the key?'), 1);
    server.goAway();
    for (let i = 0; i < 20; i += 1) assert.equal((await text(OTHERS[2], `gone ${i}`)).status, 200);
    const refused = await stage.api('/api/v1/relays/0000000000001/ack', 'POST', { operator: 'primary' });
    assert.equal(refused.status, 503);
    await stage.turn(600);
    server.comeBack();
    await back(before);
    await stage.turn(5);
    for (let i = 0; i < 20; i += 1) assert.equal(stored(`gone ${i}`), 1);
    assert.equal(await got(BACKUP, 'who has the key?'), 0);
    await stage.turn(300);
    assert.equal(await got(BACKUP, 'who has the key?'), 1, 'after fifteen minutes, as ever');
    assert.equal(await got(PRIMARY, 'gone 3'), 1);
  });

  test('a kill in the middle of it loses nothing that was answered', async () => {
    server.goAway();
    for (let i = 0; i < 10; i += 1) assert.equal((await text('+16195550170', `killed ${i}`)).status, 200);
    await stage.kill();
    server.comeBack();
    await stage.startDaemon();
    await back(0);
    await stage.turn(10);
    for (let i = 0; i < 10; i += 1) {
      assert.equal(stored(`killed ${i}`), 1);
      assert.equal(await got(PRIMARY, `killed ${i}`), 1);
    }
    assert.equal(await got(OWNER, 'killed 0'), 0);
  });

  test('signals are heard while a start waits for it', async () => {
    const WAITING = 'waiting for the database';
    await stage.kill();
    server.goAway();
    await stage.startDaemon(WAITING);
    stage.daemon.kill('SIGHUP');
    server.comeBack();
    const ended = stage.daemon.ended.then((how) => { throw new Error(`it has ended: ${how}`); });
    await Promise.race([hears(stage, 'ready: '), ended]);
    await stage.kill();
    server.goAway();
    await stage.startDaemon(WAITING);
    stage.daemon.kill('SIGTERM');
    assert.equal(await stage.daemon.ended, 0, 'in order');
    server.comeBack();
    await stage.startDaemon();
  });
});
