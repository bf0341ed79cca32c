// Guarantee G6: what reached the carrier while it could not reach us is found in its log, and is
// relayed once.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { CUSTOMER, LINE, OTHERS, PRIMARY, Stage, alwaysOnCall, request } from './stage.js';

const CALLER = '+16195550155';

let stage;
before(async () => {
  const roster = alwaysOnCall();
  for (const line of roster.lines) line.texts_per_second = 10;
  stage = await Stage.open({ roster });
});
after(() => stage.close());

const fault = (what, more = {}) => stage.carrier('POST', '/sim/fault', { what, ...more });
const clear = () => stage.carrier('DELETE', '/sim/fault');
const holding = async (number, words) => (await stage.texts(number)).filter((t) => t.includes(words));
const inbound = async () => (await stage.items('/api/v1/messages?limit=500')).filter((m) => m.direction === 'in');

async function figure(name) {
  const { body } = await request({ socketPath: path.join(stage.folder, 'data/control.sock'), target: '/metrics' });
  return Number(body.match(new RegExp(`^nextring_${name} (\\d+)$`, 'm'))[1]);
}

test('a text whose webhook came is not relayed again', async () => {
  await stage.text(CUSTOMER, 'in time');
  await stage.turn(200);
  assert.equal(await figure('late_texts_total'), 0);
  assert.equal((await holding(PRIMARY, 'in time')).length, 1);
});

test('a text whose webhook was lost is found within ninety seconds, once', async () => {
  await fault('outage');
  await stage.text(OTHERS[0], 'nobody told us');
  await stage.turn(1);
  await clear();
  await stage.turn(89);
  assert.equal(await figure('late_texts_total'), 1);
  assert.equal((await holding(PRIMARY, 'nobody told us')).length, 1);
  await stage.turn(300);
  assert.equal(await figure('late_texts_total'), 1);
  assert.equal((await holding(PRIMARY, 'nobody told us')).length, 1);
});

test('a photo that was lost comes with the addresses of its media', async () => {
  await fault('outage');
  await stage.carrier('POST', '/sim/texts', { from: OTHERS[1], to: LINE, body: 'look at this', media: ['image/jpeg'] });
  await stage.turn(1);
  await clear();
  await stage.turn(89);
  assert.equal((await inbound()).filter((m) => m.body === 'look at this').length, 1);
  assert.ok((await holding(PRIMARY, 'look at this')).length >= 1);
  assert.equal(await figure('late_texts_total'), 2);
});

test('a call that was lost becomes one missed-call relay', async () => {
  await fault('outage');
  await stage.call(CALLER, { hangup_after_ms: 8000 });
  await stage.turn(15);
  await clear();
  await stage.turn(100);
  const relays = (await stage.items('/api/v1/relays?limit=100')).filter((r) => r.customer_phone === CALLER);
  assert.equal(relays.length, 1);
  assert.equal(await figure('late_calls_total'), 1);
  await stage.turn(300);
  assert.equal(await figure('late_calls_total'), 1);
});

test('an hour without the carrier: all of it is relayed within ninety seconds', async () => {
  const from = (i) => OTHERS[i % 4];
  const late = await figure('late_texts_total');
  await fault('outage');
  await fault('rest_down');
  for (let i = 0; i < 60; i++) {
    await stage.text(from(i), `hour ${i} end`);
    if (i === 30) await stage.call('+16195550156', { hangup_after_ms: 8000 });
    await stage.turn(60);
  }
  assert.equal(await figure('late_texts_total'), late, 'the log cannot be had');
  await clear();
  await stage.turn(90);
  assert.equal(await figure('late_texts_total'), late + 60);
  const bodies = (await inbound()).map((m) => m.body);
  for (let i = 0; i < 60; i++)
    assert.equal(bodies.filter((b) => b === `hour ${i} end`).length, 1, `text ${i}`);
  const relays = (await stage.items('/api/v1/relays?limit=500')).filter((r) => r.customer_phone === '+16195550156');
  assert.equal(relays.length, 1);
});

test('what came while the program was down is found at its start', async () => {
  await stage.kill();
  await stage.text(OTHERS[2], 'while you were away');
  await stage.startDaemon();
  await stage.turn(90);
  assert.equal((await inbound()).filter((m) => m.body === 'while you were away').length, 1);
  assert.ok((await holding(PRIMARY, 'while you were away')).length >= 1);
});
