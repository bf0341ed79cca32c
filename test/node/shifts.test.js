// Who comes on duty is told and confirms it, and a time without anybody is an alarm: once each, also
// when the daemon dies in between.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OWNER, PRIMARY, Stage, alwaysOnCall, request } from './stage.js';

let stage; // begins at 18:05 in Los Angeles
const HOUR = 3600;
const events = async (kind) =>
  (await stage.items('/api/v1/events?limit=200')).filter((e) => e.kind === kind);
const shifts = async () => (await stage.texts(PRIMARY)).filter((t) => t.includes('You are on call for'));
const open = (target, method) =>
  request({
    method, port: stage.port, target, body: method === 'POST' ? 'action=take' : undefined,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });

before(async () => {
  const roster = alwaysOnCall();
  const [primary, backup, owner] = roster.dispatchers;
  primary.on_call = '18:30-22:00';
  backup.on_call = owner.on_call = '22:00-18:00';
  owner.last_resort = true;
  stage = await Stage.open({ roster: { ...roster, shift_texts: true } });
});
after(() => stage.close());

async function restart() {
  await stage.kill();
  await stage.startDaemon();
}

test('a gap is one alarm, with its times by the clocks of the business', async () => {
  await stage.turn(60);
  const first = await events('duty.gap');
  assert.equal(first.length, 2, JSON.stringify(first)); // latest first
  assert.match(first[0].detail, /from Tue 18:00 until Tue 18:30/);
  assert.match(first[1].detail, /nobody is on duty from now until 18:30 \(America\/Los_Angeles\)/);
  await restart();
  await stage.turn(60);
  assert.equal((await events('duty.gap')).length, 2);
});

test('a shift is told once; looking at its link does nothing, the button confirms once', async () => {
  await stage.turn(23 * 60 + 5);
  const texts = await shifts();
  assert.equal(texts.length, 1);
  assert.match(texts[0], /until 22:00\. Reply ok or /);
  const link = texts[0].match(/\/j\/[A-Za-z0-9_-]{22}/)[0];
  await restart();
  for (const method of ['GET', 'HEAD', 'GET']) assert.equal((await open(link, method)).status, 200);
  assert.equal((await events('shift.confirmed')).length, 0);
  assert.equal((await open(link, 'POST')).status, 200);
  assert.equal((await open(link, 'POST')).status, 409);
  assert.equal((await events('shift.confirmed')).length, 1);
  await stage.turn(HOUR);
  assert.equal((await events('shift.unconfirmed')).length, 0);
  assert.equal((await shifts()).length, 1);
});

test('the next day it is not confirmed, across a restart: others know', async () => {
  await stage.turn(23 * HOUR);
  assert.equal((await shifts()).length, 2);
  await restart();
  await stage.turn(900);
  const alarms = (await events('shift.unconfirmed')).filter((e) => e.detail.includes('Primary'));
  assert.equal(alarms.length, 1);
  assert.ok((await stage.texts(OWNER)).some((t) => t.includes('has not confirmed it')));
});
