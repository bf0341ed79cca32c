// Jobs by the API: made, moved, imported, told, and whose customer's call or text finds them.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { BACKUP, CUSTOMER, LINE, OTHERS, PRIMARY, Stage, alwaysOnCall, request } from './stage.js';

const CREW = '+16195550171';
const CREW_2 = '+16195550172';
const STAKEHOLDER = '+16195550175';
let stage;

async function ask(method, target, body, headers = {}) {
  const raw = typeof body === 'string' || body === undefined;
  const r = await request({
    method, socketPath: path.join(stage.folder, 'data/control.sock'), target,
    headers: { ...(raw ? {} : { 'Content-Type': 'application/json' }), ...headers },
    body: raw ? body : JSON.stringify(body),
  });
  return { status: r.status, headers: r.headers, json: r.body ? JSON.parse(r.body) : null };
}
const make = (job, headers) => ask('POST', '/api/v1/jobs', job, headers);
const move = (id, change, headers) => ask('PATCH', `/api/v1/jobs/${id}`, change, headers);
const log = async (id) => (await ask('GET', `/api/v1/jobs/${id}/log?limit=200`)).json.items;
const mentions = async (number, words) => (await stage.texts(number)).filter((t) => t.includes(words)).length;

before(async () => {
  stage = await Stage.open({ roster: alwaysOnCall() });
});
after(async () => {
  await stage.close();
  assert.equal(stage.how, 0, 'ended cleanly');
});

describe('by the API', () => {
  test('a job is made, seen, listed, and found by its customer', async () => {
    const made = await make({ job_id: '17', title: 'Boiler', customer_phone: '(619) 555-0150', priority: 'high', crew: [{ name: 'Ben', phone: CREW }] });
    assert.equal(made.status, 201);
    assert.equal(made.json.state, 'pending');
    assert.equal(made.json.customer_phone, CUSTOMER);
    assert.equal(made.json.crew[0].phone, CREW);
    assert.equal(made.headers.etag, '"1"');
    assert.equal((await ask('GET', '/api/v1/jobs/17')).json.title, 'Boiler');
    assert.equal((await ask('GET', `/api/v1/jobs?customer=${encodeURIComponent(CUSTOMER)}&state=pending`)).json.items.length, 1);
    assert.equal((await ask('GET', '/api/v1/jobs?state=completed')).json.items.length, 0);
    assert.equal((await ask('GET', '/api/v1/jobs/nothing')).status, 404);
    assert.equal((await make({ job_id: '17' })).status, 409);
  });

  test('mistakes are told with their place', async () => {
    const r = await make({ job_id: '18', priority: 'asap', crew: [{ name: 'Ben' }] });
    assert.equal(r.status, 400);
    assert.equal(r.json.mistakes.length, 2);
    assert.match(r.json.message, /priority/);
    assert.equal((await make({ job_idd: '18' })).status, 400);
  });

  test('mistakes that are longer than any answer are told of, cut', async () => {
    const long = 'x'.repeat(90000);
    const json = await make({ job_id: '18', [long]: 1 });
    assert.equal(json.status, 400);
    const heads = Array.from({ length: 30 }, (_, i) => `${i}${'y'.repeat(3900)}`).join(',');
    const csv = await ask('POST', '/api/v1/jobs/import', `${heads}\n1\n`, { 'Content-Type': 'text/csv' });
    assert.equal(csv.status, 400);
    assert.match(csv.json.help, /30 mistakes/);
    assert.equal((await move('17', { [long]: 1 })).status, 400);
  });

  test('the same key and body make one job, another body is a conflict', async () => {
    const key = { 'Idempotency-Key': 'order-9' };
    const first = await make({ title: 'Twice' }, key);
    const again = await make({ title: 'Twice' }, key);
    assert.equal(first.status, 201);
    assert.equal(again.status, 201, 'the same answer again');
    assert.equal(again.json.id, first.json.id);
    assert.equal((await make({ title: 'Other' }, key)).status, 409);
  });

  test('from pending to completed; what cannot be tells what can', async () => {
    await make({ job_id: '20', title: 'Pump', crew: [{ name: 'Ben', phone: CREW }], stakeholders: [{ name: 'Sam', phone: STAKEHOLDER, language: 'de' }] });
    assert.equal((await move('20', { state: 'assigned' }, { 'If-Match': '"7"' })).status, 412);
    const assigned = await move('20', { state: 'assigned' }, { 'If-Match': '"1"' });
    assert.equal(assigned.json.state, 'assigned');
    await stage.turn(3);
    assert.equal(await mentions(CREW, 'job 20'), 1);
    assert.match((await stage.texts(CREW)).at(-1), /\/j\/[A-Za-z0-9_-]{22}/);
    assert.equal((await move('20', { action: 'claim', by: '+16195550199' })).status, 409);
    assert.equal((await move('20', { action: 'claim', by: CREW })).json.claimed_by, CREW);
    assert.equal((await move('20', { action: 'start', by: CREW })).json.state, 'in-progress');
    assert.equal((await move('20', { state: 'completed' })).json.state, 'completed');
    const no = await move('20', { action: 'claim', by: CREW });
    assert.equal(no.status, 409);
    assert.match(no.json.message, /is completed; possible: reopen/);
    await stage.turn(3);
    assert.equal(await mentions(STAKEHOLDER, 'Auftrag 20'), 1);
    const kinds = (await log('20')).map((e) => e.kind);
    assert.deepEqual(kinds.filter((k) => k.startsWith('job.')), ['job.created', 'job.assigned', 'job.claimed', 'job.started', 'job.completed']);
    assert.deepEqual((await log('20')).filter((e) => e.kind === 'text.job').map((e) => e.delivery), ['delivered', 'delivered']);
  });
});

