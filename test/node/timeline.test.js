// test/node/timeline.test.js - everything of one customer in one list, and threads as an inbox has
// them: by last activity, with the last words, the relay's state and its clock.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { CUSTOMER, LINE, OTHERS, PRIMARY, Stage, request } from './stage.js';

let stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage.close());

const threadOf = async (customer) => (await stage.items('/api/v1/threads?limit=200')).find((t) => t.customer_phone === customer);
const timeline = async (id, more = '') => stage.api(`/api/v1/threads/${id}/timeline${more}`);

describe('a timeline', () => {
  test('has texts, what was done about them, calls and jobs, latest first and each once', async () => {
    await stage.text(CUSTOMER, 'no heat');
    await stage.turn(5);
    const thread = await threadOf(CUSTOMER);
    await stage.api(`/api/v1/relays/${thread.relay_id}/ack`, 'POST', { operator: 'primary' });
    await stage.api(`/api/v1/threads/${thread.id}/reply`, 'POST', { body: 'on our way', operator: 'primary' });
    await stage.turn(5);
    await stage.phone(PRIMARY, { on_call: [{ do: 'answer', after_ms: 2000, then: [{ press: '1', after_ms: 2000 }, { talk_ms: 9000 }, { hangup: true }] }] });
    await stage.call(CUSTOMER);
    await stage.turn(60);
    const made = await stage.api('/api/v1/jobs', 'POST', { job_id: 'T-1', title: 'Boiler', customer: CUSTOMER });
    assert.equal(made.status, 201, JSON.stringify(made));
    await stage.text(CUSTOMER, 'about the job');
    await stage.turn(5);
    await stage.api('/api/v1/jobs/T-1', 'PATCH', { state: 'completed' });
    const { status, items, next } = await timeline(thread.id);
    assert.equal(status, 200);
    assert.equal(next, null);
    const ids = items.map((i) => i.id);
    assert.deepEqual(ids, [...ids].sort().reverse());
    assert.equal(new Set(ids).size, ids.length);
    for (const item of items) assert.match(item.at, /^2026-11-2\dT/);
    const of = (type) => items.filter((i) => i.type === type);
    assert.deepEqual(of('message').map((m) => [m.kind, m.body]), [['inbound', 'about the job'], ['reply', 'on our way'], ['inbound', 'no heat']]);
    assert.deepEqual(of('message')[1].media, []);
    assert.equal(of('message')[1].delivery, 'delivered');
    assert.equal(of('call').length, 1);
    assert.equal(of('call')[0].plan[0].name, 'Primary dispatcher');
    assert.equal(of('call')[0].recording_url, null);
    const events = of('event').map((e) => e.kind);
    assert.ok(events.includes('relay.forwarded') && events.includes('relay.acknowledged'));
    assert.ok(!events.some((k) => k === 'text.received' || k === 'text.replied' || k === 'call.ringing'), `${events}`);
    const jobs = of('job');
    assert.deepEqual(jobs.map((j) => j.kind), ['job.completed', 'job.created']);
    assert.deepEqual([jobs[0].job_id, jobs[0].title, jobs[0].state], ['T-1', 'Boiler', 'completed']);
  });

  test('is given in pages that leave nothing out', async () => {
    const { id } = await threadOf(CUSTOMER);
    const all = (await timeline(id, '?limit=200')).items.map((i) => i.id);
    assert.ok(all.length > 8);
    const seen = [];
    for (let after = '', n = 0; n < 50; n++) {
      const page = await timeline(id, `?limit=3${after}`);
      seen.push(...page.items.map((i) => i.id));
      if (!page.next) break;
      after = `&after=${page.next}`;
    }
    assert.deepEqual(seen, all);
  });

  test('has what was held back, and so do the last words and the search', async () => {
    await stage.text(OTHERS[3], 'the gate is broken');
    await stage.text(OTHERS[3], 'the gate is broken'); // at once: nobody is told again
    await stage.turn(5);
    const thread = await threadOf(OTHERS[3]);
    const { items } = await timeline(thread.id);
    assert.deepEqual(items.filter((i) => i.type === 'message').map((m) => [m.kind, m.body]),
      [['held_back', 'the gate is broken'], ['inbound', 'the gate is broken']]);
    assert.deepEqual([thread.last.kind, thread.last.direction, thread.last.body], ['held_back', 'in', 'the gate is broken']);
    await stage.text(OTHERS[3], 'out of office until Monday: this is an automatic reply');
    await stage.turn(5);
    assert.equal((await threadOf(OTHERS[3])).last.kind, 'held_back');
    assert.deepEqual((await stage.items('/api/v1/threads?q=automatic')).map((t) => t.id), [thread.id]);
  });

  test('of no thread is 404, and odd questions are 400', async () => {
    const { id } = await threadOf(CUSTOMER);
    for (const none of ['0000000000001', 'zzzzzzzzzzzzz', 'x', '%25'])
      assert.equal((await timeline(none)).status, 404, none);
    for (const odd of ['?limit=0', '?limit=201', '?limit=x', '?after=x', '?after=%00'])
      assert.equal((await timeline(id, odd)).status, 400, odd);
  });
});

