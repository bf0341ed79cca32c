// A text that cannot be delivered is read out: the phone rings, a key acknowledges.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { BACKUP, CUSTOMER, LINE, OWNER, PRIMARY, Stage, alwaysOnCall, sid } from './stage.js';

const unreachable = { receipt_error: 30003 };
const pressing = (press) => ({
  on_call: [{ do: 'answer', after_ms: 2000, then: [{ press, after_ms: 3000 }, { talk_ms: 5000 }, { hangup: true }] }],
});

// One operator and nobody behind him.
function alone() {
  const roster = alwaysOnCall();
  roster.chains.dispatch = [{ operators: ['primary'], ring_seconds: 15, ack_seconds: 900 }];
  return roster;
}

describe('a text that cannot be delivered', () => {
  let stage;
  afterEach(() => stage.close());

  async function raise(script, roster) {
    stage = await Stage.open({ roster });
    await stage.phone(PRIMARY, { ...unreachable, ...script });
    await stage.text(CUSTOMER, 'The pump is down');
    await stage.turn(30);
    const calls = (await stage.phone(PRIMARY)).calls;
    assert.equal(calls.length, 1, 'one call');
    assert.equal(calls[0].from, LINE);
    return (await stage.items('/api/v1/relays'))[0];
  }

  test('is read out, and 1 acknowledges', async () => {
    const relay = await raise(pressing('1'), alone());
    assert.equal(relay.final_status, 'acked');
    assert.equal(relay.acked_by, 'primary');
    const spoken = (await stage.items('/api/v1/messages')).find((m) => m.kind === 'spoken');
    assert.equal(spoken.delivery, 'delivered');
    assert.match(spoken.body, /The pump is down/);
  });

  test('escalates at once, and the call of the earlier step still takes it', async () => {
    const relay = await raise(pressing('1'));
    assert.ok((await stage.texts(BACKUP)).some((t) => t.includes('The pump is down')));
    assert.equal(relay.acked_by, 'primary');
    assert.ok((await stage.texts(BACKUP)).some((t) => t.includes('is with Primary dispatcher')));
  });

  test('is not acknowledged by a mailbox: the clock ends it', async () => {
    const relay = await raise({ on_call: [{ do: 'voicemail', after_ms: 5000 }] }, alone());
    assert.equal(relay.state, 'open');
    await stage.turn(900);
    assert.equal((await stage.api(`/api/v1/relays/${relay.id}`)).final_status, 'failed');
  });

  test('of the last step is exhausted when the call fails too', async () => {
    const relay = await raise({ on_call: [{ do: 'busy' }] }, alone());
    assert.equal(relay.final_status, 'failed');
    assert.equal(relay.state, 'exhausted');
  });

  test('asks once more after another key', async () => {
    const script = {
      on_call: [{ do: 'answer', after_ms: 1000, then: [
        { press: '7', after_ms: 2000 }, { press: '1', after_ms: 2000 }, { talk_ms: 5000 }, { hangup: true }] }],
    };
    const relay = await raise(script, alone());
    assert.equal(relay.acked_by, 'primary');
  });

  test('2 passes it on: whoever holds the step too has it still, then the next', async () => {
    const roster = alwaysOnCall();
    roster.chains.dispatch[0].operators = ['primary', 'owner'];
    roster.chains.dispatch.pop();
    await raise(pressing('2'), roster);
    const holds = async (number) => (await stage.texts(number)).some((t) => t.includes('The pump is down'));
    assert.ok(await holds(OWNER));
    assert.ok(!(await holds(BACKUP)));
    const mine = (await stage.texts(OWNER)).find((t) => t.includes('The pump is down'));
    await stage.text(OWNER, `${mine.slice(0, 3)} next`);
    await stage.turn(2);
    assert.ok(await holds(BACKUP));
  });

  test('an address that we did not give is refused', async () => {
    const relay = await raise({ on_call: [{ do: 'ignore' }] }, alone());
    const spoken = (await stage.items('/api/v1/messages')).find((m) => m.kind === 'spoken');
    const params = { CallSid: sid('CA'), From: LINE, To: PRIMARY, CallStatus: 'in-progress', Digits: '1' };
    for (const query of [`?m=${spoken.id}&k=0000000000000000`, `?m=${spoken.id}`, ''])
      assert.equal((await stage.webhook(`/webhook/twilio/voice/read${query}`, params)).status, 403);
    assert.equal((await stage.api(`/api/v1/relays/${relay.id}`)).state, 'open');
  });
});
