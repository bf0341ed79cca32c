// A firm moves from its SQLite file to PostgreSQL in the middle of its work, and nothing is lost:
// what waited escalates on time, what was to be sent is sent once, and who had rights has them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { dropSchema, makeSchema, psql, server } from './schema.js';
import { BACKUP, CUSTOMER, OTHERS, OWNER, PRIMARY, Stage, build, request } from './stage.js';

const MINUTE = 60;

// Databases that no daemon has: in a file, and in PostgreSQL where there is one.
describe('migrate', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-test-'));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const migrate = (args, more = {}) => {
    const { status, stdout, stderr } = spawnSync(path.join(build, 'nextring'), ['migrate', ...args],
      { env: { NEXTRING_DATA: folder, ...more }, encoding: 'utf8', timeout: 60000 });
    return { status, stdout, stderr };
  };
  const raises = (more) => {
    const dry = migrate(['--dry-run'], more);
    assert.equal(dry.status, 0, dry.stderr);
    assert.match(dry.stdout, /^-- schema 7\n[^]*CREATE TABLE/m);
    assert.deepEqual(JSON.parse(migrate(['--dry-run', '--json'], more).stdout).schema, 0, 'it was only said');
    const done = JSON.parse(migrate(['--json'], more).stdout);
    assert.deepEqual([done.schema, done.wanted, done.raised], [0, 8, true]);
    const again = migrate([], more);
    assert.deepEqual([again.status, again.stderr], [0, '']);
    assert.match(again.stdout, /has schema 8, which is the newest: nothing to do\n$/);
  };

  test('a file is raised from nothing, and once', () => raises());

  test('a newer file is refused and stays as it is', () => {
    const file = path.join(folder, 'nextring.db');
    const run = (text) => spawnSync('python3', ['-c', `import sqlite3; print(sqlite3.connect(${JSON.stringify(file)}).execute("${text}").fetchone())`], { encoding: 'utf8' }).stdout;
    run('PRAGMA user_version = 99');
    const refused = migrate([]);
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /has schema 99 and this program knows 8: use the newer program\n$/);
    assert.equal(run('PRAGMA user_version').trim(), '(99,)');
  });

  test('--distributed is for a new PostgreSQL alone', () => {
    const refused = migrate(['--distributed']);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /NEXTRING_DATABASE/);
  });

  test('a PostgreSQL is raised from nothing, and once; no password is shown', { skip: server ? false : 'no server' }, () => {
    const address = makeSchema();
    raises({ NEXTRING_DATABASE: address });
    const password = server.match(/:\/\/[^:]+:([^@]+)@/)?.[1];
    assert.ok(!password || !migrate([], { NEXTRING_DATABASE: address }).stdout.includes(password));
    const distributed = migrate(['--distributed'], { NEXTRING_DATABASE: address });
    assert.equal(distributed.status, 1);
    psql(address, 'UPDATE schema SET version = 99, works_from = 99');
    const newer = migrate([], { NEXTRING_DATABASE: address });
    assert.equal(newer.status, 3);
    assert.match(newer.stderr, /schema 99/);
    dropSchema(address);
  });
});

