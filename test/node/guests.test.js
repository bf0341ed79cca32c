// Whose calls are let in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OTHERS, PRIMARY, Stage, alwaysOnCall } from './stage.js';

let stage;
before(async () => {
  const roster = alwaysOnCall();
  roster.blocked = [OTHERS[0]];
  roster.anonymous_calls = 'voicemail';
  stage = await Stage.open({ roster });
});
after(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });

const rang = async () => (await stage.phone(PRIMARY)).calls.length;

test('a blocked number is not answered, rings nobody, and is on record', async () => {
  await stage.call(OTHERS[0]);
  await stage.turn(30);
  assert.equal(await rang(), 0);
  const [call] = await stage.items('/api/v1/calls?limit=1');
  assert.deepEqual([call.outcome, call.state], ['refused', 'over']);
  assert.equal((await stage.items('/api/v1/relays')).length, 0);
  assert.equal((await stage.texts(OTHERS[0])).length, 0);
});

test('who hides the number may leave a message, and rings nobody', async () => {
  await stage.call('anonymous', { voicemail_ms: 5000 });
  await stage.turn(60);
  assert.equal(await rang(), 0);
  const [call] = await stage.items('/api/v1/calls?limit=1');
  assert.equal(call.outcome, 'voicemail');
  assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes('voicemail of')));
});

test('everybody else rings', async () => {
  await stage.call(OTHERS[1]);
  await stage.turn(2);
  assert.equal(await rang(), 1);
});
