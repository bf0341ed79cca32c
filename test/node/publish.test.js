// What happened is written back to where the roster comes from, beside whatever others write
// there; nobody's edit is lost.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { S3 } from './s3.js';
import { ACCOUNT, CUSTOMER, LINE, OTHERS, Stage, TOKEN, alwaysOnCall, build } from './stage.js';

const PATH = '/desk/Bezirk Süd/état 1+1=(2)&~.json';
const theirs = () => ({ zulu: { note: 'ours to keep', n: 1.5e3 }, ...alwaysOnCall(), alpha: [1, { deep: null }] });

// Turns the clock until `is` holds.
async function until(stage, is, what) {
  for (let i = 0; i < 400; i++) { // the answers of the store of objects take real time
    await stage.turn(5);
    if (is()) return;
    await new Promise((go) => { setImmediate(go); });
  }
  assert.fail(`${what}:\n${stage.daemon.said().slice(-3000)}`);
}
function published(now, before) {
  assert.equal(now.relay.version, 1);
  assert.ok(Date.parse(now.relay.updated_at) && Date.parse(now.last_updated));
  assert.ok(now.relay.on_duty[LINE].length > 0);
  const { relay, last_updated, ...rest } = now;
  const { last_updated: old, relay: none, ...was } = before;
  assert.deepEqual(rest, was);
  assert.deepEqual(Object.keys(now).filter((k) => k in before), Object.keys(before), 'their order stays');
  return relay;
}

test('a file: relays, events, who is on duty; no new version of the roster', { timeout: 60000 }, async () => {
  const stage = await Stage.open({ roster: theirs(), env: { NEXTRING_PUBLISH: 'yes' } });
  const read = () => JSON.parse(fs.readFileSync(stage.roster, 'utf8'));
  await stage.text(CUSTOMER, 'the boiler is out');
  await until(stage, () => read().relay?.relays.length > 0, 'not published');
  const relay = published(read(), theirs());
  assert.equal(relay.relays[0].body, 'the boiler is out');
  assert.equal(relay.relays[0].customer_phone, CUSTOMER);
  assert.ok('forwarded_to_primary_at' in relay.relays[0] && 'final_status' in relay.relays[0]);
  assert.ok(relay.events.length > 0);
  const { items } = await stage.api('/api/v1/rosters');
  assert.equal(items.length, 1, 'one version');
  assert.deepEqual(fs.readdirSync(stage.folder).filter((f) => f.endsWith('.nextring')), []);
  await stage.close();
});

test('the jobs of a state file are taken over, and their states written back', { timeout: 60000 }, async () => {
  const jobs = [{ id: 'J-7', state: 'pending', customer_phone: CUSTOMER, theirs: [1] }, { id: 'J-8', state: 'assigned', crew: [{ name: 'Eve', phone: OTHERS[0] }] }];
  const stage = await Stage.open({ roster: { ...theirs(), jobs }, env: { NEXTRING_PUBLISH: 'yes' } });
  const read = () => JSON.parse(fs.readFileSync(stage.roster, 'utf8'));
  await until(stage, () => read().relay, 'not published');
  const moved = await stage.api('/api/v1/jobs/J-8', 'PATCH', { action: 'claim', by: OTHERS[0] });
  assert.ok(moved.status < 300, JSON.stringify(moved));
  await until(stage, () => read().jobs[1].state !== 'assigned' || read().relay.events.some((e) => /claim/.test(e.kind)), 'no claim');
  const cancelled = await stage.api('/api/v1/jobs/J-7', 'PATCH', { action: 'cancel' });
  assert.ok(cancelled.status < 300, JSON.stringify(cancelled));
  await until(stage, () => read().jobs[0].state === 'cancelled', 'state not written back');
  assert.deepEqual(read().jobs[0], { ...jobs[0], state: 'cancelled' });
  const { items } = await stage.api('/api/v1/rosters');
  assert.equal(items.length, 1, 'one version');
  await stage.close();
});

