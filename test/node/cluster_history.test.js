// What judges script/cluster's rounds: a history that is right is found right, and each that is
// wrong in one way is found wrong in that way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROMISE, idOf, judge, lateness, percentile, relayLateness } from '../cluster/history_check.js';
import { BUGS, planted } from '../cluster/plant.js';
import { ACK_SECONDS, RING_SECONDS, customer, firms } from '../cluster/world.js';

const START = 1795300000000;
const strict = firms.find((firm) => firm.manner === 'strict');
const parallel = firms.find((firm) => firm.manner === 'parallel');
const overlap = firms.find((firm) => firm.manner === 'overlap');
const ROW = { 1: '0cn1t4tar0006', 2: '0cn1t4tar0008' };
const CALL = { 1: '0cn1t4xv20002', 2: '0cn1t4xv20004' };
const sid = (prefix, n) => prefix + String(n).padStart(32, '0');

const hook = (t, path, f, more = {}) => ({ k: 'hook', t, ms: 5, path, f, tries: [{ n: 'n1', ms: 5, r: 200 }], s: 200, b: '<Response/>', ...more });
const post = (t, what, f, more = {}) => ({ k: 'rest', t, ms: 2, from: 'n1', m: 'POST', path: `/2010-04-01/Accounts/AC1/${what}.json`, s: 201, f, ...more });
const forward = (t, to, row, n) =>
  post(t, 'Messages', { To: to, From: strict.line, Body: `K2L ${customer(0)}: m000007 please call`, StatusCallback: `http://x/sms/status?m=${row}&k=0` }, { sid: sid('SM', n) });
const receipt = (t, row, n) => hook(t, `/sms/status?m=${row}&k=0`, { MessageSid: sid('SM', n), MessageStatus: 'delivered' }, { s: 204, b: '' });
const press = (t, call, leg, to, b = '<Response/>') =>
  hook(t, `/webhook/twilio/voice/press?c=${call}&attempt=0&t=x`, { CallSid: sid('CA', leg), To: to, Digits: '1' }, { b });
const leg = (t, call, attempt, to) => post(t, 'Calls', { To: to, Url: `http://x/webhook/twilio/voice/screen?c=${call}&attempt=${attempt}&t=x&apart=1` }, { sid: sid('CA', 90 + attempt) });

// One text whose first operator stays silent, one call that two answer, one whose phones ring on.
function good() {
  const { first, second } = strict.phones;
  const sent = { direction: 'out', kind: 'forward', customer_phone: customer(0), delivery: 'delivered', is_duplicate: 0, is_late: 0, body: null };
  return {
    end: START + 60000,
    phases: [{ name: 'none', from: START, to: START + 60000 }],
    outages: [],
    entries: [
      hook(START, '/sms/inbound', { MessageSid: sid('SM', 1), From: customer(0), To: strict.line, Body: 'm000007 please call' }),
      forward(START + 50, first, ROW[1], 2),
      receipt(START + 500, ROW[1], 2),
      forward(START + 100 + ACK_SECONDS * 1000, second, ROW[2], 3),
      receipt(START + 600 + ACK_SECONDS * 1000, ROW[2], 3),
      hook(START, '/webhook/twilio/voice', { CallSid: sid('CA', 1), Direction: 'inbound', From: customer(1), To: parallel.line }),
      press(START + 3000, CALL[1], 11, parallel.phones.first),
      press(START + 3001, CALL[1], 12, parallel.phones.second, '<Response><Say>The first has taken this call.</Say></Response>'),
      hook(START + 8900, `/webhook/twilio/voice?attempt=1&c=${CALL[1]}`, { CallSid: sid('CA', 1), DialCallSid: sid('CA', 11), DialBridged: 'true' }),
      hook(START + 9000, '/webhook/twilio/call-status', { CallSid: sid('CA', 1), CallStatus: 'completed' }, { s: 204 }),
      hook(START, '/webhook/twilio/voice', { CallSid: sid('CA', 2), Direction: 'inbound', From: customer(2), To: overlap.line }),
      leg(START + 100, CALL[2], 0, overlap.phones.first),
      leg(START + 100 + RING_SECONDS * 1000, CALL[2], 1, overlap.phones.second),
      leg(START + 200 + RING_SECONDS * 2000, CALL[2], 2, overlap.phones.third),
    ],
    database: {
      messages: [
        { id: '1', direction: 'in', kind: 'inbound', sid: sid('SM', 1), customer_phone: customer(0), delivery: 'none', is_duplicate: 0, is_late: 0, body: 'm000007 please call' },
        { ...sent, id: idOf(ROW[1]), sid: sid('SM', 2), recipient: first },
        { ...sent, id: idOf(ROW[2]), sid: sid('SM', 3), recipient: second },
      ],
      claims: [{ key: `m:${sid('SM', 1)}`, count: 1 }],
      cascades: [
        { id: idOf(CALL[1]), call_sid: sid('CA', 1), state: 'over', outcome: 'answered', accepted_by: 'first' },
        { id: idOf(CALL[2]), call_sid: sid('CA', 2), state: 'over', outcome: 'answered', accepted_by: 'third' },
      ],
      relays: [{ id: '5', state: 'taken', step: 1, due_at: null }],
      accepts: [{ subject: idOf(CALL[1]), count: 1 }],
      outbox: [],
    },
    logs: [{ tenant: strict.slug, whole: true, words: 'whole: 9 rows' }],
    spooled: [{ node: 'n1', count: 0 }, { node: 'n2', count: 0 }, { node: 'n3', count: 0 }],
    probe: { acked: 10, lost: 0 },
  };
}

