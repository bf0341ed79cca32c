// Catch-up (G6) is for live lines alone: one whose webhooks point elsewhere is answered there, and
// what the carrier's log has of it is not ours. It is live once the carrier has come for it, or
// once provision or the doctor have seen that it points here.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ACCOUNT, CUSTOMER, KEY, LINE, OTHERS, PRIMARY, SECRET, Stage, TOKEN, alwaysOnCall, build, freePort, request } from './stage.js';

const SECOND = '+16195550101';

// What answers the numbers until they are pointed here.
async function openOld() {
  const old = { texts: [], port: await freePort() };
  old.server = http.createServer((rq, rs) => {
    let body = '';
    rq.on('data', (part) => { body += part; });
    rq.on('end', () => {
      const text = new URLSearchParams(body).get('Body');
      if (text) old.texts.push(text);
      rs.setHeader('Content-Type', 'text/xml');
      rs.end('<Response/>');
    });
  });
  await new Promise((done) => old.server.listen(old.port, '127.0.0.1', done));
  old.base = `http://127.0.0.1:${old.port}`;
  old.close = () => { old.server.closeAllConnections(); old.server.close(); };
  return old;
}

async function figure(stage, name) {
  const { body } = await request({ socketPath: path.join(stage.folder, 'data/control.sock'), target: '/metrics' });
  return Number(body.match(new RegExp(`^nextring_${name} (\\d+)$`, 'm'))[1]);
}
const inbound = async (stage) => (await stage.items('/api/v1/messages?limit=500')).filter((m) => m.direction === 'in').map((m) => m.body);

// The numbers' addresses, as somebody sets them in the carrier's console.
async function point(stage, base, number = LINE) {
  const basic = `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`;
  const at = `/2010-04-01/Accounts/${ACCOUNT}/IncomingPhoneNumbers`;
  const headers = { Authorization: basic, 'Content-Type': 'application/x-www-form-urlencoded' };
  const list = await request({ port: stage.simPort, target: `${at}.json?PhoneNumber=${encodeURIComponent(number)}`, headers });
  const { sid } = JSON.parse(list.body).incoming_phone_numbers[0];
  const body = new URLSearchParams({ VoiceUrl: `${base}/webhook/twilio/voice`, SmsUrl: `${base}/sms/inbound`, StatusCallback: `${base}/webhook/twilio/call-status` }).toString();
  const answer = await request({ method: 'POST', port: stage.simPort, target: `${at}/${sid}.json`, headers, body });
  assert.equal(answer.status, 200, answer.body);
}

function nextring(stage, ...args) {
  const env = {
    NEXTRING_DATA: path.join(stage.folder, 'data'), NEXTRING_ROSTER: stage.roster, NEXTRING_PUBLIC_URL: stage.base,
    NEXTRING_CARRIER_API: `http://127.0.0.1:${stage.simPort}`,
    TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN, TWILIO_API_KEY: KEY, TWILIO_API_SECRET: SECRET,
  };
  return new Promise((done) => execFile(path.join(build, 'nextring'), args, { env },
    (error, stdout, stderr) => done({ status: error ? error.code : 0, said: stdout + stderr })));
}

async function missed(stage, from, body, to = LINE) {
  await stage.carrier('POST', '/sim/fault', { what: 'outage' });
  await stage.text(from, body, to);
  await stage.turn(1);
  await stage.carrier('DELETE', '/sim/fault');
}
const twoLines = () => {
  const roster = alwaysOnCall();
  roster.lines.push({ ...roster.lines[0], number: SECOND });
  return roster;
};

