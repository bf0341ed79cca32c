// Reports: what they say of 500 stories is what a count of the rows themselves says, by the
// business's own days and hours, over the night on which its clocks are set back.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BACKUP, LINE, OWNER, PRIMARY, Stage, alwaysOnCall } from './stage.js';

const ZONE = 'America/Los_Angeles';
const START = '2026-10-31T03:00:00Z'; // summer time ends in the night to November 1
const STORIES = 500;
const BATCH = 50;

let stage;
before(async () => {
  const roster = alwaysOnCall();
  for (const line of roster.lines) line.texts_per_second = 200;
  roster.dispatchers[2].name = '=1+2 "x", y'; // what a table program would count up
  stage = await Stage.open({ roster, simArgs: ['--start', START] });
});
after(() => stage.close());

let seed = 20261030;
function dice(sides) {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return (seed >> 8) % sides;
}
const pick = (list) => list[dice(list.length)];
const person = (n) => `+1213555${String(100 + (n % 100)).padStart(4, '0')}`;

async function everything(path) {
  const rows = [];
  for (let next = ''; next !== null; ) {
    const page = await stage.api(`${path}?limit=500${next ? `&after=${next}` : ''}`);
    rows.push(...page.items);
    next = page.next;
  }
  return rows;
}

const answer = (...then) => ({ do: 'answer', after_ms: 1000 + dice(9000), then: [...then, { hangup: true }] });
const ways = [
  () => ({ do: 'ignore' }),
  () => ({ do: 'busy' }),
  () => ({ do: 'voicemail', after_ms: 5000 }),
  () => answer({ press: '1', after_ms: 1000 + dice(4000) }, { talk_ms: 20000 }),
  () => answer({ press: '2', after_ms: 2000 }),
];

async function act() {
  const waiting = [...(await stage.items('/api/v1/relays?state=open&limit=100')),
    ...(await stage.items('/api/v1/relays?state=exhausted&limit=20'))];
  for (const relay of waiting) {
    if (dice(10) < 6) continue;
    const done = await stage.api(`/api/v1/relays/${relay.id}/ack`, 'POST', { operator: pick(['primary', 'backup', 'owner']) });
    assert.ok(done.status < 300 || done.status === 409, JSON.stringify(done));
  }
}

async function repeat(from) {
  for (let i = 0; i < 5; i++) await stage.text(from, 'I am on holiday');
}
async function callBack() {
  const [thread] = await stage.items('/api/v1/threads?limit=1');
  if (thread) await stage.api(`/api/v1/threads/${thread.id}/call`, 'POST', { operator: 'owner' });
}

let story = 0;
async function tell() {
  for (const number of [PRIMARY, BACKUP, OWNER]) await stage.phone(number, { on_call: [pick(ways)(), pick(ways)()] });
  for (let i = 0; i < BATCH && story < STORIES; i++, story++) {
    if (dice(2)) await stage.call(person(story), dice(3) ? {} : { hangup_after_ms: 3000 + dice(30000) });
    else await stage.text(person(story), `story ${story}`);
    if (dice(20) === 0) await repeat(person(story)); // held back
    if (dice(20) === 0) await callBack();
    if (dice(3) === 0) await stage.turn(dice(20));
  }
  await stage.turn(180 + dice(2400));
  await act();
  await stage.turn(dice(26000));
}

// ---- the same once more, from the rows ----

const format = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, hourCycle: 'h23', weekday: 'short',
  year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit' });
const WEEK = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
function place(at) {
  const p = Object.fromEntries(format.formatToParts(new Date(at)).map((x) => [x.type, x.value]));
  return { day: `${p.year}-${p.month}-${p.day}`, weekday: WEEK.indexOf(p.weekday), hour: Number(p.hour) };
}
const ms = (from, to) => Date.parse(to) - Date.parse(from);
function within(times, percent) {
  if (times.length === 0) return null;
  const sorted = times.toSorted ? times.toSorted((a, b) => a - b) : [...times].sort((a, b) => a - b);
  return Math.round(sorted[Math.ceil((sorted.length * percent) / 100) - 1] / 1000);
}
const pair = (times) => ({ p50: within(times, 50), p90: within(times, 90) });
const week = () => WEEK.map(() => Array(24).fill(0));
const ENDS = ['answered', 'missed', 'voicemail', 'abandoned', 'refused'];
const LOST = ['missed', 'voicemail', 'abandoned'];
const counts = () => ({ calls: 0, answered: 0, missed: 0, voicemail: 0, abandoned: 0, refused: 0,
  texts_in: 0, texts_out: 0, relays: 0, acked: 0, exhausted: 0 });

