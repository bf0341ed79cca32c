// The examples that `--help` prints (and with it the manual and docs/commands.md) are run as they stand there, against a
// daemon with a day behind it: what stands for something of the reader's own (an id, a folder, a number) is put in its
// place. An example that is new has to be named here.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { World, root } from './guide.js';
import { TOKEN, build } from './stage.js';

const LINE = '+16195550100', CUSTOMER = '+16195550150', ID = '06g9k2m4p0001';
const PEOPLE = { Customer: CUSTOMER, Primary: '+16195550111', Backup: '+16195550112', Owner: '+16195550113' };
const roster = {
  tenant: 'acme', name: 'Acme Hauling', time_zone: 'America/Los_Angeles', account_sid: 'AC00000000000000000000000000000001',
  dispatchers: [
    { id: 'primary', name: 'Primary', phone: PEOPLE.Primary }, { id: 'backup', name: 'Backup', phone: PEOPLE.Backup },
    { id: 'owner', name: 'Owner', phone: PEOPLE.Owner, last_resort: true },
  ],
  fallback_chain: ['primary', 'backup', 'owner'], lines: [LINE],
};

let world, daemon;
const json = (command) => {
  const how = world.run(command);
  assert.equal(how.status, 0, `${command}\n${how.text}`);
  return JSON.parse(how.out);
};
const first = (command) => json(command).items[0];

async function until(ask, is) {
  for (const end = Date.now() + 20000; ;) {
    const got = await ask();
    if (is(got)) return got;
    await new Promise((done) => { setImmediate(done); });
    assert.ok(Date.now() < end, `it never came: ${JSON.stringify(got)}`);
  }
}
const customerWrites = async (words) => {
  world.run(`nextring-sim phone --sim ${world.sim} Customer text --to ${LINE} "${words}"`);
  await until(() => json('nextring relay --state waiting --json').items.length, (count) => count > 0);
};

before(async () => {
  world = await World.open();
  world.env.NEXTRING_DATA = path.join(world.cwd, 'data');
  world.env.NEXTRING_ROSTER = 'database';
  world.env.NEXTRING_PUBLIC_URL = world.base;
  world.env.NEXTRING_ENV_FILE = path.join(world.cwd, 'env');
  world.write('env', world.credentials(), 0o600);
  world.write('roster.json', JSON.stringify(roster));
  world.write('keys', Buffer.alloc(32, 7).toString('base64'), 0o600);
  fs.cpSync(path.join(root, 'twiml'), path.join(world.cwd, 'twiml'), { recursive: true });
  world.write('setup.json', world.setup([{ phone_number: LINE }], PEOPLE));
  await world.spawn('nextring-sim --quiet --listen 127.0.0.1:8082 --setup setup.json', 'listening on');
  daemon = await world.spawn('nextring serve', 'ready');
  for (const one of ['nextring roster put roster.json', 'nextring provision --apply']) assert.equal(world.run(one).status, 0, world.run(one).text);
});
after(() => world.close());

const commandsOf = () => world.run('nextring --help').out.match(/^ {2}nextring (\S+)/gm).map((l) => l.trim().split(' ')[1]);
const examplesOf = (command) => world.run(`nextring ${command} --help`).out.split('\nExamples:\n')[1].split('\n\n')[0].split('\n')
  .map((line) => line.trim().replace(/ {3,}\S.*$/, ''));
const put = (from, to) => (text) => text.replaceAll(from, to);
const id = (from) => (text) => text.replaceAll(ID, from());
const number = (text) => text.replaceAll(/\+13125550101/g, LINE);
const thread = id(() => first('nextring thread --json').id);
const backups = () => fs.readdirSync(world.path('/srv/backup')).filter((name) => name.endsWith('.json')).sort().at(-1);
const made = (text) => text.replaceAll('nextring-20261122T013000Z.json', backups());
const days = (count) => new Date(Date.now() + count * 86400000).toISOString().slice(0, 10);
const LONG = 'goes on until it is ended; run in guides.test.js';

