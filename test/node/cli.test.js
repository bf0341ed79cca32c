// The command line, as people and scripts use it: results on stdout, all else on stderr in one
// line, exit status 0 yes, 1 no, 2 wrong usage, 3 could not.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { ACCOUNT, BACKUP, CUSTOMER, KEY, LINE, OWNER, PRIMARY, SECRET, Stage, TOKEN, build, request, sid } from './stage.js';

const YES = 0, NO = 1, USAGE = 2, COULD_NOT = 3;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const example = (name) => path.join(root, 'examples', name);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-test-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

function nextring(args, env = {}, input = '') {
  const { status, stdout, stderr, error } = spawnSync(path.join(build, 'nextring'), args,
    { env, input, cwd: folder, encoding: 'utf8', timeout: 60000 });
  assert.ok(!error, String(error));
  return { status, stdout, stderr, said: `${args.join(' ')}: ${status}\n${stdout}${stderr}` };
}
// Failed with `status`, one line on stderr with `words`, and nothing on stdout.
function failed(run, status, ...words) {
  assert.equal(run.status, status, run.said);
  assert.equal(run.stdout, '', run.said);
  assert.match(run.stderr, /^[^\n]+\n$/, run.said);
  for (const word of words) assert.ok(run.stderr.includes(word), `${word} is not in: ${run.said}`);
}
function did(run) {
  assert.equal(run.status, YES, run.said);
  assert.equal(run.stderr, '', run.said);
  return run.stdout;
}
const json = (run) => JSON.parse(did(run));
const credentials = {
  NEXTRING_PUBLIC_URL: 'https://ring.example.com', TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN,
  TWILIO_API_KEY: KEY, TWILIO_API_SECRET: SECRET,
};

describe('fallback', () => {
  const people = (text) => {
    const file = path.join(folder, 'fallback.json');
    fs.writeFileSync(file, text);
    return { ...credentials, NEXTRING_ROSTER: file };
  };
  const roster = fs.readFileSync(example('roster.json'), 'utf8');
  const marked = () => people(JSON.stringify({ ...JSON.parse(roster),
    dispatchers: JSON.parse(roster).dispatchers.map((d) => ({ ...d, last_resort: d.id !== 'primary' })) }));

  test('a call rings the last resort one after the other, a text tells them', () => {
    const { voice, text } = json(nextring(['fallback', '--json'], marked()));
    assert.match(voice, new RegExp(`<Response>(<Dial [^>]*><Number>\\${BACKUP}</Number></Dial>)(<Dial [^>]*><Number>\\${OWNER}</Number></Dial>)<Say>[^<]+</Say><Hangup/></Response>`));
    assert.ok(!voice.includes(PRIMARY));
    assert.match(text, new RegExp(`<Message to="\\${BACKUP}">[^<]*{{From}}[^<]*{{Body}}</Message><Message to="\\${OWNER}">`));
    assert.equal(did(nextring(['fallback', 'voice'], marked())), voice + '\n');
    assert.equal(did(nextring(['fallback', 'text'], marked())), text + '\n');
    assert.ok(!did(nextring(['fallback', 'text', '--plain'], marked())).includes('{{'));
  });
  test('nobody is marked: the last step, and that is said', () => {
    const run = nextring(['fallback', 'voice'], people(roster.replaceAll('"last_resort": true', '"last_resort": false')));
    assert.equal(run.status, YES, run.said);
    assert.ok(run.stdout.includes(OWNER), run.said);
    assert.match(run.stderr, /^nextring: nobody is marked "last_resort"[^\n]*\n$/);
  });
  test('files in a folder', () => {
    const run = nextring(['fallback', '--out', folder], marked());
    const files = did(run).trim().split('\n');
    assert.deepEqual(files.map((f) => path.basename(f)), ['fallback-voice.xml', 'fallback-text.xml']);
    for (const file of files) assert.match(fs.readFileSync(file, 'utf8'), /^<\?xml /);
  });
  test('what is wrong is said', () => {
    failed(nextring(['fallback', 'fax'], marked()), USAGE, 'fax');
    failed(nextring(['fallback', '--tenant', 'other'], marked()), USAGE, 'other');
    failed(nextring(['fallback', '--out', path.join(folder, 'no/where')], marked()), COULD_NOT, '--out');
    failed(nextring(['fallback'], { ...credentials, NEXTRING_ROSTER: path.join(folder, 'none.json') }), COULD_NOT, 'none.json');
    failed(nextring(['fallback'], { ...credentials, NEXTRING_DATA: folder }), COULD_NOT, 'daemon');
    failed(nextring(['fallback'], { ...credentials, NEXTRING_ROSTER: folder }), USAGE, 'a roster per tenant', '--tenant');
  });
});