describe('threads', () => {
  test('stand by last activity with their last words, state and clock', async () => {
    await stage.text(OTHERS[0], 'first');
    await stage.turn(5);
    await stage.text(OTHERS[1], 'second');
    await stage.turn(5);
    let list = await stage.items('/api/v1/threads');
    assert.deepEqual(list.slice(0, 2).map((t) => t.customer_phone), [OTHERS[1], OTHERS[0]]);
    const [top] = list;
    assert.deepEqual([top.state, top.relay_state, top.owner, top.line], ['open', 'open', null, LINE]);
    assert.ok(top.due_at > top.last_at);
    assert.deepEqual({ ...top.last, at: 0 }, { kind: 'inbound', direction: 'in', at: 0, outcome: null, body: 'second' });
    await stage.api(`/api/v1/threads/${list[1].id}/reply`, 'POST', { body: `${'ü'.repeat(130)}` });
    list = await stage.items('/api/v1/threads');
    assert.deepEqual(list.slice(0, 2).map((t) => t.customer_phone), [OTHERS[0], OTHERS[1]]);
    assert.deepEqual([list[0].last.kind, list[0].last.direction, list[0].last.body], ['reply', 'out', 'ü'.repeat(120)]);
    const one = await stage.api(`/api/v1/threads/${list[0].id}`);
    assert.deepEqual({ ...one, status: 0 }, { ...list[0], status: 0 }, 'one row has the same shape');
  });

  test('a missed call is the last that happened', async () => {
    await stage.phone(PRIMARY, { on_call: [{ do: 'ignore' }] });
    await stage.call(OTHERS[2], { hangup_after_ms: 8000 });
    await stage.turn(20);
    const [top] = await stage.items('/api/v1/threads');
    assert.equal(top.customer_phone, OTHERS[2]);
    assert.ok(['call', 'customer'].includes(top.last.kind), JSON.stringify(top.last));
  });

  test('are narrowed by state, owner and line', async () => {
    const numbers = async (q) => (await stage.items(`/api/v1/threads?${q}`)).map((t) => t.customer_phone);
    await stage.api(`/api/v1/threads/${(await threadOf(CUSTOMER)).id}/close`, 'POST', {});
    assert.deepEqual(await numbers('state=closed'), [CUSTOMER]);
    assert.ok(!(await numbers('state=open')).includes(CUSTOMER));
    const waiting = await numbers('state=waiting');
    assert.ok(waiting.includes(OTHERS[1]) && !waiting.includes(OTHERS[0]) && !waiting.includes(CUSTOMER));
    const relay = (await threadOf(OTHERS[1])).relay_id;
    await stage.api(`/api/v1/relays/${relay}/ack`, 'POST', { operator: 'backup' });
    assert.deepEqual(await numbers('owner=backup'), [OTHERS[1]]);
    assert.ok((await numbers(`line=${encodeURIComponent(LINE)}`)).length > 3);
    assert.ok((await numbers(`line=${LINE}`)).length > 3, 'a plus that was not escaped');
    assert.deepEqual(await numbers('line=%2B16195550199'), []);
    for (const odd of ['state=asleep', 'line=x', 'limit=0', 'limit=201', 'after=x', 'after=0000000000000', `after=${'0'.repeat(26)}`])
      assert.equal((await stage.api(`/api/v1/threads?${odd}`)).status, 400, odd);
  });

  test('are given in pages that leave nothing out', async () => {
    for (let i = 0; i < 12; i++) await stage.text(`+161955501${70 + i}`, `page ${i}`);
    await stage.turn(10);
    const all = (await stage.items('/api/v1/threads?limit=200')).map((t) => t.id);
    const seen = [];
    for (let after = '', n = 0; n < 50; n++) {
      const page = await stage.api(`/api/v1/threads?limit=4${after}`);
      seen.push(...page.items.map((t) => t.id));
      if (!page.next) break;
      after = `&after=${page.next}`;
    }
    assert.deepEqual(seen, all);
  });
});

