// nextring doctor: the daemon from inside, the carrier, and ourselves by the public address.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import twilio from 'twilio';
import { ACCOUNT, CUSTOMER, LINE, Stage, TOKEN, build, freePort } from './stage.js';

const YES = 0, NO = 1, USAGE = 2, COULD_NOT = 3;
const KEY = { TWILIO_API_KEY: 'SK00000000000000000000000000000001', TWILIO_API_SECRET: 'rehearsal-only-secret' };
const LIVE = ['public-address', 'certificate', 'auth-token', 'api-key', 'account', 'balance', 'carrier-clock', 'numbers', 'registration'];

let stage;
const servers = [];
const env = (more = {}) => ({
  NEXTRING_DATA: path.join(stage.folder, 'data'), NEXTRING_PUBLIC_URL: stage.base,
  NEXTRING_CARRIER_API: `http://127.0.0.1:${stage.simPort}`, TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN, ...KEY, ...more,
});
function nextring(args, more) {
  return new Promise((resolve) => {
    const child = spawn(path.join(build, 'nextring'), args, { env: env(more), stdio: ['ignore', 'pipe', 'pipe'] });
    const run = { stdout: '', stderr: '' };
    child.stdout.on('data', (part) => { run.stdout += part; });
    child.stderr.on('data', (part) => { run.stderr += part; });
    child.on('close', (status) => resolve({ ...run, status, said: `${args.join(' ')}: ${status}\n${run.stdout}${run.stderr}` }));
  });
}
async function doctor(status, more, args = []) {
  const run = await nextring(['doctor', '--json', ...args], more);
  assert.equal(run.status, status, run.said);
  const { state, items } = JSON.parse(run.stdout);
  for (const item of items) {
    assert.deepEqual(Object.keys(item), ['check', 'state', 'what', 'why', 'mend']);
    assert.equal(item.state === 'ok', item.why === null && item.mend === null, JSON.stringify(item));
  }
  return { state, items, stderr: run.stderr, of: (check) => items.filter((i) => i.check === check), worst: (check) => items.filter((i) => i.check === check && i.state === 'bad') };
}
async function serve(answer, make = http.createServer) {
  const port = await freePort(), server = make(answer);
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  servers.push(server);
  return port;
}
afterEach(() => { while (servers.length) servers.pop().close(); });
const pass = (rq, rs, port) => rq.pipe(http.request({ port, method: rq.method, path: rq.url, headers: rq.headers }, (answer) => {
  rs.writeHead(answer.statusCode, answer.headers);
  answer.pipe(rs);
}));

before(async () => { stage = await Stage.open(); });
after(() => stage.close());

test('a set-up that is well: nothing is wrong, and what is not known is said', async () => {
  assert.equal((await nextring(['provision', '--apply'])).status, YES);
  const { state, items, of } = await doctor(YES);
  assert.equal(state, 'warn');
  const checks = items.map((i) => i.check);
  for (const check of [...LIVE, 'daemon', 'lines', 'gaps', 'people', 'database', 'disk', 'nodes']) assert.ok(checks.includes(check), check);
  assert.match(of('public-address')[0].what, /^A signed request by http:\/\/127\.0\.0\.1:\d+ came back in \d+ ms\.$/);
  assert.match(of('public-address')[1].what, /a wrong signature is refused/);
  assert.deepEqual(of('numbers').map((i) => [i.state, i.what]), [['ok', `${LINE} points here.`]]);
  assert.deepEqual(of('api-key').map((i) => i.what), ['The API key may read messages.', 'The API key may read calls.']);
  assert.match(of('balance')[0].what, /^100\.00 USD/);
  assert.match(of('registration')[0].what, /^In a rehearsal /);
});

