// The link of a pre-alert while the call rings: "I take it" is no accept, "Pass it on" is, and only
// a press acts.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { BACKUP, OTHERS, OWNER, PRIMARY, Stage, alwaysOnCall, request } from './stage.js';

let stage;
let next = 0;
const ignores = { on_call: [{ do: 'ignore' }] };
const takes = (after_ms = 3000) => ({
  on_call: [{ do: 'answer', after_ms, then: [{ press: '1', after_ms: 1500 }, { talk_ms: 8000 }, { hangup: true }] }],
});
const rings = async (number) => (await stage.phone(number)).calls.filter((c) => c.status === 'ringing').length;
const ringing = async () => [await rings(PRIMARY), await rings(BACKUP), await rings(OWNER)];
const latest = async (from) => (await stage.items('/api/v1/calls?limit=5')).find((c) => c.customer_phone === from);
const page = async (link) => (await request({ port: stage.port, target: link })).body;
const press = (link, action) => request({
  method: 'POST', port: stage.port, target: link,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: `action=${action}`,
});
async function linkTo(operator, from) {
  const text = (await stage.texts(operator)).findLast((t) => t.includes(`call from ${from}`) && t.includes('/j/'));
  assert.ok(text, `${operator} got no pre-alert of ${from}`);
  return /\/j\/[A-Za-z0-9_-]{22}/.exec(text)[0];
}
async function begin() {
  const from = OTHERS[next++ % OTHERS.length];
  await stage.call(from);
  await stage.turn(4);
  return { from, link: await linkTo(PRIMARY, from) };
}
async function reset() {
  await stage.turn(300);
  for (const n of [PRIMARY, BACKUP, OWNER]) await stage.phone(n, ignores);
}
async function open(how) {
  const roster = alwaysOnCall();
  roster.total_wait_seconds = 75;
  if (how) roster.chains.dispatch = [
    { operators: ['primary', 'backup'], how, ring_seconds: 15, ack_seconds: 900 },
    { operators: ['owner'], ring_seconds: 15, ack_seconds: 900 },
  ];
  roster.dispatchers.find((d) => d.id === 'backup').accept = 'none';
  stage = await Stage.open({ roster });
}
const shut = async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); };

describe('one phone after the other', () => {
  before(() => open());
  after(shut);
  beforeEach(reset);

  test('the page shows who is rung, and has both buttons; to look changes nothing', async () => {
    const { from, link } = await begin();
    const was = await latest(from);
    const body = await page(link);
    assert.match(body, /Ringing you now: press 1/);
    assert.match(body, /value="take"/);
    assert.match(body, /value="pass"/);
    assert.ok(!body.includes('tel:'), 'whoever calls him now finds him busy');
    assert.deepEqual(await latest(from), was);
    await stage.turn(15);
    const later = await page(link);
    assert.match(later, /Ringing now: Backup/);
    assert.match(later, /value="take"/);
    assert.ok(!later.includes('value="pass"'));
    const backups = (await stage.texts(BACKUP)).at(-1);
    assert.match(backups, /Your phone rings now: pick up to take it/);
  });

  test('"I take it": he is rung once more, and press 1 decides', async () => {
    const { from, link } = await begin();
    const answer = await press(link, 'take');
    assert.equal(answer.status, 200, answer.body);
    assert.equal((await latest(from)).accepted_by ?? null, null);
    assert.equal((await press(link, 'take')).body, answer.body);
    assert.ok(!(await page(link)).includes('value="take"'));
    await stage.turn(15);
    assert.deepEqual(await ringing(), [1, 0, 0]);
    assert.match(await page(link), /Ringing you now/);
    await stage.turn(32);
    assert.deepEqual(await ringing(), [0, 1, 0]);
    assert.equal((await latest(from)).state, 'ringing');
  });

  test('whose phone has rung comes next, and has it by key 1', async () => {
    const { from, link } = await begin();
    await stage.turn(15);
    assert.deepEqual(await ringing(), [0, 1, 0]);
    await stage.phone(PRIMARY, takes());
    assert.equal((await press(link, 'take')).status, 200);
    assert.match(await page(link), /Your phone rings next/);
    assert.deepEqual(await ringing(), [0, 1, 0]);
    await stage.turn(25);
    assert.equal((await latest(from)).accepted_by, 'primary');
  });

  test('"Pass it on" rings the next at once', async () => {
    const { from, link } = await begin();
    assert.match((await press(link, 'pass')).body, /Passed on/);
    await stage.turn(3);
    assert.deepEqual(await ringing(), [0, 1, 0]);
    assert.match((await press(link, 'pass')).body, /Passed on/);
    assert.equal((await latest(from)).plan[0].state, 'passed');
    await stage.turn(5);
    assert.deepEqual(await ringing(), [0, 1, 0], 'one step only');
  });
});

describe('phones that are added', () => {
  before(() => open('overlap'));
  after(shut);
  beforeEach(reset);

  test('who passes is rung no more, and the next begins', async () => {
    const { link } = await begin();
    await press(link, 'pass');
    await stage.turn(3);
    assert.deepEqual(await ringing(), [0, 1, 0]);
  });

  test('who has hung up and takes it is rung beside the others', async () => {
    await stage.phone(PRIMARY, { on_call: [{ do: 'busy' }] });
    const { from, link } = await begin();
    assert.deepEqual(await ringing(), [0, 1, 0]);
    await stage.phone(PRIMARY, takes());
    await press(link, 'take');
    await stage.turn(2);
    assert.deepEqual(await ringing(), [1, 1, 0]);
    await stage.turn(20);
    assert.equal((await latest(from)).accepted_by, 'primary');
  });
});

describe('phones that ring together', () => {
  before(() => open('parallel'));
  after(shut);
  beforeEach(reset);

  test('one takes it, and rings alone behind the dial; when all pass, the next rings', async () => {
    const { from, link } = await begin();
    assert.deepEqual(await ringing(), [1, 1, 0]);
    await press(link, 'take');
    await stage.turn(15);
    assert.deepEqual(await ringing(), [1, 0, 0]);
    await press(link, 'pass');
    await stage.turn(3);
    assert.deepEqual(await ringing(), [0, 0, 1]);
    assert.equal((await latest(from)).state, 'ringing');
  });
});
