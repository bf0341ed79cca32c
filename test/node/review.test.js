// What goes wrong at night: a damaged row, a roster that is half broken, two signals at once, a
// text that is too long.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { BACKUP, CUSTOMER, LINE, PRIMARY, Stage, alwaysOnCall, request, sid } from './stage.js';

const text = (more = {}) => ({ MessageSid: sid('SM'), From: CUSTOMER, To: LINE, NumMedia: '0', Body: 'x', ...more });
const fromOf = (n) => `+1619555${String(100 + (n % 100)).padStart(4, '0')}`;

async function metric(stage, name) {
  const { body } = await request({ socketPath: path.join(stage.folder, 'data/control.sock'), target: '/metrics' });
  return Number(body.match(new RegExp(`^${name} (\\S+)$`, 'm'))[1]);
}
test('a row that cannot be read harms no other event', async () => {
  const stage = await Stage.open({ database: 'sqlite' });
  await stage.webhook('/sms/inbound', text({ From: fromOf(1), Body: 'damaged' }));
  await stage.turn(1);
  await stage.kill('SIGTERM');
  const file = path.join(stage.folder, 'data/nextring.db');
  const bytes = fs.readFileSync(file, 'latin1');
  assert.ok(bytes.includes('/on_duty/'));
  fs.writeFileSync(file, bytes.replaceAll('/on_duty/', '/no_duty/'), 'latin1');
  await stage.startDaemon();
  const turned = stage.turn(1200);
  const statuses = [];
  const sender = async (first) => {
    for (let n = 0; n < 40; n++)
      statuses.push((await stage.webhook('/sms/inbound', text({ From: fromOf(20 + first + 4 * (n % 20)) }))).status);
  };
  await Promise.all([0, 1, 2, 3].map(sender));
  await turned;
  assert.deepEqual(statuses.filter((s) => s !== 200), []);
  assert.ok(stage.daemon.said().includes('damaged'), 'it was met');
  await stage.close();
});

test('signals that come again while it ends do no harm', async () => {
  const stage = await Stage.open();
  for (let n = 0; n < 200; n++) await stage.webhook('/sms/inbound', text({ From: fromOf(n) }));
  let ended = false;
  const end = stage.daemon.ended.then((how) => { ended = true; return how; });
  while (!ended) {
    stage.daemon.kill('SIGTERM');
    stage.daemon.kill('SIGHUP');
    await new Promise((done) => { setImmediate(done); });
  }
  assert.equal(await end, 0);
  await stage.close();
});

describe('rosters', () => {
  test('a refused one is counted as an alarm, and the version in force stays known', async (t) => {
    const stage = await Stage.open();
    t.after(() => stage.close());
    const good = fs.readFileSync(stage.roster, 'utf8');
    const version = await metric(stage, 'nextring_roster_version');
    fs.writeFileSync(stage.roster, '{');
    await stage.api('/api/v1/reload', 'POST');
    fs.writeFileSync(stage.roster, good);
    await stage.webhook('/sms/inbound', text());
    assert.ok(await metric(stage, 'nextring_alarms_total') >= 1);
    assert.equal(version, 1);
    assert.notEqual(await metric(stage, 'nextring_roster_version'), 0);
  });

  test('a tenant whose file is broken at a restart keeps the version that the database has', async () => {
    const second = '+16195550190';
    const other = alwaysOnCall();
    other.tenant = 'zebra';
    other.lines[0].number = second;
    const stage = await Stage.open();
    await stage.kill();
    const folder = path.join(stage.folder, 'rosters');
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'acme.json'), JSON.stringify(alwaysOnCall()));
    fs.writeFileSync(path.join(folder, 'zebra.json'), JSON.stringify(other));
    stage.env = { NEXTRING_ROSTER: folder };
    await stage.startDaemon();
    await stage.kill();
    fs.writeFileSync(path.join(folder, 'zebra.json'), '{ "tenant": "zebra", ');
    await stage.startDaemon();
    for (const line of [LINE, second]) {
      const call = await stage.webhook('/webhook/twilio/voice', { CallSid: sid('CA'), From: CUSTOMER, To: line, CallStatus: 'ringing' });
      assert.ok(call.body.includes('<Dial'), `${line}: ${call.body}`);
    }
    await stage.close();
  });
});

describe('relays', () => {
  let stage;
  before(async () => { stage = await Stage.open(); });
  after(() => stage.close());

  test('a text of the greatest length still brings the link that takes it', async () => {
    await stage.webhook('/sms/inbound', text({ From: fromOf(60), Body: 'word '.repeat(320) }));
    await stage.turn(2);
    const [told] = await stage.texts(PRIMARY);
    assert.match(told, /\/j\/[A-Za-z0-9_-]{22}$/);
  });

  test('who took a thread is asked first for a day, then the chain is', async () => {
    const customer = fromOf(61);
    await stage.webhook('/sms/inbound', text({ From: customer, Body: 'first' }));
    await stage.turn(905);
    const mine = (await stage.texts(BACKUP)).find((t) => t.includes('first'));
    await stage.text(BACKUP, `${mine.slice(0, 3)} ok`);
    await stage.turn(3600);
    await stage.webhook('/sms/inbound', text({ From: customer, Body: 'second' }));
    await stage.turn(5);
    assert.ok((await stage.texts(BACKUP)).some((t) => t.includes('second')));
    await stage.text(BACKUP, `${mine.slice(0, 3)} ok`);
    await stage.turn(25 * 3600);
    const before = (await stage.texts(BACKUP)).length;
    await stage.webhook('/sms/inbound', text({ From: customer, Body: 'third' }));
    await stage.turn(5);
    assert.equal((await stage.texts(BACKUP)).length, before);
    assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes('third')));
  });
});