describe('odd requests', () => {
  test('a version that is not there is 412, before anything else', async () => {
    await make({ job_id: '25', crew: [{ name: 'Ben', phone: CREW }] });
    for (const tag of ['"7"', 'W/"1"', '"other"'])
      assert.equal((await move('25', { action: 'give back' }, { 'If-Match': tag })).status, 412, tag);
    const stale = await move('25', { title: 'x' }, { 'If-Match': '"2"' });
    assert.equal(stale.json.code, 'has_changed');
    assert.equal((await move('25', { title: 'x' }, { 'If-Match': '"1", "2"' })).status, 400);
    assert.equal((await move('25', { title: 'x' }, { 'If-Match': '*' })).headers.etag, '"2"');
    assert.equal((await move('25', { status: 'assigned' }, { 'If-Match': '"2"' })).json.state, 'assigned');
  });
  const json = { 'Content-Type': 'application/json' };
  const rows = [
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0x74, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]), json, 400, /JSON/],
    ['no JSON by its type', 'title=x', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415, /./],
    ['an unknown field', '{"titel": "x"}', json, 400, /did you mean "title"/],
    ['a number below zero', '{"claim_seconds": -1}', json, 400, /claim_seconds.*from 0 to 2592000/],
    ['a part of a second', '{"claim_seconds": 1.5}', json, 400, /whole number/],
    ['not an object', '[]', json, 400, /./],
    ['nothing', '', json, 400, /JSON/],
  ];
  for (const [what, body, headers, status, words] of rows)
    test(what, async () => {
      for (const [method, at] of [['POST', ''], ['PATCH', '/26']]) {
        const r = await request({ method, socketPath: path.join(stage.folder, 'data/control.sock'), target: `/api/v1/jobs${at}`, headers, body });
        assert.equal(r.status, status, `${method}: ${r.body}`);
        assert.match(r.body, /./);
        if (status === 400) assert.match(JSON.parse(r.body).message, words);
      }
    });
  test('too long', async () => {
    const { token } = await stage.api('/api/v1/tokens', 'POST', { tenant: 'acme', role: 'dispatcher', name: 'd' });
    const headers = { ...json, Authorization: `Bearer ${token}` };
    for (const [method, at] of [['POST', ''], ['PATCH', '/26']])
      assert.equal((await request({ method, port: stage.port, target: `/api/v1/jobs${at}`, headers, body: `{"notes": "${'x'.repeat(100000)}"}` })).status, 413);
  });
  test('numbers are numbers, however they are written', async () => {
    for (const [id, n] of [['270', 60], ['271', '60'], ['272', 6e1]])
      assert.equal((await make({ job_id: id, claim_seconds: n })).json.claim_seconds, 60);
    assert.equal((await ask('POST', '/api/v1/jobs', '{"job_id": 273, "claim_seconds": 6.0e1}', json)).json.claim_seconds, 60);
  });

  const can = { // docs/states.md; what is so already is a yes
    pending: ['assign', 'claim', 'start', 'hand over', 'complete', 'cancel', 'reopen'],
    assigned: ['assign', 'claim', 'start', 'hand over', 'complete', 'give back', 'cancel', 'reopen'],
    'in-progress': ['claim', 'start', 'hand over', 'complete', 'give back', 'cancel'],
    completed: ['complete', 'reopen'],
    cancelled: ['cancel', 'reopen'],
  };
  const actions = ['assign', 'claim', 'start', 'hand over', 'complete', 'give back', 'cancel', 'reopen'];
  for (const state of Object.keys(can))
    test(`every action of one that is ${state}`, async () => {
      for (const action of actions) {
        const id = `w-${state}-${action}`.replaceAll(' ', '-');
        assert.equal((await make({ job_id: id, state, crew: [{ name: 'Ben', phone: CREW }, { name: 'Mara', phone: CREW_2 }] })).status, 201);
        const r = await move(id, { action, by: CREW, ...(action === 'hand over' ? { to: CREW_2 } : {}) });
        assert.equal(r.status, can[state].includes(action) ? 200 : 409, `${action}: ${JSON.stringify(r.json)}`);
        if (r.status === 409) assert.match(r.json.message, new RegExp(`is ${state}; possible: ${state === 'completed' || state === 'cancelled' ? 'reopen' : ''}`));
      }
    });
});