// What each one needs: `as` puts the reader's own in, `status` is its end, `first` and `then` come before and after it, `left` is why it is not run.
const how = {
  'NEXTRING_PUBLIC_URL=https://calls.example.com nextring serve --roster roster.json': { left: LONG },
  'nextring demo': { left: 'itself the demo; smoke.test.js' },
  'nextring provision': { status: [0, 1] },
  'nextring provision --apply --test-number +16195550100': { status: [0, 1] },
  'nextring provision +16195550101 --apply': { as: put('0101', '0100') },
  'nextring provision --buy --area-code 619 --apply': { as: (text) => `${text} --yes` },
  'nextring provision --undo': { then: () => assert.equal(world.run('nextring provision --apply').status, 0) },
  'nextring doctor': { status: [0, 1] },
  'nextring line report-only +13125550101': { as: number },
  'nextring line report-only +13125550101 --off': { as: number },
  'nextring tail': { as: (text) => `${text} --no-follow` },
  'nextring tail --kind relay,call.missed --line 0100': { as: (text) => `${text} --no-follow` },
  'nextring tail --json | jq -r .event.kind': { as: put('--json', '--json --no-follow') },
  'nextring thread 06g9k2m4p0001': { as: thread, first: () => customerWrites('The gate is open') },
  'nextring thread 06g9k2m4p0001 --texts': { as: thread },
  'nextring ack 06g9k2m4p0001 --operator backup': { as: id(() => first('nextring relay --state waiting --json').id), first: () => customerWrites('And again') },
  "nextring send 06g9k2m4p0001 'We are on our way.' --operator backup": { as: thread },
  'nextring send --tag K7F --operator backup < words.txt': {
    as: (text) => text.replace('K7F', world.run(`nextring-sim phone --sim ${world.sim} Backup show`).out.match(/\b([B-DF-HJ-NP-TV-Z][2-9][B-DF-HJ-NP-TV-Z])\b/)[1]),
    first: async () => {
      world.write('words.txt', 'We are there at nine.');
      world.run(`nextring-sim phone --sim ${world.sim} Customer text --to ${LINE} "Who comes?"`); // the backup has the thread: to him
      await until(() => world.run(`nextring-sim phone --sim ${world.sim} Backup show`).out, (text) => text.includes('Who comes?'));
    },
  },
  'nextring job add - < job.json': { first: () => world.write('job.json', JSON.stringify({ job_id: '17', title: 'Gate', customer_phone: '+16195550152', state: 'assigned', crew: [{ name: 'Ben', phone: '+16195550141' }, { name: 'Kim', phone: '+16195550142' }] })) },
  'nextring job import jobs.csv': { first: () => world.write('jobs.csv', 'job_id,title,customer_phone\n18,Skip,+16195550153\n') },
  "nextring job move 17 'hand over' --by +16195550141 --to +16195550142": { first: () => assert.equal(world.run('nextring job move 17 start --by +16195550141').status, 0) },
  'nextring roster restore 3': { as: put('3', '1') },
  'nextring token revoke 06g9k2m4p0001': { as: id(() => first('nextring token list --json').id) },
  'nextring who --week': { status: [0, 1] },
  'nextring forget +16195550123': { as: put('0123', '0159') },
  'nextring forget +16195550123 --dry-run --json': { as: put('0123', '0159') },
  'nextring forget +16195550123 --yes': { as: put('0123', '0159') },
  "nextring tenant add acme --name 'Acme Hauling' --account AC0123": { as: (text) => text.replace('acme', 'other').replace('AC0123', 'AC00000000000000000000000000000009') },
  'nextring tenant secret acme auth_token < token': { left: 'wants NEXTRING_KEY_FILE; tenants.test.js' },
  'nextring tenant set acme --texts-a-day 5000 --calls-a-day none': { as: put('acme', 'other') },
  'nextring tenant export acme acme-2026': {},
  'nextring tenant delete acme --yes-delete acme': { as: put('acme', 'other') },
  'nextring export --from 2026-11-01 --to 2026-12-01 > november.jsonl': { as: (text) => text.replace('2026-11-01', days(-30)).replace('2026-12-01', days(1)) },
  'nextring backup --to s3://acme-backup/nextring --keep 30': { left: 'wants S3; backup.test.js' },
  'nextring backup --verify /srv/backup/nextring-20261122T013000Z.json': { as: made },
  'nextring restore /srv/backup/nextring-20261122T013000Z.json': { left: 'guides.test.js restores' },
  'nextring restore s3://acme-backup/nextring/nextring-20261122T013000Z.json --force': { left: 'wants S3; backup.test.js' },
  'nextring restore --mark --made 2026-11-22T01:30:00Z': { left: 'of PostgreSQL; backup.test.js' },
  'nextring migrate': { left: 'wants the daemon stopped; startup.test.js' },
  'NEXTRING_DATABASE=postgres://nextring@db/nextring nextring move --from sqlite --to postgres': { left: 'of PostgreSQL; move.test.js' },
  'nextring twiml --kind closed - < draft.xml': { first: () => world.write('draft.xml', '<Response><Say>We are closed.</Say><Hangup/></Response>') },
  'nextring fallback --plain --out /srv/www/fallback': {},
  "nextring signature --url https://ring.example.com/sms/inbound --signature 'Ab3...=' < body": { status: 1, as: (text) => `TWILIO_AUTH_TOKEN=${TOKEN} ${text}`, first: () => world.write('body', 'Body=Hello') },
  'nextring completion bash > ~/.local/share/bash-completion/completions/nextring': { first: () => fs.mkdirSync(path.join(world.folder, '.local/share/bash-completion/completions'), { recursive: true }) },
  'nextring completion zsh > "${fpath[1]}/_nextring"': { as: put('"${fpath[1]}/_nextring"', '_nextring') },
  'nextring completion fish > ~/.config/fish/completions/nextring.fish': { first: () => fs.mkdirSync(path.join(world.folder, '.config/fish/completions'), { recursive: true }) },
};
// Which come first: what others need, or what takes things away, does not go by the alphabet.
const LAST = ['line', 'job', 'ack', 'send', 'tenant', 'forget'];