test('for people the worst is last, with why and how to mend it', async () => {
  const run = await nextring(['doctor'], { TWILIO_AUTH_TOKEN: 'f'.repeat(32) });
  assert.equal(run.status, NO, run.said);
  assert.match(run.stdout, /\nWRONG {3}The carrier does not know the auth token: it answered 401[^\n]*\n {8}It signs webhooks[^\n]*\n {5}-> Copy the account's present token/);
  assert.match(run.stdout, /\n\d+ wrong, \d+ to look at, \d+ not known, \d+ well\.\n$/);
  assert.ok(run.stdout.indexOf('ok      ') < run.stdout.indexOf('WRONG   '));
  assert.equal(run.stderr, '');
});

test('calling ourselves is counted neither as the carrier\'s webhook nor as a stranger\'s', async () => {
  await doctor(NO, { TWILIO_AUTH_TOKEN: 'f'.repeat(32) }); // a stranger's: nothing tells it from one
  const words = async () => (await stage.api('/api/v1/health')).items.find((i) => i.name === 'webhooks').words;
  assert.match(await words(), /^Webhooks are refused: 2 /);
  await doctor(NO);
  assert.match(await words(), /^Webhooks are refused: 2 /, 'nor does it hide theirs');
  assert.deepEqual(await stage.items('/api/v1/calls'), [], 'it leaves no call');
  await stage.text(CUSTOMER, 'Hello?'); // the carrier's own comes through
  await stage.turn(1);
  assert.doesNotMatch(await words(), /are refused/);
});

test('each request goes by the credential that is meant for it', async () => {
  const seen = [];
  const port = await serve((rq, rs) => {
    seen.push([Buffer.from((rq.headers.authorization ?? '').slice(6), 'base64').toString().split(':')[0], rq.url]);
    pass(rq, rs, stage.simPort);
  });
  await doctor(YES, { NEXTRING_CARRIER_API: `http://127.0.0.1:${port}` });
  assert.ok(seen.length > 4, JSON.stringify(seen));
  for (const [user, url] of seen)
    assert.equal(user, url.endsWith(`/Accounts/${ACCOUNT}.json`) ? ACCOUNT : KEY.TWILIO_API_KEY, url);
});

describe('the numbers', () => {
  test('one that points elsewhere, and one that is not ours', async () => {
    const client = twilio(ACCOUNT, TOKEN);
    client.api.baseUrl = `http://127.0.0.1:${stage.simPort}`;
    const [n] = await client.incomingPhoneNumbers.list({ phoneNumber: LINE });
    const was = n.smsUrl;
    await client.incomingPhoneNumbers(n.sid).update({ smsUrl: 'https://old.example.com/sms' });
    const [ill] = (await doctor(NO)).worst('numbers');
    assert.equal(ill.what, `SmsUrl of ${LINE} is https://old.example.com/sms.`);
    assert.match(ill.mend, /nextring provision/);
    await client.incomingPhoneNumbers(n.sid).update({ smsUrl: was });
  });
});

describe('registration', () => {
  // A host in front of the simulated carrier tells what that one never would.
  const carrier = (answers) => serve((rq, rs) => {
    const found = Object.entries(answers).find(([at]) => rq.url.startsWith(at));
    if (!found) return pass(rq, rs, stage.simPort);
    rs.writeHead(200, { 'Content-Type': 'application/json' });
    return rs.end(JSON.stringify(found[1]));
  });
  const service = { sid: 'MG1', friendly_name: 'main', use_inbound_webhook_on_number: true, inbound_request_url: null };
  const of = async (answers) => {
    const port = await carrier(answers);
    const run = await nextring(['doctor', '--json'], { NEXTRING_CARRIER_API: `http://127.0.0.1:${port}` });
    return JSON.parse(run.stdout).items.filter((i) => i.check === 'registration').map((i) => [i.state, i.what]);
  };
  const held = {
    '/v1/Services/MG1/PhoneNumbers': { phone_numbers: [{ phone_number: LINE }], meta: { next_page_url: null } },
  };
  const services = { '/v1/Services?': { services: [service], meta: { next_page_url: null } } };
  const campaign = (campaign_status) => ({ '/v1/Services/MG1/Compliance/Usa2p': { compliance: [{ campaign_status }], meta: {} } });
  test('a campaign that is good, under review, refused, or not there', async () => {
    assert.deepEqual(await of({ ...held, ...services, ...campaign('VERIFIED') }), [['ok', `${LINE} has a good A2P 10DLC campaign.`]]);
    assert.deepEqual(await of({ ...held, ...services, ...campaign('IN_PROGRESS') }), [['warn', `The A2P 10DLC campaign of ${LINE} is under review (IN_PROGRESS).`]]);
    assert.deepEqual(await of({ ...held, ...services, ...campaign('FAILED') }), [['bad', `The A2P 10DLC campaign of ${LINE} was refused (FAILED).`]]);
    assert.deepEqual(await of({ ...held, ...services, '/v1/Services/MG1/Compliance/Usa2p': { compliance: [], meta: {} } }), [['bad', `${LINE} has no A2P 10DLC campaign.`]]);
  });
  test('the service that holds the number may be one of many', async () => {
    const many = Array.from({ length: 60 }, (_, i) => ({ ...service, sid: `MG${60 - i}` }));
    const none = Object.fromEntries(many.map((s) => [`/v1/Services/${s.sid}/PhoneNumbers`, { phone_numbers: [], meta: { next_page_url: null } }]));
    assert.deepEqual(await of({ ...none, ...held, '/v1/Services?': { services: many, meta: { next_page_url: null } }, ...campaign('VERIFIED') }),
      [['ok', `${LINE} has a good A2P 10DLC campaign.`]]);
  });
  test('a carrier that does not tell: not known, with the reason', async () => {
    assert.deepEqual(await of({ ...held, ...services }), [['unknown', `Whether ${LINE} has a good A2P 10DLC campaign is not known.`]]);
  });
  test('a next page that leads to another host is not asked, for the password goes along', async () => {
    let asked = 0;
    const thief = await serve((rq, rs) => { asked += 1; rs.end('{}'); });
    const away = { '/v1/Services?': { services: [service], meta: { next_page_url: `http://127.0.0.1:${thief}/v1/Services?Page=1` } } };
    await of({ ...held, ...away, ...campaign('VERIFIED') });
    assert.equal(asked, 0);
  });
});

describe('registration, of a carrier whose setup tells it', () => {
  const TOLL_FREE = '+18445550100';
  // The numbers as they were, with that word of the carrier's about one of them.
  const say = (registration, toll_free, registration_reason) => stage.carrier('POST', '/sim/setup', { accounts: [{
    sid: ACCOUNT, auth_token: TOKEN, api_keys: [{ sid: KEY.TWILIO_API_KEY, secret: KEY.TWILIO_API_SECRET }],
    numbers: [
      { phone_number: LINE, voice_url: `${stage.base}/webhook/twilio/voice`, sms_url: `${stage.base}/sms/inbound`, ...(toll_free ? {} : registration && { registration }) },
      { phone_number: TOLL_FREE, type: 'toll-free', voice_url: `${stage.base}/webhook/twilio/voice`, sms_url: `${stage.base}/sms/inbound`, ...(toll_free && registration ? { registration, ...(registration_reason ? { registration_reason } : {}) } : {}) },
    ],
  }] });
  const told = async () => JSON.parse((await nextring(['doctor', '--json'])).stdout).items.filter((i) => i.check === 'registration').map((i) => [i.state, i.what]);
  let client, service;
  before(async () => {
    await say();
    client = twilio(ACCOUNT, TOKEN);
    client.api.baseUrl = client.messaging.baseUrl = `http://127.0.0.1:${stage.simPort}`;
  });
  after(async () => {
    if (service) await client.messaging.v1.services(service.sid).remove();
    const roster = JSON.parse(fs.readFileSync(stage.roster, 'utf8'));
    fs.writeFileSync(stage.roster, JSON.stringify({ ...roster, lines: roster.lines.filter((l) => l.number !== TOLL_FREE) }));
    await stage.api('/api/v1/reload', 'POST');
  });

  test('a campaign: good, under review, refused, none', async () => {
    const [n] = await client.incomingPhoneNumbers.list({ phoneNumber: LINE });
    service = await client.messaging.v1.services.create({ friendlyName: 'main', useInboundWebhookOnNumber: true });
    await client.messaging.v1.services(service.sid).phoneNumbers.create({ phoneNumberSid: n.sid });
    for (const [word, state, what] of [['VERIFIED', 'ok', `${LINE} has a good A2P 10DLC campaign.`],
      ['IN_PROGRESS', 'warn', `The A2P 10DLC campaign of ${LINE} is under review (IN_PROGRESS).`],
      ['FAILED', 'bad', `The A2P 10DLC campaign of ${LINE} was refused (FAILED).`],
      [undefined, 'bad', `${LINE} has no A2P 10DLC campaign.`]]) {
      await say(word);
      assert.deepEqual(await told(), [[state, what]], word);
      const [row] = await client.messaging.v1.services(service.sid).usAppToPerson.list();
      assert.equal(row?.campaignStatus, word, 'the official client reads it');
    }
  });

  test('a toll-free verification: good, under review, refused with the reason, none', async () => {
    const roster = JSON.parse(fs.readFileSync(stage.roster, 'utf8'));
    fs.writeFileSync(stage.roster, JSON.stringify({ ...roster, lines: [...roster.lines, { ...roster.lines[0], number: TOLL_FREE }] }));
    await stage.api('/api/v1/reload', 'POST');
    await say('VERIFIED');
    const [n] = await client.incomingPhoneNumbers.list({ phoneNumber: TOLL_FREE });
    for (const [word, state, what, reason] of [['TWILIO_APPROVED', 'ok', `${TOLL_FREE} has a good toll-free verification.`],
      ['IN_REVIEW', 'warn', `The toll-free verification of ${TOLL_FREE} is under review (IN_REVIEW).`],
      ['TWILIO_REJECTED', 'bad', `The toll-free verification of ${TOLL_FREE} was refused (TWILIO_REJECTED: no proof of consent).`, 'no proof of consent']]) {
      await say(word, true, reason);
      assert.deepEqual((await told()).filter(([, words]) => words.includes(TOLL_FREE)), [[state, what]], word);
      const [row] = await client.messaging.v1.tollfreeVerifications.list({ tollfreePhoneNumberSid: n.sid });
      assert.deepEqual([row.status, row.rejectionReason], [word, reason ?? null], 'the official client reads it');
    }
    assert.deepEqual(await client.messaging.v1.tollfreeVerifications.list({ status: 'PENDING_REVIEW' }), []);
  });
});

describe('the public address', () => {
  const at = async (url) => (await doctor(NO, { NEXTRING_PUBLIC_URL: url })).worst('public-address').map((i) => i.what);
  test('nobody listens, or another site does', async () => {
    const free = await freePort();
    assert.match((await at(`http://127.0.0.1:${free}`))[0], /^Nobody listens at our public address\./);
    const port = await serve((rq, rs) => { rs.writeHead(404, { Server: 'Apache' }); rs.end('Not Found'); });
    assert.match((await at(`http://127.0.0.1:${port}`))[0], /answers 404: that is not nextring, but Apache\.$/);
  });
  test('it sends callers on, or the proxy has nobody behind it', async () => {
    const moved = await serve((rq, rs) => { rs.writeHead(301, { Location: 'https://www.example.com/' }); rs.end(); });
    assert.match((await at(`http://127.0.0.1:${moved}`))[0], /sends callers on to https:\/\/www\.example\.com\/\.$/);
    const alone = await serve((rq, rs) => { rs.writeHead(502); rs.end('Bad Gateway'); });
    assert.match((await at(`http://127.0.0.1:${alone}`))[0], /answers 502 to a request that is signed right\.$/);
  });
  test('a proxy that lets all of the carrier\'s paths through but one', async () => {
    let behind;
    const port = await serve((rq, rs) => {
      if (rq.url !== '/sms/inbound') return pass(rq, rs, behind.port);
      rs.writeHead(404);
      return rs.end();
    });
    const url = `http://127.0.0.1:${port}`;
    behind = await Stage.open({ env: { NEXTRING_PUBLIC_URL: url } });
    const run = await nextring(['doctor', '--json'], { NEXTRING_DATA: path.join(behind.folder, 'data'), NEXTRING_PUBLIC_URL: url });
    await behind.close();
    const said = JSON.parse(run.stdout).items.filter((i) => i.check === 'public-address');
    assert.deepEqual(said.map((i) => i.state), ['ok', 'bad'], run.said);
    assert.equal(said[1].what, '/sms/inbound does not get through: status 404.');
  });
  test('a daemon that has another address than we say', async () => {
    const port = await serve((rq, rs) => pass(rq, rs, stage.port));
    assert.match((await at(`http://127.0.0.1:${port}`))[0], /answers 403 to a request that is signed right\.$/);
  });
  test('a certificate that nobody vouches for', async () => {
    const key = path.join(stage.folder, 'key.pem'), cert = path.join(stage.folder, 'cert.pem');
    const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '9',
      '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
    const port = await serve((rq, rs) => rs.end('ok'), (answer) => https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(cert) }, answer));
    const { worst, of } = await doctor(NO, { NEXTRING_PUBLIC_URL: `https://localhost:${port}` });
    assert.match(worst('public-address')[0].what, /^The certificate is of no authority that is known/);
    // The daemon has a word of its own under this name: of the certificate that it serves itself.
    const [seen, ...more] = of('certificate').filter((i) => i.what !== 'TLS is the proxy\'s.');
    assert.deepEqual([seen.state, more], ['warn', []]);
    assert.match(seen.what, /^The certificate ends on \d{4}-\d\d-\d\d, in [89] days\.$/);
  });
});

