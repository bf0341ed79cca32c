// A text to itself goes out and comes back, is nobody's customer, and is missed when it does not.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, afterEach, test } from 'node:test';
import { ACCOUNT, CUSTOMER, LINE, Stage, TOKEN, alwaysOnCall, request } from './stage.js';

const SECOND = '+16195550105';
let stage;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

function twoLines() {
  const roster = alwaysOnCall();
  roster.lines.push({ ...roster.lines[0], number: SECOND });
  return roster;
}
const open = async (env = {}, roster = twoLines()) => (stage = await Stage.open({
  roster, lines: [SECOND],
  env: { NEXTRING_CANARY_MINUTES: '15', NEXTRING_CANARY_FROM: LINE, NEXTRING_CANARY_TO: SECOND, ...env },
}));
// Sets a webhook of the second line at the carrier.
async function setWebhook(name, value) {
  const ask = (how, target, body) => request({
    method: how, port: stage.simPort, target: `/2010-04-01/Accounts/${ACCOUNT}${target}`, body,
    headers: {
      Authorization: `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    },
  });
  const listed = JSON.parse((await ask('GET', `/IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(SECOND)}`)).body);
  const [{ sid }] = listed.incoming_phone_numbers;
  const answer = await ask('POST', `/IncomingPhoneNumbers/${sid}.json`, new URLSearchParams({ [name]: value }).toString());
  assert.equal(answer.status, 200, answer.body);
}
const events = async (kind) => stage.items(`/api/v1/events?limit=100&kind=${kind}`);
const until = async (is) => {
  for (let i = 0; i < 300; i++) {
    if (await is()) return;
    await stage.turn(1);
  }
  assert.fail('it does not come');
};

test('it comes back, is measured, and opens no thread', { timeout: 60000 }, async () => {
  await open();
  await until(async () => (await events('canary.returned')).length);
  const [returned] = await events('canary.returned');
  assert.match(returned.detail, /^after \d+ ms$/);
  assert.equal((await stage.items('/api/v1/threads')).length, 0);
  assert.equal((await stage.items('/api/v1/relays')).length, 0);
  await stage.turn(14 * 60);
  assert.equal((await events('canary.sent')).length, 1, 'not before its time');
  await stage.turn(60);
  await until(async () => (await events('canary.returned')).length === 2);
});

test('what only looks like it does not count, and a customer who writes its words is relayed', { timeout: 60000 }, async () => {
  await open();
  await until(async () => (await events('canary.returned')).length);
  const [sent] = (await stage.items('/api/v1/messages')).filter((m) => /^nextring canary /.test(m.body) && m.direction === 'out');
  await stage.text(CUSTOMER, sent.body);
  await stage.turn(5);
  assert.equal((await stage.items('/api/v1/relays')).length, 1);
  assert.equal((await events('canary.returned')).length, 1);
});

test('two that do not come back are an alarm, once', { timeout: 60000 }, async () => {
  const came = [];
  const hook = http.createServer((rq, answer) => {
    const parts = [];
    rq.on('data', (part) => parts.push(part));
    rq.on('end', () => {
      came.push(JSON.parse(Buffer.concat(parts)).kind);
      answer.end();
    });
  });
  await new Promise((done) => hook.listen(0, '127.0.0.1', done));
  after(() => { hook.closeAllConnections(); hook.close(); });
  await open({ NEXTRING_ALARM_WEBHOOK: `http://127.0.0.1:${hook.address().port}/hook` });
  await until(async () => (await events('canary.returned')).length);
  // From now on what comes to the second line goes to nobody.
  await setWebhook('SmsUrl', 'http://127.0.0.1:1/nobody');
  for (let i = 0; i < 60 && !came.includes('canary.missing'); i++) await stage.turn(60);
  assert.ok(came.includes('canary.missing'));
  const part = async () => (await stage.api('/api/v1/board')).health.items.find((i) => i.name === 'canary');
  assert.equal((await part()).state, 'warn');
  assert.match((await stage.api('/api/v1/board')).health.words, /did not come back/);
  assert.ok((await events('canary.sent')).length >= 3);
  await stage.turn(1800);
  assert.equal(came.filter((k) => k === 'canary.missing').length, 1);
});

test('a line cannot write to itself: it is said at the start', { timeout: 60000 }, async () => {
  await assert.rejects(open({ NEXTRING_CANARY_TO: LINE }), /NEXTRING_CANARY_TO: .*name another line/s);
  stage = undefined;
});

test('with one line there is none: the start is refused, with the mend', { timeout: 60000 }, async () => {
  await assert.rejects(open({ NEXTRING_CANARY_TO: LINE }, alwaysOnCall()), (error) => {
    assert.match(String(error.message), /NEXTRING_CANARY_TO: the carrier takes no text from a number to itself; name another line of the same roster/);
    return true;
  });
  await open({ NEXTRING_CANARY_TO: '+16195550177' }, alwaysOnCall());
  await until(() => stage.daemon.said().includes('are not both lines of one roster: no canary is sent'));
  assert.equal((await events('canary.sent')).length, 0);
});
