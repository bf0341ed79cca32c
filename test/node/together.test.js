// Phones of one step that ring together: one accept takes the call, whether the carrier drops the
// other legs when one picks up or when it is bridged; a mailbox never does.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { BACKUP, OTHERS, OWNER, PRIMARY, Stage, alwaysOnCall } from './stage.js';

const SPARE = '+16195550119';
const press = (key, after_ms = 4000) => ({
  on_call: [{ do: 'answer', after_ms, then: [{ press: key, after_ms: 1500 }, { talk_ms: 5000 }, { hangup: true }] }],
});

let stage;
before(async () => {
  const roster = alwaysOnCall();
  roster.dispatchers.push({ id: 'spare', name: 'Spare', phone: SPARE });
  roster.chains.dispatch = [
    { operators: ['primary', 'backup', 'owner'], how: 'parallel', ring_seconds: 25, ack_seconds: 900 },
    { operators: ['spare'], ring_seconds: 15, ack_seconds: 900 },
  ];
  stage = await Stage.open({ roster });
  await stage.carrier('POST', '/sim/setup', { phones: [{ number: SPARE }] });
});
after(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });

let next = 0;
const call = async () => {
  const from = OTHERS[next++ % OTHERS.length];
  await stage.call(from);
  return from;
};
const latest = async (from) => (await stage.items('/api/v1/calls?limit=5')).find((c) => c.customer_phone === from);
const states = (cascade) => Object.fromEntries(cascade.plan.map((r) => [r.operator, r.state]));

for (const drops of ['pickup', 'bridge'])
  describe(`a carrier that drops the others at the ${drops}`, () => {
    beforeEach(async () => {
      await stage.turn(200);
      await stage.carrier('POST', '/sim/setup', { dial_drops_others: drops });
      for (const n of [PRIMARY, BACKUP, OWNER, SPARE]) await stage.phone(n, { on_call: [{ do: 'ignore' }] });
    });

    test('all ring, and who presses 1 has the caller', async () => {
      await stage.phone(BACKUP, press('1'));
      const from = await call();
      await stage.turn(12);
      const cascade = await latest(from);
      assert.equal(cascade.accepted_by, 'backup');
      for (const n of [PRIMARY, OWNER]) {
        assert.ok((await stage.phone(n)).calls.length > 0, `${n} rang`);
        assert.ok((await stage.texts(n)).some((t) => t.includes(`taken the call from ${from}`)));
      }
    });

    test('a mailbox that picks up first does not keep the others from it', async () => {
      await stage.phone(PRIMARY, { on_call: [{ do: 'voicemail', after_ms: 1000 }] });
      await stage.phone(OWNER, { on_call: [{ do: 'ignore' }] });
      await stage.phone(BACKUP, press('1', 3000));
      const from = await call();
      await stage.turn(40);
      assert.equal((await latest(from)).accepted_by, 'backup');
    });

    test('two presses at the same moment: one winner', async () => {
      await stage.phone(PRIMARY, press('1'));
      await stage.phone(BACKUP, press('1'));
      const from = await call();
      await stage.turn(30);
      const cascade = await latest(from);
      assert.ok(['primary', 'backup'].includes(cascade.accepted_by));
      assert.equal(Object.values(states(cascade)).filter((s) => s === 'accepted').length, 1);
    });

    test('nobody accepts: the next step rings, and has it', async () => {
      await stage.phone(SPARE, press('1'));
      const from = await call();
      await stage.turn(45);
      assert.equal((await latest(from)).accepted_by, 'spare');
    });

    test('the caller hangs up: nothing rings on', async () => {
      const from = OTHERS[next++ % OTHERS.length];
      await stage.call(from, { hangup_after_ms: 6000 });
      await stage.turn(20);
      const cascade = await latest(from);
      assert.equal(cascade.outcome, 'abandoned');
      for (const n of [PRIMARY, BACKUP, OWNER])
        assert.notEqual((await stage.phone(n)).calls.at(-1).status, 'ringing', n);
    });
  });
