// Where rosters come from: an S3 bucket and a web address, good, bad and good again; what is in
// force, what is told, and that nobody's secret is.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import S3rver from 's3rver';
import { KEY_ID, S3, SECRET } from './s3.js';
import { Stage, alwaysOnCall, request } from './stage.js';

const PATH = '/desk/roster 1.json';
let said = '';

// Resolves when the daemon has said `words` more often than `times` times.
function hears(stage, words, times = 0) {
  return new Promise((resolve) => {
    const look = () => { if (stage.daemon.said().split(words).length - 1 > times) resolve(); };
    stage.daemon.stderr.on('data', look);
    look();
  });
}
// The row that is waited for: what is said is not stored yet.
async function stored(stage, target, find) {
  for (;;) {
    const row = (await stage.api(target)).items.find(find);
    if (row) return row;
  }
}
const again = (stage) => stage.api('/api/v1/reload', 'POST');
async function roster(stage) {
  const { items } = await stage.api('/api/v1/operators');
  return items.map((o) => o.name);
}
const renamed = (name) => {
  const r = alwaysOnCall();
  r.dispatchers[0].name = name;
  return r;
};
const bad = () => {
  const r = alwaysOnCall();
  r.dispatchers[0].phone = '911';
  r.wait_seconds = 5;
  return r;
};
async function metrics(stage) {
  const target = '/metrics';
  const answer = await request({ socketPath: path.join(stage.folder, 'data/control.sock'), target });
  return Object.fromEntries([...answer.body.matchAll(/^(\w+) (\S+)$/gm)].map((m) => [m[1], Number(m[2])]));
}
async function close(stage) {
  said += stage.daemon.said();
  await stage.close();
}

