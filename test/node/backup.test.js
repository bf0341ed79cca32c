// A backup is made while the daemon works, proves itself, and comes back: with every row that was
// there at its instant, and with nothing sent twice unmarked of what went out since.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { S3 } from './s3.js';
import { dropSchema, makeSchema, psql, server } from './schema.js';
import { CUSTOMER, LINE, OTHERS, PRIMARY, Stage, build, request } from './stage.js';

const MINUTE = 60;
const data = (stage) => path.join(stage.folder, 'data');

// Not spawnSync: the small S3 server of the tests must go on.
function run(stage, args, more = {}) {
  return new Promise((resolve) => {
    const child = spawn(path.join(build, 'nextring'), args,
      { env: { NEXTRING_DATA: data(stage), ...more }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '', stderr = '';
    child.stdout.on('data', (part) => { stdout += part; });
    child.stderr.on('data', (part) => { stderr += part; });
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}
const backUp = async (stage, ...args) => {
  const made = await run(stage, ['backup', '--json', ...args]);
  assert.equal(made.status, 0, made.stderr);
  return JSON.parse(made.stdout);
};
const manifestOf = (file) => file.replace(/\.db\.zst$/, '.json');
const sql = (file, text) => {
  const { stdout, stderr, status } = spawnSync('python3', ['-c', `
import sqlite3, json, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.text_factory = bytes
rows = db.execute(sys.argv[2]).fetchall()
print(json.dumps([[c.decode() if isinstance(c, bytes) and c.isascii() else repr(c) if isinstance(c, bytes) else c for c in row] for row in rows]))`, file, text], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};
const tables = (file, but = []) =>
  Object.fromEntries(sql(file, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    .filter(([name]) => !but.includes(name))
    .map(([name]) => [name, sql(file, `SELECT * FROM "${name}"`)]));

describe('a backup', () => {
  let stage, folder, made;
  before(async () => {
    stage = await Stage.open({ database: 'sqlite' });
    folder = path.join(stage.folder, 'kept');
    for (let i = 0; i < 20; i++) await stage.text(OTHERS[i % 4], `before ${i}`);
    await stage.turn(5);
  });
  after(() => stage.close());

  test('is made while the daemon runs, and has all that was committed before', async () => {
    made = await backUp(stage, '--to', folder);
    assert.match(path.basename(made.backup), /^nextring-\d{8}T\d{6}Z\.db\.zst$/);
    assert.ok(made.events > 20);
    assert.deepEqual(fs.readdirSync(folder).length, 2);
    assert.ok(!fs.existsSync(path.join(data(stage), 'backup.copy')), 'the copy is gone');
    for (const name of fs.readdirSync(folder)) assert.equal(fs.statSync(path.join(folder, name)).mode & 0o777, 0o600);
    const manifest = JSON.parse(fs.readFileSync(manifestOf(made.backup)));
    assert.deepEqual(manifest.files.map((f) => f.name), ['callback.key']);
    assert.equal(Buffer.from(manifest.files[0].base64, 'base64').compare(fs.readFileSync(path.join(data(stage), 'callback.key'))), 0);
    const whole = await run(stage, ['backup', '--verify', made.backup]);
    assert.equal(whole.status, 0, whole.stderr);
  });

  test('says when it was made, for whoever watches', () => {
    const at = Number(fs.readFileSync(path.join(data(stage), 'backup.last'), 'utf8'));
    assert.ok(Math.abs(at - Date.parse(made.made_at)) < 1000);
  });

  test('refuses to come back while the daemon runs, or over a database that is there', async () => {
    const refused = await run(stage, ['restore', made.backup, '--force']);
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /another nextring \(or program\) holds .*nextring\.db: stop it first/);
  });

  test('comes back with every table as it was', async () => {
    await stage.kill('SIGTERM');
    fs.writeFileSync(path.join(data(stage), 'provision.json'), '{"undo":[]}');
    made = await backUp(stage, '--to', folder); // without a daemon: the file itself
    const there = tables(path.join(data(stage), 'nextring.db'));
    const refused = await run(stage, ['restore', made.backup]);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /is there: --force puts it aside/);
    const to = path.join(stage.folder, 'other');
    const done = await run(stage, ['restore', made.backup, '--to', to]);
    assert.equal(done.status, 0, done.stderr);
    const marked = ['event', 'swept', 'outbox', 'message']; // by the restore; looked at below
    const now = path.join(to, 'nextring.db');
    assert.deepEqual(tables(now, marked), tables(path.join(data(stage), 'nextring.db'), marked));
    const events = sql(now, 'SELECT * FROM event ORDER BY tenant, id');
    assert.deepEqual(events.filter((row) => row[2] !== 'store.restored'), there.event);
    assert.equal(events.length, there.event.length + 1);
    assert.deepEqual(sql(now, 'SELECT id, body, sid FROM message'), sql(path.join(data(stage), 'nextring.db'), 'SELECT id, body, sid FROM message'));
    assert.equal(fs.readFileSync(path.join(to, 'callback.key')).compare(fs.readFileSync(path.join(data(stage), 'callback.key'))), 0);
    assert.equal(fs.readFileSync(path.join(to, 'provision.json'), 'utf8'), '{"undo":[]}');
    assert.deepEqual(fs.readdirSync(to).filter((n) => !/^(nextring\.db(\.lock)?|callback\.key|provision\.json)$/.test(n)), []);
    await stage.startDaemon();
  });

  test('that is damaged, cut off or not the one of its manifest is refused', async () => {
    const bytes = fs.readFileSync(made.backup);
    const broken = async (change) => {
      fs.writeFileSync(made.backup, change(Buffer.from(bytes)));
      const said = await run(stage, ['backup', '--verify', made.backup]);
      const restored = await run(stage, ['restore', made.backup, '--to', path.join(stage.folder, 'never')]);
      fs.writeFileSync(made.backup, bytes);
      assert.deepEqual([said.status, restored.status], [1, 1], said.stderr + restored.stderr);
      assert.ok(!fs.existsSync(path.join(stage.folder, 'never/nextring.db')));
      return said.stderr;
    };
    assert.match(await broken((b) => { b[b.length >> 1] ^= 1; return b; }), /is no backup, or damaged|is not what its manifest says/);
    assert.match(await broken((b) => b.subarray(0, b.length >> 1)), /it ends too early/);
    assert.match(await broken((b) => Buffer.concat([b, b])), /is not what its manifest says/);
    assert.match(await broken(() => Buffer.from('SQLite format 3')), /is no backup, or damaged/);
    const manifest = manifestOf(made.backup);
    const text = fs.readFileSync(manifest, 'utf8');
    const head = JSON.parse(text).logs.at(-1).chain;
    fs.writeFileSync(manifest, text.replaceAll(head, head.replace(/^./, (c) => (c === '0' ? '1' : '0'))));
    const other = await run(stage, ['backup', '--verify', manifest]);
    assert.equal(other.status, 1);
    assert.match(other.stderr, /does not end where the manifest says/);
    // A key that has changed on the disk would be found only when the carrier's callbacks are refused.
    const key = JSON.parse(text).files[0].base64;
    fs.writeFileSync(manifest, text.replace(key, key.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))));
    const bentKey = await run(stage, ['backup', '--verify', manifest]);
    assert.equal(bentKey.status, 1, bentKey.stderr);
    assert.match(bentKey.stderr, /the manifest is damaged/);
    fs.writeFileSync(manifest, text.replace('callback.key', 'nextring.db-wal'));
    assert.equal((await run(stage, ['backup', '--verify', manifest])).status, 1, 'no other file than those of a backup');
    fs.writeFileSync(manifest, text.replace('callback.key', '../../etc/callback'));
    const outside = await run(stage, ['restore', manifest, '--to', path.join(stage.folder, 'never')]);
    assert.equal(outside.status, 1, outside.stderr);
    fs.rmSync(manifest);
    const without = await run(stage, ['restore', made.backup, '--to', path.join(stage.folder, 'never')]);
    assert.match(without.stderr, /a backup without its manifest was never finished/);
    fs.writeFileSync(manifest, text);
  });

  test('comes back whole where a restore was killed before', async () => {
    const to = path.join(stage.folder, 'killed'), was = path.join(stage.folder, 'was');
    for (const each of [to, was]) assert.equal((await run(stage, ['restore', made.backup, '--to', each])).status, 0);
    // What the killed one had written to its log, and not yet to its file.
    const { status, stderr } = spawnSync('python3', ['-c', `
import os, shutil, sqlite3, sys
db = sqlite3.connect(sys.argv[1] + '/nextring.db', isolation_level=None)
db.execute('PRAGMA journal_mode = WAL')
db.execute("UPDATE message SET body = 'of another backup'")
shutil.copy(sys.argv[1] + '/nextring.db-wal', sys.argv[2] + '/nextring.db.part-wal')
os._exit(0)`, was, to], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const again = await run(stage, ['restore', made.backup, '--to', to, '--force']);
    assert.equal(again.status, 0, again.stderr);
    assert.deepEqual(sql(path.join(to, 'nextring.db'), "SELECT count(*) FROM message WHERE body = 'of another backup'"), [[0]]);
  });

  test('is made one at a time', async () => {
    const holder = spawn('flock', [data(stage), '-c', 'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const refused = await run(stage, ['backup', '--to', folder]);
    holder.stdin.end();
    await new Promise((resolve) => holder.once('close', resolve));
    assert.equal(refused.status, 3, refused.stdout);
    assert.match(refused.stderr, /another nextring backup is at work/);
  });

  test('is not made of a log that somebody has changed', async () => {
    const bent = path.join(stage.folder, 'bent');
    assert.equal((await run(stage, ['restore', made.backup, '--to', bent])).status, 0);
    sql(path.join(bent, 'nextring.db'), "UPDATE event SET kind = 'text.nothing' WHERE id = (SELECT min(id) FROM event WHERE tenant = 1)");
    const refused = await run(stage, ['backup', '--to', folder], { NEXTRING_DATA: bent });
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /the log of tenant \S+ is not whole at event \d+/);
    assert.deepEqual(fs.readdirSync(folder).filter((n) => n.startsWith('.')), [], 'no draft is left');
  });

  test('keeps as many as it is told, the newest', async () => {
    for (const name of ['nextring-20200101T000000Z', 'nextring-20210101T000000Z'])
      for (const end of ['.json', '.db.zst']) fs.writeFileSync(path.join(folder, name + end), 'old');
    fs.writeFileSync(path.join(folder, 'nextring-mine.txt'), 'not ours');
    const kept = await backUp(stage, '--to', folder, '--keep', '1');
    assert.deepEqual(fs.readdirSync(folder).sort(), [path.basename(manifestOf(kept.backup)), path.basename(kept.backup), 'nextring-mine.txt'].sort());
    assert.ok(kept.dropped >= 2);
  });

  test('a restore that was broken off lets no daemon start on what is left', async () => {
    const half = path.join(stage.folder, 'half');
    fs.mkdirSync(half);
    fs.writeFileSync(path.join(half, 'nextring.db.restoring'), '');
    const { status, stderr } = await run(stage, ['serve'], { ...stage.env, NEXTRING_DATA: half, NEXTRING_LISTEN: '127.0.0.1:0',
      NEXTRING_PUBLIC_URL: 'https://relay.example.com', NEXTRING_ROSTER: stage.roster, NEXTRING_ADMIN_LISTEN: '127.0.0.1:0',
      TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001', TWILIO_AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
      TWILIO_API_KEY: 'SK00000000000000000000000000000001', TWILIO_API_SECRET: 'rehearsal-only-secret' });
    assert.equal(status, 3);
    assert.match(stderr, /a restore was broken off/);
    assert.ok(!fs.existsSync(path.join(half, 'nextring.db')), 'no empty database is made');
  });

  test('nobody beyond the machine may have one made', async () => {
    const token = await stage.api('/api/v1/tokens', 'POST', { tenant: '*', role: 'admin', name: 'far' });
    const far = await request({ method: 'POST', port: stage.port, target: '/api/v1/host/backup', headers: { Authorization: `Bearer ${token.token}` } });
    assert.equal(far.status, 404);
  });
});

describe('to S3', () => {
  let stage, s3, env;
  before(async () => {
    s3 = await S3.open();
    stage = await Stage.open({ database: 'sqlite' });
    await stage.text(CUSTOMER, 'kept elsewhere');
    env = s3.env('/acme/unused');
    delete env.NEXTRING_ROSTER;
  });
  after(async () => {
    await stage.close();
    await s3.close();
  });

  test('it goes, is proven there, comes back, and old ones go', async () => {
    for (const end of ['.json', '.db.zst']) s3.objects.set(`/acme/nightly/nextring-20200101T000000Z${end}`, 'old');
    s3.objects.set('/acme/nightly/other', 'not ours');
    const made = await run(stage, ['backup', '--json', '--to', 's3://acme/nightly/', '--keep', '1'], env);
    assert.equal(made.status, 0, made.stderr);
    const { backup, dropped } = JSON.parse(made.stdout);
    const key = backup.replace('s3://', '/');
    assert.deepEqual([...s3.objects.keys()].sort(), [key, manifestOf(key), '/acme/nightly/other'].sort());
    assert.equal(dropped, 1);
    assert.ok(!made.stderr.includes(env.AWS_SECRET_ACCESS_KEY));
    const whole = await run(stage, ['backup', '--verify', backup], env);
    assert.equal(whole.status, 0, whole.stderr);
    const to = path.join(stage.folder, 'from-s3');
    const done = await run(stage, ['restore', backup, '--to', to], env);
    assert.equal(done.status, 0, done.stderr);
    assert.equal(sql(path.join(to, 'nextring.db'), "SELECT count(*) FROM message WHERE body = 'kept elsewhere'")[0][0], 1);
    assert.deepEqual(fs.readdirSync(data(stage)).filter((n) => n.startsWith('backup.') && n !== 'backup.last'), [], 'nothing is left behind');
  });

  describe('what is large goes in parts', () => {
    const big = {};
    const list = () => [...s3.objects.keys()].filter((k) => k.startsWith('/acme/large/'));
    const many = () => ['backup', '--json', '--to', 's3://acme/large'];
    before(async () => {
      big.folder = path.join(stage.folder, 'big');
      const small = JSON.parse((await run(stage, ['backup', '--json', '--to', path.join(stage.folder, 'small')])).stdout);
      assert.equal((await run(stage, ['restore', small.backup, '--to', big.folder])).status, 0);
      // Random, so that it does not grow small again: 20 MB of three parts.
      sql(path.join(big.folder, 'nextring.db'), "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 20) INSERT INTO swept (tenant, what, up_to) SELECT -i, randomblob(1000000), 0 FROM n");
      big.env = { ...env, NEXTRING_DATA: big.folder };
    });
    const nothingIsLeft = () => {
      assert.deepEqual([list(), s3.uploads.size], [[], 0], 'no part is left to be paid for');
      assert.deepEqual(fs.readdirSync(big.folder).filter((n) => n.startsWith('backup.') && n !== 'backup.last'), []);
    };
    const count = (method, query) => s3.log.filter((l) => l.method === method && l.path.includes(query)).length;

    test('with a part that is lost once, one that is refused once, and an answer that is lost; and comes back in pieces', async () => {
      const failing = new Map([['partNumber=1', 'drop'], ['partNumber=2', 503], ['partNumber=3', 'deaf'], ['uploads=', 500], ['POST uploadId', 'deaf']]);
      s3.fault = (rq) => {
        for (const [what, how] of failing) {
          const [method, query] = what.startsWith('POST ') ? ['POST', `?${what.slice(5)}`] : [rq.method, what];
          if (rq.method === method && rq.method !== 'GET' && rq.url.includes(query)) { failing.delete(what); return how; }
        }
      };
      const made = await run(stage, many(), big.env);
      s3.fault = undefined;
      assert.equal(made.status, 0, made.stderr);
      assert.equal(failing.size, 0, 'each of them has happened');
      assert.equal(s3.uploads.size, 0);
      const { backup } = JSON.parse(made.stdout);
      assert.ok(s3.objects.get(backup.replace('s3://', '/')).length > 16 << 20);
      assert.equal(s3.largest, 8 << 20, 'no more than that is in memory at a time');
      let once = true;
      s3.fault = (rq) => { if (once && rq.headers.range?.startsWith('bytes=8388608-')) { once = false; return 'drop'; } };
      const to = path.join(stage.folder, 'large-from-s3');
      const done = await run(stage, ['restore', backup, '--to', to], env);
      s3.fault = undefined;
      assert.equal(done.status, 0, done.stderr);
      assert.equal(once, false);
      assert.deepEqual(sql(path.join(to, 'nextring.db'), "SELECT count(*), sum(length(what)) FROM swept WHERE tenant < 0"), [[20, 20000000]]);
      for (const key of list()) s3.objects.delete(key);
    });

    test('a part that is refused ends it, and what was sent is given up', async () => {
      s3.fault = (rq) => (rq.method === 'PUT' && rq.url.includes('partNumber=3') ? 400 : undefined);
      const refused = await run(stage, many(), big.env);
      s3.fault = undefined;
      assert.equal(refused.status, 3, refused.stdout);
      assert.match(refused.stderr, /s3:\/\/acme\/large\/nextring-.* answers 400 InternalError/);
      assert.ok(count('DELETE', 'uploadId=') > 0);
      nothingIsLeft();
    });

    test('so does one that S3 cannot put together, which it says with a good status', async () => {
      s3.spoiled = true;
      const refused = await run(stage, many(), big.env);
      s3.spoiled = false;
      assert.equal(refused.status, 3, refused.stdout);
      assert.match(refused.stderr, /cannot put its parts together: InternalError/);
      nothingIsLeft();
    });

    test('what a killed backup has left is given up half a day later, and nobody else\'s', async () => {
      const child = spawn(path.join(build, 'nextring'), many(), { env: { ...big.env }, stdio: 'ignore' });
      s3.fault = (rq) => { if (rq.url.includes('partNumber=2')) { child.kill('SIGKILL'); return 'drop'; } };
      await new Promise((resolve) => child.once('close', resolve));
      s3.fault = undefined;
      assert.equal(s3.uploads.size, 1);
      assert.deepEqual(list(), [], 'nothing that looks like a backup');
      const [left] = s3.uploads.values();
      s3.uploads.set('theirs', { path: '/acme/large/other.bin', at: 0, parts: new Map() });
      const again = await run(stage, many(), big.env);
      assert.equal(again.status, 0, again.stderr);
      assert.equal(s3.uploads.size, 2, 'it may still be at work elsewhere');
      left.at -= 13 * 3600 * 1000;
      for (const key of list()) s3.objects.delete(key); // of this very second, maybe
      const later = await run(stage, many(), big.env);
      assert.equal(later.status, 0, later.stderr);
      assert.deepEqual([...s3.uploads.keys()], ['theirs']);
    });
  });

  test('the keys may be those of a role, which are got anew before they end', async () => {
    let count = 0; // each time others
    const host = http.createServer((rq, rs) => {
      count += 1;
      s3.keys.keyId = `ASIAROLE0000000${String(count).padStart(5, '0')}`;
      rs.end(JSON.stringify({ AccessKeyId: s3.keys.keyId, SecretAccessKey: env.AWS_SECRET_ACCESS_KEY, Token: s3.keys.token = `session-${count}`, Expiration: new Date(Date.now() + 60000).toISOString() }));
    });
    await new Promise((done) => host.listen(0, '127.0.0.1', done));
    const { keyId } = s3.keys;
    const role = { ...env, AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${host.address().port}/` };
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) delete role[name];
    const made = await run(stage, ['backup', '--json', '--to', 's3://acme/by-a-role'], role);
    assert.equal(made.status, 0, made.stderr);
    assert.ok(count >= 2, 'they had but a minute left');
    const whole = await run(stage, ['backup', '--verify', JSON.parse(made.stdout).backup], role);
    assert.equal(whole.status, 0, whole.stderr);
    host.closeAllConnections();
    await new Promise((done) => host.close(done));
    s3.keys.keyId = keyId;
    delete s3.keys.token;
    const none = await run(stage, ['backup', '--to', 's3://acme/by-a-role'], role);
    assert.equal(none.status, 3);
    assert.match(none.stderr, /s3:\/\/ needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or a role: the container's role gives no keys: it cannot be reached/);
  });

  test('keys that may not are named, without the secret', async () => {
    const refused = await run(stage, ['backup', '--to', 's3://acme/nightly'], { ...env, AWS_SECRET_ACCESS_KEY: 'wrong' });
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /s3:\/\/acme\/nightly\/.* answers 403 SignatureDoesNotMatch; check the AWS_\* keys/);
    assert.deepEqual(fs.readdirSync(data(stage)).filter((n) => n.startsWith('backup.') && n !== 'backup.last'), []);
  });

  test('a bucket that is not there is not taken for a backup that is', async () => {
    s3.fault = (rq) => (rq.method === 'PUT' ? 404 : undefined);
    const refused = await run(stage, ['backup', '--to', 's3://nowhere/nightly'], env);
    s3.fault = undefined;
    assert.equal(refused.status, 3, refused.stderr);
    assert.match(refused.stderr, /s3:\/\/nowhere\/nightly\/.* is not there; check the address/);
    assert.doesNotMatch(refused.stderr, /is there already/);
  });

  test('who puts the same at this moment is waited for, and not believed', async () => {
    const faults = [503, 409];
    s3.fault = (rq) => (rq.method === 'PUT' ? faults.shift() : undefined);
    const made = await run(stage, ['backup', '--json', '--to', 's3://acme/raced'], env);
    s3.fault = undefined;
    assert.equal(made.status, 0, made.stderr);
    assert.equal([...s3.objects.keys()].filter((k) => k.startsWith('/acme/raced/')).length, 2, 'the packed database, and its manifest');
  });
});

describe('after a restore', () => {
  let stage;
  before(async () => {
    stage = await Stage.open({ database: 'sqlite' });
  });
  after(() => stage.close());

  const lost = async () => new Date((await stage.carrier('GET', '/sim/clock')).now_ms).toISOString();
  const comeBack = async (backup) => {
    await stage.kill();
    const done = await run(stage, ['restore', backup, '--force', '--lost', await lost(), '--json']);
    assert.equal(done.status, 0, done.stderr);
    await stage.startDaemon();
    return JSON.parse(done.stdout);
  };
  const ours = async () => (await stage.items('/api/v1/messages?limit=500')).filter((m) => m.direction === 'out');

  test('what waited at the backup and went out since is found, not sent again', async () => {
    await stage.carrier('POST', '/sim/fault', { what: 'error_429', resource: 'Messages', count: 0 });
    await stage.text(CUSTOMER, 'it waits');
    await stage.turn(2);
    const { backup } = await backUp(stage);
    await stage.carrier('DELETE', '/sim/fault');
    await stage.turn(2 * MINUTE);
    const told = (await stage.texts(PRIMARY)).filter((t) => t.includes('it waits'));
    assert.equal(told.length, 1, 'it has gone out since');
    const { unsure, kept } = await comeBack(backup);
    assert.ok(unsure >= 1);
    assert.ok(fs.existsSync(kept), 'the lost one stands aside');
    await stage.turn(5 * MINUTE);
    assert.equal((await stage.texts(PRIMARY)).filter((t) => t.includes('it waits')).length, 1, 'and not twice');
    const row = (await ours()).find((m) => m.recipient === PRIMARY && m.body.includes('it waits'));
    assert.deepEqual([row.is_duplicate, ['sent', 'delivered', 'accepted'].includes(row.delivery)], [false, true], JSON.stringify(row));
    assert.ok((await stage.items('/api/v1/events?kind=store.restored')).length >= 1);
    assert.ok((await stage.items('/api/v1/events?kind=text.found')).length >= 1);
  });

  test('what waited and never left is sent once', async () => {
    await stage.carrier('POST', '/sim/fault', { what: 'error_429', resource: 'Messages', count: 0 });
    await stage.text(OTHERS[0], 'never left');
    await stage.turn(2);
    const { backup } = await backUp(stage);
    await comeBack(backup);
    await stage.carrier('DELETE', '/sim/fault');
    await stage.turn(4 * MINUTE);
    assert.equal((await stage.texts(PRIMARY)).filter((t) => t.includes('never left')).length, 1);
  });

  test('a line that was in report-only mode is not opened again', async () => {
    const target = `/api/v1/lines/${encodeURIComponent(LINE)}/report-only`;
    const isOpen = async () => (await stage.items('/api/v1/report-only')).some((l) => l.is_report_only);
    assert.equal((await stage.api(target, 'POST', {})).is_report_only, true);
    const { backup } = await backUp(stage);
    await stage.api(target, 'DELETE');
    await comeBack(backup);
    assert.equal(await isOpen(), false);
    await stage.turn(5);
  });

  test('what came since is found in the carrier\'s log, and whatever is sent twice is marked', async () => {
    await stage.text(OTHERS[1], 'known before');
    await stage.turn(5);
    const [tag] = (await stage.texts(PRIMARY)).find((t) => t.includes('known before')).match(/\b[B-DF-HJ-NP-TV-Z][2-9][B-DF-HJ-NP-TV-Z]\b/);
    const { backup } = await backUp(stage);
    await stage.text(OTHERS[2], 'came since');
    await stage.text(PRIMARY, `${tag} we are on our way`);
    await stage.turn(20);
    const replies = async () => (await stage.texts(OTHERS[1])).filter((t) => t.includes('on our way')).length;
    const forwards = async () => (await stage.texts(PRIMARY)).filter((t) => t.includes('came since')).length;
    assert.deepEqual([await replies(), await forwards()], [1, 1]);
    await comeBack(backup);
    await stage.turn(5 * MINUTE);
    assert.equal(await replies(), 1, 'the reply is found at the carrier by its words');
    const marked = (await ours()).filter((m) => m.recipient === PRIMARY && m.body.includes('came since'));
    assert.equal(marked.length, 1);
    assert.equal((await forwards()) - 1, marked[0].is_duplicate ? 1 : 0, 'twice only with its mark');
    const [{ id }] = await stage.items('/api/v1/tenants');
    assert.equal((await stage.api(`/api/v1/events/verify?tenant=${id}`)).is_whole, true, 'the log goes on where the backup ended');
  });
});

describe('what is in it besides', () => {
  let stage, key, folder;
  const CALENDAR = 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n';
  before(async () => {
    stage = await Stage.open({ database: 'sqlite' });
    key = path.join(stage.folder, 'key');
    folder = path.join(stage.folder, 'kept');
    fs.writeFileSync(key, crypto.randomBytes(32), { mode: 0o600 });
    fs.mkdirSync(path.join(data(stage), 'feeds'), { recursive: true });
    fs.writeFileSync(path.join(data(stage), 'feeds', '0a1b2c3d.ics'), CALENDAR);
  });
  after(() => stage.close());

  test('the file of keys is in it when asked for alone, with a warning, and comes back', async () => {
    const without = await run(stage, ['backup', '--json', '--to', folder], { NEXTRING_KEY_FILE: key });
    assert.equal(without.status, 0, without.stderr);
    const files = (made) => JSON.parse(fs.readFileSync(manifestOf(JSON.parse(made.stdout).backup))).files.map((f) => f.name);
    assert.ok(!files(without).includes('nextring.key'));
    assert.ok(!fs.readFileSync(manifestOf(JSON.parse(without.stdout).backup), 'utf8').includes(fs.readFileSync(key).toString('base64').slice(0, 40)));
    const named = await run(stage, ['backup', '--json', '--to', path.join(stage.folder, 'k'), '--with-keys'], { NEXTRING_KEY_FILE: key });
    assert.equal(named.status, 0, named.stderr);
    assert.match(named.stderr, /THE FILE OF KEYS IS IN IT/);
    assert.ok(JSON.parse(named.stdout).has_keys);
    const to = path.join(stage.folder, 'with-keys');
    assert.equal((await run(stage, ['restore', JSON.parse(named.stdout).backup, '--to', to])).status, 0);
    assert.equal(fs.readFileSync(path.join(to, 'nextring.key'), 'hex'), fs.readFileSync(key, 'hex'));
    assert.equal(fs.statSync(path.join(to, 'nextring.key')).mode & 0o777, 0o600);
    assert.equal(fs.readFileSync(path.join(to, 'feeds/0a1b2c3d.ics'), 'utf8'), CALENDAR);
    const none = await run(stage, ['backup', '--to', folder, '--with-keys']);
    assert.equal(none.status, 2);
    assert.match(none.stderr, /name it by NEXTRING_KEY_FILE/);
    const absent = await run(stage, ['backup', '--to', folder, '--with-keys'], { NEXTRING_KEY_FILE: `${key}.none` });
    assert.equal(absent.status, 3);
    assert.match(absent.stderr, /--with-keys: .*key\.none cannot be read/);
  });

  test('tenants\' own secrets open with the file of keys that came back, and with no other', async () => {
    const say = (args, input, more = {}) => {
      const said = spawnSync(path.join(build, 'nextring'), args, { env: { NEXTRING_DATA: data(stage), ...more }, input, encoding: 'utf8' });
      assert.equal(said.status, 0, said.stderr);
      return said;
    };
    const again = async (file) => {
      await stage.kill('SIGTERM');
      stage.env.NEXTRING_KEY_FILE = file;
      await stage.startDaemon();
    };
    await again(key);
    say(['tenant', 'add', 'own', '--account', `AC${'2'.repeat(32)}`]);
    say(['tenant', 'secret', 'own', 'auth_token'], `${'ab'.repeat(16)}\n`);
    const kept = say(['backup', '--json', '--to', path.join(stage.folder, 's'), '--with-keys'], '', { NEXTRING_KEY_FILE: key });
    const { backup } = JSON.parse(kept.stdout);
    const without = await run(stage, ['backup', '--to', path.join(stage.folder, 's2')]);
    assert.match(without.stderr, /THE FILE OF KEYS IS NOT IN IT, and without it 1 secrets of tenants stay shut/);
    await stage.kill('SIGTERM');
    const done = await run(stage, ['restore', backup, '--force']);
    assert.equal(done.status, 0, done.stderr);
    const opened = () => {
      const said = spawnSync(path.join(build, 'nextring'), ['tenant', 'secret', '--rotate-key', '--json'], { env: { NEXTRING_DATA: data(stage) }, encoding: 'utf8' });
      return { status: said.status, text: said.stdout + said.stderr };
    };
    const other = path.join(stage.folder, 'other-key');
    fs.writeFileSync(other, crypto.randomBytes(32), { mode: 0o600 });
    await again(other);
    assert.equal(JSON.parse(opened().text).unopened, 1);
    await again(path.join(data(stage), 'nextring.key'));
    const good = opened();
    assert.equal(good.status, 0, good.text);
    assert.equal(JSON.parse(good.text).unopened, 0);
    await again(key);
  });

  test('users, tokens and links are good again, and what was taken away since is back', async () => {
    const early = await stage.api('/api/v1/tokens', 'POST', { tenant: '*', role: 'viewer', name: 'early' });
    await stage.text(CUSTOMER, 'is anybody there');
    await stage.turn(5);
    const link = (await stage.texts(PRIMARY)).map((t) => t.match(/\/j\/([A-Za-z0-9_-]{22})/)?.[1]).filter(Boolean).at(-1);
    assert.ok(link);
    const { backup } = await backUp(stage, '--to', folder + '2');
    const late = await stage.api('/api/v1/tokens', 'POST', { tenant: '*', role: 'viewer', name: 'late' });
    await stage.kill();
    const at = new Date((await stage.carrier('GET', '/sim/clock')).now_ms).toISOString();
    assert.equal((await run(stage, ['restore', backup, '--force', '--lost', at])).status, 0);
    await stage.startDaemon();
    const by = async (token) => (await request({ port: stage.port, target: '/api/v1/threads', headers: { Authorization: `Bearer ${token}` } })).status;
    assert.equal(await by(early.token), 200);
    assert.equal(await by(late.token), 401, 'of after the backup');
    assert.equal((await request({ port: stage.port, target: `/j/${link}` })).status, 200);
  });
});

// Of all tables at once, each as one hash.
const digest = (file, but) => {
  const { stdout, stderr, status } = spawnSync('python3', ['-c', `
import hashlib, json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.text_factory = bytes
names = [n.decode() for (n,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")]
print(json.dumps({n: hashlib.md5(repr(sorted(map(repr, db.execute('SELECT * FROM "' + n + '"')))).encode()).hexdigest() for n in names if n not in sys.argv[2:]}))`, file, ...but], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};

describe('what goes wrong', () => {
  let stage, folder, made;
  const parts = (where) => fs.readdirSync(where).filter((n) => n.startsWith('.') || n.endsWith('.part') || n.endsWith('.packed') || n.endsWith('.copy'));
  // A disk that is full: no file may grow beyond so many KiB.
  const small = (kib, ...args) => {
    const { status, stderr } = spawnSync('bash', ['-c', `trap '' XFSZ; ulimit -f ${kib}; exec "$@"`, 'bash', path.join(build, 'nextring'), ...args],
      { env: { NEXTRING_DATA: data(stage) }, encoding: 'utf8' });
    return { status, stderr };
  };
  before(async () => {
    stage = await Stage.open({ database: 'sqlite' });
    folder = path.join(stage.folder, 'kept');
    for (let i = 0; i < 20; i++) await stage.text(OTHERS[i % 4], `words ${i}`);
    await stage.turn(5);
    made = await backUp(stage, '--to', folder);
  });
  after(() => stage.close());

  test('no room for a backup is told, and nothing of it is left', async () => {
    const there = fs.readdirSync(folder);
    const full = small(1, 'backup', '--to', folder);
    assert.equal(full.status, 3);
    assert.match(full.stderr, /cannot be written: File too large/);
    assert.deepEqual(fs.readdirSync(folder), there);
    assert.deepEqual(parts(data(stage)), []);
  });

  test('no room for a restore is told, and nothing of it is left', async () => {
    for (const kib of [1, 100, 200]) {
      const to = path.join(stage.folder, `full${kib}`);
      const full = small(kib, 'restore', made.backup, '--to', to);
      assert.equal(full.status, 3, `${kib}: ${full.stderr}`);
      assert.deepEqual(fs.readdirSync(to).filter((n) => n !== 'nextring.db.lock'), [], `${kib}`);
    }
    const over = path.join(stage.folder, 'over');
    assert.equal((await run(stage, ['restore', made.backup, '--to', over])).status, 0);
    const was = digest(path.join(over, 'nextring.db'), []);
    assert.equal(small(100, 'restore', made.backup, '--to', over, '--force').status, 3);
    assert.deepEqual(digest(path.join(over, 'nextring.db'), []), was, 'what was there is there still');
    assert.deepEqual(parts(over), []);
  });

  test('a backup of a newer program, of another one, or of nothing is named as that', async () => {
    const manifest = manifestOf(made.backup), text = fs.readFileSync(manifest, 'utf8');
    const said = async (change) => {
      fs.writeFileSync(manifest, change);
      const { status, stderr } = await run(stage, ['restore', manifest, '--to', path.join(stage.folder, 'never')]);
      fs.writeFileSync(manifest, text);
      assert.equal(status, 1, stderr);
      return stderr;
    };
    assert.match(await said(text.replace('"format":1', '"format":2')), /a newer nextring has made this backup: restore it with that/);
    assert.match(await said('{"backup": "of something else"}'), /none of a backup that this program knows/);
    assert.match(await said(''), /the manifest is damaged at line/);
    assert.match(await said(text.slice(0, text.length >> 1)), /the manifest is damaged at line/);
    const other = await run(stage, ['restore', path.join(stage.folder, 'backup.tar.gz')]);
    assert.equal(other.status, 2);
    assert.match(other.stderr, /is no name of a backup: it looks like nextring-/);
    const nowhere = await run(stage, ['restore', path.join(stage.folder, 'nowhere', path.basename(manifest))]);
    assert.equal(nowhere.status, 3);
    assert.match(nowhere.stderr, /nowhere is not there, or may not be read/);
  });

  test('a folder that is in use is refused with the mend; what else is in it stays', async () => {
    const to = path.join(stage.folder, 'used');
    fs.mkdirSync(to);
    fs.writeFileSync(path.join(to, 'notes.txt'), 'mine');
    fs.writeFileSync(path.join(to, 'nextring.db-wal'), 'of a database that has gone');
    assert.equal((await run(stage, ['restore', made.backup, '--to', to])).status, 0);
    assert.equal(fs.readFileSync(path.join(to, 'notes.txt'), 'utf8'), 'mine');
    assert.equal(sql(path.join(to, 'nextring.db'), 'PRAGMA integrity_check')[0][0], 'ok');
    const again = await run(stage, ['restore', made.backup, '--to', to]);
    assert.equal(again.status, 1);
    assert.match(again.stderr, /nextring\.db is there: --force puts it aside, as /);
  });

  // Killed at the nth change of what is watched.
  const killedAt = (where, n, args) => new Promise((resolve) => {
    fs.mkdirSync(where, { recursive: true });
    let seen = 0;
    const child = spawn(path.join(build, 'nextring'), args, { env: { NEXTRING_DATA: data(stage) }, stdio: 'ignore' });
    const watcher = fs.watch(where, () => { if (++seen === n) child.kill('SIGKILL'); });
    child.once('close', (status, signal) => { watcher.close(); resolve(signal); });
  });

  test('a backup that is killed at any time leaves none that looks whole, and the next one is made', { timeout: 120000 }, async () => {
    let killed = 0;
    for (const n of [1, 2, 3, 4, 5, 6]) {
      const where = path.join(stage.folder, `killed-backup-${n}`);
      killed += (await killedAt(n % 2 ? where : data(stage), n, ['backup', '--to', where])) === 'SIGKILL';
      for (const name of fs.readdirSync(where).filter((x) => x.endsWith('.json') && !x.startsWith('.')))
        assert.equal((await run(stage, ['backup', '--verify', path.join(where, name)])).status, 0, `${n}: ${name}`);
      // The draft of one that was killed is deleted half a day later.
      const left = fs.readdirSync(where).filter((x) => x.startsWith('.'));
      for (const name of left) fs.utimesSync(path.join(where, name), 1, 1);
      const again = await run(stage, ['backup', '--json', '--to', path.join(where)]);
      assert.equal(again.status, 0, again.stderr);
      assert.deepEqual(fs.readdirSync(where).filter((x) => x.startsWith('.')), []);
      assert.deepEqual(parts(data(stage)), []);
    }
    assert.ok(killed >= 3, `${killed}`);
  });

  test('a restore that is killed at any time is begun again, and ends as one that was not', { timeout: 120000 }, async () => {
    const whole = path.join(stage.folder, 'whole');
    assert.equal((await run(stage, ['restore', made.backup, '--to', whole])).status, 0);
    const but = ['event', 'swept', 'outbox', 'message'];
    const want = digest(path.join(whole, 'nextring.db'), but);
    assert.ok(Object.keys(want).length > 15);
    let killed = 0;
    for (const n of [1, 2, 4, 6, 8, 10, 12, 14]) {
      const to = path.join(stage.folder, `killed-restore-${n}`);
      killed += (await killedAt(to, n, ['restore', made.backup, '--to', to])) === 'SIGKILL';
      const again = await run(stage, ['restore', made.backup, '--to', to, '--force']);
      assert.equal(again.status, 0, `${n}: ${again.stderr}`);
      assert.deepEqual(digest(path.join(to, 'nextring.db'), but), want, `${n}`);
      assert.deepEqual(parts(to), [], `${n}`);
      assert.ok(!fs.existsSync(path.join(to, 'nextring.db.restoring')), `${n}`);
    }
    assert.ok(killed >= 3, `${killed}`);
  });
});

describe('on PostgreSQL', { skip: server ? false : 'no server' }, () => {
  test('its own tools are named; what they restored is proven, and marked', async () => {
    const stage = { folder: fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-test-')) };
    const address = makeSchema(), env = { NEXTRING_DATABASE: address };
    const done = async (...args) => run(stage, args, env);
    assert.equal((await done('migrate')).status, 0);
    psql(address, "INSERT INTO tenant (id, slug, name, account, created_at) VALUES (1, 'acme', 'Acme', 'AC1', 1)");
    const told = await done('backup');
    assert.equal(told.status, 1);
    assert.match(told.stderr, /pg_dump[^]*pg_basebackup/);
    assert.equal((await done('restore', '--mark')).status, 2);
    const marked = await done('restore', '--mark', '--made', '2026-11-20T00:00:00Z', '--json');
    assert.deepEqual(JSON.parse(marked.stdout), { unsure: 0, tenants: 1 }, marked.stderr);
    const whole = await done('backup', '--verify', '--json');
    assert.equal(JSON.parse(whole.stdout).events, 1);
    psql(address, "UPDATE event SET kind = 'store.nothing'");
    const bent = await done('backup', '--verify');
    assert.equal(bent.status, 1);
    assert.match(bent.stderr, /the log of tenant acme is not whole/);
    dropSchema(address);
    fs.rmSync(stage.folder, { recursive: true, force: true });
  });
});