function recount({ calls, events, messages, relays }, from, to) {
  const days = new Map();
  for (let at = Date.parse(`${from}T00:00Z`); at <= Date.parse(`${to}T00:00Z`); at += 86400000)
    days.set(new Date(at).toISOString().slice(0, 10), counts());
  const own = new Map([...days.keys()].map((day) => [day, { answers: [], acks: [] }]));
  const all = counts();
  const hours = { calls: week(), texts: week(), missed: week() };
  const answers = [];
  const acks = [];
  const people = new Map(['primary', 'backup', 'owner'].map((id) =>
    [id, { rung: 0, accepted: 0, passed_on: 0, not_answered: 0, relays: 0, acked: 0, answers: [], acks: [] }]));
  const lost = [];
  const add = (at, key) => { days.get(place(at).day)[key]++; all[key]++; };
  const mine = (at) => days.has(place(at).day);
  for (const call of calls.filter((c) => mine(c.started_at))) {
    const end = call.accepted_at ? 'answered' : call.state === 'over' ? call.outcome : null;
    if (!ENDS.includes(end)) continue;
    const { weekday, hour } = place(call.started_at);
    add(call.started_at, end);
    add(call.started_at, 'calls');
    hours.calls[weekday][hour]++;
    for (const id of new Set(call.plan.filter((r) => r.state !== 'waiting').map((r) => r.operator))) {
      const states = call.plan.filter((r) => r.operator === id).map((r) => r.state);
      const p = people.get(id);
      p.rung++;
      if (call.accepted_by === id) continue;
      if (states.includes('passed')) p.passed_on++;
      else if (states.some((s) => ['missed', 'busy', 'failed'].includes(s))) p.not_answered++;
    }
    if (call.accepted_at) {
      answers.push(ms(call.started_at, call.accepted_at));
      own.get(place(call.started_at).day).answers.push(ms(call.started_at, call.accepted_at));
      people.get(call.accepted_by).accepted++;
      const rang = events.filter((e) => e.cascade_id === call.id && e.kind === 'attempt' && e.operator === call.accepted_by)
        .map((e) => e.created_at).sort().at(-1);
      people.get(call.accepted_by).answers.push(ms(rang, call.accepted_at));
    } else if (LOST.includes(end)) {
      hours.missed[weekday][hour]++;
      lost.push({ id: call.id, at: call.started_at, kind: end });
    }
  }
  for (const m of messages.filter((x) => mine(x.created_at))) {
    if (m.direction === 'in' && ['inbound', 'held_back'].includes(m.kind)) {
      const { weekday, hour } = place(m.created_at);
      add(m.created_at, 'texts_in');
      hours.texts[weekday][hour]++;
    }
    if (m.direction === 'out' && !['spoken', 'call_back'].includes(m.kind) && m.delivery !== 'dropped')
      add(m.created_at, 'texts_out');
  }
  for (const relay of relays.filter((r) => mine(r.raised_at))) {
    add(relay.raised_at, 'relays');
    for (const id of new Set(relay.plan.filter((r) => r.state !== 'waiting').map((r) => r.operator)))
      people.get(id).relays++;
    if (relay.acked_at) {
      add(relay.raised_at, 'acked');
      acks.push(ms(relay.raised_at, relay.acked_at));
      own.get(place(relay.raised_at).day).acks.push(ms(relay.raised_at, relay.acked_at));
      const told = messages.filter((m) => m.kind === 'forward' && m.relay_id === relay.id && m.operator === relay.acked_by)
        .map((m) => m.created_at).sort()[0];
      people.get(relay.acked_by).acked++;
      people.get(relay.acked_by).acks.push(ms(told ?? relay.raised_at, relay.acked_at));
    } else if (relay.state === 'exhausted') {
      add(relay.raised_at, 'exhausted');
      if (relay.kind === 'text') lost.push({ id: relay.id, at: relay.raised_at, kind: 'text' });
    }
  }
  lost.sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || (a.id < b.id ? 1 : -1));
  const { calls: total, answered, missed, voicemail, abandoned, refused } = all;
  return {
    calls: { total, answered, missed, voicemail, abandoned, refused,
      answered_share: total > refused ? Math.round((1000 * answered) / (total - refused)) / 1000 : null,
      answer_seconds: pair(answers) },
    texts: { in: all.texts_in, out: all.texts_out, relays: all.relays, acked: all.acked,
      exhausted: all.exhausted, ack_seconds: pair(acks) },
    by_day: [...days].map(([day, c]) => ({ day, ...c, answer_p50: within(own.get(day).answers, 50),
      answer_p90: within(own.get(day).answers, 90), ack_p50: within(own.get(day).acks, 50),
      ack_p90: within(own.get(day).acks, 90) })),
    by_operator: [...people].map(([operator, p]) => ({ operator, rung: p.rung, accepted: p.accepted,
      passed_on: p.passed_on, not_answered: p.not_answered, answer_p50: within(p.answers, 50),
      answer_p90: within(p.answers, 90), relays: p.relays, acked: p.acked,
      ack_p50: within(p.acks, 50), ack_p90: within(p.acks, 90) })),
    by_hour: hours,
    missed: lost.slice(0, 500),
  };
}