describe('exceptions', () => {
  test('not claimed in time: the chain is told', async () => {
    await make({ job_id: '30', state: 'assigned', claim_seconds: 60, crew: [{ name: 'Mara', phone: CREW_2 }] });
    await stage.turn(59);
    assert.equal(await mentions(PRIMARY, 'Job 30'), 0);
    await stage.turn(5);
    assert.equal(await mentions(PRIMARY, 'Job 30: nobody has claimed it in time'), 1);
    assert.equal((await ask('GET', '/api/v1/jobs/30')).json.exception, 'not-claimed');
  });

  test('handed over and given back', async () => {
    await make({ job_id: '31', state: 'assigned', crew: [{ name: 'Ben', phone: CREW }, { name: 'Mara', phone: CREW_2 }], customer_phone: OTHERS[3] });
    assert.equal((await move('31', { action: 'hand over', by: CREW, to: CREW_2 })).json.handed_to, CREW_2);
    assert.equal((await move('31', { action: 'claim', by: CREW })).status, 409);
    await stage.turn(3);
    assert.equal((await move('31', { action: 'give back', by: CREW_2, note: 'no parts' })).json.state, 'pending');
    await stage.turn(3);
    assert.equal(await mentions(PRIMARY, 'Job 31: was given back (Mara)'), 1);
  });
});

describe('routing', () => {
  test("a customer's text goes to his job's operator first, urgent before the latest", async () => {
    const from = OTHERS[1];
    await make({ job_id: '40', customer_phone: from, operator: 'backup', priority: 'urgent' });
    await make({ job_id: '41', customer_phone: from });
    await stage.text(from, 'when do you come?');
    await stage.turn(3);
    assert.equal(await mentions(BACKUP, 'when do you come?'), 1);
    assert.ok((await stage.items('/api/v1/messages?job=40')).some((m) => m.body === 'when do you come?'));
  });
});

describe('import', () => {
  const csv = 'job_id,title,customer_phone,crew_name,crew_phone\n50,"Roof, north",+16195550151,Ben,+16195550171\n51,Gate,,,\n';
  test('a table, all or nothing, or in part', async () => {
    const type = { 'Content-Type': 'text/csv' };
    const bad = await ask('POST', '/api/v1/jobs/import', csv + '52,Bad,12,,\n', type);
    assert.equal(bad.status, 400);
    assert.equal(bad.json.mistakes[0].line, 4);
    assert.equal((await ask('GET', '/api/v1/jobs/50')).status, 404);
    assert.equal((await ask('POST', '/api/v1/jobs/import', csv, type)).json.made, 2);
    assert.equal((await ask('GET', '/api/v1/jobs/50')).json.title, 'Roof, north');
    assert.equal((await ask('POST', '/api/v1/jobs/import', csv, type)).status, 409);
    const part = await ask('POST', '/api/v1/jobs/import?partial=1', csv + '53,New,,,\n54,Bad,12,,\n', type);
    assert.equal(part.json.made, 1);
    assert.equal(part.json.left_out, 2);
    assert.equal(part.json.mistakes.length, 1);
  });
  test('a JSON list', async () => {
    const r = await ask('POST', '/api/v1/jobs/import', [{ id: '60', status: 'in_progress', customer: '+16195550152' }, { id: '61' }]);
    assert.equal(r.json.made, 2);
    assert.equal((await ask('GET', '/api/v1/jobs/60')).json.state, 'in-progress');
  });
});
