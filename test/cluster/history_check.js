// test/cluster/history_check.js - judges what was written down of a round: nothing answered is
// lost, nothing is sent twice unmarked, nobody shares a call, and all of it in time.
//
// A history is {entries, phases, outages, database, logs, spooled, probe}:
//   entries   what passed the exchange: `hook` (the carrier asked) and `rest` (a node asked);
//   phases    [{name, from, to, load}] by time: the faults and the quiet before them, and the machine's load;
//   outages   [[from, to]] when the database took no writes: what waits for it is not late;
//   database  rows as they are in the end: messages, cascades, relays, accepts, claims, outbox;
//   logs      [{tenant, whole, words}]; spooled [{node, count}]; probe {acked, lost}.
// Pure: reads no file and no clock. Units: milliseconds, instants since the epoch.
import { ACK_SECONDS, RING_SECONDS, personOf } from './world.js';

export const PROMISE = { callMs: 6000, textMs: 20000, answerMs: 250 };
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

// An id as addresses have it, as the number that rows have (a text: it is beyond 2^53).
export const idOf = (text) => [...text].reduce((n, c) => n * 32n + BigInt(DIGITS.indexOf(c)), 0n).toString();

const parts = (path) => {
  const [target, query = ''] = path.split('?');
  return { target, query: new URLSearchParams(query) };
};
const isAnswered = (entry) => entry.s >= 200 && entry.s < 300;
const isHook = (entry, path) => entry.k === 'hook' && parts(entry.path).target === path;
const answerer = (entry) => entry.tries.at(-1)?.n ?? 'nobody';
const group = (list, key) => {
  const out = new Map();
  for (const each of list) {
    const k = key(each);
    if (k === null || k === undefined) continue;
    if (!out.has(k)) out.set(k, []);
    out.get(k).push(each);
  }
  return out;
};

class Findings {
  found = new Map();
  add(kind, words) {
    if (!this.found.has(kind)) this.found.set(kind, []);
    this.found.get(kind).push(words);
  }
  list() {
    return [...this.found].map(([kind, words]) => ({ kind, words }));
  }
}

// How long after `due` it was done, without the time in which the database took no writes.
export function lateness(due, done, outages) {
  let late = done - due;
  for (const [from, to] of outages) late -= Math.max(0, Math.min(done, to) - Math.max(due, from));
  return Math.max(0, late);
}

// ---- nothing answered is lost ----

function checkTexts(history, findings) {
  const stored = group(history.database.messages.filter((m) => m.direction === 'in'), (m) => m.sid);
  const claimed = new Map(history.database.claims.map((c) => [c.key, c.count]));
  const sids = new Set();

  // An inbound text's row may leave its sid to the claim.
  for (const entry of history.entries) {
    if (!isHook(entry, '/sms/inbound') || !isAnswered(entry)) continue;
    const sid = entry.f.MessageSid;
    if (sids.has(sid)) continue;
    sids.add(sid);
    const rows = stored.get(sid)?.length ?? 0;
    const claims = claimed.get(`m:${sid}`) ?? 0;
    const words = `text ${sid} (${entry.f.Body}), answered by ${answerer(entry)}: ${rows} rows, ${claims} claims`;
    if (!rows || !claims) findings.add('lost', words);
    if (rows > 1 || claims > 1) findings.add('stored twice', words);
  }
  return sids.size;
}

function checkCalls(history, findings) {
  const cascades = group(history.database.cascades, (c) => c.call_sid);
  const sids = new Set();

  for (const entry of history.entries) {
    if (!isHook(entry, '/webhook/twilio/voice') || !isAnswered(entry)) continue;
    if (parts(entry.path).query.has('c') || entry.f.Direction !== 'inbound') continue;
    const sid = entry.f.CallSid;
    if (sids.has(sid)) continue;
    sids.add(sid);
    const rows = cascades.get(sid) ?? [];
    if (!rows.length) findings.add('lost', `call ${sid} was answered by ${answerer(entry)}, and has no row`);
    if (rows.length > 1) findings.add('stored twice', `call ${sid} has ${rows.length} rows`);
  }
  return sids.size;
}