describe('what cannot be asked', () => {
  test('no API key, no auth token: it says so and asks the rest', async () => {
    const { of } = await doctor(NO, { TWILIO_API_KEY: '', TWILIO_API_SECRET: '', TWILIO_AUTH_TOKEN: '' });
    assert.equal(of('api-key')[0].state, 'bad');
    assert.equal(of('auth-token')[0].state, 'bad');
    for (const check of ['public-address', 'account', 'numbers', 'registration']) assert.equal(of(check)[0].state, 'unknown', check);
    assert.equal(of('daemon')[0].state, 'ok');
  });
  test('a carrier that is away: each question says so', async () => {
    await stage.text(CUSTOMER, 'Still there?'); // so that the refusals of the tests before are history
    await stage.turn(1);
    const { of, items } = await doctor(YES, { NEXTRING_CARRIER_API: 'http://127.0.0.1:1' });
    for (const check of ['auth-token', 'api-key', 'account', 'balance', 'numbers', 'registration']) {
      assert.ok(of(check).every((i) => i.state === 'unknown'), JSON.stringify(of(check)));
      if (check !== 'registration') assert.match(of(check)[0].why, /^The carrier cannot be reached: /);
    }
    assert.ok(!items.some((i) => i.state === 'bad'));
  });
  test('no daemon: that is what is wrong', async () => {
    const { of, worst } = await doctor(NO, { NEXTRING_DATA: path.join(stage.folder, 'none'), NEXTRING_ROSTER: stage.roster });
    assert.match(worst('daemon')[0].what, /^No daemon answers at /);
    assert.equal(of('numbers').length > 0 && of('numbers')[0].state !== 'unknown', true, 'the roster\'s file counts');
  });
  test('no daemon: another tenant\'s account is not taken for that of the credentials', async () => {
    const asked = [];
    const port = await serve((rq, rs) => { asked.push(rq.url); return pass(rq, rs, stage.simPort); });
    const run = await nextring(['doctor', '--tenant', 'other'], { NEXTRING_DATA: '/nonexistent', NEXTRING_CARRIER_API: `http://127.0.0.1:${port}` });
    assert.equal(run.status, COULD_NOT, run.said);
    assert.match(run.stderr, /at which account the numbers of other are only the daemon knows/);
    assert.deepEqual(asked, []);
  });
  test('an account with thousands of numbers: all pages are read', async () => {
    const base = `/2010-04-01/Accounts/${ACCOUNT}/IncomingPhoneNumbers.json`;
    const pages = [];
    const here = { voice_url: `${stage.base}/webhook/twilio/voice`, sms_url: `${stage.base}/sms/inbound`, voice_method: 'POST', sms_method: 'POST', capabilities: { voice: true, sms: true } };
    const port = await serve((rq, rs) => {
      if (!rq.url.startsWith(base)) return pass(rq, rs, stage.simPort);
      const page = Number(new URL(rq.url, 'http://x').searchParams.get('Page') ?? 0);
      pages.push(page);
      const rows = Array.from({ length: 1000 }, (_, i) => ({ ...here, sid: `PN${String(page * 1000 + i).padStart(32, '0')}`, phone_number: `+1716555${String(page).padStart(1, '0')}${String(i).padStart(3, '0')}` }));
      if (page === 6) rows[999] = { ...here, sid: `PN${'f'.repeat(32)}`, phone_number: LINE };
      rs.writeHead(200, { 'Content-Type': 'application/json' });
      return rs.end(JSON.stringify({ incoming_phone_numbers: rows, next_page_uri: page < 6 ? `${base}?Page=${page + 1}&PageSize=1000` : null }));
    });
    const run = await nextring(['doctor', '--json'], { NEXTRING_CARRIER_API: `http://127.0.0.1:${port}` });
    const numbers = JSON.parse(run.stdout).items.filter((i) => i.check === 'numbers').map((i) => i.what);
    assert.ok(!numbers.some((what) => /is not a number of the account/.test(what)), JSON.stringify(numbers));
    assert.deepEqual(pages, [0, 1, 2, 3, 4, 5, 6]);
  });
  test('no daemon and no credentials: it could not', async () => {
    const none = { NEXTRING_DATA: path.join(stage.folder, 'none'), TWILIO_ACCOUNT_SID: '', TWILIO_AUTH_TOKEN: '', TWILIO_API_KEY: '', TWILIO_API_SECRET: '' };
    const run = await nextring(['doctor'], none);
    assert.equal(run.status, COULD_NOT, run.said);
    assert.match(run.stderr, /^nextring: nobody can be asked: [^\n]*\n$/);
    assert.equal((await nextring(['doctor', 'me'])).status, USAGE);
    assert.equal((await nextring(['doctor', '--tenant', 'nobody'])).status, NO);
  });
});

