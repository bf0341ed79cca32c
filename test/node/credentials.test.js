// Credentials: which of them each request to the carrier bears, where they may come from, and how
// others take their place while the daemon runs. docs/guides/credentials.md is what is held here.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import twilio from 'twilio';
import { RecordedStage } from './recorder.js';
import { KEY_ID, SECRET as AWS_SECRET, SecretsManager, sign } from './secrets_manager.js';
import { ACCOUNT, BACKUP, CUSTOMER, KEY, LINE, OTHERS, OWNER, PRIMARY, SECRET, TOKEN, alwaysOnCall, build, request, sid } from './stage.js';

const OTHER_TOKEN = 'fedcba9876543210fedcba9876543210';
const OTHER_KEY = 'SK00000000000000000000000000000002';
const OTHER_SECRET = 'another-rehearsal-secret';
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const none = { TWILIO_ACCOUNT_SID: '', TWILIO_AUTH_TOKEN: '', TWILIO_API_KEY: '', TWILIO_API_SECRET: '' };

let stage, manager;
afterEach(async () => {
  await stage?.close();
  await manager?.close();
  stage = manager = undefined;
});

const env = (more = {}) => ({ TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN, TWILIO_API_KEY: KEY, TWILIO_API_SECRET: SECRET, ...more });
const lines = (values) => Object.entries(values).map(([name, value]) => `${name}=${value}\n`).join('');
const file = (folder, name, text, mode = 0o600) => {
  const at = path.join(folder, name);
  fs.writeFileSync(at, text, { mode });
  fs.chmodSync(at, mode);
  return at;
};
function nextring(args, more = {}) {
  return new Promise((resolve) => {
    execFile(path.join(build, 'nextring'), args, { env: { NEXTRING_DATA: path.join(stage.folder, 'data'), ...more }, cwd: stage.folder },
      (error, stdout, stderr) => resolve({ status: error ? error.code : 0, stdout, stderr, said: stdout + stderr }));
  });
}
const says = async (words, times = 1) => {
  while (stage.daemon.said().split(words).length <= times) await new Promise(setImmediate);
};
// A text's webhook, signed by that token.
function signed(token, target = '/sms/inbound') {
  const params = { AccountSid: ACCOUNT, MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'x', NumMedia: '0' };
  return request({
    method: 'POST', port: stage.port, target, body: new URLSearchParams(params).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': twilio.getExpectedTwilioSignature(token, stage.base + target, params) },
  });
}
// The carrier's account with the keys that it knows.
const account = (...keys) => stage.carrier('POST', '/sim/setup', {
  accounts: [{
    sid: ACCOUNT, auth_token: TOKEN, api_keys: keys,
    numbers: [{ phone_number: LINE, voice_url: `${stage.base}/webhook/twilio/voice`, sms_url: `${stage.base}/sms/inbound`, status_callback: `${stage.base}/webhook/twilio/call-status` }],
  }],
});
const one = { sid: KEY, secret: SECRET };
const two = { sid: OTHER_KEY, secret: OTHER_SECRET };