test('a real S3 server serves the roster, then a bad version, then a good one', { timeout: 60000 }, async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-s3-'));
  const server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory: folder, configureBuckets: [{ name: 'desk' }] });
  const { port } = await server.run();
  const put = (value) => server.store.putObject({
    bucket: 'desk', key: 'roster.json', metadata: { 'content-type': 'application/json' },
    content: Buffer.from(JSON.stringify(value)),
  });
  const stage = new Stage();
  try {
    await put(renamed('Ann'));
    const opened = await Stage.open({ env: {
      NEXTRING_ROSTER: 's3://desk/roster.json', AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER', AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    } });
    Object.assign(stage, opened);
    assert.ok((await roster(opened)).includes('Ann'));
    await put(bad());
    await again(opened);
    await hears(opened, 'alarm roster.refused');
    assert.ok((await roster(opened)).includes('Ann'), 'the last good one stays');
    await put(renamed('Cleo'));
    await again(opened);
    await hears(opened, 'got, in force');
    await again(opened);
    assert.ok((await roster(opened)).includes('Cleo'));
    await close(opened);
  } finally {
    await server.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

describe('the project\'s own S3 server, which works out each signature', { timeout: 60000 }, () => {
  test('a version, a bad one with all its mistakes, a good one; unchanged is 304', async () => {
    const s3 = await S3.open({ token: 'session-token-of-the-tests' });
    s3.put(PATH, renamed('Ann'));
    const stage = await Stage.open({ env: s3.env(PATH) });
    assert.ok((await roster(stage)).includes('Ann'));
    await again(stage);
    await s3.until(() => s3.log.some((l) => l.status === 304));
    s3.put(PATH, bad());
    await again(stage);
    await hears(stage, 'alarm roster.refused');
    const refused = await stored(stage, '/api/v1/rosters', (r) => r.mistakes);
    assert.ok(/911/.test(refused.mistakes) && /wait_seconds/.test(refused.mistakes), refused.mistakes);
    assert.ok((await roster(stage)).includes('Ann'));
    const now = await metrics(stage);
    assert.equal(now.nextring_roster_refused_total, 1);
    assert.equal(now.nextring_roster_good, 0);
    assert.ok(now.nextring_roster_age_seconds < 30);
    s3.put(PATH, renamed('Cleo'));
    await again(stage);
    await hears(stage, 'got, in force');
    await again(stage);
    await s3.until(() => s3.log.filter((l) => l.status === 304).length > 1);
    assert.ok((await roster(stage)).includes('Cleo'));
    assert.equal((await metrics(stage)).nextring_roster_good, 1);
    assert.ok(s3.log.every((l) => l.status < 400), 'each was signed right');
    await close(stage);
    await s3.close();
  });

  test('a token that expires is an alarm with its mend; the last good version stays', async () => {
    const s3 = await S3.open({ token: 'session-token-of-the-tests' });
    s3.put(PATH, renamed('Ann'));
    const stage = await Stage.open({ env: s3.env(PATH) });
    s3.keys.token = 'the-next-one';
    await again(stage);
    await hears(stage, 'alarm roster.unreachable');
    const alarm = await stored(stage, '/api/v1/events', (e) => e.kind === 'roster.unreachable');
    assert.match(alarm.detail, /ExpiredToken.*give new AWS_/);
    assert.ok((await roster(stage)).includes('Ann'));
    await again(stage);
    await hears(stage, 'ExpiredToken', 2);
    assert.equal(stage.daemon.said().split('alarm roster.unreachable').length - 1, 1, 'once');
    s3.keys.token = 'session-token-of-the-tests';
    await again(stage);
    await s3.until(() => s3.log.at(-1).status === 304);
    await close(stage);
    await s3.close();
  });

  test('keys of a role, which end: others are there before, and by a reload at once', async () => {
    const asked = [];
    let token = 'first session';
    const host = http.createServer((rq, rs) => {
      asked.push(rq.headers.authorization);
      rs.end(JSON.stringify({ AccessKeyId: KEY_ID, SecretAccessKey: SECRET, Token: token, Expiration: '2099-01-01T00:00:00Z' }));
    });
    await new Promise((done) => host.listen(0, '127.0.0.1', done));
    host.unref();
    const s3 = await S3.open({ token });
    s3.put(PATH, renamed('Ann'));
    const stage = await Stage.open({ env: {
      ...s3.env(PATH), AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${host.address().port}/`, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'the container\'s',
    } });
    assert.ok((await roster(stage)).includes('Ann'));
    assert.deepEqual(asked, ['the container\'s']);
    assert.ok(s3.log.every((l) => l.status < 400));
    s3.keys.token = token = 'second session';
    while (s3.log.at(-1).status !== 304) await again(stage); // until the other keys are there
    assert.ok(asked.length >= 2);
    for (const secret of [SECRET, 'first session', 'second session', 'the container']) assert.ok(!stage.daemon.said().includes(secret), secret);
    await close(stage);
    await s3.close();
    host.closeAllConnections();
    host.close();
  });

  test('at the start without it the database\'s last good version is in force, with an alarm', async () => {
    const s3 = await S3.open();
    s3.put(PATH, renamed('Ann'));
    const stage = await Stage.open({ env: s3.env(PATH) });
    await stage.kill('SIGTERM');
    s3.objects.clear();
    await stage.startDaemon();
    await hears(stage, 'alarm roster.unreachable');
    assert.ok((await roster(stage)).includes('Ann'));
    s3.put(PATH, renamed('Cleo'));
    await again(stage);
    await hears(stage, 'got, in force');
    await again(stage);
    await s3.until(() => s3.log.at(-1).status === 304);
    assert.ok((await roster(stage)).includes('Cleo'));
    await close(stage);
    await s3.close();
  });
});

test('a web address: ETag, one redirect, not two', { timeout: 60000 }, async () => {
  let text = JSON.stringify(renamed('Ann')), hops = 1;
  const log = [];
  const server = http.createServer((rq, answer) => {
    log.push(rq.url);
    const at = Number(new URL(rq.url, 'http://x').searchParams.get('hop') ?? 0);
    if (at < hops) return answer.writeHead(302, { Location: `/r.json?hop=${at + 1}` }).end();
    const etag = `"${crypto.createHash('md5').update(text).digest('hex')}"`;
    if (rq.headers['if-none-match'] === etag) return answer.writeHead(304).end();
    return answer.writeHead(200, { ETag: etag }).end(text);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const stage = await Stage.open({ env: { NEXTRING_ROSTER: `http://127.0.0.1:${server.address().port}/r.json?key=web-secret` } });
  assert.ok((await roster(stage)).includes('Ann'));
  hops = 2;
  await again(stage);
  await hears(stage, 'redirected once too often');
  hops = 0;
  text = JSON.stringify(renamed('Cleo'));
  await again(stage);
  await hears(stage, 'got, in force');
  await close(stage);
  server.closeAllConnections();
  server.close();
});

after(() => {
  assert.ok(said.length > 500);
  for (const secret of [SECRET, 'session-token-of-the-tests', 'web-secret', 'Signature='])
    assert.ok(!said.includes(secret), `${secret} was said`);
});

test('a roster that named itself as somebody\'s own calendar is got anew all the same', { timeout: 60000 }, async () => {
  let serves = renamed('Ann');
  const server = http.createServer((rq, out) => out.end(JSON.stringify(serves))).listen(0, '127.0.0.1');
  await new Promise((done) => server.on('listening', done));
  const url = `http://127.0.0.1:${server.address().port}/roster.json`;
  const stage = await Stage.open({ env: { NEXTRING_ROSTER: url } });
  const until = async (name) => { while (!(await roster(stage)).includes(name)) await again(stage); };
  serves = renamed('Bea');
  serves.dispatchers[0].calendar = url;
  await until('Bea');
  serves = renamed('Cleo');
  await until('Cleo');
  serves = renamed('Dora');
  await until('Dora');
  await close(stage);
  server.closeAllConnections();
  server.close();
});
