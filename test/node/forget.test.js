// A person is erased by his number: nothing of him is left in any text column of the database, the
// log still proves itself, the carrier is asked to delete what it has, and everybody else's rows stay.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ACCOUNT, BACKUP, CUSTOMER, KEY, LINE, OTHERS, OWNER, PRIMARY, SECRET, Stage, build, request } from './stage.js';

const MINUTE = 60;
let stage;
before(async () => {
  stage = await Stage.open({ database: 'sqlite' });
});
after(() => stage.close());

const run = (args) => spawnSync(path.join(build, 'nextring'), args,
  { env: { NEXTRING_DATA: path.join(stage.folder, 'data') }, encoding: 'utf8', timeout: 60000 });
const python = (text, ...args) => {
  const { stdout, stderr, status } = spawnSync('python3', ['-c', text, path.join(stage.folder, 'data/nextring.db'), ...args], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};
// Every text of every column of every table of the catalogue: those that have the digits.
const traces = (digits) => python(`
import sqlite3, json, sys
db = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True)
db.text_factory = bytes
found = []
for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
    for row in db.execute('SELECT * FROM "' + table.decode() + '"'):
        for cell in row:
            if isinstance(cell, bytes) and sys.argv[2].encode() in cell: found.append([table.decode(), repr(cell)[:120]])
print(json.dumps(found))`, digits);
const carrier = async (target) => {
  const { status, body } = await request({ port: stage.simPort, target: `/2010-04-01/Accounts/${ACCOUNT}/${target}`,
    headers: { Authorization: `Basic ${Buffer.from(`${KEY}:${SECRET}`).toString('base64')}` } });
  assert.equal(status, 200, body);
  return JSON.parse(body);
};

// Another program that holds the database: what comes meanwhile is kept in the spool.
const HOLD = 'import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)\ndb.execute("BEGIN EXCLUSIVE")\nprint("held", flush=True)\nsys.stdin.read()\n';
async function hold() {
  const child = spawn('python3', ['-c', HOLD, path.join(stage.folder, 'data/nextring.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.on('close', done));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return async () => { child.stdin.end(); await ended; };
}
// In whatever form.
const FORMS = /6[\s().-]{0,3}1[\s().-]{0,3}9[\s().-]{0,3}555[\s().-]{0,3}0150(?!\d)/;
const spool = () => fs.readdirSync(path.join(stage.folder, 'data')).filter((n) => /spool/.test(n)).map((n) => fs.readFileSync(path.join(stage.folder, 'data', n)).toString('latin1')).join('');

test('what was kept while the database was away is in the store alone, once it is back', async () => {
  const free = await hold();
  await stage.webhook('/sms/inbound', { MessageSid: `SM${'5'.repeat(32)}`, From: OTHERS[2], To: LINE, Body: 'Dana has (619) 555-0150, 1-619-555-0150 and 619.555.0150', NumMedia: '0' });
  assert.match(spool(), FORMS, 'it is in the spool');
  const seen = run(['forget', CUSTOMER]);
  await free();
  await new Promise((resolve) => {
    const look = () => { if (stage.daemon.said().includes('the store can be written again')) { stage.daemon.stderr.off('data', look); resolve(); } };
    stage.daemon.stderr.on('data', look);
    look();
  });
  await stage.turn(5);
  assert.ok(!FORMS.test(spool()), 'and not any more');
  assert.ok(seen.status === 3 || /being brought in/.test(seen.stderr), seen.stderr);
  assert.ok(traces('(619) 555-0150').length > 0);
});

test('a dry run erases nothing, and says what would be', async () => {
  const seen = run(['forget', CUSTOMER, '--dry-run', '--json']);
  assert.equal(seen.status, 0, seen.stderr);
  assert.ok(JSON.parse(seen.stdout).rows.message > 0, 'words of others, too');
  assert.ok(traces('(619) 555-0150').length > 0);
  assert.equal(run(['forget', CUSTOMER, '--dry-run', '--yes']).status, 2);
});

test('who waits, or is on the roster, is not forgotten', async () => {
  await stage.carrier('POST', '/sim/texts', { from: CUSTOMER, to: LINE, body: `call Dana at 619-555-0150, or ${CUSTOMER}`, media: ['image/jpeg'] });
  await stage.text(OTHERS[0], 'I stay');
  await stage.turn(10);
  const seen = run(['forget', CUSTOMER]);
  assert.equal(seen.status, 0, seen.stderr);
  assert.match(seen.stdout, /^message +\d+$/m);
  assert.match(seen.stderr, /not yet: somebody still waits for him/);
  const refused = run(['forget', CUSTOMER, '--yes']);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /somebody still waits for him to be answered/);
  const operator = run(['forget', PRIMARY, '--yes']);
  assert.equal(operator.status, 1);
  assert.match(operator.stderr, /take it off first/);
  assert.equal(run(['forget', LINE, '--yes']).status, 1);
  assert.equal(run(['forget', 'Dana', '--yes']).status, 2);
});

test('he is erased here and at the carrier, and nobody else is', async () => {
  for (const { id, customer_phone } of await stage.items('/api/v1/relays?state=waiting'))
    if ([CUSTOMER, OTHERS[2]].includes(customer_phone)) await stage.api(`/api/v1/relays/${id}/ack`, 'POST', { operator: 'primary' });
  for (const phone of [PRIMARY, BACKUP, OWNER]) await stage.phone(phone, { on_call: [{ do: 'busy' }] });
  await stage.call(CUSTOMER, { voicemail_ms: 12000, voicemail_words: 'this is Dana, please call' });
  await stage.turn(3 * MINUTE);
  for (const { id, customer_phone } of await stage.items('/api/v1/relays?state=waiting'))
    if ([CUSTOMER, OTHERS[2]].includes(customer_phone)) await stage.api(`/api/v1/relays/${id}/ack`, 'POST', { operator: 'primary' });
  const job = await stage.api('/api/v1/jobs', 'POST', { job_id: 'j1', title: 'Boiler', customer_phone: CUSTOMER, customer_name: 'Dana', address: '1 Main St', notes: 'gate code 1234',
    stakeholders: [{ name: 'Dana', phone: CUSTOMER }, { name: 'Ben', phone: OTHERS[1] }] });
  assert.equal(job.status, 201, JSON.stringify(job));
  assert.equal(run(['forget', CUSTOMER, '--yes']).status, 1, 'a job that is not over');
  await stage.api('/api/v1/jobs/j1', 'PATCH', { state: 'cancelled' });
  await stage.turn(5 * MINUTE);
  assert.ok(traces('6195550150').length > 10);
  const sids = (await stage.items('/api/v1/messages?limit=500')).filter((m) => m.customer_phone === CUSTOMER && m.sid).map((m) => m.sid);
  assert.ok(sids.length >= 3);
  const before = (await carrier('Messages.json?PageSize=500')).messages.map((m) => m.sid);
  assert.ok(sids.every((s) => s.startsWith('CA') || before.includes(s)));
  assert.equal((await carrier('Recordings.json')).recordings.length, 1);
  const events = (await stage.items('/api/v1/events?limit=500')).length;

  const done = run(['forget', CUSTOMER, '--yes']);
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /^\d+ rows are erased/);
  assert.match(done.stderr, /backups that were made before still have the number/);
  await stage.turn(2 * MINUTE);

  assert.deepEqual(traces('6195550150'), []);
  for (const form of ['(619) 555-0150', '1-619-555-0150', '619.555.0150', '619 555 0150']) assert.deepEqual(traces(form), [], form);
  for (const words of ['Dana', 'gate code', '1 Main St', '619-555-0150']) assert.deepEqual(traces(words), [], words);
  assert.ok(traces('I stay').length > 0);
  assert.ok(traces(OTHERS[1]).length > 0, 'whoever else is named on the job stays');
  const left = (await carrier('Messages.json?PageSize=500')).messages;
  for (const sid of sids) assert.ok(!left.some((m) => m.sid === sid), `${sid} is still at the carrier`);
  assert.ok(left.some((m) => m.body.includes('I stay')));
  assert.deepEqual((await carrier('Recordings.json')).recordings, []);

  const [{ id }] = await stage.items('/api/v1/tenants');
  const whole = await stage.api(`/api/v1/events/verify?tenant=${id}`);
  assert.equal(whole.is_whole, true, JSON.stringify(whole));
  const after = await stage.items('/api/v1/events?limit=500');
  assert.ok(after.length >= Math.min(events, 500), 'no row of the log is gone');
  const deed = after.find((e) => e.kind === 'person.forgotten');
  assert.match(deed.detail, /^by .+; mark [0-9a-f]{16}$/);
});

test('nor does the write-ahead log have him, while the daemon runs', () => {
  const log = fs.readFileSync(path.join(stage.folder, 'data/nextring.db-wal')).toString('latin1');
  assert.ok(log.length > 0);
  assert.ok(!FORMS.test(log));
});

test('nor do the bytes of the files have him, once the daemon was stopped', async () => {
  await stage.kill('SIGTERM');
  const folder = path.join(stage.folder, 'data');
  for (const name of fs.readdirSync(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if (fs.statSync(file).isFile()) assert.ok(!FORMS.test(fs.readFileSync(file).toString('latin1')), name);
  }
  await stage.startDaemon();
});

test('he may call and text again, as somebody who is new', async () => {
  await stage.text(CUSTOMER, 'back again');
  await stage.turn(10);
  assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes('back again')));
});

test('of another tenant\'s there is nothing to be forgotten', async () => {
  const token = await stage.api('/api/v1/tokens', 'POST', { tenant: '*', role: 'viewer', name: 'looks' });
  const far = await request({ method: 'POST', port: stage.port, target: '/api/v1/forget', body: JSON.stringify({ number: CUSTOMER }),
    headers: { Authorization: `Bearer ${token.token}`, 'Content-Type': 'application/json' } });
  assert.equal(far.status, 403);
});