describe('signature', () => {
  const { vectors, negative } = JSON.parse(fs.readFileSync(path.join(root, 'test/vectors/signature-vectors.json'), 'utf8'));
  const beyondOurRules = 'sdk-07-apostrophe-normalised'; // a leniency of one library, and optional
  const ask = (v, ...more) => nextring(
    ['signature', '--method', v.method, '--url', v.request_url, '--signature', v.signature,
      ...(v.content_type ? ['--content-type', v.content_type] : []), ...more],
    { TWILIO_AUTH_TOKEN: v.auth_token }, v.body ?? '');

  test('the vectors are all there', () => {
    assert.equal(vectors.length, 33);
    assert.equal(negative.length, 11);
    assert.deepEqual(vectors.filter((v) => v.optional).map((v) => v.id), [beyondOurRules]);
  });
  for (const v of vectors)
    test(v.id, () => {
      const want = v.id !== beyondOurRules;
      const run = ask(v);
      assert.equal(run.status, want ? YES : NO, run.said);
      assert.match(run.stdout, want ? /^yes\n[^]*^matched /m : /^no\n/);
      assert.equal(run.stderr, '');
    });
  for (const v of negative)
    test(v.id, () => {
      const run = ask(v);
      assert.equal(run.status, NO, run.said);
      assert.match(run.stdout, /^no\n/);
      assert.ok(!run.stdout.includes('matched') || v.id === 'negative-04-json-body-changed', run.said);
    });

  test('the forms tried are listed', () => {
    const stripped = vectors.find((v) => v.id === 'sdk-05-https-custom-port-stripped');
    const run = ask(stripped);
    assert.match(run.stdout, /^tried +address and form, as it is: https:\/\/mycompany\.com:1234\//m);
    assert.match(run.stdout, /^matched +address and form, port removed: https:\/\/mycompany\.com\//m);
    const told = json(ask(stripped, '--json'));
    assert.equal(told.is_right, true);
    assert.deepEqual(told.tried.map((t) => [t.port, t.is_matched]), [['as it is', false], ['port removed', true]]);
  });
  test('a body that does not have its hash is named', () => {
    const changed = negative.find((v) => v.id === 'negative-04-json-body-changed');
    assert.match(ask(changed).stdout, /bodySHA256/);
    const run = ask(changed, '--json');
    assert.equal(run.status, NO);
    assert.equal(JSON.parse(run.stdout).is_hash_right, false);
  });
  test('a signature that is none is named', () => {
    const hex = negative.find((v) => v.id === 'negative-08-hex-instead-of-base64');
    assert.match(ask(hex).stdout, /not base64 of 20 bytes/);
  });
  test('no token, no address', () => {
    failed(nextring(['signature', '--url', 'https://x.example.com/', '--signature', 'x']), COULD_NOT, 'TWILIO_AUTH_TOKEN');
    failed(nextring(['signature'], { TWILIO_AUTH_TOKEN: TOKEN }), USAGE, '--url', '--signature');
  });
});

describe('check', () => {
  const check = (file, more = {}, ...args) =>
    nextring(['check', ...args], { ...credentials, NEXTRING_ROSTER: file, ...more });

  test('the examples are good', () => {
    assert.match(did(check(example('roster.json'))), /good/);
    assert.match(did(check(example('state-four-keys.json'), { TWILIO_FROM_NUMBER: LINE })), /good/);
  });
  test('the four keys without a line are told what is missing', () => {
    const run = check(example('state-four-keys.json'));
    assert.equal(run.status, NO);
    assert.match(run.stderr, /TWILIO_FROM_NUMBER/);
  });

  const planted = [
    ['"(619) 555-0111"', '"619 555 01"'],
    ['"18:00"', '"18:66"'],
    ['"America/Los_Angeles"', '"America/Los_Angles"'],
    ['["backup"]', '["bakcup"]'],
    ['"ring_seconds": 20', '"ring_seconds": 2000'],
  ];
  function broken() {
    let text = fs.readFileSync(example('roster.json'), 'utf8');
    for (const [good, bad] of planted) {
      assert.ok(text.includes(good), good);
      text = text.replace(good, bad);
    }
    const file = path.join(folder, 'broken.json');
    fs.writeFileSync(file, text);
    const places = planted.map(([, bad]) => {
      const mark = /[^ ]*$/.exec(bad.replace(/^\["?/, '"'))[0];
      const at = text.indexOf(bad) + (bad.startsWith('[') ? 1 : bad.startsWith('"ring') ? bad.lastIndexOf(' ') + 1 : 0);
      const lines = text.slice(0, at).split('\n');
      return { line: lines.length, column: lines.at(-1).length + 1, mark };
    });
    return { file, places };
  }
  test('five mistakes are all told, each by line and column', () => {
    const { file, places } = broken();
    const run = check(file);
    assert.equal(run.status, NO, run.said);
    assert.equal(run.stderr.trimEnd().split('\n').length, planted.length, run.said);
    for (const p of places)
      assert.ok(run.stderr.includes(`${file}:${p.line}:${p.column}: `), `${p.mark} at ${p.line}:${p.column} is not in\n${run.stderr}`);
  });
  test('and as JSON, for an editor', () => {
    const { file, places } = broken();
    const run = check(file, {}, '--json');
    assert.equal(run.status, NO, run.said);
    const told = JSON.parse(run.stdout);
    assert.equal(told.is_good, false);
    for (const p of places)
      assert.ok(told.mistakes.some((m) => m.file === file && m.line === p.line && m.column === p.column && m.words), p.mark);
    assert.deepEqual(json(check(example('roster.json'), {}, '--json')).mistakes, []);
  });
  test('settings that are missing are told beside the roster\'s mistakes', () => {
    const run = check(broken().file, { NEXTRING_PUBLIC_URL: '', TWILIO_AUTH_TOKEN: '' });
    assert.match(run.stderr, /NEXTRING_PUBLIC_URL/);
    assert.match(run.stderr, /TWILIO_AUTH_TOKEN/);
    assert.match(run.stderr, /America\/Los_Angles/);
  });
  test('a step that no call reaches is named', () => {
    const roster = JSON.parse(fs.readFileSync(example('roster.json'), 'utf8'));
    roster.chains.dispatch[0].ring_seconds = 60;
    roster.wait_seconds = 65;
    const file = path.join(folder, 'long.json');
    fs.writeFileSync(file, JSON.stringify(roster));
    assert.match(did(check(file)), /step 2 is never reached/);
    assert.equal(json(check(file, {}, '--json')).unreachable_steps, 1);
  });

  const secrets = { AWS_SECRET_ACCESS_KEY: 'cli-only-secret', NEXTRING_DATABASE: 'postgres://nextring:cli-only-password@db/nextring' };
  test('--settings is a table with the source of each, and masks what is secret', () => {
    const said = did(nextring(['check', '--settings', '--ring-seconds', '21'], { ...secrets, NEXTRING_CALL_RATE: '3' }));
    for (const name of ['LISTEN', 'PUBLIC_URL', 'DATA', 'DATABASE', 'ROSTER', 'CARRIER_API', 'ENV_FILE', 'SCRIPTS',
      'ACK_SECONDS', 'RING_SECONDS', 'CALL_RATE', 'CORS_ORIGINS', 'ADMIN_LISTEN'])
      assert.match(said, new RegExp(`^NEXTRING_${name} `, 'm'));
    assert.match(said, /^NEXTRING_RING_SECONDS +21 +--ring-seconds /m);
    assert.match(said, /^NEXTRING_CALL_RATE +3 +NEXTRING_CALL_RATE /m);
    assert.match(said, /^NEXTRING_ACK_SECONDS +900 +default /m);
    assert.match(said, /postgres:\/\/nextring:\*+@db\/nextring/);
    assert.ok(!said.includes('cli-only'), said);
  });
  test('--settings --json says the same', () => {
    const run = nextring(['check', '--settings', '--json'], secrets);
    const { settings } = json(run);
    const of = (name) => settings.find((s) => s.name === name);
    assert.equal(of('NEXTRING_LISTEN').value, '127.0.0.1:8080');
    assert.equal(of('NEXTRING_LISTEN').source, 'default');
    assert.equal(of('NEXTRING_DATABASE').source, 'environment');
    assert.equal(of('NEXTRING_PUBLIC_URL').value, null);
    assert.ok(!run.stdout.includes('cli-only'), run.stdout);
  });
});

describe('who', () => {
  const who = (...args) => nextring(['who', ...args], { NEXTRING_ROSTER: example('roster.json') });
  const rows = [
    ['Monday at ten', '2026-11-23T10:00', ['primary', 'owner'], ['backup']],
    ['Monday at half past six in the evening', '2026-11-23T18:30', ['primary', 'backup', 'owner'], []],
    ['Monday at seven in the evening, when the first goes off', '2026-11-23T19:00', ['backup', 'owner'], ['primary']],
    ['Sunday at three in the night', '2026-11-29T03:00', ['backup', 'owner'], ['primary']],
    ['Saturday at noon', '2026-11-28T12:00', ['owner'], ['primary', 'backup']],
    ['an instant in UTC', '2026-11-23T18:00:00Z', ['primary', 'owner'], ['backup']],
    ['an instant with its offset', '2026-11-24T03:30:00+01:00', ['primary', 'backup', 'owner'], []],
  ];
  for (const [what, at, taken, out] of rows)
    test(what, () => {
      const { plan, source } = json(who('--line', LINE, '--at', at, '--json'));
      assert.equal(source, 'files');
      assert.deepEqual(plan.filter((p) => p.is_taken).map((p) => p.operator), taken);
      assert.deepEqual(plan.filter((p) => !p.is_taken).map((p) => p.operator), out);
      assert.ok(plan.every((p) => p.reason === (p.is_taken ? 'on_duty' : 'off_duty')), JSON.stringify(plan));
      const said = did(who('--at', at));
      assert.equal(said.match(/^ *\d+\. /gm).length, taken.length, said);
      assert.equal((said.match(/left out: off duty/g) ?? []).length, out.length, said);
    });
  test('a job\'s own dispatcher comes first', () => {
    const { plan } = json(who('--at', '2026-11-23T18:30', '--job', 'job-1001', '--json'));
    assert.deepEqual(plan.filter((p) => p.is_taken).map((p) => p.operator), ['backup', 'primary', 'owner']);
  });
  test('nobody on duty is a no', () => {
    const roster = JSON.parse(fs.readFileSync(example('roster.json'), 'utf8'));
    roster.dispatchers[2].on_call = roster.dispatchers[0].on_call;
    const file = path.join(folder, 'hours.json');
    fs.writeFileSync(file, JSON.stringify(roster));
    const run = nextring(['who', '--at', '2026-11-28T12:00', '--roster', file]);
    assert.equal(run.status, NO, run.said);
    assert.match(run.stdout, /Nobody is on duty/);
  });
  test('what it cannot answer', () => {
    failed(who('--at', 'soon'), USAGE, '--at soon', '2026-11-29T03:00');
    failed(who('--line', '+16195550199'), USAGE, '--line', LINE);
    failed(nextring(['who']), COULD_NOT, 'NEXTRING_ROSTER');
    failed(nextring(['who', '--roster', path.join(folder, 'no.json')]), COULD_NOT, 'no.json');
  });
});

describe('usage', () => {
  const commands = ['serve', 'demo', 'check', 'who', 'signature', 'token', 'thread', 'relay', 'call', 'tail', 'ack', 'reload'];
  for (const command of commands)
    test(`${command} --help`, () => assert.match(did(nextring([command, '--help'])), new RegExp(`^nextring ${command} `)));
  test('--help lists every command', () => {
    for (const spelling of ['--help', 'help']) {
      const said = did(nextring([spelling]));
      for (const command of commands) assert.ok(said.includes(`nextring ${command} `), command);
    }
  });
  test('--version', () => assert.match(did(nextring(['--version'])), /^nextring \d+\.\d+\.\d+\n$/));

  const wrong = [
    [['frobnicate'], 'frobnicate'],
    [['chekc'], 'chekc'],
    [['check', '--frob'], '--frob'],
    [['check', 'more'], 'more'],
    [['who', '--lien', LINE, '--roster', example('roster.json')], '--lien'],
    [['signature', '--frob'], '--frob'],
    [['relay', '--frob'], '--frob'],
    [['thread', '--frob'], '--frob'],
    [['tail', 'x', 'y'], 'x'],
    [['ack'], 'nextring ack ID'],
    [['token'], 'add, list or revoke'],
    [['token', 'frob'], 'add, list or revoke'],
    [['token', 'add'], '--role'],
    [['token', 'revoke'], 'nextring token revoke ID'],
    [['token', 'revoke', 'a', 'b'], 'b'],
    [['reload', 'x'], 'x'],
    [['check', '--ring-seconds', '1000'], '--ring-seconds'],
    [['check', '--ring-seconds'], '--ring-seconds'],
    [['check', '--config', 'no.conf'], 'no.conf'],
  ];
  for (const [args, word] of wrong)
    test(`wrong: ${args.slice(0, 3).join(' ').replace(root, '')}`, () => failed(nextring(args), USAGE, word));
  test('no command at all', () => assert.equal(nextring([]).status, USAGE));

  const asking = [['thread'], ['thread', 'x'], ['relay'], ['call'], ['tail'], ['ack', 'x'], ['token', 'list'],
    ['token', 'add', '--role', 'viewer'], ['token', 'revoke', 'x'], ['reload']];
  for (const args of asking)
    test(`without a daemon: ${args.join(' ')}`, () =>
      failed(nextring(args, { NEXTRING_DATA: path.join(folder, 'none') }), COULD_NOT, 'control.sock', 'nextring serve', 'NEXTRING_DATA'));
});

describe('with a daemon', () => {
  let stage;
  const ask = (...args) => nextring(args, { NEXTRING_DATA: path.join(stage.folder, 'data') });
  const askJson = (...args) => json(ask(...args, '--json'));
  const lines = (run) => did(run).trimEnd().split('\n');
  before(async () => {
    stage = await Stage.open();
    await stage.text(CUSTOMER, 'The pump \x1b[31mis\x07 down\nfor good');
    await stage.turn(5);
    for (const n of [PRIMARY, BACKUP, OWNER]) await stage.phone(n, { on_call: [{ do: 'busy' }] });
    await stage.call('+16195550151', { hangup_after_ms: 1000 });
    await stage.turn(60);
    await stage.webhook('/webhook/twilio/voice', { CallSid: sid('CA'), From: 'client:\x1b[31mred', To: LINE, CallStatus: 'ringing' });
  });
  after(() => stage.close());

  test('thread lists the threads, and the log of one', () => {
    const { items } = askJson('thread');
    assert.deepEqual(items.map((t) => t.customer_phone).sort(), [CUSTOMER, '+16195550151']);
    const listed = lines(ask('thread'));
    assert.equal(listed.length, 2);
    const mine = items.find((t) => t.customer_phone === CUSTOMER);
    assert.ok(listed.some((l) => l.startsWith(mine.id) && l.includes(CUSTOMER)));
    const log = askJson('thread', mine.id).items;
    assert.ok(log.length > 1 && log[0].created_at <= log.at(-1).created_at, 'oldest first');
    assert.equal(lines(ask('thread', mine.id)).length, log.length);
    assert.equal(lines(ask('thread', '--tenant=acme', mine.id)).length, log.length);
    assert.equal(lines(ask('thread', mine.id, '--tenant', 'acme')).length, log.length);
  });
  test('what people wrote does not reach the terminal raw', () => {
    const mine = askJson('thread').items.find((t) => t.customer_phone === CUSTOMER);
    for (const args of [['thread'], ['thread', mine.id], ['relay'], ['call'], ['tail', '--no-follow']])
      assert.ok(!/[\x00-\x09\x0b-\x1f\x7f]/.test(did(ask(...args))), args.join(' '));
  });
  test('relay lists those in a state', () => {
    const open = askJson('relay', '--state', 'open').items;
    assert.deepEqual(open.map((r) => r.customer_phone).sort(), [CUSTOMER, '+16195550151']);
    assert.equal(lines(ask('relay', '--state', 'open')).length, 2);
    assert.deepEqual(askJson('relay', '--state', 'taken').items, []);
    assert.equal(did(ask('relay', '--state', 'taken')), '');
  });
  test('call and tail', () => { // more of tail: cli_tail.test.js
    const [call] = askJson('call').items;
    assert.equal(call.outcome, 'abandoned');
    assert.match(did(ask('call')), new RegExp(`^${call.id} .*\\+16195550151.* abandoned`));
    const events = lines(ask('tail', '--no-follow', '--json')).map((line) => JSON.parse(line).event);
    assert.ok(events.some((e) => e.kind === 'text.received'));
    assert.equal(lines(ask('tail', '--no-follow')).length, events.length + 1); // and the day
  });
  test('ack takes a relay for an operator, and says so when it was taken already', async () => {
    const [open] = askJson('relay', '--state', 'open').items.filter((r) => r.customer_phone === CUSTOMER);
    failed(ask('ack', open.id, '--operator', 'nobody'), USAGE, 'nobody on the roster');
    assert.match(did(ask('ack', open.id, '--operator', 'backup')), /taken/);
    const taken = await stage.api(`/api/v1/relays/${open.id}`);
    assert.deepEqual([taken.final_status, taken.acked_by], ['acked', 'backup']);
    assert.match(did(ask('ack', open.id, '--operator', 'owner')), /already/);
    assert.equal((await stage.api(`/api/v1/relays/${open.id}`)).acked_by, 'backup');
    assert.equal(askJson('ack', open.id).relay_id, open.id);
    failed(ask('ack', '0000000000001'), NO);
    failed(ask('ack', 'no id'), NO);
  });
  test('a tenant or thread that is not there is a no', () => {
    failed(ask('relay', '--tenant', 'nobody'), NO, 'no such tenant');
    failed(ask('thread', '0000000000001'), NO);
    failed(ask('ack', '0000000000001', '--tenant', 'a&b'), NO, 'no such tenant');
  });

  const over = (token, target = '/api/v1/relays') =>
    request({ port: stage.port, target, headers: { Authorization: `Bearer ${token}` } });
  test('token add prints the token alone; it works over HTTP until it is revoked', async () => {
    const said = did(ask('token', 'add', '--tenant', 'acme', '--role', 'viewer', '--name', 'board'));
    assert.match(said, /^nr_[A-Za-z0-9_-]{43}\n$/);
    const token = said.trim();
    assert.equal((await over(token)).status, 200);
    assert.equal((await over(token, '/api/v1/tokens')).status, 403);

    const listed = ask('token', 'list');
    assert.match(did(listed), /viewer {2}board/);
    const [{ id }] = askJson('token', 'list').items.filter((t) => t.name === 'board');
    assert.ok(!listed.stdout.includes(token) && !JSON.stringify(askJson('token', 'list')).includes(token), 'a token is told once');

    assert.equal(did(ask('token', 'revoke', id)), '');
    assert.equal((await over(token)).status, 401);
    failed(ask('token', 'revoke', '0000000000001'), NO);
  });
  test('token add for an admin, as JSON, and for a role that is none', async () => {
    const made = askJson('token', 'add', '--tenant', 'acme', '--role', 'admin');
    assert.equal((await over(made.token, '/api/v1/tokens')).status, 200);
    failed(ask('token', 'add', '--tenant', 'acme', '--role', 'boss'), USAGE, 'viewer');
    failed(ask('token', 'add', '--tenant', 'nobody', '--role', 'viewer'), NO, 'no such tenant');
  });
  test('job add and import, from options, files and stdin', () => {
    const env = { NEXTRING_DATA: path.join(stage.folder, 'data') };
    const put = (name, body) => { const file = path.join(folder, name); fs.writeFileSync(file, body); return file; };
    assert.equal(did(ask('job', 'add', '--job-id', '70', '--title', 'Boiler', '--crew', 'Ben=+16195550171', '--crew=+16195550172', '--claim-seconds', '60')), '70\n');
    assert.equal(json(nextring(['job', 'add', '-', '--json'], env, '{"job_id": 71, "priority": "urgent"}')).priority, 'urgent');
    failed(ask('job', 'add', '--job-id', '70'), NO, 'there is a job 70 already');
    failed(ask('job', 'add', '--priority', 'asap'), USAGE, 'priority');
    failed(ask('job', 'add'), USAGE, 'file');
    failed(ask('job', 'add', put('bad.json', '{"job_id": "72",\n "titel": "x"}')), USAGE, 'bad.json:2:11: titel', 'title');
    assert.match(did(ask('job', 'import', put('jobs.csv', 'job_id,title\r\n73,"Roof, north"\r\n'))), /^1 made/);
    failed(ask('job', 'import', put('odd.csv', 'job_id,priority\n74,low\n75,asap\n')), USAGE, 'odd.csv:3:2: priority');
    assert.equal(nextring(['job', 'import', '--csv', '--partial', '-'], env, 'job_id,priority\n74,low\n75,asap\n').status, NO);
    failed(ask('job', 'import', 'none.csv'), COULD_NOT, 'none.csv');
    failed(ask('job', 'import'), USAGE, 'jobs.csv');
    assert.deepEqual(askJson('job', 'list').items.map((j) => j.job_id).sort(), ['70', '71', '73', '74']);
  });
  test('reload is a yes for a good roster and a no for a broken one', () => {
    const good = fs.readFileSync(stage.roster, 'utf8');
    assert.match(did(ask('reload')), /in force/);
    fs.writeFileSync(stage.roster, good.replace('"ring_seconds": 15', '"ring_seconds": 1500'));
    const line = good.slice(0, good.indexOf('"ring_seconds": 15')).split('\n').length;
    failed(ask('reload'), NO, `roster.json:${line}:`, 'nextring check');
    did(ask('relay')); // answered after what was refused has been kept
    fs.writeFileSync(stage.roster, good);
    did(ask('reload'));
  });
});

test('demo --once plays the main job and verifies it', { timeout: 120000 }, () => {
  const run = nextring(['demo', '--once'], { PATH: process.env.PATH, TMPDIR: folder });
  assert.equal(run.status, YES, run.said);
  assert.ok(run.stdout.includes('[ok]') && !run.stdout.includes('[WRONG]'), run.said);
});
