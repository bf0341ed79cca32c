// Three phones ring together, and two or three people press 1 at the same instant, each on a
// connection of his own: one is connected, the others hear who has the call.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BACKUP, LINE, OWNER, PRIMARY, Stage, alwaysOnCall, sid } from './stage.js';

const CALLS = 300;
const AT_ONCE = 20;
const names = ['primary', 'backup', 'owner'];
const phones = [PRIMARY, BACKUP, OWNER];

let stage;
before(async () => {
  const roster = alwaysOnCall();
  roster.chains.dispatch = [{ operators: names, how: 'parallel', ring_seconds: 25, ack_seconds: 900 }];
  stage = await Stage.open({ roster });
});
after(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });

const plain = (text) => text.replaceAll('&amp;', '&');
const callerOf = (n) => `+1${700 + Math.floor(n / 90)}55501${String(10 + (n % 90)).padStart(2, '0')}`;

// What the carrier asks of a leg, at the address that the caller's document gave it.
async function leg(call, rung, path, params = {}) {
  const target = call.addresses[rung].replace('/voice/screen', path);
  const answer = await stage.webhook(target, {
    CallSid: call.legs[rung], ParentCallSid: call.sid, CallStatus: 'in-progress', Direction: 'outbound-dial',
    From: call.from, To: phones[rung], ...params,
  });
  assert.equal(answer.status, 200);
  return answer.body;
}

async function begin(n) {
  const call = { sid: sid('CA'), from: callerOf(n), legs: [sid('CA'), sid('CA'), sid('CA')] };
  const answer = await stage.webhook('/webhook/twilio/voice', {
    CallSid: call.sid, From: call.from, To: LINE, CallStatus: 'ringing', Direction: 'inbound',
  });
  call.addresses = [...answer.body.matchAll(/<Number url="([^"]*)"/g)].map((m) => plain(m[1]).replace(stage.base, ''));
  assert.equal(call.addresses.length, 3, answer.body);
  return call;
}

// Resolves to the rung that is connected.
async function race(n) {
  const call = await begin(n);
  const rungs = [0, 1, 2].filter((rung) => n % 4 === 3 || rung !== n % 3);
  for (const rung of rungs) assert.match(await leg(call, rung, '/voice/screen'), /<Gather/);
  if (n % 2) rungs.reverse();
  const heard = await Promise.all(rungs.map((rung) => leg(call, rung, '/voice/press', { Digits: '1' })));
  const winners = rungs.filter((_, i) => heard[i].endsWith('<Response/>'));
  assert.equal(winners.length, 1, `${winners.length} are connected`);
  for (const [i, rung] of rungs.entries())
    if (rung !== winners[0]) assert.match(heard[i], /<Say>.* has taken this call/);
  return { call, winner: winners[0] };
}

test(`${CALLS} calls with presses at the same instant: one winner each`, { timeout: 120000 }, async () => {
  const won = new Map();
  for (let n = 0; n < CALLS; n += AT_ONCE) {
    const races = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => race(n + i)));
    for (const { call, winner } of races) won.set(call.sid, names[winner]);
  }
  let seen = 0;
  for (let next = ''; next !== null;) {
    const page = await stage.api(`/api/v1/calls?limit=500${next && `&after=${next}`}`);
    for (const call of page.items) {
      assert.equal(call.accepted_by, won.get(call.call_sid));
      assert.equal(call.plan.filter((rung) => rung.state === 'accepted').length, 1);
      seen += 1;
    }
    next = page.next;
  }
  assert.equal(seen, CALLS);
  assert.ok(new Set(won.values()).size === 3, 'now one wins, now another');
});