// The receipts and ends of calls that were answered have had their effect.
function checkCallbacks(history, findings) {
  const messages = new Map(history.database.messages.map((m) => [m.id, m]));
  const cascades = new Map(history.database.cascades.map((c) => [c.call_sid, c]));
  let count = 0;

  for (const entry of history.entries.filter((e) => e.k === 'hook' && isAnswered(e))) {
    const id = parts(entry.path).query.get('m');
    if (isHook(entry, '/sms/status') && entry.f.MessageStatus === 'delivered' && id) {
      const became = messages.get(idOf(id))?.delivery ?? 'not there';
      count++;
      if (became !== 'delivered')
        findings.add('lost', `receipt "delivered" of ${entry.f.MessageSid}, answered by ${answerer(entry)}: the text is ${became}`);
    }
    const cascade = cascades.get(entry.f.CallSid);
    if (isHook(entry, '/webhook/twilio/call-status') && entry.f.CallStatus === 'completed' && cascade) {
      count++;
      if (cascade.state !== 'over')
        findings.add('lost', `the end of call ${entry.f.CallSid}, answered by ${answerer(entry)}: it is ${cascade.state}`);
    }
  }
  return count;
}

// ---- nothing is sent twice, and all is sent ----

const isPosted = (entry, list) =>
  entry.k === 'rest' && entry.m === 'POST' && entry.path.endsWith(list) && entry.s === 201;
const isText = (entry) => isPosted(entry, '/Messages.json');
const isCall = (entry) => isPosted(entry, '/Calls.json');
const rowOf = (entry) => {
  const m = new URLSearchParams((entry.f.StatusCallback ?? '').split('?')[1] ?? '').get('m');
  return m ? idOf(m) : null;
};
const markerOf = (body) => /\bm(\d{6}) /.exec(body ?? '')?.[0].trim() ?? null;

// A row of ours goes out once.
function checkRows(texts, messages, findings) {
  let repeats = 0;
  for (const [id, sent] of group(texts, rowOf)) {
    const row = messages.get(id);
    if (!row) findings.add('sent without a row', `${sent[0].sid} to ${sent[0].f.To}: ${sent[0].f.Body}`);
    if (sent.length > 1 && row?.is_duplicate) repeats += sent.length - 1;
    else if (sent.length > 1)
      findings.add('sent twice', `text ${id} to ${sent[0].f.To}, by ${sent.map((e) => e.from).join(' and ')}, ` +
        `${sent.at(-1).t - sent[0].t} ms apart: ${sent[0].f.Body}`);
  }
  return repeats;
}

// A customer's text goes to each person once, in whichever row.
function checkForwards(texts, messages, findings) {
  const forwards = texts.filter((e) => messages.get(rowOf(e))?.kind === 'forward' && markerOf(e.f.Body));
  for (const [words, sent] of group(forwards, (e) => `${markerOf(e.f.Body)} to ${e.f.To}`)) {
    const rows = [...new Set(sent.map(rowOf))];
    if (rows.length > 1 && !rows.some((id) => messages.get(id).is_duplicate))
      findings.add('sent twice', `${words} by rows ${rows.join(' and ')}`);
  }
}

function checkSent(history, findings) {
  const messages = new Map(history.database.messages.map((m) => [m.id, m]));
  const texts = history.entries.filter(isText);
  const repeats = checkRows(texts, messages, findings);

  checkForwards(texts, messages, findings);
  for (const m of history.database.messages)
    if (m.direction === 'out' && ['queued', 'unsure'].includes(m.delivery))
      findings.add('not sent', `text ${m.id} to ${m.recipient} is still ${m.delivery}`);
  for (const row of history.database.outbox)
    findings.add('not sent', `row ${row.id} of the outbox (${row.kind}) is still ${row.state}`);
  return { sent: texts.length, repeats };
}

// Every text of a customer that was answered reached somebody.
function checkForwarded(history, findings) {
  const forwarded = new Set(history.entries.filter((e) => isText(e) && personOf.has(e.f.To)).map((e) => markerOf(e.f.Body)));
  let late = 0;

  for (const m of history.database.messages) {
    const marker = m.direction === 'in' && m.kind === 'inbound' ? markerOf(m.body) : null;
    if (!marker) continue;
    if (!forwarded.has(marker)) findings.add('not forwarded', `${marker} of ${m.customer_phone} reached no operator`);
    if (m.is_late) late++;
  }
  return late;
}