test('a version that is refused gets the news all the same, and is refused once', { timeout: 60000 }, async () => {
  const stage = await Stage.open({ roster: theirs(), env: { NEXTRING_PUBLISH: 'yes' } });
  const read = () => JSON.parse(fs.readFileSync(stage.roster, 'utf8'));
  const times = (words) => stage.daemon.said().split(words).length - 1;
  await until(stage, () => read().relay, 'not published');
  const bad = { ...read(), wait_seconds: 5 };
  fs.writeFileSync(stage.roster, JSON.stringify(bad));
  await stage.api('/api/v1/reload', 'POST');
  await until(stage, () => times('alarm roster.refused') > 0, 'not refused');
  for (let i = 0; i < 4; i++) {
    await stage.text(CUSTOMER, `text ${i}`);
    await until(stage, () => read().relay.relays.length > 0 && read().relay.events.some((e) => JSON.stringify(e).includes('text.')), 'not published');
    await stage.turn(6);
    await stage.api('/api/v1/reload', 'POST');
  }
  const { items } = await stage.api('/api/v1/rosters');
  assert.equal(items.filter((r) => r.mistakes).length, 1, 'one refused version');
  assert.equal(times('alarm roster.refused'), 1, 'one alarm');
  assert.equal(read().wait_seconds, 5);
  fs.writeFileSync(stage.roster, JSON.stringify({ ...read(), wait_seconds: undefined }));
  await stage.api('/api/v1/reload', 'POST');
  fs.writeFileSync(stage.roster, JSON.stringify({ ...read(), wait_seconds: 5 }));
  await stage.api('/api/v1/reload', 'POST');
  await until(stage, () => times('alarm roster.refused') > 1, 'the same mistake after a good version is told again');
  await stage.close();
});

test('a file that may not be written is an alarm, once, and is written when it may be', { timeout: 60000 }, async () => {
  const stage = await Stage.open({ roster: theirs(), env: { NEXTRING_PUBLISH: 'yes' } });
  const good = fs.readFileSync(stage.roster, 'utf8');
  fs.rmSync(stage.roster);
  fs.mkdirSync(stage.roster); // a folder without rosters
  await stage.text(CUSTOMER, 'anybody?');
  await until(stage, () => stage.daemon.said().includes('alarm publish.failed'), 'no alarm');
  await stage.turn(30);
  assert.equal(stage.daemon.said().split('alarm publish.failed').length, 2, 'once');
  fs.rmdirSync(stage.roster);
  fs.writeFileSync(stage.roster, good);
  await until(stage, () => JSON.parse(fs.readFileSync(stage.roster, 'utf8')).relay, 'not published');
  await stage.close();
});

test('an object that others change whenever we come: an alarm, once, and it is written at last', { timeout: 60000 }, async () => {
  const s3 = await S3.open();
  s3.put(PATH, theirs());
  let n = 0;
  s3.before = (method) => { if (method === 'PUT') s3.put(PATH, { ...s3.get(PATH), alpha: n += 1 }); };
  const stage = await Stage.open({ env: s3.env(PATH, { NEXTRING_PUBLISH: 'yes' }) });
  await stage.text(CUSTOMER, 'anybody?');
  await until(stage, () => stage.daemon.said().includes('alarm publish.failed'), 'no alarm');
  assert.match(stage.daemon.said(), /publish.failed .*others keep writing/);
  await stage.turn(60);
  const asked = s3.log.length;
  assert.ok(n >= 24 && n < 400, `${n} times 412`);
  s3.before = undefined;
  await until(stage, () => s3.get(PATH).relay, 'not published');
  assert.ok(s3.log.length - asked < 60, 'at growing intervals');
  assert.equal(s3.get(PATH).alpha, n);
  assert.equal(stage.daemon.said().split('alarm publish.failed').length, 2, 'once');
  await stage.close();
  await s3.close();
});