describe('a number that another server answers', () => {
  let stage, old;
  before(async () => {
    old = await openOld();
    stage = await Stage.open({ roster: twoLines(), lines: [SECOND] });
    await point(stage, old.base);
    await point(stage, old.base, SECOND);
  });
  after(async () => { await stage.close(); old.close(); });

  test('its texts and calls are that server\'s, and nobody here is told of them', async () => {
    await stage.text(CUSTOMER, 'for the old server');
    await stage.call(OTHERS[0], { hangup_after_ms: 5000 });
    await stage.turn(200);
    assert.deepEqual(old.texts, ['for the old server']);
    assert.equal(await figure(stage, 'late_texts_total'), 0);
    assert.equal(await figure(stage, 'late_calls_total'), 0);
    assert.deepEqual(await stage.texts(PRIMARY), []);
  });
  test('nor after a restart', async () => {
    await stage.kill();
    await stage.text(CUSTOMER, 'while we are down');
    await stage.turn(5);
    await stage.startDaemon();
    await stage.turn(100);
    assert.equal(await figure(stage, 'late_texts_total'), 0);
    assert.deepEqual(await inbound(stage), []);
  });
  test('the first webhook makes it live from then on, and no other line', async () => {
    await point(stage, stage.base);
    await stage.text(OTHERS[1], 'the first that comes here');
    await stage.turn(2);
    assert.deepEqual(await inbound(stage), ['the first that comes here']);
    await missed(stage, OTHERS[2], 'lost on its way');
    await stage.text(OTHERS[3], 'for the old server too', SECOND);
    await stage.turn(100);
    assert.deepEqual((await inbound(stage)).sort(), ['lost on its way', 'the first that comes here']);
    assert.equal(await figure(stage, 'late_texts_total'), 1, 'and not what the old server had');
  });
  test('it remains so after a kill', async () => {
    await stage.kill();
    await stage.text(OTHERS[0], 'while we are down again');
    await stage.startDaemon();
    await stage.turn(100);
    assert.ok((await inbound(stage)).includes('while we are down again'));
    assert.ok(!(await inbound(stage)).includes('for the old server too'));
  });
  test('a call makes a line live, too', async () => {
    await point(stage, stage.base, SECOND);
    await stage.call(OTHERS[3], { to: SECOND, hangup_after_ms: 3000 });
    await stage.turn(60);
    await missed(stage, OTHERS[3], 'to the second line', SECOND);
    await stage.turn(100);
    assert.ok((await inbound(stage)).includes('to the second line'));
  });
});

describe('a number that is pointed here by nextring', () => {
  let stage, old;
  before(async () => {
    old = await openOld();
    stage = await Stage.open({ roster: twoLines(), lines: [SECOND] });
    await point(stage, old.base);
    await point(stage, old.base, SECOND);
    await stage.turn(90);
    await stage.text(CUSTOMER, 'before');
    await stage.turn(30);
  });
  after(async () => { await stage.close(); old.close(); });

  test('a look at it changes nothing while it points elsewhere', async () => {
    assert.equal((await nextring(stage, 'provision')).status, 1);
    assert.equal((await nextring(stage, 'doctor')).status, 1);
    await stage.text(CUSTOMER, 'seen by the old one');
    await stage.turn(120);
    assert.equal(await figure(stage, 'late_texts_total'), 0);
  });
  test('provision --apply: its very first text is found, though it came while we were down', async () => {
    const run = await nextring(stage, 'provision', LINE, '--apply');
    assert.equal(run.status, 0, run.said);
    await stage.turn(2);
    await stage.kill();
    await stage.text(OTHERS[0], 'the very first');
    await stage.turn(5);
    await stage.startDaemon();
    await stage.turn(100);
    assert.deepEqual(await inbound(stage), ['the very first']);
    assert.equal((await stage.texts(PRIMARY)).filter((t) => t.includes('the very first')).length, 1);
  });
  test('the doctor sees it as well, of a number that was pointed here by hand', async () => {
    await point(stage, stage.base, SECOND);
    const run = await nextring(stage, 'doctor');
    assert.ok(run.status < 2, run.said);
    await stage.turn(2);
    await missed(stage, OTHERS[1], 'after the doctor came', SECOND);
    await stage.turn(100);
    assert.ok((await inbound(stage)).includes('after the doctor came'));
  });
  test('provision --undo gives it back: what it gets then is the old server\'s again', async () => {
    const run = await nextring(stage, 'provision', '--undo', LINE);
    assert.equal(run.status, 0, run.said);
    await stage.text(CUSTOMER, 'given back');
    await stage.turn(150);
    assert.ok(old.texts.includes('given back'));
    assert.ok(!(await inbound(stage)).includes('given back'));
    await stage.kill();
    await stage.startDaemon();
    await stage.turn(100);
    assert.ok(!(await inbound(stage)).includes('given back'));
  });
});

test('only what the daemon serves can be said to be live', async () => {
  const stage = await Stage.open();
  try {
    assert.equal((await stage.api(`/api/v1/lines/${encodeURIComponent('+16195550177')}/live`, 'POST')).status, 404);
    const live = await stage.api(`/api/v1/lines/${encodeURIComponent(LINE)}/live`, 'POST');
    assert.deepEqual([live.status, live.number, live.is_live], [200, LINE, true]);
    const gone = await stage.api(`/api/v1/lines/${encodeURIComponent(LINE)}/live`, 'DELETE');
    assert.deepEqual([gone.status, gone.is_live], [200, false]);
    await missed(stage, CUSTOMER, 'to nobody');
    await stage.turn(100);
    assert.equal(await figure(stage, 'late_texts_total'), 0);
  } finally {
    await stage.close();
  }
});
