// Every path of the printed table: who may call it, what it says to pages of other origins, and
// the names that relay records bear.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CUSTOMER, LINE, PRIMARY, Stage, build, request, sid } from './stage.js';

const DESK = 'https://desk.example.com', FOREIGN = 'https://foreign.example.com';

// The table as docs/paths.md shows it, each {name} filled in.
const table = execFileSync(path.join(build, 'nextring-docs'), ['paths'], { encoding: 'utf8' })
  .split('\n')
  .map((line) => line.match(/^\| ([A-Z]+) \| `(\S+)` \| (\w+) \|/))
  .filter(Boolean)
  .map(([, method, pattern, who]) => ({ method, who, pattern, target: pattern.replace(/\{job_id\}/g, 'job-1001').replace(/\{\w+\}/g, '1') }));
const covered = table.filter((row) => /^\/(api|sms)\//.test(row.target));

let stage;
const ask = (method, target, headers = {}, body) => request({ method, port: stage.port, target, headers, body });

describe('paths', () => {
  before(async () => {
    stage = await Stage.open({ env: { NEXTRING_CORS_ORIGINS: DESK } });
  });
  after(() => stage.close());

  test('the table has the paths that the design names', () => {
    const printed = table.map((row) => `${row.method} ${row.pattern}`);
    for (const wanted of ['POST /webhook/twilio/voice', 'POST /api/jobs/{job_id}/call-webhook', 'POST /webhook/twilio/call-status',
      'POST /voice/fallback', 'GET /webhook/twilio/operator-availability', 'POST /webhook/twilio/operator-availability',
      'POST /sms/inbound', 'POST /api/sms/inbound', 'POST /api/jobs/{job_id}/sms-webhook', 'POST /sms/status', 'POST /sms/reply',
      'GET /sms/dispatch-status/{job_id}', 'GET /api/jobs/{job_id}/call-status', 'GET /api/jobs/{job_id}/message-status',
      'GET /j/{token}', 'POST /j/{token}', 'GET /healthz', 'GET /readyz', 'GET /metrics'])
      assert.ok(printed.includes(wanted), wanted);
  });

  test('OPTIONS on every API and text path names its methods, and tells only listed origins more', async () => {
    assert.ok(covered.length > 20, `${covered.length} paths`);
    for (const row of covered) {
      const ours = await ask('OPTIONS', row.target, { Origin: DESK, 'Access-Control-Request-Method': row.method });
      assert.equal(ours.status, 204, row.target);
      assert.equal(ours.headers['access-control-allow-origin'], DESK, row.target);
      assert.ok(ours.headers['access-control-allow-methods'].split(', ').includes(row.method), row.target);
      assert.ok(ours.headers.allow.split(', ').includes(row.method), row.target);
      for (const header of ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match'])
        assert.ok(ours.headers['access-control-allow-headers'].includes(header), `${row.target} ${header}`);
      assert.equal(ours.headers['access-control-allow-credentials'], undefined, row.target);
      const foreign = await ask('OPTIONS', row.target, { Origin: FOREIGN, 'Access-Control-Request-Method': row.method });
      assert.equal(foreign.status, 204, row.target);
      assert.ok(!Object.keys(foreign.headers).some((name) => name.startsWith('access-control-')), row.target);
      assert.match(foreign.headers.vary, /Origin/, row.target);
    }
  });

  test('the other paths are not for pages of other origins', async () => {
    for (const row of table.filter((r) => !covered.includes(r) && r.who !== 'admin')) {
      const answer = await ask('OPTIONS', row.target, { Origin: DESK, 'Access-Control-Request-Method': row.method });
      assert.ok(!Object.keys(answer.headers).some((name) => name.startsWith('access-control-')), row.target);
    }
  });

  test('nobody passes without a signature or a token', async () => {
    for (const row of table.filter((r) => ['carrier', 'api', 'both'].includes(r.who))) {
      const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
      const answer = await ask(row.method, row.target, row.method === 'GET' ? {} : form, row.method === 'GET' ? undefined : 'AccountSid=AC1');
      assert.equal(answer.status, row.who === 'carrier' ? 403 : 401, `${row.method} ${row.target}`);
    }
  });

  test('an answer to a listed origin can be read by its page, with the headers that it needs', async () => {
    const answer = await ask('GET', '/sms/dispatch-status/job-1001', { Origin: DESK });
    assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [401, DESK]);
    assert.match(answer.headers['access-control-expose-headers'], /ETag/);
  });

  describe('a text of one job', () => {
    before(async () => {
      const answer = await stage.webhook('/api/jobs/job-7/sms-webhook', { MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'The heater is cold again', NumMedia: '0' });
      assert.equal(answer.status, 200, answer.body);
      await stage.turn(5);
    });

    test('is relayed though nobody knows the job, and that is on record', async () => {
      assert.equal((await stage.texts(PRIMARY)).filter((t) => t.includes('The heater is cold again')).length, 1);
      const unknown = (await stage.items('/api/v1/events')).filter((e) => e.kind === 'job.unknown');
      assert.equal(unknown.length, 1);
      assert.match(unknown[0].detail, /job-7/);
    });

    test('its relay bears the names that dashboards read', async () => {
      const { job_id: job, relays } = await stage.api('/sms/dispatch-status/job-7');
      assert.equal(job, 'job-7');
      assert.equal(relays.length, 1);
      const [relay] = relays;
      for (const name of ['message_id', 'customer_phone', 'body', 'forwarded_to_primary_at', 'primary_ack_at', 'forwarded_to_backup_at', 'final_status'])
        assert.ok(name in relay, name);
      assert.equal(relay.customer_phone, CUSTOMER);
      assert.equal(relay.body, 'The heater is cold again');
      assert.ok(relay.forwarded_to_primary_at);
      assert.equal(relay.forwarded_to_backup_at, null);
    });

    test('each of its texts has job, customer and origin', async () => {
      const { messages } = await stage.api('/api/jobs/job-7/message-status');
      assert.ok(messages.length >= 2);
      for (const message of messages) {
        assert.equal(message.job_id, 'job-7');
        assert.equal(message.customer_phone, CUSTOMER);
        assert.ok(['customer', 'operator', 'dashboard', 'api', 'system'].includes(message.origin), message.origin);
      }
    });

    test('a call of an unknown job rings by its line, and that is on record', async () => {
      const call = { CallSid: sid('CA'), From: CUSTOMER, To: LINE, CallStatus: 'ringing', Direction: 'inbound' };
      const answer = await stage.webhook('/api/jobs/job-8/call-webhook', call);
      assert.equal(answer.status, 200);
      assert.match(answer.body, /<Dial/);
      const { calls } = await stage.api('/api/jobs/job-8/call-status');
      assert.equal(calls.length, 1);
      assert.ok((await stage.items('/api/v1/events')).some((e) => e.kind === 'job.unknown' && e.detail.includes('job-8')));
    });

    test('a job that nothing knows is 404 for programs', async () => {
      for (const target of ['/sms/dispatch-status/nothing', '/api/jobs/nothing/call-status', '/api/jobs/nothing/message-status'])
        assert.equal((await stage.api(target)).status, 404, target);
    });
  });
});
