// Guarantee G4: a send whose answer was lost is looked for at the carrier before anything else is
// done about it. No text is lost, and none is sent twice unmarked.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { BACKUP, OTHERS, OWNER, PRIMARY, Stage, alwaysOnCall, request } from './stage.js';

// A customer of its own for each story: who holds a relay is told of the next text too.
let last = 70;
const somebody = () => `+161955501${last++}`;

let stage;
before(async () => {
  const roster = alwaysOnCall();
  for (const line of roster.lines) line.texts_per_second = 10;
  stage = await Stage.open({ roster });
});
after(() => stage.close());

const fault = (what, more = {}) => stage.carrier('POST', '/sim/fault', { what, resource: 'Messages', ...more });
const clear = () => stage.carrier('DELETE', '/sim/fault');
const holding = async (number, words) => (await stage.texts(number)).filter((t) => t.includes(words));

async function figure(name) {
  const { body } = await request({ socketPath: path.join(stage.folder, 'data/control.sock'), target: '/metrics' });
  return Number(body.match(new RegExp(`^nextring_${name} (\\d+)$`, 'm'))[1]);
}

for (const what of ['accept_then_reset', 'error_500_after_accept', 'accept_then_silence']) {
  test(`${what}: the list settles it within half a minute, and nothing is sent twice`, async () => {
    const settled = await figure('settled_by_list_total');
    await fault('drop_callbacks', { resource: '', count: 0 });
    await fault(what, { to: PRIMARY });
    await stage.text(somebody(), `lost: ${what}`);
    await stage.turn(30 + (what === 'accept_then_silence' ? 30 : 0));
    assert.equal(await figure('unsure'), 0);
    assert.equal(await figure('settled_by_list_total'), settled + 1);
    assert.equal((await holding(PRIMARY, what)).length, 1);
    assert.equal((await holding(BACKUP, what)).length, 0, 'not given to the next one');
    await stage.turn(120);
    assert.equal((await holding(PRIMARY, what)).length, 1);
    await clear();
  });
}

test('the callback settles it when it comes first', async () => {
  const settled = await figure('settled_by_list_total');
  await fault('accept_then_reset', { to: PRIMARY });
  await stage.text(somebody(), 'the callback tells');
  await stage.turn(1);
  await stage.turn(60);
  assert.equal(await figure('unsure'), 0);
  assert.ok((await figure('settled_by_list_total')) <= settled + 1);
  assert.equal((await holding(PRIMARY, 'the callback tells')).length, 1);
});

test('many at once, half of them lost: all arrive once, none is left unsure', async () => {
  await fault('drop_callbacks', { resource: '', count: 0 });
  await fault('accept_then_reset', { percent: 50, seed: 7 });
  const duplicates = await figure('duplicates_possible_total');
  for (let i = 0; i < 40; i++) await stage.text(OTHERS[i % 4], `many ${i} end`);
  await stage.turn(60);
  await clear();
  await stage.turn(60);
  assert.equal(await figure('unsure'), 0);
  assert.equal(await figure('duplicates_possible_total'), duplicates);
  const told = (await stage.texts(PRIMARY)).join('\n');
  for (let i = 0; i < 40; i++)
    assert.equal(told.split(`many ${i} end`).length - 1, 1, `text ${i}`);
});

test('a request that the carrier never took is sent again and marked, or given to the next one', async () => {
  const duplicates = await figure('duplicates_possible_total');
  await fault('reset_before_accept', { to: PRIMARY });
  await stage.text(somebody(), 'never taken');
  await stage.turn(30);
  assert.equal((await holding(PRIMARY, 'never taken')).length + (await holding(BACKUP, 'never taken')).length, 0,
    'not before the list has been searched for a minute');
  await stage.turn(70);
  const again = await holding(PRIMARY, 'never taken');
  const next = await holding(BACKUP, 'never taken');
  assert.ok(again.length + next.length >= 1);
  assert.equal(await figure('duplicates_possible_total') - duplicates, again.length);
});

test('a list that cannot be had settles nothing, and the policy decides after ninety seconds', async () => {
  await fault('rest_down', { resource: 'Messages' });
  await stage.text(somebody(), 'no list either');
  await stage.turn(80);
  assert.equal(await figure('unsure'), 1);
  await clear();
  await stage.turn(120);
  assert.equal(await figure('unsure'), 0);
  let told = 0;
  for (const number of [PRIMARY, BACKUP, OWNER]) told += (await holding(number, 'no list either')).length;
  assert.ok(told >= 1);
});

test('a kill while it is unsure forgets nothing', async () => {
  await fault('drop_callbacks', { resource: '', count: 0 });
  await fault('accept_then_reset', { to: PRIMARY });
  await stage.text(somebody(), 'killed while unsure');
  await stage.turn(1);
  assert.equal(await figure('unsure'), 1);
  await stage.kill();
  await stage.startDaemon();
  await stage.turn(60);
  await clear();
  assert.equal(await figure('unsure'), 0);
  assert.equal((await holding(PRIMARY, 'killed while unsure')).length, 1);
});

test('nothing is sent to an operator who has opted out: his step goes on to the next one', async () => {
  const refused = await figure('opted_out_total');
  await stage.text(PRIMARY, 'STOP');
  await stage.turn(5);
  const before = (await stage.texts(PRIMARY)).length;
  await stage.text(somebody(), 'who hears this');
  await stage.turn(60);
  assert.equal((await holding(PRIMARY, 'who hears this')).length, 0);
  assert.equal((await stage.texts(PRIMARY)).length, before);
  assert.ok((await holding(BACKUP, 'who hears this')).length >= 1);
  assert.ok((await figure('opted_out_total')) > refused);
  await stage.text(PRIMARY, 'START');
  await stage.turn(5);
});

test('two that are sent again at the same moment both leave, though nothing else happens', async () => {
  const roster = alwaysOnCall();
  roster.chains.dispatch = [{ operators: ['primary'], ack_seconds: 900, on_unsure: 'send-again' }];
  const own = await Stage.open({ roster });
  try {
    await own.carrier('POST', '/sim/fault', { what: 'reset_before_accept', resource: 'Messages', count: 2 });
    await Promise.all([own.text(somebody(), 'first of two'), own.text(somebody(), 'second of two')]);
    for (let i = 0; i < 13; i++) await own.turn(10);
    const told = await own.texts(PRIMARY);
    assert.ok(told.some((t) => t.includes('first of two')), 'the first');
    assert.ok(told.some((t) => t.includes('second of two')), 'the second');
  } finally {
    await own.close();
  }
});
