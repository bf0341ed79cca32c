// test/node/acts.test.js - what can be done from the board: pass on, close, open again, take, reply;
// who did it is on record, and what cannot be says so. A key makes an act happen once.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { BACKUP, CUSTOMER, OTHERS, PRIMARY, Stage, request } from './stage.js';

const PASSWORD = 'a long enough password';
let stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage.close());

const relayOf = async (customer) => (await stage.items('/api/v1/relays')).find((r) => r.customer_phone === customer);
const threadOf = async (customer) => (await stage.items('/api/v1/threads')).find((t) => t.customer_phone === customer);
const logOf = async (thread) => stage.items(`/api/v1/threads/${thread}/log?limit=500`);
const act = (target, body = {}, headers = {}) => ask('POST', target, body, headers);
async function ask(method, target, body, headers = {}) {
  const answer = await request({
    method, socketPath: path.join(stage.folder, 'data/control.sock'), target,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: answer.status, json: answer.body ? JSON.parse(answer.body) : null };
}

async function arrives(customer, words) {
  await stage.text(customer, words);
  await stage.turn(5);
  return relayOf(customer);
}

describe('passing on', () => {
  test('the office passes it to the next step, and whoever held it is told', async () => {
    const relay = await arrives(CUSTOMER, 'no heat');
    const done = await act(`/api/v1/relays/${relay.id}/pass`);
    assert.equal(done.status, 200, JSON.stringify(done));
    assert.equal(done.json.relay_id, relay.id);
    await stage.turn(5);
    const after = await relayOf(CUSTOMER);
    assert.equal(after.step, 1);
    assert.deepEqual(after.holders.map((h) => h.operator), ['backup']);
    assert.match((await stage.texts(PRIMARY)).at(-1), /went on to Backup dispatcher/);
    assert.match((await stage.texts(BACKUP)).at(-1), /no heat/);
  });

  test('by an operator only while it is with him', async () => {
    const relay = await relayOf(CUSTOMER);
    const no = await act(`/api/v1/relays/${relay.id}/pass`, { operator: 'primary' });
    assert.equal(no.status, 409);
    assert.equal(no.json.field, 'operator');
    assert.match(no.json.message, /not with them/);
    assert.equal((await act(`/api/v1/relays/${relay.id}/pass`, { operator: 'backup' })).status, 200);
    assert.equal((await relayOf(CUSTOMER)).step, 2);
  });

  test('with nobody left it cannot be, and says so', async () => {
    const relay = await relayOf(CUSTOMER);
    const no = await act(`/api/v1/relays/${relay.id}/pass`);
    assert.equal(no.status, 409);
    assert.match(no.json.message, /nobody left on the chain/);
    await stage.turn(1800 + 5);
    assert.equal((await relayOf(CUSTOMER)).state, 'exhausted');
    assert.match((await act(`/api/v1/relays/${relay.id}/pass`)).json.message, /everybody on the chain/);
  });

  test('what somebody took is taken from him', async () => {
    const relay = await arrives(OTHERS[0], 'taken and given');
    assert.equal((await act(`/api/v1/relays/${relay.id}/ack`, { operator: 'primary' })).status, 200);
    assert.equal((await act(`/api/v1/relays/${relay.id}/pass`)).status, 200);
    await stage.turn(5);
    const after = await relayOf(OTHERS[0]);
    assert.equal(after.state, 'open');
    assert.equal(after.acked_by, null);
    assert.deepEqual(after.holders.map((h) => h.operator), ['backup']);
  });

  test('an unknown id is 404, an unknown operator 400', async () => {
    assert.equal((await act('/api/v1/relays/0000000000001/pass')).status, 404);
    assert.equal((await act('/api/v1/relays/nonsense/pass')).status, 404);
    const relay = await relayOf(OTHERS[0]);
    const no = await act(`/api/v1/relays/${relay.id}/pass`, { operator: 'nobody' });
    assert.deepEqual([no.status, no.json.field], [400, 'operator']);
  });
});

describe('closing', () => {
  test('takes what waits, tells whoever had it, and can be undone', async () => {
    await arrives(OTHERS[1], 'please close me');
    const thread = await threadOf(OTHERS[1]);
    assert.equal((await act(`/api/v1/relays/${thread.relay_id}/ack`, { operator: 'primary' })).status, 200);
    const done = await act(`/api/v1/threads/${thread.id}/close`);
    assert.deepEqual([done.status, done.json.thread_id], [200, thread.id]);
    await stage.turn(5);
    assert.match((await stage.texts(PRIMARY)).at(-1), /is closed/);
    const closed = await threadOf(OTHERS[1]);
    assert.deepEqual([closed.state, closed.owner], ['closed', null]);
    const again = await act(`/api/v1/threads/${thread.id}/close`);
    assert.deepEqual([again.status, again.json.field], [409, 'thread']);
    assert.match(again.json.message, /closed already/);
    assert.match((await act(`/api/v1/relays/${thread.relay_id}/pass`)).json.message, /closed/);

    assert.equal((await act(`/api/v1/threads/${thread.id}/reopen`)).status, 200);
    const open = await threadOf(OTHERS[1]);
    assert.deepEqual([open.state, open.owner], ['open', 'primary'], 'whoever had it has it');
    assert.match((await act(`/api/v1/threads/${thread.id}/reopen`)).json.message, /open already/);
    assert.deepEqual((await logOf(thread.id)).map((e) => e.kind).slice(-2), ['thread.closed', 'thread.reopened']);
    await stage.turn(24 * 3600 + 60);
    assert.equal((await threadOf(OTHERS[1])).state, 'closed', 'a quiet day closes it');
  });

  test('what waits is acknowledged by it', async () => {
    const relay = await arrives(OTHERS[2], 'nothing to do');
    const thread = await threadOf(OTHERS[2]);
    assert.equal((await act(`/api/v1/threads/${thread.id}/close`)).status, 200);
    await stage.turn(5);
    assert.equal((await stage.api(`/api/v1/relays/${relay.id}`)).state, 'taken');
    assert.match((await stage.texts(PRIMARY)).findLast((t) => /is with/.test(t)), /is with the office/);
    await stage.text(OTHERS[2], 'and again');
    await stage.turn(5);
    assert.equal((await threadOf(OTHERS[2])).state, 'open');
    assert.equal((await relayOf(OTHERS[2])).state, 'open');
  });

  test('unknown ids are 404', async () => {
    for (const how of ['close', 'reopen'])
      for (const id of ['0000000000001', 'x', '%00', 'zzzzzzzzzzzzz'])
        assert.ok([404, 400].includes((await act(`/api/v1/threads/${id}/${how}`)).status), `${how} ${id}`);
  });
});

describe('a reply that cannot be', () => {
  test('to somebody who wrote STOP says so', async () => {
    await arrives(OTHERS[3], 'hello');
    const thread = await threadOf(OTHERS[3]);
    await stage.text(OTHERS[3], 'STOP');
    await stage.turn(5);
    const no = await act(`/api/v1/threads/${thread.id}/reply`, { body: 'are you there?' });
    assert.equal(no.status, 409);
    assert.match(no.json.message, /STOP.*START/);
  });
});

describe('a key', () => {
  const key = (k) => ({ 'Idempotency-Key': k });

  test('makes an act happen once, and answers the same again', async () => {
    const thread = await threadOf(CUSTOMER);
    const first = await act(`/api/v1/threads/${thread.id}/reply`, { body: 'on our way' }, key('reply-1'));
    const again = await act(`/api/v1/threads/${thread.id}/reply`, { body: 'on our way' }, key('reply-1'));
    assert.equal(first.status, 202);
    assert.deepEqual(again, first);
    await stage.turn(5);
    assert.equal((await stage.texts(CUSTOMER)).filter((t) => t === 'on our way').length, 1);
  });

  test('also when both come at once', async () => {
    const thread = await threadOf(CUSTOMER);
    const answers = await Promise.all(Array.from({ length: 8 }, () => act(`/api/v1/threads/${thread.id}/reply`, { body: 'all at once' }, key('reply-2'))));
    for (const a of answers) assert.deepEqual(a, answers[0]);
    await stage.turn(5);
    assert.equal((await stage.texts(CUSTOMER)).filter((t) => t === 'all at once').length, 1);
  });

  test('also after the daemon was killed', async () => {
    const relay = await arrives(OTHERS[2], 'will be killed');
    const pass = () => act(`/api/v1/relays/${relay.id}/pass`, {}, key('pass-1'));
    const first = await pass();
    await stage.kill();
    await stage.startDaemon();
    assert.deepEqual(await pass(), first);
    assert.equal((await relayOf(OTHERS[2])).step, relay.step + 1);
  });

  test('for another request is refused', async () => {
    const thread = await threadOf(CUSTOMER);
    for (const [target, body] of [
      [`/api/v1/threads/${thread.id}/reply`, { body: 'other words' }],
      [`/api/v1/threads/${thread.id}/close`, {}],
      ['/api/v1/jobs', { title: 'x' }],
    ]) {
      const no = await act(target, body, key('reply-1'));
      assert.deepEqual([no.status, no.json.field], [409, 'Idempotency-Key'], target);
      assert.match(no.json.message, /another request/);
    }
  });

  test('of what was refused acts when it can', async () => {
    const thread = await threadOf(OTHERS[1]);
    const reopen = () => act(`/api/v1/threads/${thread.id}/reopen`, {}, key('open-1'));
    assert.equal((await act(`/api/v1/threads/${thread.id}/close`, {}, key('open-1'))).status, 409);
    assert.equal((await reopen()).status, 200);
    assert.equal((await reopen()).status, 200, 'the same answer though it is open now');
  });

  test('is short, and of plain signs', async () => {
    const thread = await threadOf(CUSTOMER);
    for (const bad of ['x'.repeat(129), 'with space', 'üml'])
      assert.equal((await act(`/api/v1/threads/${thread.id}/close`, {}, key(Buffer.from(bad, 'utf8').toString('latin1')))).status, 400, bad);
  });
});

describe('somebody who is signed in', () => {
  let cookie, csrf;
  const send = (target, body = {}) => request({
    method: 'POST', port: stage.port, target,
    headers: { Origin: stage.base, Cookie: cookie, 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }).then((a) => ({ status: a.status, json: a.body ? JSON.parse(a.body) : null }));
  async function signIn(login, more) {
    const made = await act('/api/v1/users', { login, role: 'dispatcher', ...more });
    assert.equal(made.status, 201, JSON.stringify(made));
    const { json } = await act(`/api/v1/users/${made.json.id}/link`);
    const answer = await request({
      method: 'POST', port: stage.port, target: '/api/v1/setup',
      headers: { Origin: stage.base, 'Content-Type': 'application/json' },
      body: JSON.stringify({ token: json.link.split('/').pop(), password: PASSWORD }),
    });
    assert.ok(answer.status < 300, answer.body);
    [cookie] = String(answer.headers['set-cookie']).split(';');
    csrf = JSON.parse(answer.body).csrf;
  }

  test('who is no operator acts for the office, by name', async () => {
    await signIn('mara', { name: 'Mara Desk' });
    const relay = await arrives(OTHERS[0], 'for the office');
    const open = await relayOf(OTHERS[0]);
    assert.equal((await send(`/api/v1/relays/${open.id}/ack`)).status, 200);
    await stage.turn(5);
    assert.ok((await stage.texts(PRIMARY)).some((t) => /is with the office \(Mara Desk\)/.test(t)));
    const event = (await logOf(relay.thread_id)).findLast((e) => e.kind === 'relay.acknowledged');
    assert.deepEqual([event.operator, event.detail], [null, 'by Mara Desk, on the board']);
    assert.equal((await send(`/api/v1/threads/${relay.thread_id}/reply`, { body: 'it is us' })).status, 202);
    const reply = (await stage.items(`/api/v1/messages?thread=${relay.thread_id}`)).find((m) => m.kind === 'reply');
    assert.deepEqual([reply.origin, reply.operator], ['dashboard', null]);
  });

  test('who is one acts as himself, and for the office where it is not with him', async () => {
    await signIn('bo', { name: 'Bo at home', operator: 'backup' });
    const relay = await arrives(CUSTOMER, 'mine or not');
    const open = await relayOf(CUSTOMER);
    const thread = await threadOf(CUSTOMER);
    assert.equal((await send(`/api/v1/relays/${open.id}/pass`)).status, 200, 'from primary');
    assert.equal((await send(`/api/v1/relays/${open.id}/ack`)).status, 200);
    assert.equal((await relayOf(CUSTOMER)).acked_by, 'backup');
    const events = await logOf(thread.id);
    assert.equal(events.findLast((e) => e.kind === 'relay.passed-on').operator, null);
    const taken = events.findLast((e) => e.kind === 'relay.acknowledged');
    assert.deepEqual([taken.operator, taken.detail], ['backup', 'by Bo at home, on the board']);
    assert.equal((await send(`/api/v1/threads/${thread.id}/call`)).status, 202, 'his own phone rings');
    assert.ok(relay);
  });

  test('a token acts by its name', async () => {
    const { json } = await act('/api/v1/tokens', { role: 'dispatcher', name: 'night shift' });
    const relay = await arrives(OTHERS[1], 'by a program');
    const answer = await request({
      method: 'POST', port: stage.port, target: `/api/v1/relays/${relay.id}/ack`,
      headers: { Authorization: `Bearer ${json.token}` },
    });
    assert.equal(answer.status, 200, answer.body);
    const event = (await logOf(relay.thread_id)).findLast((e) => e.kind === 'relay.acknowledged');
    assert.equal(event.detail, 'by night shift, by the API');
  });
});
