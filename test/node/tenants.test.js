// A host with tenants of each kind: two of its pool, one at a subaccount, one at an account of its
// own. Whose webhook is believed, where it leads, by whose credentials requests leave, and what
// the host may do with each of them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import twilio from 'twilio';
import { ACCOUNT, BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, Stage, TOKEN, build, freePort, request, sid } from './stage.js';
import { Stream } from './stream_client.js';

const SUB = 'AC00000000000000000000000000000002';
const OWN = 'AC00000000000000000000000000000003';
const OWN_TOKEN = 'fedcba9876543210fedcba9876543210';
const NEXT_TOKEN = '00112233445566778899aabbccddeeff';
const OWN_KEY = 'SK00000000000000000000000000000003';
const OWN_SECRET = 'own-secret-of-the-tenant';
const LINES = { pool1: LINE, pool2: '+16195550101', sub: '+16195550102', own: '+16195550103' };
const MASTER = '+16195550104'; // at the host's account, and on the roster of a subaccount's tenant
const PEOPLE = { pool1: PRIMARY, pool2: BACKUP, sub: OWNER, own: OTHERS[0] };
const HOST_KEY = 'SK00000000000000000000000000000001';

const rosterOf = (slug, more = {}) => ({
  tenant: slug,
  name: `Business ${slug}`,
  region: 'US',
  relays_per_minute: 0,
  lines: [{ number: LINES[slug], texts_per_second: 10, relays_per_minute: 0 }],
  dispatchers: [{ id: 'dispatcher', name: 'Dispatcher', phone: PEOPLE[slug] }],
  fallback_chain: ['dispatcher'],
  ...more,
});

let stage;
let proxy;
const asked = []; // {user, method, path} of every request that reached the carrier