// ---- nobody shares a call ----

// A press that is let through hears nothing: he is connected.
const isPress = (entry) => isHook(entry, '/webhook/twilio/voice/press') && isAnswered(entry);
const isLetIn = (entry) => isPress(entry) && (entry.b.endsWith('<Response/>') || entry.b.includes('<Conference'));
const callOf = (entry) => parts(entry.path).query.get('c');

// With whom the caller talked, as the carrier says, is who has the call on record.
function checkOwners(history, findings) {
  const phones = new Map(history.entries.filter(isPress).map((e) => [e.f.CallSid, e.f.To]));
  const cascades = new Map(history.database.cascades.map((c) => [c.call_sid, c]));

  for (const e of history.entries) {
    const name = e.k === 'hook' && e.f.DialBridged === 'true' ? personOf.get(phones.get(e.f.DialCallSid))?.name : null;
    const cascade = name && cascades.get(e.f.CallSid);
    if (cascade && cascade.accepted_by !== name)
      findings.add('wrong owner', `call ${e.f.CallSid}: he talked to ${name}, on record is ${cascade.accepted_by ?? 'nobody'}`);
  }
}

const legsOf = (presses) => new Set(presses.map((e) => e.f.CallSid)).size;

function checkAccepts(history, findings) {
  const pressed = group(history.entries.filter((e) => isPress(e) && e.f.Digits === '1'), callOf);
  const letIn = group(history.entries.filter(isLetIn), callOf);

  for (const [call, all] of letIn)
    if (legsOf(all) > 1)
      findings.add('double accept', `call ${call}: ${all.map((e) => `${e.f.To} by ${answerer(e)}`).join(', ')}`);
  for (const row of history.database.accepts)
    if (row.count > 1) findings.add('double accept', `call ${row.subject}: ${row.count} records that it was accepted`);
  for (const c of history.database.cascades)
    if (c.state !== 'over') findings.add('call left open', `call ${c.call_sid} is still ${c.state}`);
  checkOwners(history, findings);
  return { accepted: letIn.size, races: [...pressed.values()].filter((all) => legsOf(all) > 1).length };
}

// ---- in time ----

const inSeconds = (ms) => `${Math.round(ms / 100) / 10} s`;
const stepIn = (to) => {
  const { firm, name } = personOf.get(to);
  return firm.steps.findIndex((names) => names.includes(name));
};

// When a customer's text was answered, and when each step of its chain was told.
function relayTimes(history) {
  const relays = new Map();

  for (const e of history.entries) {
    if (!isHook(e, '/sms/inbound') || !isAnswered(e) || personOf.has(e.f.From)) continue;
    const marker = markerOf(e.f.Body);
    if (marker && !relays.has(marker)) relays.set(marker, { from: e.t, told: [] });
  }
  for (const e of history.entries) {
    if (!isText(e) || !personOf.has(e.f.To)) continue;
    const relay = relays.get(markerOf(e.f.Body));
    const step = stepIn(e.f.To);
    if (relay && !(relay.told[step] <= e.t)) relay.told[step] = e.t;
  }
  return relays;
}

// A relay goes on when somebody of the next step, or of one behind it, is told.
export function relayLateness({ from, told }, outages) {
  const late = [];
  let due = from;

  for (let step = 0; step < told.length; step++) {
    const at = Math.min(...told.slice(step).filter((t) => t !== undefined));
    late.push({ t: at, late: lateness(due, at, outages) });
    due = at + ACK_SECONDS * 1000;
  }
  return late;
}

// The phones of an `overlap` step are added by a timer: from one to the next it takes the ring seconds.
function callTimes(history) {
  const legs = history.entries.filter(isCall).map((e) => {
    const { query } = parts(e.f.Url ?? '');
    return { call: query.get('c'), attempt: Number(query.get('attempt')), t: e.t };
  });
  return [...group(legs.filter((leg) => leg.call), (leg) => leg.call)].map(([call, all]) => ({
    call, legs: all.sort((a, b) => a.attempt - b.attempt || a.t - b.t).filter((leg, i) => leg.attempt !== all[i - 1]?.attempt),
  }));
}

