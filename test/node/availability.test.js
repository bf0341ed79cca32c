// Who is available now: JSON for a program, a document for a script at the carrier.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CUSTOMER, LINE, PRIMARY, Stage, alwaysOnCall, request, sid } from './stage.js';

const PATH = '/webhook/twilio/operator-availability';

describe('operator-availability', () => {
  let stage, token;
  before(async () => {
    const roster = alwaysOnCall();
    roster.job_routing = { ...roster.job_routing, 'boiler & pump': 'backup' };
    stage = await Stage.open({ roster });
    ({ token } = await stage.api('/api/v1/tokens', 'POST', { role: 'viewer', name: 'test' }));
  });
  after(() => stage.close());

  const ask = async (query = '', method = 'GET', headers = { Authorization: `Bearer ${token}` }) => {
    const answer = await request({ method, port: stage.port, target: PATH + query, headers });
    return { status: answer.status, ...(answer.body.startsWith('{') ? JSON.parse(answer.body) : {}) };
  };
  const ids = (answer) => answer.available.map((a) => a.operator);

  test('names whom a call would ring, in that order', async () => {
    for (const method of ['GET', 'POST']) {
      const got = await ask('', method);
      assert.deepEqual([got.status, got.line], [200, LINE]);
      assert.equal(ids(got)[0], 'primary');
      assert.deepEqual(Object.keys(got.available[0]), ['operator', 'name', 'state', 'until']);
      assert.deepEqual([got.available[0].state, got.available[0].until], ['available', null]);
    }
  });

  test('by line, however its plus is written, and by job', async () => {
    for (const line of [LINE, encodeURIComponent(LINE), LINE.slice(1)])
      assert.equal((await ask(`?line=${line}`)).line, LINE);
    assert.equal((await ask('?line=%2B16195550199')).status, 404);
    assert.equal(ids(await ask(`?job=${encodeURIComponent('boiler & pump')}`))[0], 'backup');
  });

  test('knows what an operator said of himself', async () => {
    await stage.text(PRIMARY, 'away 2h');
    await stage.turn(5);
    const mark = (await stage.texts(PRIMARY)).at(-1).match(/[BCDFGHJKLMNPQRSTVWXZ][2-9][BCDFGHJKLMNPQRSTVWXZ]/);
    if (mark) await stage.text(PRIMARY, mark[0]);
    await stage.turn(5);
    assert.ok(!ids(await ask()).includes('primary'));
    assert.notEqual((await ask()).next_at, null);
    await stage.text(PRIMARY, 'on');
    await stage.turn(5);
    assert.equal(ids(await ask())[0], 'primary');
  });

  test('is not for strangers, and a failed check does not fall through to the other', async () => {
    assert.equal((await ask('', 'GET', {})).status, 401);
    assert.equal((await ask('', 'GET', { Authorization: `Bearer ${token}`, 'X-Twilio-Signature': 'AAAA' })).status, 403);
  });

  test('leads a script at the carrier on to the webhook of the call', async () => {
    const params = { CallSid: sid('CA'), From: CUSTOMER, To: LINE, CallStatus: 'ringing' };
    const plain = await stage.webhook(PATH, params);
    assert.equal(plain.status, 200);
    assert.ok(plain.body.includes(`<Response><Redirect method="POST">${stage.base}/webhook/twilio/voice</Redirect></Response>`), plain.body);
    const job = await stage.webhook(`${PATH}?job=boiler%20%26%20pump`, params);
    assert.ok(job.body.includes('/api/jobs/boiler%20%26%20pump/call-webhook<'), job.body);
  });
});
