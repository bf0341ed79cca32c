// A line that goes live: for a day webhooks with a wrong signature are taken and counted, what they
// bring about goes to the team alone, and the team hears of it each hour.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import twilio from 'twilio';
import { server } from './schema.js';
import { Nodes, skip, until as eventually } from './nodes_kit.js';
import { ACCOUNT, BACKUP, CUSTOMER, LINE, OTHERS, PRIMARY, Stage, TOKEN, alwaysOnCall, build, request, sid } from './stage.js';

const OTHER_LINE = '+16195550109';
const [STRANGER, SECOND] = OTHERS;
const HOUR = 3600;

let stage;
let admin;

const cli = (...args) =>
  spawnSync(path.join(build, 'nextring'), args, { env: { NEXTRING_DATA: path.join(stage.folder, 'data') }, encoding: 'utf8' });
function run(...args) {
  const done = cli(...args);
  assert.equal(done.status, 0, `${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
}
const lines = () => JSON.parse(run('line', 'list', '--json')).items;
const line = (number = LINE) => lines().find((l) => l.number === number);

// As somebody with a wrong token, or a proxy that calls us by another address, would send it.
function forged(target, params, { signature = 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=', headers = {}, body } = {}) {
  return request({
    method: 'POST',
    port: stage.port,
    target,
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(signature ? { 'X-Twilio-Signature': signature } : {}),
      ...headers,
    },
    body: body ?? new URLSearchParams({ AccountSid: ACCOUNT, ApiVersion: '2010-04-01', ...params }).toString(),
  });
}
const forgedText = (from, body, to = LINE, more) => forged('/sms/inbound', { MessageSid: sid('SM'), From: from, To: to, Body: body, NumMedia: '0' }, more);
const events = async (kind) => stage.items(`/api/v1/events?kind=${kind}&limit=500`);
const threadOf = async (customer, number = LINE) =>
  (await stage.items('/api/v1/threads')).find((t) => t.customer_phone === customer && t.line === number);

async function metric(name) {
  const answer = await request({ socketPath: path.join(stage.folder, 'data/control.sock'), target: '/metrics' });
  const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(answer.body);
  assert.ok(found, `${name} is not there`);
  return Number(found[1]);
}

// Of the log, turning the clock until it has come.
async function until(what, check, seconds = 10, turns = 60) {
  for (let i = 0; i < turns; i += 1) {
    const found = await check();
    if (found) return found;
    await stage.turn(seconds);
  }
  assert.fail(`${what}: it did not come`);
}

describe('a line in report-only mode', () => {
  before(async () => {
    const roster = alwaysOnCall();
    roster.lines.push({ number: OTHER_LINE, texts_per_second: 10, relays_per_minute: 0 });
    roster.alarms = { text: [roster.dispatchers[1].id] };
    stage = await Stage.open({ roster, lines: [OTHER_LINE] });
    admin = run('token', 'add', '--role', 'admin', '--name', 'goes live').trim();
  });
  after(() => stage.close());

  test('before, a wrong signature is refused', async () => {
    assert.equal((await forgedText(CUSTOMER, 'hello')).status, 403);
    assert.equal(line().is_report_only, false);
  });

  test('who is no admin cannot switch it on', async () => {
    for (const role of ['viewer', 'dispatcher']) {
      const token = run('token', 'add', '--role', role, '--name', role).trim();
      const answer = await request({
        method: 'POST', port: stage.port, target: `/api/v1/lines/${encodeURIComponent(LINE)}/report-only`,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: '{}',
      });
      assert.equal(answer.status, 403, role);
    }
    assert.equal(line().is_report_only, false);
    assert.equal((await forgedText(CUSTOMER, 'hello')).status, 403);
  });

  test('a number that is on no roster has none', () => {
    const done = cli('line', 'report-only', '+16195550199');
    assert.equal(done.status, 1);
    assert.match(done.stderr, /no such line/);
  });

  test('an admin switches it on for a day, and that is on record', async () => {
    const answer = await request({
      method: 'POST', port: stage.port, target: `/api/v1/lines/${encodeURIComponent(LINE)}/report-only`,
      headers: { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json' }, body: '{}',
    });
    assert.equal(answer.status, 200, answer.body);
    const l = JSON.parse(answer.body);
    assert.equal(l.is_report_only, true);
    assert.equal(Date.parse(l.until) - Date.parse(l.since), 24 * HOUR * 1000);
    const [on] = await events('line.report-only-on');
    assert.equal(on.detail, `${LINE}, by goes live`);
    const [alarm] = await events('line.report-only');
    assert.equal(alarm.is_alarm, true);
    assert.match(alarm.detail, /24 h/);
    assert.equal(await metric('nextring_lines_report_only'), 1);
  });

  test('a text with a wrong signature reaches the team, is counted and logged', async () => {
    assert.equal((await forgedText(CUSTOMER, 'the pump leaks')).status, 200);
    await stage.turn(5);
    assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes('the pump leaks')));
    assert.equal((await forgedText(CUSTOMER, 'still leaks', LINE, { signature: '' })).status, 200);
    const { right, wrong } = line();
    assert.equal(wrong, 2);
    assert.equal(await metric('nextring_webhooks_unproven_total'), 2);
    const said = stage.daemon.said();
    assert.match(said, /\/sms\/inbound: would have been refused: the signature is wrong/);
    assert.match(said, /would have been refused: the signature is missing/);
    assert.ok(said.includes(`tried: ${stage.base}/sms/inbound (as it is, token 1)`), said);
    assert.ok(!said.includes(TOKEN) && !said.includes('the pump leaks'));
    assert.ok((await events('webhook.unproven')).length >= 2);
    assert.equal((await stage.webhook('/sms/inbound', { MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'and more', NumMedia: '0' })).status, 200);
    assert.deepEqual([line().right, line().wrong], [right + 1, 2]);
  });

  test('no key of an address is logged', async () => {
    await forged('/sms/status?m=abc&k=do-not-print-me', { MessageSid: sid('SM'), From: LINE, To: CUSTOMER, MessageStatus: 'sent' });
    await forged('/sms/inbound?k=do-not-print-me', { MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'hm', NumMedia: '0' });
    assert.ok(stage.daemon.said().includes('/sms/inbound?k=...'));
    assert.ok(!stage.daemon.said().includes('do-not-print-me'));
  });

  test('what names no such line stays refused', async () => {
    assert.equal((await forgedText(CUSTOMER, 'hello', OTHER_LINE)).status, 403);
    assert.equal((await forgedText(CUSTOMER, 'hello', '+16195550198')).status, 403);
    const receipt = { MessageSid: sid('SM'), From: OTHER_LINE, To: CUSTOMER, MessageStatus: 'delivered' };
    assert.equal((await forged('/sms/status', receipt)).status, 403);
    assert.equal((await forged('/webhook/twilio/voice', { CallSid: sid('CA'), From: CUSTOMER, To: OTHER_LINE, CallStatus: 'ringing', Direction: 'inbound' })).status, 403);
    assert.equal((await forged('/sms/inbound', { MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'x', NumMedia: '0', AccountSid: 'AC00000000000000000000000000000009' })).status, 403);
    assert.equal((await forged('/sms/inbound', { AccountSid: '' })).status, 403);
  });

  test('the address of a receipt must still be one that we gave', async () => {
    const receipt = { MessageSid: sid('SM'), From: LINE, To: CUSTOMER, MessageStatus: 'delivered' };
    assert.equal((await forged('/sms/status?m=0000000000001&k=wrong', receipt)).status, 403);
  });

  test('a step of a call at another line is refused, one of its own is taken', async () => {
    const calls = {};
    const [{ id: slug }] = await stage.items('/api/v1/tenants');
    for (const number of [LINE, OTHER_LINE]) {
      const call = { CallSid: sid('CA'), From: SECOND, To: number, CallStatus: 'ringing', Direction: 'inbound' };
      assert.equal((await stage.webhook('/webhook/twilio/voice', call)).status, 200);
      calls[number] = (await stage.items('/api/v1/calls')).find((c) => c.call_sid === call.CallSid);
    }
    const screen = (number) =>
      forged(`/webhook/twilio/voice/screen?t=${slug}&c=${calls[number].id}&attempt=0`, {
        CallSid: sid('CA'), ParentCallSid: calls[number].call_sid, From: SECOND, To: PRIMARY, CallStatus: 'in-progress', Direction: 'outbound-dial',
      });
    assert.equal((await screen(OTHER_LINE)).status, 403);
    assert.equal((await screen(LINE)).status, 200);
    const recorded = await forged(`/webhook/twilio/voice/recorded?c=${calls[OTHER_LINE].id}`, {
      CallSid: calls[OTHER_LINE].call_sid, From: SECOND, To: LINE, CallStatus: 'in-progress', Direction: 'inbound',
      RecordingUrl: 'https://api.twilio.com/x', RecordingSid: sid('RE'), RecordingDuration: '3', Digits: 'hangup',
    });
    assert.equal(recorded.status, 403, 'a call of another line');
    for (const number of [LINE, OTHER_LINE])
      await stage.webhook('/webhook/twilio/call-status', { CallSid: calls[number].call_sid, From: SECOND, To: number, CallStatus: 'completed', Direction: 'inbound' });
  });

  test('a call of another line is not named by its CallSid either', async () => {
    const call = { CallSid: sid('CA'), From: SECOND, To: OTHER_LINE, Direction: 'inbound' };
    assert.equal((await stage.webhook('/webhook/twilio/voice', { ...call, CallStatus: 'ringing' })).status, 200);
    const row = async () => (await stage.items('/api/v1/calls')).find((c) => c.call_sid === call.CallSid);
    const { state, id } = await row();
    const here = { CallSid: sid('CA'), From: SECOND, To: LINE, Direction: 'inbound' };
    assert.equal((await stage.webhook('/webhook/twilio/voice', { ...here, CallStatus: 'ringing' })).status, 200);
    const mine = (await stage.items('/api/v1/calls')).find((c) => c.call_sid === here.CallSid);
    const as = { ...call, To: LINE };
    assert.equal((await forged('/webhook/twilio/voice', { ...as, CallStatus: 'in-progress' })).status, 403);
    assert.equal((await forged('/webhook/twilio/call-status', { ...as, CallStatus: 'completed' })).status, 403);
    assert.equal((await forged(`/webhook/twilio/voice?c=${mine.id}&attempt=9`, { ...as, CallStatus: 'in-progress' })).status, 403);
    assert.deepEqual((({ state, id }) => ({ state, id }))(await row()), { state, id });
    assert.equal((await forged('/webhook/twilio/call-status', { ...here, CallStatus: 'completed' })).status, 204);
    await stage.webhook('/webhook/twilio/call-status', { ...call, CallStatus: 'completed' });
  });

  test('what the doctor sends to be refused is refused', async () => {
    const params = { AccountSid: ACCOUNT, MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'probe', NumMedia: '0' };
    const probe = twilio.getExpectedTwilioSignature(TOKEN, `${stage.base}/sms/inbound`, params);
    const answer = await forged('/sms/inbound', {}, { headers: { 'X-Nextring-Probe': probe }, body: new URLSearchParams(params).toString() });
    assert.equal(answer.status, 403);
  });

  test('what is malformed stays malformed', async () => {
    assert.equal((await forged('/sms/inbound', {}, { body: '%zz' })).status, 400);
    const twice = new URLSearchParams({ AccountSid: ACCOUNT, MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'a' });
    twice.append('MessageSid', sid('SM'));
    assert.equal((await forged('/sms/inbound', {}, { body: twice.toString() })).status, 400);
    twice.set('To', OTHER_LINE);
    assert.equal((await forged('/sms/inbound', {}, { body: twice.toString() })).status, 403);
  });

  test('nothing is sent to a customer, and his thread says so', async () => {
    const before = (await stage.texts(CUSTOMER)).length;
    const thread = await threadOf(CUSTOMER);
    const operators = await stage.items('/api/v1/operators');
    const sent = await stage.api(`/api/v1/threads/${thread.id}/reply`, 'POST', { operator: operators[0].id, body: 'we come at one' });
    assert.equal(sent.status, 202, JSON.stringify(sent));
    await stage.turn(30);
    assert.equal((await stage.texts(CUSTOMER)).length, before);
    const message = (await stage.items(`/api/v1/messages?thread=${thread.id}&limit=500`)).find((m) => m.body === 'we come at one');
    assert.equal(message.delivery, 'failed');
    const log = await stage.items(`/api/v1/threads/${thread.id}/log?limit=500`);
    const held = log.find((e) => e.kind === 'text.report-only' && e.subject_id === message.id);
    assert.equal(held?.detail, 'not sent: the line is in report-only mode');
  });

  test('a missed call of a stranger gets him no text', async () => {
    const call = { CallSid: sid('CA'), From: STRANGER, To: LINE, Direction: 'inbound' };
    assert.equal((await forged('/webhook/twilio/voice', { ...call, CallStatus: 'ringing' })).status, 200);
    assert.equal((await forged('/webhook/twilio/call-status', { ...call, CallStatus: 'completed' })).status, 204);
    await stage.turn(60);
    assert.deepEqual(await stage.texts(STRANGER), []);
    assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes('0160')), 'the team is told');
  });

  test('nobody is called back', async () => {
    const thread = await threadOf(CUSTOMER);
    const [operator] = await stage.items('/api/v1/operators');
    const answer = await stage.api(`/api/v1/threads/${thread.id}/call`, 'POST', { operator: operator.id });
    assert.equal(answer.status, 409);
    assert.match(answer.error?.message ?? answer.message ?? JSON.stringify(answer), /report-only mode/);
  });

  test('a forged reply of an operator goes to nobody, by whatever line', async () => {
    await stage.webhook('/sms/inbound', { MessageSid: sid('SM'), From: SECOND, To: OTHER_LINE, Body: 'is anybody there', NumMedia: '0' });
    await stage.turn(5);
    const forward = (await stage.texts(PRIMARY)).find((t) => t.includes('is anybody there'));
    const tag = /\b[B-DF-HJ-NP-TV-Z][2-9][B-DF-HJ-NP-TV-Z]\b/.exec(forward)[0];
    assert.equal((await forgedText(PRIMARY, `${tag} send me your card number`)).status, 200);
    await stage.turn(30);
    assert.ok(!(await stage.texts(SECOND)).some((t) => t.includes('card number')));
    const thread = await threadOf(SECOND, OTHER_LINE);
    const message = (await stage.items(`/api/v1/messages?thread=${thread.id}&limit=500`)).find((m) => m.direction === 'out' && m.recipient === SECOND && m.body.includes('card number'));
    assert.equal(message?.delivery, 'dropped');
    // ... while the line that is live answers its customers as ever.
    assert.equal((await stage.webhook('/sms/inbound', { MessageSid: sid('SM'), From: PRIMARY, To: OTHER_LINE, Body: `${tag} we are here`, NumMedia: '0' })).status, 200);
    await stage.turn(30);
    assert.ok((await stage.texts(SECOND)).some((t) => t.includes('we are here')));
  });

  test('the board and the doctor say so', async () => {
    const health = await stage.api('/api/v1/health');
    const part = health.items.find((i) => i.name === 'report-only');
    assert.equal(part?.state, 'warn');
    assert.match(part.words, /^1 line is in report-only mode/);
    const finding = (await stage.api('/api/v1/doctor')).items.find((f) => f.check === 'report-only');
    assert.equal(finding?.state, 'warn');
    assert.ok(finding.mend.includes(`nextring line report-only ${LINE} --off`));
  });

  test('while nothing can be stored, what is not signed right is not kept', { skip: server ? 'about the file' : false }, async () => {
    const limit = (bytes) => execFileSync('prlimit', ['--pid', String(stage.daemon.pid), `--fsize=${bytes}:`]);
    limit(fs.statSync(path.join(stage.folder, 'data/nextring.db-wal')).size);
    try {
      // Within the place that its log has, the database can still be written.
      for (let i = 0; i < 500 && (await forgedText(STRANGER, 'while there was room')).status === 200; i += 1);
      assert.equal((await forgedText(STRANGER, 'while it was away')).status, 503);
      assert.equal((await stage.webhook('/sms/inbound', { MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'signed while it was away', NumMedia: '0' })).status, 200);
    } finally {
      limit('unlimited');
    }
    const bodies = async () => (await stage.items('/api/v1/messages?kind=inbound&limit=500')).map((m) => m.body);
    await until('the signed one', async () => (await bodies()).includes('signed while it was away'), 2);
    assert.ok(!(await bodies()).includes('while it was away'));
  });

  test('it lasts through a restart, and is told of each hour', async () => {
    const l = line();
    await stage.kill();
    await stage.startDaemon();
    assert.equal(line().until, l.until);
    assert.equal((await forgedText(CUSTOMER, 'after the restart')).status, 200);
    assert.equal((await events('line.report-only')).length, 1, 'a restart tells nothing anew');
    await until('the second alarm', async () => (await events('line.report-only')).length === 2, 120);
    const [latest] = (await events('line.report-only')).sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
    assert.match(latest.detail, /23 h/);
    await until('its text', async () => (await stage.texts(BACKUP)).filter((t) => t.includes('nobody has signed')).length >= 2, 60);
  });

  test('it ends by itself after a day, and says so', async () => {
    const end = Date.parse(line().until);
    await until('its end', async () => (await events('line.report-only-over')).length === 1, HOUR / 2, 60);
    assert.equal(line().is_report_only, false);
    assert.equal((await forgedText(CUSTOMER, 'too late')).status, 403);
    assert.equal(await metric('nextring_lines_report_only'), 0);
    const alarms = await events('line.report-only');
    assert.ok(alarms.length >= 20 && alarms.length <= 24, `${alarms.length} alarms`);
    const [over] = await events('line.report-only-over');
    assert.ok(Date.parse(over.created_at) >= end);
  });

  test('it is ended at once by hand', async () => {
    run('line', 'report-only', LINE);
    assert.equal((await forgedText(CUSTOMER, 'once more')).status, 200);
    run('line', 'report-only', LINE, '--off');
    assert.equal((await forgedText(CUSTOMER, 'no more')).status, 403);
    const offs = await events('line.report-only-off');
    assert.deepEqual(offs.map((e) => e.detail), [`${LINE}, by the command line`]);
    run('line', 'report-only', LINE, '--off');
    assert.equal((await events('line.report-only-off')).length, 1, 'what is off is not ended');
    const thread = await threadOf(CUSTOMER);
    const [operator] = await stage.items('/api/v1/operators');
    await stage.api(`/api/v1/threads/${thread.id}/reply`, 'POST', { operator: operator.id, body: 'and now we answer' });
    await stage.turn(30);
    assert.ok((await stage.texts(CUSTOMER)).some((t) => t.includes('and now we answer')));
  });

  test('a line that is on the roster no more is closed all the same', async () => {
    run('line', 'report-only', OTHER_LINE);
    const file = path.join(stage.folder, 'roster.json');
    const all = fs.readFileSync(file, 'utf8');
    const roster = JSON.parse(all);
    fs.writeFileSync(file, JSON.stringify({ ...roster, lines: roster.lines.filter((l) => l.number !== OTHER_LINE) }));
    run('reload');
    assert.equal(line(OTHER_LINE)?.is_report_only, true, 'it is shown as long as it is open');
    run('line', 'report-only', OTHER_LINE, '--off');
    assert.equal(await metric('nextring_lines_report_only'), 0);
    assert.equal(line(OTHER_LINE), undefined);
    assert.equal(cli('line', 'report-only', OTHER_LINE).status, 1, 'it cannot be opened');
    assert.equal(cli('line', 'report-only', OTHER_LINE, '--off').status, 1);
    fs.writeFileSync(file, all);
    run('reload');
    assert.equal(line(OTHER_LINE).is_report_only, false);
  });

  test('a call that begins before it ends, and is missed after, gets no text either', async () => {
    const from = OTHERS[2];
    run('line', 'report-only', LINE);
    for (let i = 0; i < 24; i += 1) await stage.turn(i < 23 ? HOUR : HOUR - 20);
    assert.equal(line().is_report_only, true);
    assert.equal((await forged('/webhook/twilio/voice', { CallSid: sid('CA'), From: from, To: LINE, CallStatus: 'ringing', Direction: 'inbound' })).status, 200);
    await stage.turn(25);
    assert.equal(line().is_report_only, false);
    const missed = async () => (await events('call.missed')).filter((e) => Date.parse(e.created_at) > Date.parse(all.created_at));
    const [all] = await events('line.report-only-over');
    await until('it is missed', async () => (await missed()).length === 1, 30);
    await stage.turn(60);
    assert.deepEqual(await stage.texts(from), []);
    assert.equal((await events('call.not-texted')).at(-1)?.detail, 'its line was in report-only mode');
  });
});

describe('two nodes', { skip }, () => {
  let all;
  before(async () => {
    all = await Nodes.open({ count: 2 });
  });
  after(() => all?.close());

  const target = `/api/v1/lines/${encodeURIComponent(LINE)}/report-only`;
  const knows = (i, want) =>
    eventually(`node ${i} knows that it is ${want}`, async () =>
      (await all.ask(i, 'GET', '/api/v1/report-only')).body.items.find((l) => l.number === LINE).is_report_only === want, 10000);
  const forgedAt = async (i, body) =>
    (await request({
      method: 'POST', port: all.nodes[i].port, target: '/sms/inbound',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
      body: new URLSearchParams({ AccountSid: ACCOUNT, MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: body, NumMedia: '0' }).toString(),
    })).status;

  test('what one is told holds at the other within seconds', async () => {
    assert.equal(await forgedAt(1, 'before'), 403);
    const { status, body } = await all.ask(0, 'POST', target, {});
    assert.equal(status, 200);
    assert.equal(await forgedAt(0, 'at the first'), 200);
    await knows(1, true);
    assert.equal(await forgedAt(1, 'at the second'), 200);
    const other = (await all.ask(1, 'GET', '/api/v1/report-only')).body.items.find((l) => l.number === LINE);
    assert.equal(other.until, body.until);
    for (const i of [0, 1]) assert.equal((await all.api('/api/v1/events?kind=line.report-only', 'GET', undefined, i)).items.length, 1, 'one alarm for both');
    assert.equal((await all.ask(1, 'DELETE', target)).status, 200);
    assert.equal(await forgedAt(1, 'no more'), 403);
    await knows(0, false);
    assert.equal(await forgedAt(0, 'no more'), 403);
  });
});