describe('a move to PostgreSQL', { skip: server ? false : 'NEXTRING_TEST_DATABASE names none' }, () => {
  let stage, target, token, relay, link;
  const nextring = (args, more = {}) => {
    const env = { NEXTRING_DATA: path.join(stage.folder, 'data'), ...more };
    const { status, stdout, stderr } = spawnSync(path.join(build, 'nextring'), args, { env, encoding: 'utf8', timeout: 60000 });
    return { status, stdout, stderr, said: `${args.join(' ')}: ${status}\n${stdout}${stderr}` };
  };
  const did = (args, more) => {
    const run = nextring(args, more);
    assert.equal(run.status, 0, run.said);
    return run.stdout;
  };
  const move = (more = []) => nextring(['move', '--from', 'sqlite', '--to', 'postgres', ...more], { NEXTRING_DATABASE: target });

  before(async () => {
    stage = await Stage.open({ database: 'sqlite' });
    target = makeSchema();
  });
  after(async () => {
    await stage.close();
  });

  test('a firm at work: a relay that waits, a text that is unsure, a job, a user, a token', async () => {
    token = did(['token', 'add', '--tenant', 'acme', '--role', 'admin']).trim();
    did(['user', 'add', 'mara', '--role', 'admin', '--link']);
    did(['job', 'add', '--job-id', 'A-17', '--title', 'Boiler', '--customer-phone', OTHERS[0]]);
    await stage.text(CUSTOMER, 'The pump is down');
    await stage.turn(10 * MINUTE);
    [relay] = await stage.items('/api/v1/relays?state=open');
    [link] = (await stage.texts(PRIMARY)).join('\n').match(/http\S+/);
    assert.ok(relay);
    await stage.carrier('POST', '/sim/fault', { what: 'rest_down', resource: 'Messages' });
    await stage.text(OTHERS[1], 'Gate 4 does not open');
    await stage.turn(5);
    assert.equal((await stage.items('/api/v1/outbox')).length, 1);
  });

  test('while the daemon runs it is refused, and nothing is written', () => {
    const run = move();
    assert.equal(run.status, 3, run.said);
    assert.match(run.stderr, /^nextring: another nextring .* holds .*\n$/);
    assert.equal(psql(target, 'SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace'), '0');
  });

  test('a daemon that is given the new database before the move says what is left behind', async () => {
    await stage.kill('SIGTERM');
    const elsewhere = makeSchema();
    stage.database = elsewhere;
    await stage.startDaemon();
    assert.match(stage.daemon.said(), /data\/nextring\.db is not used, .*nextring move/);
    await stage.kill('SIGTERM');
    stage.database = undefined;
    dropSchema(elsewhere);
    await stage.startDaemon();
  });

  test('everything goes along, is read again and found the same', async () => {
    await stage.kill('SIGTERM');
    assert.equal(JSON.parse(did(['migrate', '--json'])).schema, 8);
    const moved = JSON.parse(did(['move', '--from', 'sqlite', '--to', 'postgres', '--json'], { NEXTRING_DATABASE: target }));
    for (const [table, rows] of Object.entries({ relay: 2, thread: 2, outbox: 1, job: 1, user: 1, token: 1 }))
      assert.equal(moved.tables[table], rows, table);
    assert.ok(moved.tables.timer >= 2);
    assert.equal(moved.logs, 1);
    assert.equal(moved.log_rows, moved.tables.event);
  });

  test('the daemon goes on with PostgreSQL: the relay escalates on time, not early', async () => {
    await stage.carrier('DELETE', '/sim/fault');
    stage.database = target;
    await stage.startDaemon();
    const again = (await stage.items('/api/v1/relays?state=open')).find((r) => r.id === relay.id);
    assert.equal(again.due_at, relay.due_at);
    await stage.turn(4 * MINUTE + 30);
    const heard = async (number, words) => (await stage.texts(number)).filter((t) => t.includes(words)).length;
    assert.equal(await heard(BACKUP, 'The pump is down'), 0, 'not early');
    await stage.turn(40);
    assert.equal(await heard(BACKUP, 'The pump is down'), 1);
    assert.equal(await heard(PRIMARY, 'The pump is down'), 1, 'what had left leaves no second time');
    assert.ok(!stage.daemon.said().includes('is not used'), 'nothing is left behind');
    // What was unsure was looked for at the carrier, given up, and the next one told.
    assert.equal(await heard(PRIMARY, 'Gate 4 does not open'), 0);
    assert.equal(await heard(BACKUP, 'Gate 4 does not open'), 1);
    assert.deepEqual(await stage.items('/api/v1/outbox'), []);
  });

  test('what was known is known: the job, the user, the token, the mark in a text, the log', async () => {
    const answer = await request({ port: stage.port, target: '/api/v1/jobs', headers: { Authorization: `Bearer ${token}` } });
    assert.deepEqual(JSON.parse(answer.body).items.map((j) => j.job_id), ['A-17']);
    assert.deepEqual((await stage.items('/api/v1/users')).map((u) => u.login), ['mara']);
    assert.equal((await request({ port: stage.port, target: new URL(link).pathname })).status, 200);
    const verify = await stage.api('/api/v1/events/verify');
    assert.deepEqual([verify.status, verify.is_whole], [200, true]);
    assert.ok(verify.count > 20, `${verify.count}`);
    const mark = (await stage.texts(PRIMARY)).find((t) => t.includes('The pump is down')).slice(0, 3);
    await stage.text(PRIMARY, `${mark} On my way`);
    await stage.turn(5);
    assert.deepEqual(await stage.texts(CUSTOMER), ['On my way']);
    assert.equal((await stage.texts(OWNER)).filter((t) => t.includes('The pump is down')).length, 0);
  });

  test('the file is out of use, and a second move is refused', async () => {
    const second = move();
    assert.equal(second.status, 3, second.said);
    assert.match(second.stderr, /was moved to PostgreSQL/);
    await stage.kill('SIGTERM');
    stage.database = undefined;
    await assert.rejects(stage.startDaemon(), /was moved to PostgreSQL/);
    stage.database = target; // which the stage drops
    await stage.startDaemon();
  });
});