// A good history, changed.
const wrong = (change) => {
  const history = good();
  change(history);
  return judge(history).findings.map((finding) => finding.kind);
};
const entry = (history, path) => history.entries.find((e) => e.path.startsWith(path));

test('a history that is right has no findings', () => {
  const { findings, figures } = judge(good());
  assert.deepEqual(findings, []);
  assert.equal(figures.texts, 1);
  assert.equal(figures.calls, 2);
  assert.equal(figures.callbacks, 3);
  assert.equal(figures.sent, 2);
  assert.equal(figures.accepted, 1);
  assert.equal(figures.races, 1);
});

const rows = [
  ['an answered text without a row', (h) => { h.database.messages.shift(); }, ['lost']],
  ['an answered text without a claim', (h) => { h.database.claims = []; }, ['lost']],
  ['a text that nobody answered may be missing', (h) => { entry(h, '/sms/inbound').s = 0; h.database.messages.shift(); h.database.claims = []; }, []],
  ['a text stored twice', (h) => { h.database.messages.push({ ...h.database.messages[0], id: '2' }); }, ['stored twice']],
  ['a text claimed by two tenants', (h) => { h.database.claims[0].count = 2; }, ['stored twice']],
  ['a text that was brought twice and answered twice is one', (h) => { h.entries.push({ ...entry(h, '/sms/inbound'), t: START + 10 }); }, []],
  ['an answered call without a row', (h) => { h.database.cascades.shift(); }, ['lost']],
  ['a call with two rows', (h) => { h.database.cascades.push({ ...h.database.cascades[0], id: '9' }); }, ['stored twice']],
  ['a receipt without effect', (h) => { h.database.messages[1].delivery = 'accepted'; }, ['lost']],
  ['an end of a call without effect', (h) => { h.database.cascades[0].state = 'ringing'; }, ['lost', 'call left open']],
  ['a webhook refused that was signed', (h) => { entry(h, '/sms/status').s = 403; h.database.messages[1].delivery = 'accepted'; }, ['refused']],
  ['a text sent twice, by two nodes', (h) => { h.entries.push({ ...h.entries[1], t: START + 900, from: 'n2' }); }, ['sent twice']],
  ['a text sent twice and marked', (h) => { h.entries.push({ ...h.entries[1], t: START + 900, from: 'n2' }); h.database.messages[1].is_duplicate = 1; }, []],
  ['a text sent twice in two rows', (h) => {
    h.entries.push(forward(START + 900, strict.phones.first, '0cn1t4tar000a', 4));
    h.database.messages.push({ ...h.database.messages[1], id: idOf('0cn1t4tar000a'), sid: sid('SM', 4) });
  }, ['sent twice']],
  ['a text that no row stands for', (h) => { h.database.messages.splice(1, 1); }, ['lost', 'sent without a row']],
  ['a text refused by the carrier was not sent', (h) => { h.entries.push({ ...h.entries[1], t: START + 900, s: 429 }); }, []],
  ['a text still to be sent', (h) => { h.database.messages[2].delivery = 'queued'; h.entries.splice(4, 1); }, ['not sent']],
  ['a row left in the outbox', (h) => { h.database.outbox.push({ id: '7', kind: 'text', state: 'sending' }); }, ['not sent']],
  ['a text that reached nobody', (h) => { h.entries = h.entries.filter((e) => e.k === 'hook' || e.path.endsWith('/Calls.json')); }, ['not forwarded']],
  ['a call that two have', (h) => { h.entries.find((e) => e.f.CallSid === sid('CA', 12)).b = '<Response/>'; }, ['double accept']],
  ['a press answered twice the same is one', (h) => { h.entries.push(press(START + 3500, CALL[1], 11, parallel.phones.first)); }, []],
  ['a call with two records of it', (h) => { h.database.accepts[0].count = 2; }, ['double accept']],
  ['a record that names another than who talked', (h) => { h.database.cascades[0].accepted_by = 'second'; }, ['wrong owner']],
  ['a leg that is asked to wait is not let in', (h) => { h.entries.find((e) => e.f.CallSid === sid('CA', 12)).b = '<Response><Pause length="4"/><Redirect>x</Redirect></Response>'; }, []],
  ['a first step too late', (h) => { for (const i of [1, 3]) h.entries[i].t += PROMISE.textMs + 1000; }, ['late']],
  ['a second step too late', (h) => { h.entries[3].t += PROMISE.textMs + 1000; }, ['late']],
  ['a second step as late as is allowed', (h) => { h.entries[3].t += PROMISE.textMs - 1000; }, []],
  ['a second step late as the database was away', (h) => { h.entries[3].t += 22000; h.outages = [[START + 8000, START + 30000]]; }, []],
  ['a second step late beyond the outage', (h) => { h.entries[3].t += 43000; h.outages = [[START + 8000, START + 30000]]; }, ['late']],
  ['a first step that is missing, as the second came in its stead', (h) => { h.entries.splice(1, 2); h.database.messages.splice(1, 1); }, []],
  ['a phone rung too late', (h) => { h.entries.at(-1).t += PROMISE.callMs + 1000; }, ['late']],
  ['a phone rung as late as is allowed', (h) => { h.entries.at(-1).t += PROMISE.callMs - 1000; }, []],
  ['a relay that nobody goes on with', (h) => { h.database.relays[0] = { id: '5', state: 'open', step: 0, due_at: START + 8000 }; }, ['late']],
  ['slow answers', (h) => { for (const e of h.entries) if (e.k === 'hook') e.ms = PROMISE.answerMs + 1; }, ['slow']],
  ['a log that is not whole', (h) => { h.logs[0].whole = false; }, ['log not whole']],
  ['a spool that is not empty', (h) => { h.spooled[1].count = 3; }, ['spool not empty']],
  ['a node that does not tell its spool', (h) => { h.spooled[1].count = -1; }, ['spool not empty']],
  ['a database that lost rows', (h) => { h.probe.lost = 2; }, ['lost']],
];
for (const [says, change, want] of rows) test(says, () => { assert.deepEqual(wrong(change).sort(), want.sort()); });

