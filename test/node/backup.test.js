// A backup is made while the daemon works, proves itself, and comes back: with every row that was
// there at its instant, and with nothing sent twice unmarked of what went out since.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { S3 } from './s3.js';
import { dropSchema, makeSchema, psql, server } from './schema.js';
import { CUSTOMER, OTHERS, PRIMARY, Stage, build, request } from './stage.js';

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

  test('keys that may not are named, without the secret', async () => {
    const refused = await run(stage, ['backup', '--to', 's3://acme/nightly'], { ...env, AWS_SECRET_ACCESS_KEY: 'wrong' });
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /s3:\/\/acme\/nightly\/.* answers 403 SignatureDoesNotMatch; check the AWS_\* keys/);
    assert.deepEqual(fs.readdirSync(data(stage)).filter((n) => n.startsWith('backup.') && n !== 'backup.last'), []);
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