test('a folder: each tenant has his own news in his own file', { timeout: 60000 }, async () => {
  const own = (i) => ({ ...theirs(), tenant: `firm${i}`, lines: [{ number: i === 2 ? LINE : `+1201555010${i}`, chain: 'dispatch', texts_per_second: 10, relays_per_minute: 0 }] });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-folder-'));
  const file = (i) => path.join(folder, `firm${i}.json`);
  for (const i of [1, 2, 3]) fs.writeFileSync(file(i), JSON.stringify(own(i), null, 2));
  const stage = await Stage.open({ env: { NEXTRING_ROSTER: folder, NEXTRING_PUBLISH: 'yes' } });
  const read = (i) => JSON.parse(fs.readFileSync(file(i), 'utf8'));
  await until(stage, () => [1, 2, 3].every((i) => read(i).relay), 'not published');
  await stage.text(CUSTOMER, 'for the second');
  await until(stage, () => read(2).relay.relays.length > 0, 'not published');
  assert.equal(read(2).relay.relays[0].body, 'for the second');
  for (const i of [1, 3]) assert.equal(read(i).relay.relays.length, 0, 'nothing crosses tenants');
  fs.rmSync(file(3)); // gone for good, while the others go on
  fs.writeFileSync(file(1), '{"half": ');
  await stage.text(CUSTOMER, 'one more');
  await stage.turn(90);
  assert.equal(fs.readFileSync(file(1), 'utf8'), '{"half": ', 'what is no JSON is not touched');
  await until(stage, () => read(2).relay.events.length > 1, 'not published');
  assert.deepEqual(fs.readdirSync(folder).sort(), ['firm1.json', 'firm2.json']);
  await stage.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

test('an object, while another writer edits it: nothing of his is lost', { timeout: 120000 }, async () => {
  const s3 = await S3.open({ token: `${'long/session+token=='.repeat(60)}` });
  s3.put(PATH, theirs());
  let edits = 0, dice = 12345;
  const chance = () => (dice = (dice * 1103515245 + 12345) % 2147483648) / 2147483648;
  // Between our reading and our writing, and anywhere else.
  s3.before = (method) => {
    if (chance() > (method === 'PUT' ? 0.6 : 0.3)) return;
    const now = s3.get(PATH);
    edits += 1;
    now.alpha = edits;
    now[`edit${edits}`] = { by: 'another', n: edits };
    s3.put(PATH, now);
  };
  const stage = await Stage.open({ env: s3.env(PATH, { NEXTRING_PUBLISH: 'yes' }) });
  for (let i = 0; i < 120; i++) {
    await stage.text(OTHERS[i % OTHERS.length], `text ${i}`);
    await stage.turn(6);
  }
  s3.before = undefined;
  await stage.text(CUSTOMER, 'the last one');
  await until(stage, () => s3.get(PATH).relay?.relays.some((r) => r.body === 'the last one'), 'not published');
  const now = s3.get(PATH);
  for (let n = 1; n <= edits; n++) assert.deepEqual(now[`edit${n}`], { by: 'another', n }, `edit ${n} of ${edits}`);
  assert.equal(now.alpha, edits);
  assert.deepEqual(now.zulu, theirs().zulu);
  const refused = s3.log.filter((l) => l.status === 412).length;
  assert.ok(edits > 200 && refused > 20, `${edits} edits, ${refused} times 412`);
  assert.ok(!s3.unconditional, 'never without a condition');
  assert.ok(s3.log.every((l) => l.status < 400 || l.status === 412), 'each was signed right');
  console.log(`# ${edits} edits, ${refused} times 412, ${s3.log.filter((l) => l.method === 'PUT' && l.status === 200).length} written`);
  await stage.close();
  await s3.close();
});

test('publishing needs a place that can be written', () => {
  const says = (more) => {
    const run = spawnSync(path.join(build, 'nextring'), ['serve'], {
      env: { NEXTRING_PUBLIC_URL: 'http://127.0.0.1:1', TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN, TWILIO_API_KEY: 'SK1', TWILIO_API_SECRET: 'x', NEXTRING_PUBLISH: 'yes', ...more },
      encoding: 'utf8', timeout: 10000,
    });
    assert.equal(run.status, 2, run.stderr);
    return run.stderr;
  };
  assert.match(says({ NEXTRING_ROSTER: 'http://127.0.0.1:1/r.json' }), /NEXTRING_PUBLISH: there is nothing to write to/);
  assert.match(says({}), /NEXTRING_PUBLISH: there is nothing to write to/);
  assert.match(says({ NEXTRING_PUBLISH: 'maybe' }), /NEXTRING_PUBLISH.*neither yes nor no/);
});
