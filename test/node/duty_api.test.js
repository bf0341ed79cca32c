// Who is on duty, asked by the API: at an instant with reasons, through a week to the instant, and
// what somebody's duty shall be.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Stage, alwaysOnCall, request, BACKUP, CUSTOMER, LINE, OWNER, PRIMARY, START } from './stage.js';

function roster() {
  const r = alwaysOnCall();
  r.time_zone = 'America/Los_Angeles';
  r.dispatchers[0].on_call = 'daily 07:00-19:00';
  r.dispatchers[1].on_call = [{ days: 'mon-fri', from: '19:00', to: '07:00' }];
  r.chains.dispatch = [{ operators: ['primary'] }, { operators: ['backup'], ring_seconds: 20 }];
  r.overrides = [{ operator: 'owner', instead_of: 'primary', from: '2026-11-26T10:00', to: '2026-11-26T12:00' }];
  r.job_routing = { 'job-1': 'owner' };
  return r;
}
const line = encodeURIComponent(LINE);

describe('duty by the API', () => {
  let stage;
  before(async () => {
    stage = await Stage.open({ roster: roster() });
  });
  after(() => stage.close());
  const get = (target) => stage.api(target);

  test('at an instant: who is asked, and who is left out and why', async () => {
    const day = await get(`/api/v1/duty?line=${line}&at=2026-11-25T12:00`);
    assert.equal(day.status, 200);
    assert.equal(day.at, '2026-11-25T20:00:00.000Z');
    assert.equal(day.time_zone, 'America/Los_Angeles');
    assert.deepEqual(day.plan.map((r) => [r.operator, r.step, r.reason]), [['primary', 1, 'on_duty']]);
    assert.deepEqual(day.left_out.map((r) => [r.operator, r.reason]), [['backup', 'off_duty']]);
    assert.ok(day.left_out[0].words.length > 3);
    const night = await get(`/api/v1/duty?line=${line}&at=2026-11-26T04:00:00Z`);
    assert.deepEqual(night.plan.map((r) => [r.operator, r.ring_seconds]), [['backup', 20]]);
    const swap = await get(`/api/v1/duty?line=${line}&at=2026-11-26T11:00`);
    assert.deepEqual(swap.plan.map((r) => [r.operator, r.reason]), [['owner', 'stands_in']]);
  });

  test('about a job: its own people first', async () => {
    const job = await get('/api/v1/duty?at=2026-11-25T12:00&job=job-1');
    assert.deepEqual(job.plan.map((r) => [r.operator, r.reason]), [['owner', 'job'], ['primary', 'on_duty']]);
  });

  test('a week: shifts to the instant, gaps, and the overrides that touch it', async () => {
    const week = await get(`/api/v1/duty/week?line=${line}&from=2026-11-23`);
    assert.equal(week.status, 200);
    assert.equal(week.from, '2026-11-23T08:00:00.000Z');
    assert.equal(week.to, '2026-11-30T08:00:00.000Z');
    const of = (id) => week.operators.find((o) => o.operator === id).shifts;
    assert.deepEqual(of('primary')[0], { from: '2026-11-23T15:00:00.000Z', to: '2026-11-24T03:00:00.000Z', reason: 'on_duty',
      words: of('primary')[0].words });
    assert.equal(of('primary').length, 8, 'one is cut in two by the swap');
    assert.deepEqual(of('owner').map((s) => [s.from, s.to, s.reason]),
      [['2026-11-26T18:00:00.000Z', '2026-11-26T20:00:00.000Z', 'stands_in']]);
    assert.deepEqual(week.gaps, [
      { from: '2026-11-23T08:00:00.000Z', to: '2026-11-23T15:00:00.000Z' },
      { from: '2026-11-29T03:00:00.000Z', to: '2026-11-29T15:00:00.000Z' },
      { from: '2026-11-30T03:00:00.000Z', to: '2026-11-30T08:00:00.000Z' }]);
    assert.deepEqual(week.overrides.map((o) => [o.n, o.operator, o.instead_of, o.is_on]), [[0, 'owner', 'primary', null]]);
  });

  test('a week with a change of the clocks is an hour longer', async () => {
    const week = await get(`/api/v1/duty/week?line=${line}&from=2026-10-26`);
    assert.equal((Date.parse(week.to) - Date.parse(week.from)) / 3600000, 7 * 24 + 1);
  });

  test('what cannot be is refused in words', async () => {
    for (const [target, status, field] of [
      ['/api/v1/duty?at=yesterday', 400, 'at'], ['/api/v1/duty?at=9999-01-01', 400, 'at'],
      ['/api/v1/duty?line=%2B16195550199', 404, 'line'], [`/api/v1/duty/week?from=${'x'.repeat(500)}`, 400, 'from'],
      ['/api/v1/duty/week?days=1000', 400, 'days'], ['/api/v1/duty?tenant=other', 404, 'tenant']]) {
      const answer = await get(target);
      assert.equal(answer.status, status, target);
      assert.equal(answer.field, field, target);
    }
  });

  test('somebody is set off: he is told, it is on record, and the next call goes past him', async () => {
    const set = await stage.api('/api/v1/operators/backup/duty', 'POST', { state: 'off', until: '2026-11-24T20:00:00Z' });
    assert.equal(set.status, 200, JSON.stringify(set));
    await stage.turn(5);
    const said = await stage.texts(BACKUP);
    assert.equal(said.length, 1);
    assert.match(said[0], /off duty until .* set by the office/);
    const [duty] = (await stage.items('/api/v1/duties')).filter((d) => d.operator === 'backup');
    assert.equal(duty.state, 'off');
    assert.equal(duty.until_at, '2026-11-24T20:00:00.000Z');
    const [event] = (await stage.items('/api/v1/events')).filter((e) => e.kind === 'operator.duty');
    assert.equal(event.operator, 'backup');
    assert.match(event.detail, /^off, by the office/);
    const plan = await get(`/api/v1/duty?line=${line}`);
    assert.ok(!plan.plan.some((r) => r.operator === 'backup'));
    const back = await stage.api('/api/v1/operators/backup/duty', 'POST', { state: 'hours' });
    assert.equal(back.status, 200);
  });

  test('a duty that cannot be is refused', async () => {
    for (const [who, body, status, field] of [
      ['nobody', { state: 'on' }, 404, null], ['backup', { state: 'maybe' }, 400, 'state'], ['backup', {}, 400, 'state'],
      ['backup', { state: 'off', until: 'soon' }, 400, 'until'], ['backup', { state: 'off', until: '2020-01-01T00:00:00Z' }, 400, 'until'],
      ['backup', { state: 'hours', until: '2027-01-01T00:00:00Z' }, 400, 'until'], ['backup', { state: 'on', x: 'y' }, 400, 'x']]) {
      const answer = await stage.api(`/api/v1/operators/${who}/duty`, 'POST', body);
      assert.equal(answer.status, status, JSON.stringify(body));
      assert.equal(answer.field, field, JSON.stringify(body));
    }
  });

  test('schedules, chains and operators are read, whatever the source', async () => {
    const schedules = await get('/api/v1/schedules');
    assert.deepEqual(schedules.items[0].hours, [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '07:00', to: '19:00' }]);
    assert.equal(schedules.items[2].is_always, true);
    const chain = await get('/api/v1/chains/dispatch');
    assert.deepEqual(chain.steps.map((s) => s.operators), [['primary'], ['backup']]);
    assert.equal((await get('/api/v1/chains/none')).status, 404);
    const who = await get('/api/v1/operators/owner');
    assert.equal(who.phone, OWNER);
  });
});