test('of several tenants each has his own roster\'s state', async () => {
  const rosters = fs.mkdtempSync('/tmp/nextring-rosters-');
  const put = (name, roster) => {
    fs.writeFileSync(path.join(rosters, `.${name}`), JSON.stringify(roster));
    fs.renameSync(path.join(rosters, `.${name}`), path.join(rosters, `${name}.json`));
  };
  const of = (tenant, line, phone, more = {}) => ({ tenant, name: tenant, region: 'US', account_sid: ACCOUNT, lines: [{ number: line }], dispatchers: [{ id: 'anna', name: 'Anna', phone }], fallback_chain: ['anna'], ...more });
  put('one', of('one', LINE, '+16195550111'));
  put('two', of('two', '+16195550101', '+16195550112'));
  const many = await Stage.open({ env: { NEXTRING_ROSTER: rosters } });
  try {
    put('two', of('two', '+16195550101', '+16195550112', { note: 'a second version' }));
    await many.api('/api/v1/reload', 'POST');
    const told = async (tenant) => (await many.api(`/api/v1/doctor?tenant=${tenant}`)).items.find((i) => i.check === 'roster');
    assert.match((await told('one')).what, /^Version 1 of the roster is in force, since 0 min\.$/);
    assert.match((await told('two')).what, /^Version 2 of the roster is in force, since 0 min\.$/);
    await many.turn(3 * 3600);
    assert.match((await told('one')).what, /since 3 h\.$/);
    const states = async () => [(await told('one')).state, (await told('two')).state].join(' ');
    const becomes = async (want) => { // once what was refused is on record
      await many.api('/api/v1/reload', 'POST');
      const end = performance.now() + 10000;
      while (await states() !== want && performance.now() < end) await new Promise(setImmediate);
      assert.equal(await states(), want);
    };
    put('one', of('one', LINE, 'no number either'));
    await becomes('bad ok');
    await many.turn(60);
    put('one', of('one', LINE, '+16195550113'));
    await becomes('ok ok');
    await many.turn(60);
    put('two', of('two', '+16195550101', 'no number at all'));
    await becomes('ok bad');
    assert.match((await told('two')).what, /was refused or cannot be had; version 2 is in force/);
  } finally {
    await many.close();
    fs.rmSync(rosters, { recursive: true });
  }
});