function shape(report) {
  const { status, from, to, time_zone, line, spend, budget, ...rest } = report;
  return { ...rest,
    by_operator: report.by_operator.map(({ name, ...p }) => p),
    missed: report.missed.map(({ id, at, kind }) => ({ id, at, kind })) };
}

describe('a report', () => {
  let rows;
  before(async () => {
    while (story < STORIES) await tell();
    rows = { calls: await everything('/api/v1/calls'), events: await everything('/api/v1/call-events'),
      messages: await everything('/api/v1/messages'), relays: await everything('/api/v1/relays') };
  });

  test('equals a count of the rows, over the night on which the clocks are set back', async () => {
    assert.ok(rows.calls.length > 150 && rows.relays.length > 150, 'there is something to count');
    for (const kind of ['held_back', 'call_back', 'prealert'])
      assert.ok(rows.messages.some((m) => m.kind === kind), `some ${kind}`);
    const report = await stage.api('/api/v1/reports?from=2026-10-29&to=2026-11-05');
    assert.equal(report.status, 200);
    assert.equal(report.time_zone, ZONE);
    const want = recount(rows, '2026-10-29', '2026-11-05');
    assert.deepEqual(shape(report), want);
    assert.ok(want.calls.answered > 20 && want.calls.missed + want.calls.voicemail > 10 && want.calls.abandoned > 5 &&
      want.texts.acked > 20 && want.texts.exhausted > 5, JSON.stringify([want.calls, want.texts]));
    assert.ok(want.by_day.filter((d) => d.calls > 0).length >= 3, 'on several days');
  });

  test('of one day counts that day, of another line nothing', async () => {
    const day = await stage.api('/api/v1/reports?from=2026-11-01&to=2026-11-01');
    assert.deepEqual(shape(day), recount(rows, '2026-11-01', '2026-11-01'));
    const line = await stage.api(`/api/v1/reports?from=2026-10-29&to=2026-11-05&line=${LINE}`);
    assert.deepEqual(shape(line), recount(rows, '2026-10-29', '2026-11-05'));
    const other = await stage.api('/api/v1/reports?from=2026-10-29&to=2026-11-05&line=%2B16195550199');
    assert.deepEqual(shape(other), recount({ calls: [], events: [], messages: [], relays: [] }, '2026-10-29', '2026-11-05'));
  });

  test('tells what was spent, against the budget', async () => {
    const report = await stage.api('/api/v1/reports?from=2026-10-29&to=2026-11-05');
    const left = (day) => rows.messages.filter((m) => m.direction === 'out' && m.sid && !['spoken', 'call_back'].includes(m.kind) &&
      place(m.created_at).day === day).length;
    assert.deepEqual(report.spend.map((s) => s.day), report.by_day.map((d) => d.day));
    // A text leaves soon after it was written; around midnight the days differ.
    const sum = (list) => list.reduce((a, b) => a + b, 0);
    assert.equal(sum(report.spend.map((s) => s.texts)), sum(report.spend.map((s) => left(s.day))));
    assert.deepEqual(Object.keys(report.budget), ['texts_per_day', 'calls_per_day', 'texts_per_number_per_day']);
  });

  test('says in words why nobody took it', async () => {
    const { missed } = await stage.api('/api/v1/reports?from=2026-10-29&to=2026-11-05');
    for (const m of missed) {
      assert.match(m.thread_id, /^[0-9a-z]{13}$/);
      if (m.kind === 'abandoned') assert.match(m.why, /caller hung up after \d+ s$/);
      else if (m.kind === 'text') assert.match(m.why, /^told .*; nobody acknowledged$/);
      else assert.match(m.why, /; nobody pressed 1$/);
    }
    assert.ok(missed.some((m) => m.why.includes('rang Primary dispatcher')));
    assert.ok(missed.some((m) => m.why.includes(' was busy')));
    assert.ok(missed.some((m) => m.why.includes(' passed it on')));
  });

  for (const table of ['by_day', 'by_operator', 'missed', 'spend'])
    test(`is a table of its own as CSV: ${table}`, async () => {
      const report = await stage.api('/api/v1/reports?from=2026-10-29&to=2026-11-05');
      const csv = await csvOf(`/api/v1/reports?from=2026-10-29&to=2026-11-05&format=csv&table=${table}`);
      const [head, ...lines] = csv;
      assert.deepEqual(head, Object.keys(report[table][0]));
      assert.equal(lines.length, report[table].length);
      lines.forEach((line, i) => assert.deepEqual(line.map((x) => x.replace(/^'(?=[=+\-@\t])/, '')),
        Object.values(report[table][i]).map((x) => (x === null ? '' : String(x)))));
      for (const line of csv) for (const cell of line) assert.doesNotMatch(cell, /^[=+\-@\t\r]/);
    });

  const wrong = [
    ['from=2026-13-01', 'from'], ['from=yesterday', 'from'], ['to=1999-01-01', 'to'], ['to=9999-01-01', 'to'],
    ['from=2026-11-02&to=2026-11-01', 'from'], ['from=2025-01-01&to=2026-11-01', 'from'], ['line=abc', 'line'],
    ['format=xml', 'format'], ['format=csv', 'table'], ['format=csv&table=calls', 'table'],
  ];
  for (const [query, field] of wrong)
    test(`that cannot be is refused by name: ${query}`, async () => {
      const refused = await stage.api(`/api/v1/reports?${query}`);
      assert.deepEqual([refused.status, refused.code, refused.field], [400, 'bad_input', field]);
    });

  test('of 400 days is given, of 401 not', async () => {
    assert.equal((await stage.api('/api/v1/reports?from=2026-01-01&to=2027-02-04')).by_day.length, 400);
    assert.equal((await stage.api('/api/v1/reports?from=2026-01-01&to=2027-02-05')).field, 'from');
  });
});

// RFC 4180.
async function csvOf(target) {
  const { request } = await import('./stage.js');
  const answer = await request({ socketPath: `${stage.folder}/data/control.sock`, target });
  assert.equal(answer.status, 200);
  assert.match(answer.headers['content-type'], /^text\/csv; charset=utf-8/);
  assert.match(answer.headers['content-disposition'], /^attachment; filename="\w+-2026-10-29-2026-11-05\.csv"$/);
  assert.ok(answer.body.endsWith('\r\n'));
  return answer.body.slice(0, -2).split('\r\n').map((line) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map((m) => (m[1] ?? m[2]).replaceAll('""', '"')));
}