describe('examples', () => {
  test('of every command, as --help prints them', { timeout: 120000 }, async () => {
    fs.rmSync(world.path('/srv'), { recursive: true, force: true });
    fs.mkdirSync(world.path('/srv/www'), { recursive: true });
    await customerWrites('Is anybody there?');
    const commands = commandsOf();
    const order = [...commands.filter((c) => !LAST.includes(c)), ...LAST.filter((c) => commands.includes(c))];
    const seen = new Set(), wrong = [];
    for (const command of order)
      for (const example of examplesOf(command)) {
        seen.add(example);
        const { left, as = (text) => text, status = 0, first: before_, then } = how[example] ?? {};
        if (left) continue;
        await before_?.();
        const text = as(example);
        const came = world.run(`set -o pipefail; ${text}`);
        if (![status].flat().includes(came.status)) wrong.push(`${text}\n    ended with ${came.status}: ${came.text}`);
        then?.();
      }
    assert.deepEqual(wrong, []);
    assert.deepEqual(Object.keys(how).filter((example) => !seen.has(example)), [], 'no longer an example');
    assert.ok(daemon.exitCode === null && build);
  });

  test('with --json each prints JSON, and nothing else', { timeout: 60000 }, async () => {
    const wrong = [];
    for (const words of ['check', 'check --settings', 'provision', 'doctor', 'reload', 'health', 'call', 'relay', 'thread', 'nodes', 'who', 'who --week',
      'job list', 'roster list', 'user list', 'token list', 'tenant list', 'line list', 'segments', 'fallback', 'twiml twiml/closed.twiml', 'forget +16195550158', 'backup']) {
      const { status, out, err } = world.run(`nextring ${words} --json`, words === 'segments' ? 'Hello' : '');
      try {
        JSON.parse(out);
        if (![0, 1].includes(status)) wrong.push(`${words}: ${status} ${err}`);
      } catch {
        wrong.push(`${words}: ${status} ${JSON.stringify(out.slice(0, 200))} ${err}`);
      }
    }
    for (const words of ['tail --no-follow', 'export']) // a line each
      for (const line of world.run(`nextring ${words} --json`).out.trim().split('\n')) if (line) JSON.parse(line);
    assert.deepEqual(wrong, []);
  });

  test('without a daemon each says so, with the mend, and ends with 3', () => {
    const wrong = [];
    for (const words of ['reload', 'health', 'tail', 'call', 'relay', 'thread', 'nodes', 'ack x', 'send x y', 'job list', 'roster list', 'user list', 'token list',
      'tenant list', 'line list', 'forget +16195550158', 'export']) {
      const { status, out, err } = world.run(`NEXTRING_DATA=/nowhere nextring ${words}`);
      if (status !== 3 || out || !/^nextring: [^\n]+\n$/.test(err) || !/daemon|nextring serve/.test(err)) wrong.push(`${words}: ${status} ${out}${err}`);
    }
    assert.deepEqual(wrong, []);
  });

  // As `sudo -u nextring nextring ...` is, said in one's own home folder.
  test('in a folder that the user may not look into nextring works as anywhere', () => {
    const closed = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-test-'));
    const other = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
    if (other.uid) fs.chownSync(closed, other.uid, other.gid);
    const came = spawnSync('bash', ['-c', 'cd "$0" && chmod 0 . && exec "$@"', closed, path.join(build, 'nextring'), 'check', '--settings'],
      { cwd: '/', env: { PATH: process.env.PATH }, encoding: 'utf8', ...other });
    fs.chmodSync(closed, 0o700);
    fs.rmSync(closed, { recursive: true });
    assert.equal(came.status, 0, came.stderr);
  });

  test('whoever may not use the daemon’s socket is told whose it is', () => {
    const closed = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-test-'));
    fs.chmodSync(closed, process.getuid() === 0 ? 0o700 : 0);
    const other = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
    const came = spawnSync(path.join(build, 'nextring'), ['health', '--data', closed], { cwd: '/', env: { PATH: process.env.PATH }, encoding: 'utf8', ...other });
    fs.chmodSync(closed, 0o700);
    fs.rmSync(closed, { recursive: true });
    assert.equal(came.status, 3, came.stderr);
    assert.match(came.stderr, /^nextring: \S+control\.sock may be used by the daemon's user alone: .*sudo -u nextring[^\n]*\n$/);
  });
});