for (const name of Object.keys(BUGS))
  test(`the planted bug ${name} is found`, () => {
    const history = good();
    if (name === 'slow') for (let i = 0; i < 60; i++) history.entries.splice(0, 0, hook(START + i, '/other', {}));
    assert.deepEqual(judge(history).findings, []);
    assert.deepEqual(judge(planted(history, name)).findings.map((f) => f.kind), [BUGS[name].finding]);
  });

test('what an outage takes away of being late', () => {
  assert.equal(lateness(1000, 5000, []), 4000);
  assert.equal(lateness(1000, 5000, [[2000, 3000]]), 3000);
  assert.equal(lateness(1000, 5000, [[0, 1500], [4500, 9000]]), 3000);
  assert.equal(lateness(1000, 900, []), 0);
});

test('a relay goes on with the next step or one behind it', () => {
  const ack = ACK_SECONDS * 1000;
  assert.deepEqual(relayLateness({ from: 0, told: [10, 10 + ack + 5] }, []).map((s) => s.late), [10, 5]);
  assert.deepEqual(relayLateness({ from: 0, told: [undefined, ack] }, []).map((s) => s.late), [ack, 0]);
});

test('percentiles are of the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  assert.equal(percentile(hundred, 0.5), 50);
  assert.equal(percentile(hundred, 0.99), 99);
  assert.equal(percentile([], 0.99), 0);
});
