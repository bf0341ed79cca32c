// Starting, stopping and going on: what is wrong is said in one line that names the cause and
// the mend, with the exit status that scripts can use; and no line ever holds a secret.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ACCOUNT, CUSTOMER, LINE, PRIMARY, Stage, TOKEN, alwaysOnCall, build, request, sid } from './stage.js';

const USAGE = 2, COULD_NOT = 3;
const SECRET = 'startup-only-secret';
const PASSWORD = 'startup-only-password';
const NOBODY = 65534;
const isRoot = process.getuid() === 0;

let folder;   // a fresh one for each scene
let children; // what the scene has started
let heard = ''; // stderr of all runs

// A test with a folder of its own, that leaves nothing behind.
function scene(what, play) {
  test(what, async (t) => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-test-'));
    children = [];
    try {
      await play(t);
    } finally {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(children.map((child) => child.ended));
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
}

const at = (name) => path.join(folder, name);
function write(name, text, mode = 0o600) {
  fs.writeFileSync(at(name), text, { mode });
  fs.chmodSync(at(name), mode);
  return at(name);
}
const goodRoster = () => JSON.stringify(alwaysOnCall(), null, 2);
const brokenRoster = () => goodRoster().replace('"ring_seconds": 15', '"ring_seconds": 1500');

// A daemon in the test's folder. Resolves when it is ready or has ended: {child, status, said};
// status is undefined while it runs. A setting that is undefined is not set.
function serve(more = {}, { args = [], by = [], ...options } = {}) {
  if (!fs.existsSync(at('roster.json'))) write('roster.json', goodRoster(), 0o644);
  const env = {
    NEXTRING_LISTEN: '127.0.0.1:0',
    NEXTRING_ADMIN_LISTEN: '127.0.0.1:0',
    NEXTRING_PUBLIC_URL: 'http://127.0.0.1:1',
    NEXTRING_DATA: at('data'),
    NEXTRING_ROSTER: at('roster.json'),
    NEXTRING_CARRIER_API: 'http://127.0.0.1:1',
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: TOKEN,
    TWILIO_API_KEY: 'SK00000000000000000000000000000001',
    TWILIO_API_SECRET: SECRET,
    ...more,
  };
  for (const name of Object.keys(env)) if (env[name] === undefined) delete env[name];
  return new Promise((resolve, reject) => {
    const [program, ...rest] = [...by, path.join(build, 'nextring'), 'serve', ...args];
    const child = spawn(program, rest, { env, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], ...options });
    const run = { child, said: '', status: undefined };
    children.push(child);
    child.waiting = [];
    child.stderr.on('data', (part) => {
      heard += part;
      run.said += part;
      if (run.said.includes('info ready')) resolve(run);
      for (const look of child.waiting) look();
    });
    child.ended = new Promise((done) => child.on('close', (code, signal) => {
      run.status = signal ?? code;
      done(run.status);
      resolve(run);
    }));
    child.on('error', reject);
  });
}
const port = (run) => Number(/ready: .* port (\d+)/.exec(run.said)[1]);
function hears(run, words) {
  return new Promise((resolve) => {
    const look = () => { if (run.said.includes(words)) resolve(); };
    run.child.waiting.push(look);
    look();
  });
}
async function end(run) {
  run.child.kill('SIGTERM');
  assert.equal(await run.child.ended, 0, run.said);
}
// Has ended with `status` and one line, in which everything of `words` is found.
function refused(run, status, ...words) {
  const lines = run.said.trimEnd().split('\n');
  assert.equal(run.status, status, run.said);
  assert.equal(lines.length, 1, run.said);
  for (const word of words)
    assert.ok(word instanceof RegExp ? word.test(run.said) : run.said.includes(word), `${word} is not in: ${run.said}`);
}
const started = (run) => assert.equal(run.status, undefined, run.said);

describe('settings and credentials', { timeout: 60000 }, () => {
  const rows = [
    ['no public URL', { NEXTRING_PUBLIC_URL: undefined }, USAGE, ['NEXTRING_PUBLIC_URL', '--public-url']],
    ['a public URL that is none', { NEXTRING_PUBLIC_URL: 'ring.example.com' }, USAGE, ['NEXTRING_PUBLIC_URL', 'https://']],
    ['no account', { TWILIO_ACCOUNT_SID: undefined }, USAGE, ['TWILIO_ACCOUNT_SID: is missing', 'NEXTRING_ENV_FILE']],
    ['no auth token', { TWILIO_AUTH_TOKEN: undefined }, USAGE, ['TWILIO_AUTH_TOKEN', 'TWILIO_AUTH_TOKEN_FILE']],
    ['a key without its secret', { TWILIO_API_SECRET: undefined }, USAGE, ['TWILIO_API_SECRET']],
    // What is a matter of the moment has another status than a mistake, after which systemd lets it be.
    ['a secret whose command fails this time', { TWILIO_AUTH_TOKEN: undefined, TWILIO_AUTH_TOKEN_FILE: 'exec:/bin/false' }, COULD_NOT, ['TWILIO_AUTH_TOKEN_FILE', 'status 1']],
    ['a secret whose command is not there', { TWILIO_AUTH_TOKEN: undefined, TWILIO_AUTH_TOKEN_FILE: 'exec:/nowhere/it' }, USAGE, ['TWILIO_AUTH_TOKEN_FILE', 'is it there']],
    ['secrets of an AWS that is away', { NEXTRING_ENV_FILE: 'aws:desk', AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'x', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, COULD_NOT, ['aws:desk', 'cannot be reached']],
    ['a setting that is unknown', { NEXTRING_ROOSTER: 'x' }, USAGE, ['NEXTRING_ROOSTER', 'did you mean NEXTRING_ROSTER?']],
    ['a secret under a name that is unknown', { NEXTRING_PASWORD: PASSWORD }, USAGE, ['NEXTRING_PASWORD']],
    ['no second to acknowledge in', { NEXTRING_ACK_SECONDS: '0' }, USAGE, ['NEXTRING_ACK_SECONDS', '1 and 86400']],
    ['seconds that are no number', { NEXTRING_RING_SECONDS: 'soon' }, USAGE, ['NEXTRING_RING_SECONDS', '5 and 60']],
    ['an address without a port', { NEXTRING_LISTEN: '127.0.0.1' }, USAGE, ['NEXTRING_LISTEN', '127.0.0.1:8080']],
    ['an origin for everybody', { NEXTRING_CORS_ORIGINS: '*' }, USAGE, ['NEXTRING_CORS_ORIGINS']],
    ['a PostgreSQL address that makes no sense', { NEXTRING_DATABASE: `postgres://nextring:${PASSWORD}@db/nextring?no_such=1` }, COULD_NOT, ['postgres://USER:PASSWORD@HOST']],
    ['a database of another kind', { NEXTRING_DATABASE: `mysql://nextring:${PASSWORD}@db/nextring` }, USAGE, ['NEXTRING_DATABASE', 'postgres://']],
    ['a roster in a bucket without a region', { NEXTRING_ROSTER: 's3://desk/roster.json' }, USAGE, ['NEXTRING_ROSTER', 'AWS_REGION']],
    ['a roster in a bucket without keys', { NEXTRING_ROSTER: 's3://desk/roster.json', AWS_REGION: 'us-west-2', AWS_EC2_METADATA_DISABLED: 'true' }, USAGE, ['AWS_ACCESS_KEY_ID']],
    ['a roster at an address that is private', { NEXTRING_ROSTER: 'https://127.0.0.1:1/acme.json', NEXTRING_CARRIER_API: 'https://api.example.com' }, COULD_NOT, ['acme.json', 'private']],
  ];
  for (const [what, more, status, words] of rows)
    scene(what, async () => refused(await serve(more), status, ...words));

  scene('an option that is unknown', async () => refused(await serve({}, { args: ['--frob'] }), USAGE, '--frob', '--help'));
  scene('a password among the arguments', async () =>
    refused(await serve({}, { args: ['--database', `postgres://nextring:${PASSWORD}@db/nextring`] }), USAGE, 'process list', 'NEXTRING_DATABASE'));

  scene('a nextring.conf of the folder that anybody may write is not read unless it is named', async () => {
    write('nextring.conf', 'listen = nowhere\n', 0o666);
    refused(await serve(), USAGE, 'nextring.conf', '--config');
  });
  scene('an unknown key in nextring.conf is told with its line', async () => {
    write('nextring.conf', '# ours\nlissten = 127.0.0.1:1\n');
    refused(await serve(), USAGE, 'nextring.conf:2', 'listen');
  });

  const none = { TWILIO_ACCOUNT_SID: undefined, TWILIO_AUTH_TOKEN: undefined, TWILIO_API_KEY: undefined, TWILIO_API_SECRET: undefined };
  const entries = `TWILIO_ACCOUNT_SID=${ACCOUNT}\nexport TWILIO_AUTH_TOKEN="${TOKEN}"\nTWILIO_API_KEY=SK00000000000000000000000000000001\nTWILIO_API_SECRET=${SECRET}\n`;

  scene('an env file of mode 600 is enough', async () => {
    const run = await serve({ ...none, NEXTRING_ENV_FILE: write('env', entries) });
    started(run);
    await end(run);
  });

  for (const mode of [0o640, 0o604, 0o660])
    scene(`an env file of mode ${mode.toString(8)} is refused with the command that mends it`, async () => {
      const file = write('env', entries, mode);
      const run = await serve({ ...none, NEXTRING_ENV_FILE: file });
      refused(run, USAGE, `chmod 600 ${file}`);
      execFileSync('sh', ['-c', /run: (.*)$/m.exec(run.said)[1]]);
      const again = await serve({ ...none, NEXTRING_ENV_FILE: file });
      started(again);
      await end(again);
    });

  scene('an env file that is not there', async () => refused(await serve({ ...none, NEXTRING_ENV_FILE: at('env') }), USAGE, at('env')));
  scene('an env file that may not be read', async (t) => {
    const file = write('env', entries, 0o000);
    const run = await lesser(t, { ...none, NEXTRING_ENV_FILE: file });
    if (run) refused(run, USAGE, file, 'read');
  });
  scene('a misspelt key in the env file is told with its line', async () =>
    refused(await serve({ ...none, NEXTRING_ENV_FILE: write('env', entries.replace('_AUTH_TOKEN', '_AUTH_TOKN')) }), USAGE, 'env:2', 'TWILIO_AUTH_TOKEN'));

  scene('a file for one secret', async () => {
    const file = write('token', `${TOKEN}\n`, 0o400);
    const run = await serve({ TWILIO_AUTH_TOKEN: undefined, TWILIO_AUTH_TOKEN_FILE: file });
    started(run);
    await end(run);
  });
  scene('a file for one secret that everybody may read', async () =>
    refused(await serve({ TWILIO_AUTH_TOKEN: undefined, TWILIO_AUTH_TOKEN_FILE: write('token', `${TOKEN}\n`, 0o444) }), USAGE, 'TWILIO_AUTH_TOKEN_FILE', 'chmod 600'));
  scene('a file for one secret that is not there', async () =>
    refused(await serve({ TWILIO_AUTH_TOKEN: undefined, TWILIO_AUTH_TOKEN_FILE: at('token') }), USAGE, 'TWILIO_AUTH_TOKEN_FILE', at('token')));
  scene('a secret given twice', async () =>
    refused(await serve({ TWILIO_AUTH_TOKEN_FILE: write('token', TOKEN) }), USAGE, 'TWILIO_AUTH_TOKEN_FILE', 'keep one'));

  scene('a rehearsal\'s clock beside the real carrier', async () => {
    const clock = fs.openSync(write('clock', ''), 'r+');
    const run = await serve({ NEXTRING_CARRIER_API: undefined }, { args: ['--clock-fd', '3'], stdio: ['ignore', 'ignore', 'pipe', clock] });
    fs.closeSync(clock);
    refused(run, USAGE, '--clock-fd', 'NEXTRING_CARRIER_API');
  });
  scene('a clock that nobody turns', async () => {
    const clock = fs.openSync(write('clock', ''), 'r+');
    const run = await serve({}, { args: ['--clock-fd', '3'], stdio: ['ignore', 'ignore', 'pipe', clock] });
    fs.closeSync(clock);
    refused(run, USAGE, '--clock-fd 3', 'nextring-sim');
  });
});

// As a user who may not do everything; undefined, and the test is skipped, when there is none.
async function lesser(t, more) {
  if (!isRoot) return serve(more);
  for (const name of ['.', ...fs.readdirSync(folder)]) fs.chownSync(at(name), NOBODY, NOBODY);
  try {
    write('roster.json', goodRoster(), 0o644);
    return await serve(more, { uid: NOBODY, gid: NOBODY });
  } catch {
    t.skip('the build is out of a lesser user\'s reach');
    return undefined;
  }
}

describe('addresses', { timeout: 60000 }, () => {
  for (const setting of ['NEXTRING_LISTEN', 'NEXTRING_ADMIN_LISTEN'])
    scene(`${setting} is in use`, async () => {
      const other = net.createServer();
      await new Promise((done) => other.listen(0, '127.0.0.1', done));
      const address = `127.0.0.1:${other.address().port}`;
      const run = await serve({ [setting]: address });
      await new Promise((done) => other.close(done));
      refused(run, COULD_NOT, setting, address, 'in use', 'another address');
    });
  scene('an address of another machine', async () =>
    refused(await serve({ NEXTRING_LISTEN: '192.0.2.1:8080' }), COULD_NOT, 'NEXTRING_LISTEN', '192.0.2.1:8080'));
});

describe('the state folder', { timeout: 60000 }, () => {
  scene('a file stands where the folder should be', async () => {
    write('data', 'a file');
    refused(await serve(), COULD_NOT, at('data'), 'no folder', 'NEXTRING_DATA');
  });
  scene('its parent is a file', async () => {
    write('file', 'a file');
    refused(await serve({ NEXTRING_DATA: at('file/data') }), COULD_NOT, at('file/data'), 'NEXTRING_DATA');
  });
  scene('its parent is not there', async () =>
    refused(await serve({ NEXTRING_DATA: at('no/data') }), COULD_NOT, at('no/data'), 'NEXTRING_DATA'));
  scene('it may not be written', async (t) => {
    fs.mkdirSync(at('data'));
    fs.chmodSync(at('data'), 0o555);
    const run = await lesser(t, {});
    if (run) refused(run, COULD_NOT, at('data'), 'NEXTRING_DATA', 'chown');
  });
  scene('its path is too long for a socket', async () => {
    const long = at('x'.repeat(120));
    refused(await serve({ NEXTRING_DATA: long }), USAGE, long, 'shorter', 'NEXTRING_DATA');
  });
  scene('the database may not be written', async (t) => {
    await end(await serve());
    if (isRoot) for (const name of fs.readdirSync(at('data'))) fs.chownSync(at(`data/${name}`), NOBODY, NOBODY);
    fs.chmodSync(at('data/nextring.db'), 0o400);
    const run = await lesser(t, {});
    if (run) refused(run, COULD_NOT, at('data/nextring.db'), 'cannot be written');
  });
  scene('a second daemon', async () => {
    const first = await serve();
    started(first);
    refused(await serve(), COULD_NOT, at('data'), 'stop it');
    assert.equal((await request({ port: port(first), target: '/readyz' })).status, 200, 'the first goes on');
    await end(first);
  });
  scene('a daemon killed leaves nothing that bars the next', async () => {
    const first = await serve();
    first.child.kill('SIGKILL');
    await first.child.ended;
    const next = await serve();
    started(next);
    await end(next);
  });

  const damage = {
    'garbage instead of a database': (file) => fs.writeFileSync(file, 'garbage '.repeat(4096)),
    'a database whose first page is damaged': (file) => overwrite(file, 100, Buffer.alloc(3900, 0xa5)),
    'a database whose other pages are garbage': (file) =>
      overwrite(file, 4096, Buffer.alloc(fs.statSync(file).size - 4096, 0xa5)),
    'a database cut off': (file) => fs.truncateSync(file, 4096 + 512),
    'another program\'s database': (file) => overwrite(file, 68, Buffer.from([1, 2, 3, 4])),
  };
  for (const [what, spoil] of Object.entries(damage))
    scene(what, async () => {
      await end(await serve());
      spoil(at('data/nextring.db'));
      refused(await serve(), COULD_NOT, at('data/nextring.db'), /restore it from a backup|move it away/);
    });
  scene('a database of a newer schema', async () => {
    await end(await serve());
    overwrite(at('data/nextring.db'), 60, Buffer.from([0, 0, 0, 99]));
    refused(await serve(), COULD_NOT, 'schema 99', 'newer program');
  });
  scene('a damaged key of callback addresses', async () => {
    await end(await serve());
    fs.truncateSync(at('data/callback.key'), 5);
    refused(await serve(), COULD_NOT, at('data/callback.key'), 'move it away');
  });
});

function overwrite(file, offset, bytes) {
  const fd = fs.openSync(file, 'r+');
  fs.writeSync(fd, bytes, 0, bytes.length, offset);
  fs.closeSync(fd);
}

describe('the roster', { timeout: 60000 }, () => {
  const place = (text, mark) => {
    const before = text.slice(0, text.indexOf(mark)).split('\n');
    return `roster.json:${before.length}:${before.at(-1).length + 1}`;
  };
  scene('a broken one at the first start is told by line and column', async () => {
    const text = brokenRoster();
    write('roster.json', text);
    const run = await serve();
    refused(run, COULD_NOT, place(text, '1500'), 'nextring check');
    assert.ok(!run.said.includes('last good'), `there is none: ${run.said}`);
  });
  scene('a broken one at the second start: the last good one is in force, and that is said', async () => {
    await end(await serve());
    const text = brokenRoster();
    write('roster.json', text);
    const run = await serve();
    started(run);
    for (const words of ['the last good version stays in force', place(text, '1500'), 'nextring check'])
      assert.ok(run.said.includes(words), `${words}: ${run.said}`);
    const ready = await request({ port: port(run), target: '/readyz' });
    assert.equal(ready.status, 200);
    assert.ok(JSON.parse(ready.body).roster.includes('last good'));
    await end(run);
  });
  scene('none is named, and the database has none yet: it starts, and says how to make one', async () => {
    const run = await serve({ NEXTRING_ROSTER: undefined });
    started(run);
    assert.ok(run.said.includes('nextring roster put'), run.said);
    await end(run);
  });
  scene('none is named at the second start: the database\'s is in force', async () => {
    await end(await serve());
    const run = await serve({ NEXTRING_ROSTER: undefined });
    started(run);
    await end(run);
  });
  scene('the one that is named is not there', async () =>
    refused(await serve({ NEXTRING_ROSTER: at('no.json') }), COULD_NOT, at('no.json'), 'NEXTRING_ROSTER'));
  scene('an empty file', async () => {
    write('roster.json', '');
    refused(await serve(), COULD_NOT, 'roster.json:1', 'nextring check');
  });
});

describe('a folder of many rosters', { timeout: 60000 }, () => {
  const TENANTS = 300; // more than are kept in one transaction
  const looking = 'import sqlite3, sys, json\n'
    + 'db = sqlite3.connect(sys.argv[1])\n'
    + 'print(json.dumps(db.execute("SELECT slug, document FROM tenant JOIN roster_version ON tenant.id = tenant'
    + ' WHERE is_good AND version = (SELECT max(version) FROM roster_version AS v WHERE v.tenant = tenant.id AND is_good)").fetchall()))\n';
  const kept = () => Object.fromEntries(JSON.parse(execFileSync('python3', ['-c', looking, at('data/nextring.db')],
    { maxBuffer: 64 << 20 })).map(([slug, document]) => [slug, JSON.parse(document).name]));
  function fill(name) {
    fs.mkdirSync(at('rosters'), { recursive: true });
    for (let i = 0; i < TENANTS; i++) {
      const roster = { ...alwaysOnCall(), tenant: `t${i}`, name };
      roster.lines[0].number = `+1858555${String(i).padStart(4, '0')}`;
      write(`rosters/t${i}.json`, JSON.stringify(roster), 0o644);
    }
  }
  const env = () => ({ NEXTRING_ROSTER: at('rosters') });

  scene('a bad one holds up none of the others', async () => {
    fill('First');
    for (const i of [3, 280]) write(`rosters/t${i}.json`, brokenRoster(), 0o644);
    const run = await serve(env());
    started(run);
    const names = kept();
    assert.equal(Object.keys(names).length, TENANTS - 2);
    assert.ok(!names.t3 && names.t2 && names.t4 && names.t299);
    await end(run);
  });
  scene('cut off in between, each tenant has his last good one, and the next start brings the rest', async () => {
    fill('First');
    await end(await serve(env()));
    fill('Second');
    let failed = 0;
    for (let kb = 256; kb <= 4096; kb *= 2) {
      const run = await serve(env(), { by: ['/usr/bin/prlimit', `--fsize=${kb * 1024}`] });
      if (run.status !== undefined) failed++;
      else run.child.kill('SIGKILL');
      await run.child.ended;
      const names = Object.values(kept());
      assert.equal(names.length, TENANTS);
      assert.ok(names.every((name) => name === 'First' || name === 'Second'));
    }
    assert.ok(failed > 0, 'no space at least once');
    await end(await serve(env()));
    assert.ok(Object.values(kept()).every((name) => name === 'Second'));
  });
});

describe('signals', { timeout: 60000 }, () => {
  for (const signal of ['SIGTERM', 'SIGINT'])
    scene(`${signal} ends it with 0`, async () => {
      const run = await serve();
      run.child.kill(signal);
      assert.equal(await run.child.ended, 0);
      assert.ok(!fs.existsSync(at('data/control.sock')), 'its socket is gone');
    });
  scene('SIGHUP reads the roster again', async () => {
    const run = await serve();
    run.child.kill('SIGHUP');
    await hears(run, 'in force from now on');
    write('roster.json', brokenRoster());
    run.child.kill('SIGHUP');
    await hears(run, 'the last good version stays in force');
    assert.equal(run.status, undefined, 'it goes on');
    await end(run);
  });
});

describe('no space at the start', { timeout: 60000 }, () => {
  const by = ['/usr/bin/prlimit', '--fsize=0'];
  scene('in an empty folder', async () => refused(await serve({}, { by }), COULD_NOT, at('data'), 'free some space'));
  scene('beside a database', async () => {
    await end(await serve());
    refused(await serve({}, { by }), COULD_NOT, at('data/nextring.db'), 'the disk is full', 'free some space');
  });
});

describe('a full disk', { timeout: 60000 }, () => {
  let stage;
  const limit = (bytes) => execFileSync('prlimit', ['--pid', String(stage.daemon.pid), `--fsize=${bytes}:`]);
  const text = (body) => stage.webhook('/sms/inbound', { MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: body, NumMedia: '0' });
  before(async () => { stage = await Stage.open({ database: 'sqlite' }); });
  after(() => stage.close());

  test('a webhook is answered 503, the daemon stays up, and goes on when there is space', async () => {
    assert.equal((await text('before')).status, 200);
    limit(1);
    assert.equal((await text('during')).status, 503);
    const call = await stage.webhook('/webhook/twilio/voice', { CallSid: sid('CA'), From: CUSTOMER, To: LINE, CallStatus: 'ringing' });
    assert.equal(call.status, 200, 'a call is routed all the same');
    assert.ok(call.body.includes(PRIMARY), call.body);
    assert.equal((await request({ port: stage.port, target: '/readyz' })).status, 503);
    assert.equal((await request({ port: stage.port, target: '/healthz' })).status, 200);
    limit('unlimited');
    assert.equal((await text('after')).status, 200);
    await stage.turn(5);
    const got = await stage.texts(PRIMARY);
    assert.ok(got.some((t) => t.includes('before')) && got.some((t) => t.includes('after')));
    assert.ok(!got.some((t) => t.includes('during')), 'what was not stored was not sent');
    assert.match(stage.daemon.said(), /disk is full.*free some space/);
  });
});

test('no secret was said in any of these runs', () => {
  assert.ok(heard.length > 1000);
  for (const secret of [TOKEN, SECRET, PASSWORD]) assert.ok(!heard.includes(secret));
});