function checkTime(history, findings) {
  const { outages } = history;
  const steps = []; // {kind, t, late}: of all that was taken up, when and how late

  for (const [marker, relay] of relayTimes(history))
    for (const [step, { t, late }] of relayLateness(relay, outages).entries()) {
      steps.push({ kind: 'text', t, late });
      if (late > PROMISE.textMs) findings.add('late', `${marker}: step ${step + 1} was told ${inSeconds(late)} late`);
    }
  for (const { call, legs } of callTimes(history))
    for (let i = 1; i < legs.length; i++) {
      const late = lateness(legs[i - 1].t + RING_SECONDS * 1000, legs[i].t, outages);
      steps.push({ kind: 'call', t: legs[i].t, late });
      if (late > PROMISE.callMs) findings.add('late', `call ${call}: phone ${i + 1} was rung ${inSeconds(late)} late`);
    }
  for (const r of history.database.relays)
    if (r.state === 'open' && r.due_at && lateness(r.due_at, history.end, outages) > PROMISE.textMs)
      findings.add('late', `relay ${r.id} has been due for ${inSeconds(history.end - r.due_at)}, and stands`);
  return steps;
}

// ---- answers ----

export function percentile(sorted, share) {
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] : 0;
}

const latest = (steps, kind) => steps.reduce((most, s) => (s.kind === kind && s.late > most ? s.late : most), 0);

// The longest outage whose middle is in the phase.
function outageIn(phase, outages) {
  const its = outages.filter(([from, to]) => (from + to) / 2 >= phase.from && (from + to) / 2 < phase.to);
  return Math.max(0, ...its.map(([from, to]) => to - from));
}

function checkPhases(history, steps, findings) {
  return history.phases.map((phase) => {
    const its = steps.filter((s) => s.t >= phase.from && s.t < phase.to);
    const hooks = history.entries.filter((e) => e.k === 'hook' && e.t >= phase.from && e.t < phase.to);
    const times = hooks.filter((e) => e.s > 0).map((e) => e.ms).sort((a, b) => a - b);
    const p99 = percentile(times, 0.99);
    for (const e of hooks)
      if (e.s >= 400 && e.s < 500)
        findings.add('refused', `${e.path} of ${e.f.MessageSid ?? e.f.CallSid} was answered ${e.s} by ${answerer(e)}`);
    if (p99 > PROMISE.answerMs) findings.add('slow', `${phase.name}: p99 of ${times.length} answers is ${p99} ms`);
    return {
      name: phase.name, load: phase.load, seconds: Math.round((phase.to - phase.from) / 1000), asked: hooks.length,
      unanswered: hooks.filter((e) => e.s === 0).length, errors: hooks.filter((e) => e.s >= 500).length,
      p50: percentile(times, 0.5), p99, max: times.at(-1) ?? 0,
      outage: outageIn(phase, history.outages),
      textLate: latest(its, 'text'), callLate: latest(its, 'call'),
    };
  });
}

function checkEnd(history, findings) {
  for (const log of history.logs) if (!log.whole) findings.add('log not whole', `${log.tenant}: ${log.words}`);
  for (const spool of history.spooled) if (spool.count) findings.add('spool not empty', `${spool.node}: ${spool.count} events`);
  const { lost, acked } = history.probe;
  if (lost) findings.add('lost', `${lost} of ${acked} rows of the small writer: the database itself lost them`);
}

// What is wrong, [] when nothing is, and the figures.
export function judge(history) {
  const findings = new Findings();
  const figures = {
    texts: checkTexts(history, findings),
    calls: checkCalls(history, findings),
    callbacks: checkCallbacks(history, findings),
    ...checkSent(history, findings),
    caughtUp: checkForwarded(history, findings),
    ...checkAccepts(history, findings),
    phases: checkPhases(history, checkTime(history, findings), findings),
  };
  checkEnd(history, findings);
  return { findings: findings.list(), figures };
}