// Stands between nextring and the carrier, and notes who asks for what.
async function openProxy(simPort) {
  const port = await freePort();
  const server = http.createServer((rq, answer) => {
    const [user] = Buffer.from((rq.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString().split(':');
    asked.push({ user, method: rq.method, path: rq.url });
    const on = http.request({ host: '127.0.0.1', port: simPort, method: rq.method, path: rq.url, headers: rq.headers }, (got) => {
      answer.writeHead(got.statusCode, got.headers);
      got.pipe(answer);
    });
    on.on('error', () => answer.destroy());
    rq.pipe(on);
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { port, server };
}

const cli = (args, input = '') =>
  spawnSync(path.join(build, 'nextring'), args, {
    input,
    env: { NEXTRING_DATA: path.join(stage.folder, 'data') },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
function run(args, input) {
  const done = cli(args, input);
  assert.equal(done.status, 0, `${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
}
const shown = (slug) => JSON.parse(run(['tenant', 'show', slug, '--json']));

async function put(slug, more) {
  const file = path.join(stage.folder, `${slug}.json`);
  fs.writeFileSync(file, JSON.stringify(rosterOf(slug, more)));
  return run(['roster', 'put', file, '--tenant', slug]);
}

// A webhook of `account`, signed by `token` with the carrier's own library.
function signed(target, account, token, params) {
  const all = { AccountSid: account, ApiVersion: '2010-04-01', ...params };
  return request({
    method: 'POST',
    port: stage.port,
    target,
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'X-Twilio-Signature': twilio.getExpectedTwilioSignature(token, stage.base + target, all),
    },
    body: new URLSearchParams(all).toString(),
  });
}
const textTo = (account, token, to, body = 'hello') =>
  signed('/sms/inbound', account, token, { MessageSid: sid('SM'), From: CUSTOMER, To: to, Body: body, NumMedia: '0' });
const callTo = (account, token, to) =>
  signed('/webhook/twilio/voice', account, token, { CallSid: sid('CA'), From: CUSTOMER, To: to, CallStatus: 'ringing', Direction: 'inbound' });
const bodies = async (slug) => (await stage.items(`/api/v1/messages?tenant=${slug}`)).map((m) => m.body);

before(async () => {
  stage = await Stage.open({
    lines: [LINES.pool2, MASTER],
    env: { NEXTRING_ROSTER: 'database' },
    accounts: (base) => {
      const number = (phone_number) => ({
        phone_number,
        voice_url: `${base}/webhook/twilio/voice`,
        sms_url: `${base}/sms/inbound`,
        status_callback: `${base}/webhook/twilio/call-status`,
      });
      return [
        { sid: SUB, auth_token: TOKEN, owner: ACCOUNT, api_keys: [{ sid: 'SK00000000000000000000000000000002', secret: 'x' }], numbers: [number(LINES.sub)] },
        { sid: OWN, auth_token: OWN_TOKEN, api_keys: [{ sid: OWN_KEY, secret: OWN_SECRET }], numbers: [number(LINES.own)] },
      ];
    },
  });
  proxy = await openProxy(stage.simPort);
  await stage.kill('SIGTERM');
  const key = path.join(stage.folder, 'keys');
  fs.writeFileSync(key, crypto.randomBytes(32), { mode: 0o600 });
  Object.assign(stage.env, { NEXTRING_KEY_FILE: key, NEXTRING_CARRIER_API: `http://127.0.0.1:${proxy.port}` });
  await stage.startDaemon();
});
after(async () => {
  await stage.close();
  proxy.server.closeAllConnections?.();
  proxy.server.close();
});

describe('tenants come', () => {
  test('by name, with an account and terms', async () => {
    run(['tenant', 'add', 'pool1', '--name', 'Pool one']);
    run(['tenant', 'add', 'pool2', '--weight', '3', '--texts-a-day', '5000']);
    run(['tenant', 'add', 'sub', '--account', SUB]);
    run(['tenant', 'add', 'own', '--account', OWN, '--calls-a-day', '100']);
    const two = shown('pool2');
    assert.deepEqual([two.way, two.weight, two.texts_a_day, two.calls_a_day, two.state], ['pool', 3, 5000, null, 'active']);
    assert.equal(shown('sub').way, 'subaccount');
    assert.equal(cli(['tenant', 'add', 'own']).status, 1); // its name is taken
    assert.equal(cli(['tenant', 'add', 'Own']).status, 2);
    assert.match(run(['tenant', 'list']), /^own .*\npool1 .*\npool2 .*\nsub .*\n$/);
  });

  test('their rosters without an account get the one that the host has set', async () => {
    for (const slug of Object.keys(LINES)) await put(slug);
    assert.equal(shown('own').account, OWN);
    assert.equal(shown('sub').account, SUB);
    assert.deepEqual((await stage.items('/api/v1/tenants')).map((t) => t.id).sort(), ['own', 'pool1', 'pool2', 'sub']);
  });

  test('a secret goes in and never comes out', async () => {
    for (const [name, value] of [['auth_token', OWN_TOKEN], ['api_key', OWN_KEY], ['api_secret', OWN_SECRET]])
      run(['tenant', 'secret', 'own', name], `${value}\n`);
    const own = shown('own');
    assert.deepEqual([own.way, own.secrets], ['own', ['auth_token', 'api_key', 'api_secret']]);
    const all = JSON.stringify(own) + stage.daemon.said();
    for (const value of [OWN_TOKEN, OWN_SECRET]) assert.ok(!all.includes(value));
    if (!stage.database)
      for (const name of fs.readdirSync(path.join(stage.folder, 'data')).filter((n) => n.startsWith('nextring.db')))
        assert.ok(!fs.readFileSync(path.join(stage.folder, 'data', name)).includes(OWN_SECRET), name);
    const refused = cli(['tenant', 'secret', 'pool1', 'auth_token'], 'x\n');
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /host's own account/);
    assert.equal(cli(['tenant', 'secret', 'own', 'password'], 'x\n').status, 2);
    assert.equal(cli(['tenant', 'secret', 'own', 'api_key'], `${OWN}\n`).status, 2);
  });
});

describe('webhooks', () => {
  // First of all: nobody signs as somebody else.
  test('a tenant that owns a token never signs as another account', async () => {
    for (const account of [ACCOUNT, SUB])
      for (const to of Object.values(LINES)) {
        assert.equal((await textTo(account, OWN_TOKEN, to)).status, 403, `${account} ${to}`);
        assert.equal((await callTo(account, OWN_TOKEN, to)).status, 403);
      }
    for (const to of Object.values(LINES)) assert.equal((await textTo(OWN, TOKEN, to)).status, 403);
    // Signed right as itself, about others' numbers and others' calls.
    const strange = await textTo(OWN, OWN_TOKEN, LINES.pool1, 'about your number');
    assert.equal(strange.status, 200);
    assert.ok(!(await bodies('pool1')).includes('about your number'));
    for (const slug of ['pool1', 'sub'])
      assert.equal((await signed(`/webhook/twilio/voice/screen?c=0000000000001&attempt=1&t=${slug}`, OWN, OWN_TOKEN, { CallSid: sid('CA'), From: LINES.own, To: PRIMARY, CallStatus: 'in-progress', Direction: 'outbound-api' })).status, 403);
    assert.equal((await textTo('AC00000000000000000000000000000009', TOKEN, LINE)).status, 403);
    assert.equal((await textTo('AC00000000000000000000000000000009', OWN_TOKEN, LINES.own)).status, 403);
  });

  test('each reaches its own tenant', async () => {
    assert.equal((await textTo(ACCOUNT, TOKEN, LINES.pool1, 'for pool1')).status, 200);
    assert.equal((await textTo(ACCOUNT, TOKEN, LINES.pool2, 'for pool2')).status, 200);
    assert.equal((await textTo(SUB, TOKEN, LINES.sub, 'for sub')).status, 200);
    assert.equal((await textTo(OWN, OWN_TOKEN, LINES.own, 'for own')).status, 200);
    for (const slug of Object.keys(LINES)) {
      const all = await bodies(slug);
      assert.ok(all.includes(`for ${slug}`), slug);
      for (const other of Object.keys(LINES)) if (other !== slug) assert.ok(!all.includes(`for ${other}`), `${slug} ${other}`);
    }
  });

  test('the fall-backs, in their order', async () => {
    // The host's own account bears a subaccount's number; a subaccount bears nobody else's.
    assert.equal((await textTo(ACCOUNT, TOKEN, LINES.sub, 'by the master')).status, 200);
    assert.ok((await bodies('sub')).includes('by the master'));
    assert.equal((await textTo(SUB, TOKEN, LINES.pool2, 'by the subaccount')).status, 200);
    assert.ok(!(await bodies('pool2')).includes('by the subaccount'));
    // A number of an account of its own is its alone.
    assert.equal((await textTo(ACCOUNT, TOKEN, LINES.own, 'not yours')).status, 200);
    assert.ok(!(await bodies('own')).includes('not yours'));
    // Nobody's: kept, with an alarm, and never refused.
    const call = await callTo(ACCOUNT, TOKEN, '+16195550199');
    assert.equal(call.status, 200);
    assert.match(call.body, /not in service/);
  });

  test('what no webhook told is found in the log by the same way', async () => {
    await put('sub', { lines: [LINES.sub, MASTER].map((number) => ({ ...rosterOf('sub').lines[0], number })) });
    await stage.turn(1);
    await stage.text(OTHERS[1], 'sub has it now', MASTER); // live since the carrier has come for it
    await stage.turn(1);
    await stage.carrier('POST', '/sim/fault', { what: 'outage' });
    await stage.text(OTHERS[2], 'nobody told sub', MASTER);
    await stage.turn(1);
    await stage.carrier('DELETE', '/sim/fault');
    await stage.turn(89);
    assert.equal((await bodies('sub')).filter((b) => b === 'nobody told sub').length, 1);
  });

  test('one token replaces the other while both are signed by', async () => {
    run(['tenant', 'secret', 'own', 'auth_token_2'], NEXT_TOKEN);
    assert.equal((await textTo(OWN, OWN_TOKEN, LINES.own)).status, 200);
    assert.equal((await textTo(OWN, NEXT_TOKEN, LINES.own)).status, 200);
    run(['tenant', 'secret', 'own', 'auth_token_2', '--remove']);
    assert.equal((await textTo(OWN, NEXT_TOKEN, LINES.own)).status, 403);
  });

  test('an admin of a tenant does not take it to another account', async () => {
    const token = run(['token', 'add', '--tenant', 'pool1', '--role', 'admin']).trim();
    const answer = await request({
      method: 'PUT', port: stage.port, target: '/api/v1/roster',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'If-Match': '*' },
      body: JSON.stringify({ document: rosterOf('pool1', { account_sid: SUB }) }),
    });
    assert.equal(answer.status, 403, answer.body);
    assert.equal(shown('pool1').account, ACCOUNT);
  });
});

describe('requests to the carrier', () => {
  test('go by the tenant\'s own key where it has one, at the line\'s account', async () => {
    asked.length = 0;
    for (const slug of Object.keys(LINES)) {
      await stage.text(OTHERS[1], `please call, ${slug}`, LINES[slug]);
      await stage.turn(2);
    }
    const sends = asked.filter((a) => a.method === 'POST' && a.path.endsWith('/Messages.json'));
    const by = (account) => new Set(sends.filter((a) => a.path.includes(account)).map((a) => a.user));
    assert.deepEqual(by(OWN), new Set([OWN_KEY]));
    assert.deepEqual(by(ACCOUNT), new Set([HOST_KEY]));
    assert.deepEqual(by(SUB), new Set([HOST_KEY]));
  });

  test('so do the lists of what was missed', async () => {
    asked.length = 0;
    await stage.turn(70);
    const lists = asked.filter((a) => a.method === 'GET' && /\/(Messages|Calls)\.json/.test(a.path));
    const by = (account) => new Set(lists.filter((a) => a.path.includes(account)).map((a) => a.user));
    assert.deepEqual(by(OWN), new Set([OWN_KEY]));
    assert.deepEqual(by(ACCOUNT), new Set([HOST_KEY]));
  });
});

describe('a key that the carrier refuses', () => {
  test('is told as the tenant\'s whose it is, and is nobody else\'s trouble', async () => {
    const doctor = async (slug) => JSON.stringify(await stage.api(`/api/v1/doctor?tenant=${slug}`));
    const standing = async () => (await stage.api('/api/v1/health?tenant=pool1')).items.find((i) => i.name === 'carrier');
    run(['tenant', 'secret', 'own', 'api_secret'], 'wrong-by-now\n');
    await stage.text(OTHERS[1], 'who may send this?', LINES.own);
    await stage.turn(2);
    assert.match(stage.daemon.said(), /carrier: .*status 401.*check the key of tenant own,.* nextring tenant secret own api_key/);
    assert.ok(!stage.daemon.said().includes('TWILIO_API_KEY'));
    assert.match(await doctor('own'), /does not know this business's own API key/);
    assert.match(await doctor('pool1'), /own API key of 1 tenant\./);
    assert.notEqual((await standing()).state, 'bad');
    run(['tenant', 'secret', 'own', 'api_secret'], `${OWN_SECRET}\n`);
    await stage.text(OTHERS[2], 'and this?', LINES.own);
    await stage.turn(2);
    assert.ok(!(await doctor('own')).includes('API key'));
  });
});

describe('quotas of the host', () => {
  test('stop what is not urgent, and alarm', async () => {
    run(['tenant', 'set', 'pool2', '--texts-a-day', '1']);
    await textTo(ACCOUNT, TOKEN, LINES.pool2, 'one');
    await stage.turn(1);
    await textTo(ACCOUNT, TOKEN, LINES.pool2, 'two');
    await stage.turn(1);
    const kinds = (await stage.items('/api/v1/events?tenant=pool2&alarm=1')).filter((e) => e.kind === 'budget.over');
    assert.equal(kinds.length, 1);
    assert.match(kinds[0].detail, /the host's texts_a_day/);
    run(['tenant', 'set', 'pool2', '--texts-a-day', 'none']);
    assert.equal(shown('pool2').texts_a_day, null);
  });
});

test('provision and doctor are about one tenant, at its account', () => {
  const at = (...args) => spawnSync(path.join(build, 'nextring'), args, {
    env: { NEXTRING_DATA: path.join(stage.folder, 'data'), NEXTRING_PUBLIC_URL: stage.base, TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN,
      NEXTRING_CARRIER_API: `http://127.0.0.1:${stage.simPort}` },
    encoding: 'utf8',
  });
  const several = at('provision');
  assert.equal(several.status, 2, several.stderr);
  assert.match(several.stderr, /has \d tenants; say whose numbers: --tenant T/);
  const { account, items } = JSON.parse(at('provision', '--tenant', 'sub', '--json').stdout);
  assert.equal(account, SUB);
  assert.deepEqual(items.map((i) => [i.number, i.is_line]), [[LINES.sub, true]]);
  const own = at('provision', '--tenant', 'own');
  assert.equal(own.status, 3, own.stderr);
  assert.match(own.stderr, new RegExp(`give the auth token of the account ${OWN}`));
  assert.equal(at('doctor', '--tenant', 'nobody').status, 1);
  const told = JSON.parse(at('doctor', '--tenant', 'own', '--json').stdout).items;
  for (const check of ['public-address', 'api-key'])
    assert.deepEqual(told.filter((i) => i.check === check).map((i) => i.state), ['unknown'], `${check}: its own secrets are the daemon's`);
});

describe('a suspended tenant', () => {
  const words = (stream) => stream.events.filter((e) => e.type === 'health').map((e) => e.data.health.words);

  test('has the closed script, keeps its texts, and sends nothing', async () => {
    const [its, others] = await Promise.all(['sub', 'own'].map((slug) => Stream.open({
      socketPath: path.join(stage.folder, 'data/control.sock'), target: `/api/v1/stream?tenant=${slug}` })));
    run(['tenant', 'suspend', 'sub']);
    await its.until((s) => /suspended this business/.test(words(s).at(-1)), 'the news of the suspension');
    await others.until((s) => words(s).length > 0, 'how it stands');
    its.close();
    others.close();
    assert.ok(!words(others).some((w) => /suspended/.test(w)), 'it is nobody else\'s');
    assert.equal(shown('sub').state, 'suspended');
    asked.length = 0;
    const call = await callTo(SUB, TOKEN, LINES.sub);
    assert.equal(call.status, 200);
    assert.ok(!/<Dial/.test(call.body), call.body);
    assert.equal((await textTo(SUB, TOKEN, LINES.sub, 'while suspended')).status, 200);
    await stage.turn(30);
    assert.ok((await bodies('sub')).includes('while suspended'));
    assert.deepEqual(asked.filter((a) => a.method === 'POST' && a.path.includes(SUB) && /Messages|Calls\.json/.test(a.path)), []);
    assert.equal((await stage.items('/api/v1/tenants')).find((t) => t.id === 'sub').is_suspended, true);
    assert.equal((await stage.api('/api/v1/board?tenant=sub')).tenant.is_suspended, true);
    assert.match(JSON.stringify(await stage.api('/api/v1/doctor?tenant=sub')), /suspended this business/);
    assert.ok(!JSON.stringify(await stage.api('/api/v1/doctor?tenant=own')).includes('suspended'));
    const health = await stage.api('/api/v1/health?tenant=sub');
    assert.deepEqual([health.state, health.items.at(-1).name, health.items.at(-1).state], ['bad', 'host', 'bad']);
    assert.match(health.words, /suspended this business/);
    assert.notEqual((await stage.api('/api/v1/health?tenant=own')).items.at(-1).name, 'host');
  });

  test('is served again, and what waited goes out', async () => {
    run(['tenant', 'resume', 'sub']);
    await stage.turn(5);
    const call = await callTo(SUB, TOKEN, LINES.sub);
    assert.match(call.body, /<Dial/);
    assert.ok((await stage.texts(OWNER)).some((t) => t.includes('while suspended')));
  });
});

describe('keys', () => {
  test('everything is sealed anew while it runs', async () => {
    const file = stage.env.NEXTRING_KEY_FILE;
    const old = fs.readFileSync(file);
    const fresh = crypto.randomBytes(32);
    fs.writeFileSync(file, fresh); // the old one is still needed
    const early = cli(['tenant', 'secret', '--rotate-key']);
    assert.equal(early.status, 1);
    assert.match(early.stderr, /3 secrets are sealed by a key that the file has no more/);
    assert.equal((await textTo(OWN, OWN_TOKEN, LINES.own)).status, 200);
    fs.writeFileSync(file, Buffer.concat([fresh, old]));
    const told = JSON.parse(run(['tenant', 'secret', '--rotate-key', '--json']));
    assert.deepEqual([told.sealed, told.unopened], [3, 0]);
    assert.equal((await textTo(OWN, OWN_TOKEN, LINES.own)).status, 200);
    fs.writeFileSync(file, fresh); // the old one is needed no more
    assert.equal(JSON.parse(run(['tenant', 'secret', '--rotate-key', '--json'])).sealed, 0);
    await stage.kill('SIGTERM');
    await stage.startDaemon();
    assert.equal((await textTo(OWN, OWN_TOKEN, LINES.own)).status, 200);
    fs.writeFileSync(file, Buffer.concat([fresh, Buffer.from('\n')]));
    const refused = cli(['tenant', 'secret', '--rotate-key']);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /has 33 bytes/);
    assert.equal((await textTo(OWN, OWN_TOKEN, LINES.own)).status, 200);
    fs.writeFileSync(file, fresh);
  });
});

describe('whoever is bound to a tenant', () => {
  test('finds nothing of the host', async () => {
    const admin = run(['token', 'add', '--tenant', 'own', '--role', 'admin']).trim();
    const routes = [
      ['GET', '/api/v1/host/tenants'], ['POST', '/api/v1/host/tenants'], ['POST', '/api/v1/host/keys'],
      ...['own', 'pool1', 'nobody'].flatMap((t) => [
        ['GET', `/api/v1/host/tenants/${t}`], ['PATCH', `/api/v1/host/tenants/${t}`], ['PUT', `/api/v1/host/tenants/${t}/secret`],
        ['GET', `/api/v1/host/tenants/${t}/rows?part=0`], ['POST', `/api/v1/host/tenants/${t}/delete`],
      ]),
    ];
    for (const [method, target] of routes) {
      const body = method === 'GET' ? undefined : '{}';
      const headers = { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json' };
      assert.equal((await request({ method, port: stage.port, target, headers, body })).status, 404, `${method} ${target}`);
      assert.equal((await request({ method, port: stage.port, target, headers: { 'Content-Type': 'application/json' }, body })).status, 401);
    }
  });
});

describe('tenants go', () => {
  test('with all that is theirs, proven by its chain, and without a secret', async () => {
    const folder = path.join(stage.folder, 'out');
    run(['tenant', 'export', 'own', folder]);
    const names = fs.readdirSync(folder);
    for (const name of ['manifest.json', 'events-2026.jsonl', 'message.jsonl', 'thread.jsonl', 'roster_version.jsonl', 'tenant.jsonl']) assert.ok(names.includes(name), name);
    for (const name of ['session.jsonl', 'tenant_secret.jsonl', 'link.jsonl']) assert.ok(!names.includes(name), name);
    const { manifest } = JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
    assert.equal(manifest.tenant.id, 'own');
    const texts = fs.readFileSync(path.join(folder, 'message.jsonl'), 'utf8').trim().split('\n').map((l) => JSON.parse(l).row);
    assert.equal(manifest.tables.find((t) => t.table === 'message').rows, texts.length);
    assert.ok(texts.some((t) => t.body === 'for own'));
    assert.match(run(['export', '--verify', path.join(folder, 'events-2026.jsonl')]), /^whole: \d+ rows/);
    const stream = run(['tenant', 'export', 'own', '-']);
    const verified = cli(['export', '--verify', '-'], stream);
    assert.match(verified.stdout, /^whole: \d+ rows/, verified.stderr);
    const lines = stream.split('\n');
    const at = lines.findIndex((l) => l.includes('"kind"') && !l.includes('"table"'));
    assert.equal(cli(['export', '--verify', '-'], lines.filter((_, i) => i !== at).join('\n')).status, 1); // a row of the log is missing
    for (const secret of [OWN_TOKEN, OWN_SECRET, TOKEN]) assert.ok(!stream.includes(secret));
    // A log in two parts, one after the other, is one; in another order, or with a part of another's, it is none.
    const part = (from, to, slug = 'own') => run(['export', '--from', from, '--to', to, '--tenant', slug]);
    const [first, second] = [part('2026-11-01', '2026-11-24T02:06:00Z'), part('2026-11-24T02:06:00Z', '2026-12-31')];
    assert.match(cli(['export', '--verify', '-'], first + second).stdout, /^whole: \d+ rows/);
    assert.equal(cli(['export', '--verify', '-'], second + first).status, 1);
    assert.equal(cli(['export', '--verify', '-'], first + part('2026-11-24T02:06:00Z', '2026-12-31', 'pool1')).status, 1);
  });

  test('whole, and the proof says of every table that it has nothing left', async () => {
    assert.equal(cli(['tenant', 'delete', 'own']).status, 2);
    assert.equal(cli(['tenant', 'delete', 'own', '--yes-delete', 'pool1']).status, 2);
    const before = await bodies('pool1');
    const told = JSON.parse(run(['tenant', 'delete', 'own', '--yes-delete', 'own', '--json']));
    assert.equal(told.is_clean, true, JSON.stringify(told));
    assert.ok(told.tables.length > 25);
    for (const t of told.tables) assert.equal(t.left, 0, t.table);
    assert.ok(!run(['tenant', 'list']).includes('own'));
    assert.deepEqual(await bodies('pool1'), before);
    assert.equal((await textTo(OWN, OWN_TOKEN, LINES.own)).status, 403); // the account is nobody's
    assert.equal(cli(['tenant', 'show', 'own']).status, 1);
    run(['tenant', 'add', 'own', '--account', OWN]);
    assert.ok(shown('own').number > 4); // nobody gets the number of one who has gone
    assert.deepEqual(shown('own').secrets, []);
  });

  test('and who stays is there after a restart, whatever numbers are free', async () => {
    await put('own');
    await stage.kill('SIGTERM');
    await stage.startDaemon();
    assert.deepEqual((await stage.items('/api/v1/tenants')).map((t) => t.id).sort(), ['own', 'pool1', 'pool2', 'sub']);
  });
});