describe('calls, deliveries and lists', () => {
  test('a call has its legs', async () => {
    const [call] = await stage.items('/api/v1/calls?state=over&limit=50').then((l) => l.filter((c) => c.customer_phone === CUSTOMER));
    const one = await stage.api(`/api/v1/calls/${call.id}`);
    assert.equal(one.status, 200);
    const [leg] = one.legs;
    assert.deepEqual([leg.operator, leg.name, leg.step, leg.attempt, leg.rings], ['primary', 'Primary dispatcher', 1, 0, 1]);
    assert.ok(leg.rang_at >= call.started_at && leg.ended_at >= leg.rang_at);
    assert.ok(['accepted', 'missed', 'failed', 'passed'].includes(leg.result), leg.result);
    assert.equal((await stage.api('/api/v1/calls/0000000000001')).status, 404);
  });

  test('deliveries are texts of ours, with what went wrong in words', async () => {
    const all = await stage.items('/api/v1/deliveries?limit=500');
    assert.ok(all.length > 5);
    assert.ok(all.every((d) => d.delivery !== 'none' && d.recipient && 'error' in d && !('body' in d)));
    assert.ok((await stage.items('/api/v1/deliveries?state=delivered')).every((d) => d.delivery === 'delivered'));
    assert.ok((await stage.items('/api/v1/deliveries?operator=primary')).every((d) => d.operator === 'primary'));
    assert.deepEqual(await stage.items('/api/v1/deliveries?state=trouble'), []);
    await stage.text(OTHERS[3], 'and then my battery went flat');
    await stage.phone(OTHERS[3], { unreachable: true });
    await stage.turn(5);
    assert.equal((await stage.api(`/api/v1/threads/${(await threadOf(OTHERS[3])).id}/reply`, 'POST', { body: 'hello?' })).status, 202);
    await stage.turn(30);
    const [lost] = await stage.items('/api/v1/deliveries?state=trouble');
    assert.deepEqual([lost.recipient, lost.delivery, lost.error_code], [OTHERS[3], 'undelivered', 30003]);
    assert.match(lost.error, /switched off/);
  });

  test('lists are narrowed by time', async () => {
    const all = await stage.items('/api/v1/messages?limit=500');
    const middle = all[Math.floor(all.length / 2)].created_at;
    const since = await stage.items(`/api/v1/messages?limit=500&since=${middle}`);
    const until = await stage.items(`/api/v1/messages?limit=500&until=${middle}`);
    assert.ok(since.length && until.length);
    assert.equal(since.length + until.length, all.length);
    assert.ok(since.every((m) => m.created_at >= middle) && until.every((m) => m.created_at < middle));
    for (const odd of ['since=yesterday', 'until=2026-11-24', 'since=2026-11-24T02:05'])
      assert.equal((await stage.api(`/api/v1/messages?${odd}`)).status, 400, odd);
    assert.equal((await stage.api('/api/v1/duties?since=2026-11-24T02:05:00Z')).status, 400, 'a list without times');
  });

  test('jobs come with counts by state; tenants are listed', async () => {
    await stage.api('/api/v1/jobs', 'POST', { job_id: 'T-2', title: 'Pipe' });
    const jobs = await stage.api('/api/v1/jobs');
    assert.deepEqual(jobs.counts, { completed: 1, pending: 1 });
    assert.deepEqual((await stage.items('/api/v1/jobs?state=active')).map((j) => j.job_id), ['T-2']);
    const tenants = await stage.items('/api/v1/tenants');
    assert.equal(tenants.length, 1);
    assert.ok(tenants[0].id && tenants[0].time_zone && tenants[0].lines >= 1);
  });
});

describe('photos', () => {
  const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  const get = (target, headers = {}) => request({ socketPath: `${stage.folder}/data/control.sock`, target, headers });

  test('are shown by addresses of ours, to whoever may read the text', async () => {
    const html = Buffer.from('<script>alert(1)</script>').toString('base64');
    await stage.carrier('POST', '/sim/texts', { from: CUSTOMER, to: LINE, body: 'see', media: [{ type: 'image/png', base64: PIXEL.toString('base64') }, { type: 'text/html', base64: html }] });
    await stage.turn(5);
    const message = (await stage.items('/api/v1/messages?limit=20')).find((m) => m.body === 'see');
    assert.deepEqual(message.media, [0, 1].map((n) => ({ url: `/api/v1/messages/${message.id}/media/${n}` })));
    const { id } = await threadOf(CUSTOMER);
    assert.deepEqual((await timeline(id)).items.find((i) => i.id === message.id).media, message.media);
    const photo = await get(message.media[0].url);
    assert.deepEqual([photo.status, photo.headers['content-type'], photo.headers['x-content-type-options']], [200, 'image/png', 'nosniff']);
    assert.match(photo.headers['content-disposition'], /^inline/);
    const page = await get(message.media[1].url);
    assert.equal(page.status, 200);
    assert.equal(page.headers['content-type'], 'application/octet-stream');
    assert.match(page.headers['content-disposition'], /^attachment/);
    assert.match(page.headers['content-security-policy'], /sandbox; default-src 'none'/);
    const stranger = await request({ port: stage.port, target: message.media[0].url });
    assert.equal(stranger.status, 401);
  });

  test('of nothing are 404', async () => {
    const message = (await stage.items('/api/v1/messages?limit=100')).find((m) => m.media.length === 0);
    for (const target of [`/api/v1/messages/${message.id}/media/0`, `/api/v1/messages/${message.id}/media/10`, '/api/v1/messages/0000000000001/media/0', '/api/v1/messages/x/media/0']) {
      const answer = await get(target);
      assert.equal(answer.status, 404, target);
      assert.equal(JSON.parse(answer.body).code, 'not_found');
    }
  });
});