describe('which credential a request bears', { timeout: 120000 }, () => {
  test('the API key, whatever is asked: texts, calls, lists, lookups, photos, voicemails, deletions', async () => {
    stage = await RecordedStage.open({ roster: { ...alwaysOnCall(), lookup: ['caller_name'], keep_recordings_days: 1 } });
    const photo = { type: 'image/png', base64: PIXEL };
    await stage.carrier('POST', '/sim/texts', { from: CUSTOMER, to: LINE, body: 'water under the sink', media: [photo] });
    await stage.turn(5);
    const [thread] = await stage.items('/api/v1/threads');
    const link = (await stage.texts(PRIMARY)).find((t) => t.includes('water under')).match(/\/j\/([A-Za-z0-9_-]{22})/)[1];
    assert.equal((await request({ port: stage.port, target: `/m/${link}/0` })).status, 200);
    assert.equal((await stage.api(`/api/v1/threads/${thread.id}/call`, 'POST', { operator: 'primary' })).status, 202);
    await stage.turn(5);
    for (const phone of [PRIMARY, BACKUP, OWNER]) await stage.phone(phone, { on_call: [{ do: 'busy' }] });
    await stage.call(OTHERS[0], { voicemail_ms: 12000 });
    await stage.turn(120);
    const voicemail = (await stage.texts(PRIMARY)).filter((t) => t.includes('voicemail')).map((t) => t.match(/\/j\/([A-Za-z0-9_-]{22})/)?.[1]).filter(Boolean).at(-1);
    assert.equal((await request({ port: stage.port, target: `/r/${voicemail}` })).status, 200);
    await stage.turn(86400);
    const { asked } = stage.recorder;
    const kinds = new Set(asked.map((a) => a.what));
    for (const what of ['POST /2010-04-01/Accounts/AC*/Messages.json', 'GET /2010-04-01/Accounts/AC*/Messages.json',
      'POST /2010-04-01/Accounts/AC*/Calls.json', 'GET /2010-04-01/Accounts/AC*/Calls.json',
      'GET /v2/PhoneNumbers/%2B16195550150', 'GET /2010-04-01/Accounts/AC*/Messages/MM*/Media/ME*',
      'GET /2010-04-01/Accounts/AC*/Recordings/RE*.mp3', 'DELETE /2010-04-01/Accounts/AC*/Recordings/RE*.json'])
      assert.ok(kinds.has(what), `${what} is not among: ${[...kinds].join('\n')}`);
    const { led } = stage.recorder;
    assert.ok(led.size > 0, 'a photo is at the carrier\'s storage');
    for (const a of asked) {
      assert.deepEqual([a.user, a.password], led.has(a.path) ? ['', ''] : [KEY, SECRET], a.what);
      assert.ok(!a.text.includes(TOKEN) && !a.text.includes(SECRET), a.what);
    }
  });

  test('without an API key the daemon does not start, and says where to get one', async () => {
    stage = await RecordedStage.open();
    const run = await nextring(['serve'], { ...env({ TWILIO_API_KEY: '', TWILIO_API_SECRET: '' }), NEXTRING_PUBLIC_URL: stage.base, NEXTRING_ROSTER: stage.roster, NEXTRING_DATA: path.join(stage.folder, 'other') });
    assert.equal(run.status, 2, run.said);
    assert.match(run.stderr, /TWILIO_API_KEY: is missing: .*console/);
    assert.match(run.stderr, /TWILIO_API_SECRET: is missing/);
  });
});

