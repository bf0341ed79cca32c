// test/cluster/plant.js - bugs that are planted into what a round left, to see the checker find
// them: each edits the history or the rows as if nextring had done it, and names the finding.
const json = (value) => JSON.parse(JSON.stringify(value));
const isText = (e) => e.k === 'rest' && e.m === 'POST' && e.path.endsWith('/Messages.json') && e.s === 201;
class NoRoom extends Error {}
const at = (list, is, what) => {
  const found = list.filter(is);
  if (!found.length) throw new NoRoom(`this round has no ${what}`);
  return found[Math.floor(found.length / 2)];
};
// In an outage nothing is late: so much longer than all of them.
const beyond = (history, ms) => ms + history.outages.reduce((sum, [from, to]) => sum + (to - from), 0);
const isHook = (e, path) => e.k === 'hook' && e.path.startsWith(path);
const PRESS = '/webhook/twilio/voice/press';
const marker = (entry) => /\bm\d{6} /.exec(entry.f?.Body ?? '')?.[0];

// The row and the claim of a text that was answered 200 are gone.
function lostText(history) {
  const hook = at(history.entries, (e) => isHook(e, '/sms/inbound') && e.s === 200, 'text');
  const { database } = history;
  database.messages = database.messages.filter((m) => m.sid !== hook.f.MessageSid);
  database.claims = database.claims.filter((c) => c.key !== `m:${hook.f.MessageSid}`);
}

function lostReceipt(history) {
  const receipts = history.entries.filter((e) => isHook(e, '/sms/status') && e.f.MessageStatus === 'delivered' && e.s === 204);
  const sids = new Set(receipts.map((e) => e.f.MessageSid));
  at(history.database.messages, (m) => m.delivery === 'delivered' && sids.has(m.sid), 'receipt').delivery = 'sent';
}

// Another node sent the same row a second later, and nobody marked it.
function twice(history) {
  const plain = new Set(history.database.messages.filter((m) => !m.is_duplicate).map((m) => m.sid));
  const first = at(history.entries, (e) => isText(e) && plain.has(e.sid), 'text of ours');
  const from = first.from === 'n1' ? 'n2' : 'n1';
  history.entries.push({ ...json(first), t: first.t + 1000, from, sid: `SM${'f'.repeat(32)}` });
}

// The loser of a race is connected as well.
function doubleAccept(history) {
  const press = at(history.entries, (e) => isHook(e, PRESS) && e.b.endsWith('<Response/>'), 'call that was accepted');
  history.entries.push({ ...json(press), t: press.t + 2, f: { ...press.f, CallSid: `CA${'f'.repeat(32)}` } });
}

// The record names somebody else than who talked.
function wrongOwner(history) {
  const pressed = new Set(history.entries.filter((e) => isHook(e, PRESS)).map((e) => e.f.CallSid));
  const talk = at(history.entries, (e) => e.k === 'hook' && e.f.DialBridged === 'true' && pressed.has(e.f.DialCallSid), 'talk');
  history.database.cascades.find((c) => c.call_sid === talk.f.CallSid).accepted_by = 'nobody-else';
}

// The second step of a relay is told half a minute after its time, or the first one.
function lateText(history) {
  const told = at(history.entries, (e) => isText(e) && marker(e), 'text of a customer');
  for (const e of history.entries) if (isText(e) && marker(e) === marker(told)) e.t += beyond(history, 30000);
}

// The next phone of a call rings eight seconds after its time.
function lateCall(history) {
  const isLater = (e) => e.k === 'rest' && e.path.endsWith('/Calls.json') && /attempt=[12]/.test(e.f?.Url ?? '');
  const leg = at(history.entries, isLater, 'call with a second phone');
  leg.t += beyond(history, 8000);
}

function unforwarded(history) {
  const told = at(history.entries, (e) => isText(e) && marker(e), 'text of a customer');
  history.entries = history.entries.filter((e) => !(isText(e) && marker(e) === marker(told)));
}

function slow(history) {
  for (const [i, e] of history.entries.entries()) if (e.k === 'hook' && i % 40 === 0) e.ms += 400;
}

function brokenLog(history) {
  history.logs[0] = { ...history.logs[0], whole: false, words: 'row 17: the chain does not fit' };
}

export const BUGS = {
  'lost-text': { plant: lostText, finding: 'lost' },
  'lost-receipt': { plant: lostReceipt, finding: 'lost' },
  twice: { plant: twice, finding: 'sent twice' },
  'double-accept': { plant: doubleAccept, finding: 'double accept' },
  'wrong-owner': { plant: wrongOwner, finding: 'wrong owner' },
  'late-text': { plant: lateText, finding: 'late' },
  'late-call': { plant: lateCall, finding: 'late' },
  unforwarded: { plant: unforwarded, finding: 'not forwarded' },
  slow: { plant: slow, finding: 'slow' },
  'broken-log': { plant: brokenLog, finding: 'log not whole' },
};

// The history with the bug; null when nothing happened in it that the bug could be about.
export function planted(history, name) {
  const copy = json(history);
  try {
    BUGS[name].plant(copy);
  } catch (error) {
    if (error instanceof NoRoom) return null;
    throw error;
  }
  return copy;
}
