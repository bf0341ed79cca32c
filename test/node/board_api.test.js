// test/node/board_api.test.js - the board's one answer: live calls as ladders, who waits, counts,
// the tenant, and that it is quick with many.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { BACKUP, CUSTOMER, LINE, OTHERS, PRIMARY, Stage } from './stage.js';

let stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage.close());

const board = () => stage.api('/api/v1/board');

describe('the board', () => {
  test('is empty at first, and says whose it is', async () => {
    const b = await board();
    assert.equal(b.status, 200);
    assert.deepEqual([b.calls, b.waiting, b.alarms], [[], [], []]);
    assert.deepEqual(b.counts, { threads_open: 0, relays_waiting: 0, calls_live: 0, jobs_active: 0 });
    assert.equal(b.tenant.time_zone, 'America/Los_Angeles');
    assert.match(b.tenant.region, /^[A-Z]{2}$/);
    assert.ok(b.tenant.id && b.tenant.name);
    assert.match(b.now, /^2026-11-24T02:0\d:\d\d\.\d{3}Z$/);
    assert.ok(b.cursor);
    assert.ok(Array.isArray(b.health.items));
    assert.equal(b.rehearsal.phones, `http://127.0.0.1:${stage.simPort}/phones`);
  });

  test('a call that rings is a ladder', async () => {
    await stage.phone(PRIMARY, { on_call: [{ do: 'ignore' }] });
    await stage.phone(BACKUP, { on_call: [{ do: 'ignore' }] });
    await stage.call(CUSTOMER);
    await stage.turn(3);
    const b = await board();
    assert.equal(b.calls.length, 1);
    const [call] = b.calls;
    assert.equal(call.state, 'ringing');
    assert.equal(call.customer_phone, CUSTOMER);
    assert.equal(call.line, LINE);
    assert.equal(call.attempt, 0);
    assert.ok(call.rang_at && call.started_at && call.due_at);
    assert.equal(call.plan[0].operator, 'primary');
    assert.equal(call.plan[0].name, 'Primary dispatcher');
    assert.equal(call.plan[0].state, 'told');
    assert.equal(call.plan[0].step, 1);
    assert.ok(call.plan[0].ring_seconds > 0);
    assert.equal(call.plan[1].state, 'waiting');
    assert.ok(!('ack_seconds' in call.plan[0]), 'brief');
    assert.equal(b.counts.calls_live, 1);
    await stage.turn(call.ring_s + 4);
    const next = (await board()).calls[0];
    assert.equal(next.plan[0].state, 'missed');
    assert.equal(next.plan[1].state, 'told');
    assert.ok(next.rang_at > call.rang_at);
  });

  test('what waits has its holders, and whoever is next; once taken it is gone', async () => {
    const long = `${'ä'.repeat(299)}bcdef`;
    await stage.text(OTHERS[0], long);
    await stage.turn(5);
    const b = await board();
    const relay = b.waiting.find((r) => r.customer_phone === OTHERS[0]);
    assert.equal(relay.state, 'open');
    assert.equal(relay.kind, 'text');
    assert.equal(relay.line, LINE);
    assert.equal(relay.body, `${'ä'.repeat(299)}b…`);
    assert.deepEqual(relay.holders, [{ operator: 'primary', name: 'Primary dispatcher' }]);
    assert.equal(relay.next_holders[0].operator, 'backup');
    assert.ok(relay.due_at > b.now && relay.raised_at <= b.now);
    assert.ok(!('plan' in relay));
    assert.equal((await stage.api(`/api/v1/relays/${relay.id}`)).body, long);
    assert.equal((await stage.api(`/api/v1/relays/${relay.id}/ack`, 'POST', { operator: 'backup' })).status, 200);
    const then = await board();
    assert.ok(!then.waiting.some((r) => r.id === relay.id));
    assert.equal(then.counts.relays_waiting, then.waiting.length);
    assert.ok(then.cursor > b.cursor);
  });

  test('what nobody answered stays until somebody does, and is an alarm', async () => {
    await stage.text(OTHERS[1], 'nobody answers this');
    await stage.turn(900 + 900 + 1800 + 10);
    const b = await board();
    const relay = b.waiting.find((r) => r.customer_phone === OTHERS[1]);
    assert.equal(relay.state, 'exhausted');
    assert.deepEqual(relay.holders, []);
    const alarm = b.alarms.find((e) => e.subject_id === relay.id);
    assert.equal(alarm.kind, 'relay.exhausted');
    assert.equal(alarm.is_alarm, true);
    // A later one of the same customer takes its place.
    await stage.text(OTHERS[1], 'still nobody?');
    await stage.turn(5);
    const mine = (await board()).waiting.filter((r) => r.customer_phone === OTHERS[1]);
    assert.deepEqual(mine.map((r) => r.state), ['open']);
  });

  test('the stream goes on from its cursor: nothing is lost between', async () => {
    const { cursor } = await board();
    await stage.text(OTHERS[2], 'after the board');
    await stage.turn(2);
    const seen = await stream(cursor, (all) => all.some((e) => e.event.kind === 'text.received'));
    assert.ok(seen.some((e) => e.event.kind === 'relay.raised'));
    assert.ok(!seen.some((e) => e.event.kind === 'relay.exhausted'), 'nothing from before');
  });

  test('needs somebody, and a tenant', async () => {
    const { request } = await import('./stage.js');
    assert.equal((await request({ port: stage.port, target: '/api/v1/board' })).status, 401);
    assert.equal((await stage.api('/api/v1/board?tenant=nobody')).status, 404);
  });
});

// What the stream says from a cursor on, until `enough`.
async function stream(cursor, enough) {
  const http = await import('node:http');
  return new Promise((resolve, reject) => {
    const seen = [];
    const rq = http.get({ socketPath: `${stage.folder}/data/control.sock`, path: '/api/v1/stream', headers: { 'Last-Event-ID': cursor } }, (answer) => {
      let text = '';
      answer.on('data', (part) => {
        text += part;
        const blocks = text.split('\n\n');
        text = blocks.pop();
        for (const block of blocks) {
          if (!/^event: change$/m.test(block)) continue;
          seen.push(JSON.parse(/^data: (.*)$/m.exec(block)[1]));
        }
        if (enough(seen)) {
          rq.destroy();
          resolve(seen);
        }
      });
      answer.on('error', () => {});
    });
    rq.on('error', reject);
  });
}