describe('a rotation', { timeout: 120000 }, () => {
  // A daemon whose credentials stand in an env file of the test's.
  async function openWith(values = env()) {
    const folder = fs.mkdtempSync('/tmp/nextring-env-');
    const at = file(folder, 'env', lines(values));
    stage = await RecordedStage.open({ env: { ...none, NEXTRING_ENV_FILE: at } });
    const close = stage.close.bind(stage);
    stage.close = async () => { await close(); fs.rmSync(folder, { recursive: true }); };
    return { write: (more) => file(folder, 'env', lines(env(more))), at };
  }

  test('of the auth token: both count while both are there, by SIGHUP', async () => {
    const { write } = await openWith();
    assert.equal((await signed(OTHER_TOKEN)).status, 403);
    write({ TWILIO_AUTH_TOKEN_2: OTHER_TOKEN });
    stage.daemon.kill('SIGHUP');
    await says('others in force: TWILIO_AUTH_TOKEN_2');
    assert.deepEqual([(await signed(TOKEN)).status, (await signed(OTHER_TOKEN)).status], [200, 200]);
    write({ TWILIO_AUTH_TOKEN: OTHER_TOKEN });
    stage.daemon.kill('SIGHUP');
    await says('others in force: TWILIO_AUTH_TOKEN, TWILIO_AUTH_TOKEN_2');
    assert.deepEqual([(await signed(TOKEN)).status, (await signed(OTHER_TOKEN)).status], [403, 200]);
  });

  test('of the API key: the next request bears the new one, by nextring reload', async () => {
    const { write } = await openWith();
    await account(one, two);
    write({ TWILIO_API_KEY: OTHER_KEY, TWILIO_API_SECRET: OTHER_SECRET });
    const run = await nextring(['reload']);
    assert.deepEqual([run.status, run.stderr], [0, '']);
    assert.match(run.stdout, /credentials read again, others in force: TWILIO_API_KEY, TWILIO_API_SECRET/);
    await account(two);
    stage.recorder.asked.length = 0;
    await stage.text(CUSTOMER, 'the pump is down');
    await stage.turn(90);
    assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes('the pump is down')));
    assert.ok(stage.recorder.asked.some((a) => a.what.startsWith('GET')), 'a list was asked for');
    for (const a of stage.recorder.asked) assert.deepEqual([a.user, a.password], [OTHER_KEY, OTHER_SECRET], a.what);
  });

  test('with a mistake changes nothing, and every mistake is told', async () => {
    const { write, at } = await openWith();
    write({ TWILIO_AUTH_TOKEN: 'two words', TWILIO_API_SECRET: '' });
    const run = await nextring(['reload']);
    assert.equal(run.status, 1, run.said);
    assert.match(run.stderr, /the credentials were refused, and those before stay: .*env:2: TWILIO_AUTH_TOKEN: has a blank/);
    await says('TWILIO_API_SECRET: is missing beside TWILIO_API_KEY');
    assert.ok(!stage.daemon.said().includes('two words') && !run.said.includes('two words'));
    fs.chmodSync(at, 0o644);
    assert.match((await nextring(['reload'])).stderr, new RegExp(`mode 644 lets others at it; run: chmod 600 ${at}`));
    assert.equal((await signed(TOKEN)).status, 200);
    write();
    assert.equal((await nextring(['reload'])).status, 0);
  });

  test('to another account wants a restart', async () => {
    const { write } = await openWith();
    write({ TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000002' });
    const run = await nextring(['reload']);
    assert.equal(run.status, 1, run.said);
    assert.match(run.stderr, /another account .* restart/);
    assert.equal((await signed(TOKEN)).status, 200);
  });

  test('of what a command prints', async () => {
    const folder = fs.mkdtempSync('/tmp/nextring-exec-');
    try {
      const at = file(folder, 'secrets', lines(env({ TWILIO_AUTH_TOKEN: '' })));
      const token = file(folder, 'token', TOKEN);
      const print = file(folder, 'print', `#!/bin/sh\n[ -z "$TWILIO_API_SECRET$NEXTRING_DATA" ] && cat "$@"\n`, 0o700);
      stage = await RecordedStage.open({ env: { ...none, NEXTRING_ENV_FILE: `exec:${print} ${at}`, TWILIO_AUTH_TOKEN_FILE: `exec:${print} ${token}` } });
      assert.equal((await signed(TOKEN)).status, 200);
      file(folder, 'token', `${OTHER_TOKEN}\n`);
      assert.equal((await nextring(['reload'])).status, 0);
      assert.deepEqual([(await signed(TOKEN)).status, (await signed(OTHER_TOKEN)).status], [403, 200]);
      fs.rmSync(token);
      const run = await nextring(['reload']);
      assert.equal(run.status, 1);
      assert.match(run.stderr, /TWILIO_AUTH_TOKEN_FILE: the command ended with status 1; run it by hand/);
      assert.equal((await signed(OTHER_TOKEN)).status, 200);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('a secret of AWS', { timeout: 120000 }, () => {
  test('the pretend one signs as Amazon\'s published example does', () => {
    const headers = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' };
    assert.equal(sign({ method: 'GET', path: '/', headers, signed: ['host', 'x-amz-date'], body: '' },
      { secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', date: '20150830T123600Z', region: 'us-east-1', service: 'service' }),
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31');
  });

  test('is JSON or an env file, is read at the start and anew by a reload', async () => {
    manager = await SecretsManager.open();
    manager.secrets.set('prod/nextring', { SecretString: JSON.stringify(env()) });
    stage = await RecordedStage.open({ env: { ...none, ...manager.env(), NEXTRING_ENV_FILE: 'aws:prod/nextring' } });
    assert.deepEqual(manager.log, [{ id: 'prod/nextring' }]);
    assert.equal((await signed(TOKEN)).status, 200);
    manager.secrets.set('prod/nextring', { SecretString: lines(env({ TWILIO_AUTH_TOKEN: OTHER_TOKEN })) });
    assert.match((await nextring(['reload'])).stdout, /others in force: TWILIO_AUTH_TOKEN/);
    assert.deepEqual([(await signed(TOKEN)).status, (await signed(OTHER_TOKEN)).status], [403, 200]);
    manager.secrets.clear();
    const run = await nextring(['reload']);
    assert.equal(run.status, 1);
    assert.match(run.stderr, /aws:prod\/nextring: NEXTRING_ENV_FILE: answers 400 ResourceNotFoundException; no secret has that name/);
    assert.equal((await signed(OTHER_TOKEN)).status, 200);
  });

  test('goes by a session token, and says what is wrong with the keys', async () => {
    manager = await SecretsManager.open();
    const arn = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:nextring-AbCdEf';
    manager.secrets.set(arn, { SecretBinary: Buffer.from(lines(env())).toString('base64') });
    stage = await RecordedStage.open();
    const check = (more) => nextring(['check', '--json'], { NEXTRING_PUBLIC_URL: stage.base, NEXTRING_ROSTER: stage.roster, NEXTRING_ENV_FILE: arn, ...more });
    manager.token = 'session';
    const good = await check({ ...manager.env(), AWS_REGION: 'eu-west-1' }); // the ARN tells the region
    assert.equal(good.status, 0, good.said);
    const wrong = await check({ ...manager.env(), AWS_SECRET_ACCESS_KEY: 'wrong' });
    assert.match(wrong.said, /InvalidSignatureException; check AWS_ACCESS_KEY_ID/);
    const over = await check({ ...manager.env(), AWS_SESSION_TOKEN: 'old' });
    assert.match(over.said, /ExpiredTokenException; the session token has expired/);
    const without = await check({ AWS_EC2_METADATA_DISABLED: 'true' });
    assert.match(without.said, /needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role: there is no role/);
    for (const run of [good, wrong, over]) assert.ok(![TOKEN, SECRET, AWS_SECRET].some((s) => run.said.includes(s)), run.said);
  });
});

describe('a role of AWS', { timeout: 60000 }, () => {
  // What hands out keys: an instance's metadata (version 2), a container's host, and STS.
  let host, asked;
  const keys = { Code: 'Success', AccessKeyId: KEY_ID, SecretAccessKey: AWS_SECRET, Token: 'session-of-a-role', Expiration: '2099-01-01T00:00:00Z' };
  async function open() {
    asked = [];
    host = http.createServer((rq, rs) => {
      let body = '';
      rq.on('data', (part) => { body += part; });
      rq.on('end', () => {
        asked.push({ method: rq.method, path: rq.url, headers: rq.headers, body });
        const end = (status, text) => rs.writeHead(status).end(typeof text === 'string' ? text : JSON.stringify(text));
        if (rq.method === 'PUT' && rq.url === '/latest/api/token') return end(rq.headers['x-aws-ec2-metadata-token-ttl-seconds'] ? 200 : 400, 'meta-token');
        if (rq.url.startsWith('/latest/') && rq.headers['x-aws-ec2-metadata-token'] !== 'meta-token') return end(401, '');
        if (rq.url === '/latest/meta-data/iam/security-credentials/') return end(200, 'nextring-role\n');
        if (rq.url === '/latest/meta-data/iam/security-credentials/nextring-role') return end(200, keys);
        if (rq.url === '/container') return rq.headers.authorization === 'container-token' ? end(200, keys) : end(401, '');
        if (rq.method === 'POST' && rq.url === '/' && new URLSearchParams(body).get('WebIdentityToken') === 'identity-token')
          return end(200, `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${KEY_ID}</AccessKeyId><SecretAccessKey>${AWS_SECRET}</SecretAccessKey><SessionToken>session-of-a-role</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`);
        return end(404, '');
      });
    });
    await new Promise((done) => host.listen(0, '127.0.0.1', done));
    host.unref();
    manager = await SecretsManager.open();
    manager.token = 'session-of-a-role';
    manager.secrets.set('prod/nextring', { SecretString: lines(env()) });
    stage = await RecordedStage.open();
    return `http://127.0.0.1:${host.address().port}`;
  }
  afterEach(() => { host?.closeAllConnections(); host?.close(); host = undefined; });
  const check = (more) => nextring(['check'], {
    NEXTRING_PUBLIC_URL: stage.base, NEXTRING_ROSTER: stage.roster, NEXTRING_ENV_FILE: 'aws:prod/nextring',
    AWS_REGION: 'us-west-2', AWS_ENDPOINT_URL_SECRETS_MANAGER: manager.endpoint, ...more,
  });
  const clean = (run) => assert.ok(![TOKEN, SECRET, AWS_SECRET, 'session-of-a-role', 'container-token', 'identity-token'].some((s) => run.said.includes(s)), run.said);

  test('of an instance, by its metadata service, version 2', async () => {
    const at = await open();
    const run = await check({ AWS_EC2_METADATA_SERVICE_ENDPOINT: at });
    assert.equal(run.status, 0, run.said);
    assert.deepEqual(asked.map((a) => a.method), ['PUT', 'GET', 'GET']);
    assert.deepEqual(manager.log, [{ id: 'prod/nextring' }]);
    clean(run);
  });
  test('of a container, with its authorization token from the environment or a file', async () => {
    const at = await open();
    const uri = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${at}/container` };
    for (const token of [{ AWS_CONTAINER_AUTHORIZATION_TOKEN: 'container-token' }, { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file(stage.folder, 'authorization', 'container-token\n') }]) {
      const run = await check({ ...uri, ...token });
      assert.equal(run.status, 0, run.said);
      clean(run);
    }
    const wrong = await check({ ...uri, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'another' });
    assert.notEqual(wrong.status, 0);
    assert.match(wrong.said, /the container's role gives no keys: it answers 401/);
    const far = await check({ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://credentials.example.com/', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'container-token' });
    assert.match(far.said, /no https address and none of this machine's/);
    clean(far);
  });
  test('of a web identity, by STS', async () => {
    const at = await open();
    const run = await check({ AWS_ENDPOINT_URL_STS: at, AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/nextring', AWS_WEB_IDENTITY_TOKEN_FILE: file(stage.folder, 'identity', 'identity-token') });
    assert.equal(run.status, 0, run.said);
    const form = new URLSearchParams(asked[0].body);
    assert.deepEqual([form.get('Action'), form.get('RoleArn'), form.get('RoleSessionName')], ['AssumeRoleWithWebIdentity', 'arn:aws:iam::123456789012:role/nextring', 'nextring']);
    clean(run);
  });
  test('keys that are given win, and nobody is asked for a role', async () => {
    const at = await open();
    const run = await check({ ...manager.env(), AWS_EC2_METADATA_SERVICE_ENDPOINT: at });
    assert.equal(run.status, 0, run.said);
    assert.deepEqual(asked, []);
  });
});

describe('nextring check', { timeout: 60000 }, () => {
  test('tells from where each credential is, what is missing, and no secret', async () => {
    stage = await RecordedStage.open();
    const at = file(stage.folder, 'env', lines({ TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_API_SECRET: SECRET }));
    const token = file(stage.folder, 'token', TOKEN, 0o400);
    const more = { NEXTRING_PUBLIC_URL: stage.base, NEXTRING_ROSTER: stage.roster, NEXTRING_ENV_FILE: at, TWILIO_AUTH_TOKEN_FILE: token };
    const text = await nextring(['check'], { ...more, TWILIO_API_KEY: KEY });
    assert.equal(text.status, 0, text.said);
    assert.match(text.stdout, /^TWILIO_ACCOUNT_SID +AC\.\.\.0001 +from .*\/env:1$/m);
    assert.match(text.stdout, /^TWILIO_AUTH_TOKEN +\*\*\* +from .*\/token$/m);
    assert.match(text.stdout, /^TWILIO_AUTH_TOKEN_2 +- +not given: the other token during a rotation$/m);
    assert.match(text.stdout, /^TWILIO_API_KEY +SK\.\.\.0001 +from the environment$/m);
    assert.match(text.stdout, /^TWILIO_API_SECRET +\*\*\* +from .*\/env:2$/m);
    const json = await nextring(['check', '--json'], { ...more, TWILIO_API_KEY: KEY });
    const { credentials } = JSON.parse(json.stdout);
    assert.deepEqual(credentials.map((c) => c.is_given), [true, true, false, true, true, false]);
    assert.equal(credentials[1].place, token);
    const missing = await nextring(['check'], more);
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /TWILIO_API_KEY: is missing beside TWILIO_API_SECRET/);
    for (const run of [text, json, missing]) assert.ok(!run.said.includes(TOKEN) && !run.said.includes(SECRET), run.said);
  });
});

// A mount of its own, where that may be had; its files are gone with it.
const mayMount = () => spawnSync('unshare', ['-rm', 'true']).status === 0;

describe('a file for one secret', { timeout: 60000 }, () => {
  const check = (at, more = {}) => nextring(['check'], { ...env({ TWILIO_AUTH_TOKEN: '' }), TWILIO_AUTH_TOKEN_FILE: at, NEXTRING_PUBLIC_URL: stage.base, NEXTRING_ROSTER: stage.roster, ...more });

  test('is 600 where it can be written, and the refusal has the command that mends it', async () => {
    stage = await RecordedStage.open();
    for (const mode of [0o644, 0o440, 0o444]) {
      const at = file(stage.folder, 'token', TOKEN, mode);
      const run = await check(at);
      assert.equal(run.status, 1, run.said);
      const mend = run.said.match(/TWILIO_AUTH_TOKEN_FILE: mode (\d+) lets others at it; run: (chmod 600 \S+)/);
      assert.ok(mend && mend[1] === mode.toString(8), run.said);
      assert.equal(spawnSync('sh', ['-c', mend[2]]).status, 0);
      assert.equal((await check(at)).status, 0);
    }
  });

  test('may be read by others on a read-only mount, as containers have it', { skip: mayMount() ? false : 'no mount may be made here' }, async () => {
    stage = await RecordedStage.open();
    const mount = path.join(stage.folder, 'secrets');
    fs.mkdirSync(mount);
    const at = file(mount, 'token', TOKEN, 0o444);
    const settings = { ...env({ TWILIO_AUTH_TOKEN: '' }), TWILIO_AUTH_TOKEN_FILE: at, NEXTRING_PUBLIC_URL: stage.base, NEXTRING_ROSTER: stage.roster, NEXTRING_DATA: path.join(stage.folder, 'data') };
    const run = (ro) => spawnSync('unshare', ['-rm', 'sh', '-c', `mount --bind '${mount}' '${mount}' && mount -o remount,bind,${ro} '${mount}' && exec '${path.join(build, 'nextring')}' check`], { env: { PATH: process.env.PATH, ...settings }, encoding: 'utf8' });
    const good = run('ro');
    assert.equal(good.status, 0, good.stdout + good.stderr);
    assert.match(good.stdout, /^TWILIO_AUTH_TOKEN +\*\*\* +from .*\/token$/m);
    const bad = run('rw');
    assert.equal(bad.status, 1, bad.stdout + bad.stderr);
    assert.match(bad.stdout + bad.stderr, /run: chmod 600 /);
  });
});

describe('credentials that the carrier refuses', { timeout: 120000 }, () => {
  const alarms = async () => (await stage.items('/api/v1/events?alarm=1&limit=500')).map((e) => e.kind);
  const told = async (words) => (await stage.texts(PRIMARY)).filter((t) => t.includes(words)).length;
  async function openWith(values = env()) {
    const folder = fs.mkdtempSync('/tmp/nextring-env-');
    const at = file(folder, 'env', lines(values));
    stage = await RecordedStage.open({ env: { ...none, NEXTRING_ENV_FILE: at } });
    const close = stage.close.bind(stage);
    stage.close = async () => { await close(); fs.rmSync(folder, { recursive: true }); };
    return (more) => file(folder, 'env', lines(env(more)));
  }
  const reload = async () => {
    const run = await nextring(['reload']);
    assert.equal(run.status, 0, run.said);
  };

  test('texts wait for the reload, with an alarm, and then leave once each', async () => {
    const write = await openWith();
    await account(two); // somebody has deleted the key
    await stage.text(CUSTOMER, 'is anybody there');
    await stage.turn(120);
    assert.equal(await told('is anybody there'), 0);
    const [message] = (await stage.items('/api/v1/messages?limit=50')).filter((m) => m.direction === 'out');
    assert.equal(message.delivery, 'queued', 'it is not lost');
    assert.equal((await alarms()).filter((k) => k === 'text.denied').length, 1);
    const [relay] = await stage.items('/api/v1/relays');
    assert.equal(relay.state, 'open', 'nobody else is asked by credentials that are refused');
    write({ TWILIO_API_KEY: OTHER_KEY, TWILIO_API_SECRET: OTHER_SECRET });
    await reload();
    await stage.turn(11);
    assert.equal(await told('is anybody there'), 1);
    await stage.turn(60);
    assert.equal(await told('is anybody there'), 1, 'once');
  });

  test('SIGHUP does the same, and a reply to the customer waits as well', async () => {
    const write = await openWith();
    await stage.text(CUSTOMER, 'when do you come');
    await stage.turn(5);
    const [thread] = await stage.items('/api/v1/threads');
    await account(two);
    assert.equal((await stage.api(`/api/v1/threads/${thread.id}/reply`, 'POST', { operator: 'primary', body: 'at noon' })).status, 202);
    await stage.turn(300);
    assert.ok(!(await stage.texts(CUSTOMER)).some((t) => t.includes('at noon')));
    write({ TWILIO_API_KEY: OTHER_KEY, TWILIO_API_SECRET: OTHER_SECRET });
    stage.daemon.kill('SIGHUP');
    await says('others in force: TWILIO_API_KEY');
    await stage.turn(61);
    assert.equal((await stage.texts(CUSTOMER)).filter((t) => t.includes('at noon')).length, 1);
  });

  test('while they are refused, the carrier is asked by one probe at a time, however many texts wait', async () => {
    const write = await openWith();
    await stage.text(CUSTOMER, 'when do you come');
    await stage.turn(5);
    const [thread] = await stage.items('/api/v1/threads');
    await account(two);
    for (let i = 0; i < 40; i += 1)
      assert.equal((await stage.api(`/api/v1/threads/${thread.id}/reply`, 'POST', { operator: 'primary', body: `word ${i}` })).status, 202);
    await stage.turn(10); // the first ones have learned it
    const asked = () => stage.recorder.asked.filter((a) => a.what.startsWith('POST') && a.path.endsWith('/Messages.json')).length;
    const before = asked();
    await stage.turn(120);
    const probes = asked() - before;
    assert.ok(probes >= 10 && probes <= 25, `${probes} in two minutes`);
    write({ TWILIO_API_KEY: OTHER_KEY, TWILIO_API_SECRET: OTHER_SECRET });
    await reload();
    await stage.turn(120);
    assert.equal((await stage.texts(CUSTOMER)).filter((t) => t.includes('word ')).length, 40, 'all go on');
  });

  test('what has lost its use is not sent when they are mended: a pre-alert, and a step whose time is over', async () => {
    const write = await openWith();
    await account(two);
    for (const phone of [PRIMARY, BACKUP, OWNER]) await stage.phone(phone, { on_call: [{ do: 'ignore' }] });
    await stage.call(CUSTOMER, { hangup_after_ms: 40000 });
    await stage.turn(120);
    await stage.text(OTHERS[0], 'a step of fifteen minutes');
    await stage.turn(1000);
    write({ TWILIO_API_KEY: OTHER_KEY, TWILIO_API_SECRET: OTHER_SECRET });
    await reload();
    await stage.turn(15);
    assert.equal(await told('calls'), 0, 'nobody is told that a phone rings which rang long ago');
    const first = (await stage.items('/api/v1/messages?limit=100')).filter((m) => m.direction === 'out' && m.operator === 'primary' && m.body.includes('a step of'));
    assert.ok(first.every((m) => m.delivery !== 'queued'), JSON.stringify(first));
    assert.ok((await stage.texts(BACKUP)).some((t) => t.includes('a step of')), 'whose step it is now has it');
  });
});
