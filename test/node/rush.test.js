// Five hundred calls at once over three tenants, in each way of ringing: every one ends by rule, none
// is stuck, none is bridged twice.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { LINE, Stage, alwaysOnCall } from './stage.js';

const CALLS = 500;
const tenants = [
  { slug: 'acme', line: LINE, area: '619' },
  { slug: 'birch', line: '+12135550100', area: '213' },
  { slug: 'cedar', line: '+14155550100', area: '415' },
];
const phoneOf = (tenant, n) => `+1${tenant.area}5550${111 + n}`;
const callerOf = (n) => `+1${700 + Math.floor(n / 90)}55501${String(10 + (n % 90)).padStart(2, '0')}`;

function rosterOf(tenant, how) {
  const roster = alwaysOnCall();
  roster.tenant = tenant.slug;
  roster.name = tenant.slug;
  roster.lines = [{ number: tenant.line, chain: 'dispatch', texts_per_second: 500, relays_per_minute: 0 }];
  roster.dispatchers = [0, 1, 2].map((n) => ({ id: `p${n}`, name: `P${n}`, phone: phoneOf(tenant, n) }));
  roster.chains = { dispatch: [{ operators: ['p0', 'p1'], how, ring_seconds: 15, ack_seconds: 900 }, { operators: ['p2'], ring_seconds: 15, ack_seconds: 900 }] };
  roster.fallback_chain = ['p0'];
  delete roster.job_routing;
  return roster;
}

let stage;
let account; // of the carrier's setup, without its rate of calls
before(async () => {
  stage = await Stage.open({ simArgs: ['--call-rate', '1000'] });
  await stage.kill('SIGTERM');
  const numbers = tenants.map((t) => ({
    phone_number: t.line,
    voice_url: `${stage.base}/webhook/twilio/voice`,
    sms_url: `${stage.base}/sms/inbound`,
    status_callback: `${stage.base}/webhook/twilio/call-status`,
  }));
  const setup = JSON.parse(fs.readFileSync(path.join(stage.folder, 'setup.json'), 'utf8'));
  await stage.carrier('POST', '/sim/setup', {
    accounts: [account = { ...setup.accounts[0], numbers }],
    phones: tenants.flatMap((t) => [0, 1, 2].map((n) => ({ number: phoneOf(t, n) }))),
  });
});
after(() => stage.close());

// The calls that we start, and that the carrier does, in a second.
const ways = [['strict', 200], ['parallel', 200], ['overlap', 200], ['strict', 1], ['parallel', 1], ['overlap', 1]];
for (const [how, rate] of ways)
  test(`${how}: ${CALLS} calls at once, ${rate} a second`, { timeout: 200000 }, async () => {
    const folder = path.join(stage.folder, `rosters-${how}-${rate}`);
    fs.mkdirSync(folder);
    for (const t of tenants) fs.writeFileSync(path.join(folder, `${t.slug}.json`), JSON.stringify(rosterOf(t, how)));
    stage.env = { NEXTRING_ROSTER: folder, NEXTRING_CALL_RATE: `${rate}` };
    await stage.carrier('POST', '/sim/setup', { accounts: [{ ...account, call_rate: rate }] });
    await stage.startDaemon();
    const tempers = [{ do: 'ignore' }, { do: 'voicemail', after_ms: 4000 },
      { do: 'answer', after_ms: 3000, then: [{ press: '1', after_ms: 1500 }, { talk_ms: 20000 }, { hangup: true }] }];
    for (const t of tenants)
      for (let n = 0; n < 3; n++) await stage.phone(phoneOf(t, n), { on_call: [tempers[n]] });
    for (let n = 0; n < CALLS; n++)
      await stage.carrier('POST', '/sim/calls', { from: callerOf(n), to: tenants[n % 3].line });
    await stage.turn(240);
    let ended = 0;
    let answered = 0;
    for (const t of tenants) {
      for (let next = ''; next !== null;) {
        const page = await stage.api(`/api/v1/calls?tenant=${t.slug}&limit=500${next && `&after=${next}`}`);
        for (const call of page.items) {
          assert.equal(call.state, 'over', `${call.call_sid} is stuck in ${call.state}`);
          assert.notEqual(call.outcome, 'none');
          ended += 1;
          answered += call.outcome === 'answered';
        }
        next = page.next;
      }
    }
    assert.equal(ended % CALLS, 0);
    assert.ok(answered > 0, 'somebody had a caller');
    const { entries } = await stage.carrier('GET', '/sim/timeline');
    const bridged = new Map();
    const callers = new Set(entries.filter((e) => e.words.startsWith('inbound')).map((e) => e.call));
    for (const e of entries.filter((e) => e.talk)) {
      const caller = e.talk.find((call) => callers.has(call));
      bridged.set(caller, (bridged.get(caller) ?? 0) + 1);
    }
    assert.ok(bridged.size > 0);
    assert.ok([...bridged.values()].every((times) => times <= 1), 'none is bridged twice');
    await stage.kill('SIGTERM');
    if (how === 'overlap' && rate === 1) await stage.startDaemon();
  });
