// nextring provision: what the account's numbers point to, what would be changed, changing it, and
// putting it back.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import twilio from 'twilio';
import { ACCOUNT, CUSTOMER, LINE, OWNER, Stage, TOKEN, alwaysOnCall, build, freePort } from './stage.js';

const YES = 0, NO = 1, USAGE = 2, COULD_NOT = 3;
const SECOND = '+16195550101', STRANGER = '+16195550190';
const RETRIES = '#ct=2000&rt=5000&rc=2&rp=5xx,ct,rt';

let stage, api;
const env = (more = {}) => ({
  NEXTRING_DATA: path.join(stage.folder, 'data'), NEXTRING_ROSTER: stage.roster,
  NEXTRING_PUBLIC_URL: stage.base, NEXTRING_CARRIER_API: `http://127.0.0.1:${stage.simPort}`,
  TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN, ...more,
});
function provision(args, more) {
  return new Promise((resolve) => {
    const child = spawn(path.join(build, 'nextring'), ['provision', ...args], { env: env(more), stdio: ['ignore', 'pipe', 'pipe'] });
    const run = { stdout: '', stderr: '' };
    child.stdout.on('data', (part) => { run.stdout += part; });
    child.stderr.on('data', (part) => { run.stderr += part; });
    child.on('close', (status) => resolve({ ...run, status, said: `provision ${args.join(' ')}: ${status}\n${run.stdout}${run.stderr}` }));
  });
}
async function expect(status, args, more) {
  const run = await provision(args, more);
  assert.equal(run.status, status, run.said);
  return run;
}
async function json(status, args, more) {
  const run = await expect(status, [...args, '--json'], more);
  const told = JSON.parse(run.stdout);
  return { ...told, of: (number) => told.items.find((i) => i.number === number) };
}
// Runs `what` with a host in front of the carrier, which answers what `look` gives.
async function through(look, what) {
  const port = await freePort();
  const server = http.createServer((rq, rs) => {
    const own = look(rq);
    if (own) {
      rs.writeHead(200, { 'Content-Type': 'application/json' });
      rs.end(JSON.stringify(own));
      return;
    }
    rq.pipe(http.request({ port: stage.simPort, method: rq.method, path: rq.url, headers: rq.headers }, (answer) => {
      rs.writeHead(answer.statusCode, answer.headers);
      answer.pipe(rs);
    }));
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  try {
    return await what(port);
  } finally {
    server.close();
  }
}
const ledger = () => fs.readFileSync(path.join(stage.folder, 'data/provision.json'), 'utf8').trimEnd().split('\n').map(JSON.parse);
const number = async (phoneNumber) => (await api.incomingPhoneNumbers.list({ phoneNumber }))[0];
// What the numbers of a fresh stage point to, which is here, but without retries and fallbacks.
const plain = { voiceUrl: '/webhook/twilio/voice', smsUrl: '/sms/inbound', statusCallback: '/webhook/twilio/call-status' };
async function isAsBefore(phone) {
  const n = await number(phone);
  for (const [field, at] of Object.entries(plain)) assert.equal(n[field], stage.base + at);
  assert.ok(!n.voiceFallbackUrl && !n.smsFallbackUrl);
}

before(async () => {
  const roster = alwaysOnCall();
  roster.lines.push({ ...roster.lines[0], number: SECOND });
  stage = await Stage.open({ roster, lines: [SECOND, STRANGER] });
  const client = twilio(ACCOUNT, TOKEN);
  client.api.baseUrl = client.messaging.baseUrl = `http://127.0.0.1:${stage.simPort}`;
  api = client;
});
after(() => stage.close());

describe('without --apply', () => {
  test('it shows what differs, and changes nothing', async () => {
    const told = await json(NO, []);
    assert.equal(told.account, ACCOUNT);
    assert.deepEqual(told.missing, []);
    assert.deepEqual(told.items.map((i) => [i.number, i.is_line, i.state]).sort(),
      [[LINE, true, 'differs'], [SECOND, true, 'differs'], [STRANGER, false, 'other']]);
    const changes = Object.fromEntries(told.of(LINE).changes.map((c) => [c.field, c]));
    assert.deepEqual(changes.VoiceUrl, { field: 'VoiceUrl', is: `${stage.base}/webhook/twilio/voice`, will: `${stage.base}/webhook/twilio/voice${RETRIES}` });
    assert.equal(changes.VoiceFallbackUrl.will, `${stage.base}/voice/fallback${RETRIES}`);
    assert.equal(changes.SmsFallbackUrl.will, `${stage.base}/api/sms/inbound${RETRIES}`);
    assert.ok(!changes.VoiceMethod, 'it is POST already');

    const run = await expect(NO, []);
    assert.match(run.stdout, new RegExp(`^\\${LINE}  on the roster, \\d to change$`, 'm'));
    assert.match(run.stdout, new RegExp(`^\\${STRANGER}  not on the roster: calls go to http`, 'm'));
    assert.match(run.stderr, /nothing is changed yet; --apply sets 2 numbers/);
    await isAsBefore(LINE);
    assert.ok(!fs.existsSync(path.join(stage.folder, 'data/provision.json')));
  });
  test('a number alone, and all of the account', async () => {
    assert.deepEqual((await json(NO, [SECOND])).items.filter((i) => i.state === 'differs').map((i) => i.number), [SECOND]);
    assert.equal((await json(NO, ['--all'])).items.filter((i) => i.state === 'differs').length, 3);
  });
});

describe('--apply and --undo', () => {
  test('sets the roster\'s lines, writes each change down, and calls and texts come through', async () => {
    const told = await json(YES, ['--apply']);
    assert.deepEqual(told.items.filter((i) => i.state === 'set').map((i) => i.number).sort(), [LINE, SECOND]);
    const n = await number(LINE);
    assert.equal(n.voiceUrl, `${stage.base}/webhook/twilio/voice${RETRIES}`);
    assert.deepEqual([n.voiceMethod, n.smsMethod, n.voiceFallbackMethod], ['POST', 'POST', 'POST']);
    await isAsBefore(STRANGER);
    const lines = ledger();
    assert.deepEqual(lines.map((l) => [l.kind, l.run]), [['set', 1], ['set', 1]]);
    assert.equal(lines[0].changes.find((c) => c.field === 'SmsUrl').before, `${stage.base}/sms/inbound`);
    assert.equal((await json(YES, [])).of(LINE).state, 'same');

    await stage.text(CUSTOMER, 'The pump is down');
    await stage.turn(3);
    assert.equal((await stage.items('/api/v1/threads')).length, 1);
  });
  test('what somebody else has changed since stays, unless --yes', async () => {
    const n = await number(SECOND);
    await api.incomingPhoneNumbers(n.sid).update({ smsUrl: 'https://else.example.com/sms' });
    const run = await expect(NO, ['--undo', SECOND]);
    assert.match(run.stderr, /SmsUrl of \+16195550101 was changed by somebody else/);
    assert.equal((await number(SECOND)).smsUrl, 'https://else.example.com/sms');
    assert.equal((await number(SECOND)).voiceUrl, stage.base + plain.voiceUrl);
    await expect(YES, ['--undo', SECOND, '--yes']);
    await isAsBefore(SECOND);
  });
  test('without a number the last command\'s changes go back, once', async () => {
    const told = await json(YES, ['--undo']);
    assert.deepEqual(told.items.map((i) => [i.number, i.is_undone]), [[LINE, true]]);
    await isAsBefore(LINE);
    assert.match((await expect(NO, ['--undo'])).stderr, /nothing to undo/);
    assert.match((await expect(NO, ['--undo', LINE])).stderr, /undone already/);
    assert.deepEqual(ledger().map((l) => l.kind), ['set', 'set', 'undo', 'undo']);
  });
  test('a request that is lost on its way is sent once more; two are told, and can be undone', async () => {
    await stage.carrier('POST', '/sim/fault', { what: 'refuse', count: 1 });
    const run = await expect(YES, [LINE, '--apply']);
    assert.match(run.stdout, /^\+16195550100  on the roster, \d set$/m);
    await expect(YES, ['--undo', LINE]);
    await isAsBefore(LINE);
    await stage.carrier('POST', '/sim/fault', { what: 'refuse', count: 2 });
    const refused = await expect(COULD_NOT, [LINE, '--apply']);
    assert.match(refused.stdout, /^\+16195550100  on the roster, NOT set: the carrier gave no whole answer/m);
    assert.match(refused.stderr, /1 of 1 were not set/);
    await isAsBefore(LINE);
    await expect(YES, ['--undo', LINE]);
    await isAsBefore(LINE);
  });
});

test('a test number first; the others once a call or text has come through it', async () => {
  const args = ['--apply', '--test-number', SECOND];
  const first = await expect(YES, args);
  assert.match(first.stderr, /\+16195550101 is set\. Call or text it/);
  assert.match((await number(SECOND)).voiceUrl, /#/);
  await isAsBefore(LINE);
  assert.match((await expect(NO, [...args, '--yes'])).stderr, /no call and no text has come through \+16195550101/);
  await isAsBefore(LINE);

  await stage.call(CUSTOMER, { to: SECOND, hangup_after_ms: 1000 });
  await stage.turn(3);
  const asked = await expect(YES, args); // nobody answers the question
  assert.match(asked.stderr, /has come through/);
  assert.match(asked.stderr, /with --yes/);
  await isAsBefore(LINE);
  await expect(YES, [...args, '--yes']);
  assert.match((await number(LINE)).voiceUrl, /#/);
  await expect(YES, ['--undo', LINE, SECOND]);
  await isAsBefore(LINE);
});

test('a static fallback is set, and stays', async () => {
  await expect(YES, [LINE, '--apply', '--fallback-url', 'https://static.example.com/fallback/']);
  let n = await number(LINE);
  assert.deepEqual([n.voiceFallbackUrl, n.voiceFallbackMethod, n.smsFallbackUrl],
    ['https://static.example.com/fallback/fallback-voice.xml', 'GET', 'https://static.example.com/fallback/fallback-text.xml']);
  assert.equal((await json(YES, [LINE])).of(LINE).state, 'same');
  await expect(YES, [LINE, '--apply', '--voice-fallback-url', 'https://bin.example.com/EH1']);
  n = await number(LINE);
  assert.deepEqual([n.voiceFallbackUrl, n.smsFallbackUrl], ['https://bin.example.com/EH1', 'https://static.example.com/fallback/fallback-text.xml']);
  await expect(YES, ['--undo', LINE]);
  await expect(YES, ['--undo', LINE]);
  await isAsBefore(LINE);
});

test('what wins over a number is told; applications can be taken off, and put back', async () => {
  const app = await api.applications.create({ friendlyName: 'old', voiceUrl: 'https://old.example.com/voice' });
  const service = await api.messaging.v1.services.create({ friendlyName: 'bulk', inboundRequestUrl: 'https://old.example.com/sms' });
  const n = await number(SECOND);
  await api.incomingPhoneNumbers(n.sid).update({ voiceApplicationSid: app.sid });
  await api.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: n.sid });
  const run = await expect(NO, []);
  assert.match(run.stdout, new RegExp(`! calls go where the application ${app.sid} says`));
  assert.match(run.stdout, new RegExp(`! texts go where the messaging service ${service.sid} says`));
  const item = (await json(NO, [])).of(SECOND);
  assert.ok(item.calls_go_elsewhere && item.texts_go_elsewhere);

  await expect(YES, [SECOND, '--apply', '--detach']);
  assert.ok(!(await number(SECOND)).voiceApplicationSid);
  await expect(YES, ['--undo', SECOND]);
  assert.equal((await number(SECOND)).voiceApplicationSid, app.sid);
  await api.incomingPhoneNumbers(n.sid).update({ voiceApplicationSid: '' });
  await api.messaging.v1.services(service.sid).remove();
});

test('a number is bought after a question, and points here when that is wanted', async () => {
  const all = async () => (await api.incomingPhoneNumbers.list()).map((n) => n.phoneNumber);
  const had = await all();
  const asked = await expect(NO, ['--buy', '--area-code', '415']);
  assert.match(asked.stderr, /\+1415555\d{4} \(price not told\) is not bought; --yes/);
  assert.deepEqual(await all(), had);
  assert.match((await expect(NO, ['--buy', '--area-code', '907', '--yes'])).stderr, /no number .* in area 907/);
  const price = { phone_number_prices: [{ number_type: 'toll free', current_price: '2.15' }, { number_type: 'local', current_price: '1.15' }], price_unit: 'USD' };
  const told1 = await through((rq) => (rq.url === '/v1/PhoneNumbers/Countries/US' ? price : null),
    (port) => expect(NO, ['--buy', '--area-code', '415'], { NEXTRING_CARRIER_API: `http://127.0.0.1:${port}` }));
  assert.match(told1.stderr, /\(1\.15 USD a month\) is not bought/);

  const lost = await through((rq) => rq.method === 'POST' && rq.url.endsWith('/IncomingPhoneNumbers.json') && (rq.socket.destroy(), {}),
    (port) => expect(COULD_NOT, ['--buy', '--area-code', '212', '--yes'], { NEXTRING_CARRIER_API: `http://127.0.0.1:${port}` }));
  assert.match(lost.stderr, /whether \+1212555\d{4} is bought is not known: .* look before you try again/);

  const told = await json(YES, ['--buy', '--area-code', '415', '--yes', '--apply']);
  const bought = (await all()).filter((n) => !had.includes(n));
  assert.equal(bought.length, 1);
  assert.equal(told.of(bought[0]).state, 'set');
  assert.equal((await number(bought[0])).smsUrl, `${stage.base}/sms/inbound${RETRIES}`);
  assert.equal(ledger().filter((l) => l.kind === 'buy' && l.number === bought[0]).length, 1);
  await api.incomingPhoneNumbers((await number(bought[0])).sid).remove();
});

describe('on a terminal', () => {
  // Types each answer when its question has come.
  function typed(args, answers, meanwhile = {}) {
    return new Promise((resolve) => {
      const command = [path.join(build, 'nextring'), 'provision', ...args].map((a) => `'${a}'`).join(' ');
      const child = spawn('script', ['-qec', command, '/dev/null'], { env: { ...env(), PATH: process.env.PATH }, stdio: ['pipe', 'pipe', 'ignore'] });
      let said = '', at = 0;
      const left = [...Object.entries(answers)], others = [...Object.entries(meanwhile)];
      child.stdout.on('data', async (part) => {
        said += part;
        if (others.length && said.includes(others[0][0])) await others.shift()[1]();
        if (left.length && said.indexOf(left[0][0], at) >= 0) {
          at = said.length;
          child.stdin.write(`${left.shift()[1]}\n`);
        }
      });
      child.on('close', (status) => resolve({ status, said }));
    });
  }
  test('a number is bought when the answer is yes', async () => {
    const no = await typed(['--buy', '--area-code', '312'], { '[y/N]': 'n' });
    assert.equal(no.status, NO, no.said);
    assert.match(no.said, /is not bought/);
    const yes = await typed(['--buy', '--area-code', '312'], { '[y/N]': 'y' });
    assert.equal(yes.status, YES, yes.said);
    const number312 = /bought (\+1312\d+)/.exec(yes.said)[1];
    await api.incomingPhoneNumbers((await number(number312)).sid).remove();
  });
  test('it waits for a text through the test number, and asks about the others', async () => {
    const run = await typed(['--apply', '--test-number', SECOND], { 'Set the other 1 now? [y/N]': 'y' },
      { 'Call or text': async () => { await stage.text(CUSTOMER, 'And now?', SECOND); await stage.turn(3); } });
    assert.equal(run.status, YES, run.said);
    assert.match((await number(LINE)).voiceUrl, /#/);
    await expect(YES, ['--undo', LINE, SECOND]);
    await isAsBefore(LINE);
  });
});

test('it asks the carrier by the auth token alone, and tells a wrong one', async () => {
  const users = new Set();
  const note = (rq) => { users.add(Buffer.from((rq.headers.authorization ?? '').slice(6), 'base64').toString().split(':')[0]); };
  const key = { TWILIO_API_KEY: 'SK00000000000000000000000000000001', TWILIO_API_SECRET: 'rehearsal-only-secret' };
  await through(note, (port) => expect(NO, [], { NEXTRING_CARRIER_API: `http://127.0.0.1:${port}`, ...key }));
  assert.deepEqual([...users], [ACCOUNT]);

  const wrong = await expect(COULD_NOT, [], { TWILIO_AUTH_TOKEN: 'f'.repeat(32) });
  assert.match(wrong.stderr, /^nextring: the carrier answered 401, code 20003 \(Authenticate\); give the auth token[^\n]*\n$/);
  assert.match((await expect(COULD_NOT, [], { TWILIO_AUTH_TOKEN: '' })).stderr, /TWILIO_AUTH_TOKEN/);
  assert.match((await expect(COULD_NOT, [], { NEXTRING_CARRIER_API: 'http://127.0.0.1:1' })).stderr, /cannot be reached/);
});

describe('what it does not do', () => {
  const wrong = [
    [USAGE, ['--undo', '--apply']], [USAGE, ['--buy']], [USAGE, ['--area-code', '619']], [USAGE, ['--test-number', LINE]],
    [USAGE, ['--apply', '--test-number', 'abc']], [USAGE, ['--apply', '--test-number', STRANGER]], [USAGE, ['twelve']],
    [USAGE, ['--buy', '--area-code', '6I9', '--yes']], [USAGE, ['--fallback-url', 'static.example.com']], [USAGE, ['--frob']],
    [NO, ['+16195550177']],
  ];
  for (const [status, args] of wrong)
    test(args.join(' '), async () => {
      const run = await expect(status, args);
      assert.match(run.stderr, /^nextring: [^\n]+\n$/, run.said);
      assert.equal(run.stdout, '');
    });
  test('a file that is not its own is named by its line', async () => {
    const file = path.join(stage.folder, 'data/provision.json'), good = fs.readFileSync(file);
    fs.appendFileSync(file, 'hello\n');
    const run = await expect(COULD_NOT, ['--undo']);
    assert.match(run.stderr, new RegExp(`provision\\.json:${good.toString().split('\n').length}: is no line`));
    fs.writeFileSync(file, good);
  });
  test('a tenant whose account only a daemon knows: nothing is done at another account', async () => {
    const away = { NEXTRING_DATA: path.join(stage.folder, 'none'), NEXTRING_ROSTER: '' };
    for (const args of [['--all'], ['--all', '--apply'], ['--buy', '--area-code', '619', '--yes'], ['--undo']]) {
      const run = await expect(COULD_NOT, ['--tenant', 'elsewhere', ...args], away);
      assert.match(run.stderr, /^nextring: at which account the numbers of elsewhere are [^\n]*\n$/);
    }
    await isAsBefore(STRANGER);
    assert.ok(!fs.existsSync(away.NEXTRING_DATA));
  });
  test('a test number without a daemon, which would know of a call: nothing is set', async () => {
    const run = await expect(COULD_NOT, [LINE, '--apply', '--test-number', LINE], { NEXTRING_DATA: path.join(stage.folder, 'none') });
    assert.match(run.stderr, /so nothing is set: start it/);
    await isAsBefore(LINE);
  });
  test('a number of the roster that is not the account\'s is told', async () => {
    const roster = JSON.parse(fs.readFileSync(stage.roster, 'utf8'));
    roster.lines.push({ ...roster.lines[0], number: '+16195550177' });
    const file = path.join(stage.folder, 'more.json');
    fs.writeFileSync(file, JSON.stringify(roster));
    // No daemon knows that roster: the file counts.
    const told = await json(NO, [], { NEXTRING_ROSTER: file, NEXTRING_DATA: path.join(stage.folder, 'none') });
    assert.deepEqual(told.missing, ['+16195550177']);
  });
});

test('with no server of ours at all, the static fallback rings and texts the last resort', async () => {
  const folder = path.join(stage.folder, 'fallback');
  const made = await new Promise((resolve) => spawn(path.join(build, 'nextring'), ['fallback', '--plain', '--out', folder], { env: env(), stdio: 'ignore' }).on('close', resolve));
  assert.equal(made, 0);
  const port = await freePort(), asked = [];
  const server = http.createServer((rq, rs) => {
    asked.push(`${rq.method} ${rq.url.split('?')[0]}`);
    rs.writeHead(200, { 'Content-Type': 'text/xml' });
    rs.end(fs.readFileSync(path.join(folder, path.basename(rq.url.split('?')[0]))));
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  await expect(YES, [LINE, '--apply', '--fallback-url', `http://127.0.0.1:${port}`]);
  await stage.kill();
  await stage.text(CUSTOMER, 'Is anybody there?');
  await stage.call(CUSTOMER, {});
  await stage.turn(20);
  assert.deepEqual([...new Set(asked)].sort(), ['GET /fallback-text.xml', 'GET /fallback-voice.xml']);
  const owner = await stage.phone(OWNER);
  assert.ok(owner.texts.length > 0, JSON.stringify(owner));
  assert.ok(owner.calls.length > 0, JSON.stringify(owner));
  server.close();
});
