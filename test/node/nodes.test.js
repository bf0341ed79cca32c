// Three nodes over one PostgreSQL: whatever comes to one goes on at the others, nothing is done
// twice, and what is changed on one holds on all.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Nodes, skip, until } from './nodes_kit.js';
import { Stream } from './stream_client.js';
import { BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, alwaysOnCall, request, sid } from './stage.js';

const TEXTS = 1000;
const [FIRST, SECOND] = OTHERS;
const plain = (text) => text.replaceAll('&amp;', '&');

// So fast that only the order of things counts.
function roster(changes = {}) {
  const r = alwaysOnCall();
  r.lines = r.lines.map((line) => ({ ...line, texts_per_second: 1000 }));
  return { ...r, ...changes };
}

describe('three nodes', { skip }, () => {
  let all, folder, keys;
  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-keys-'));
    keys = path.join(folder, 'key');
    fs.writeFileSync(keys, crypto.randomBytes(32), { mode: 0o600 });
    all = await Nodes.open({ count: 3, roster: roster(), env: { NEXTRING_KEY_FILE: keys } });
  });
  after(async () => {
    await all?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test('each has its number, and all are listed by each', async () => {
    for (const i of [0, 1, 2]) {
      const list = await until('three nodes', async () => {
        const { items } = await all.api('/api/v1/nodes', 'GET', undefined, i);
        return items?.length === 3 && items;
      });
      assert.deepEqual(list.map((n) => n.number), [0, 1, 2]);
      assert.ok(list.every((n) => n.state === 'living' && n.version === list[0].version && n.schema === list[0].schema));
      assert.equal(list.filter((n) => n.is_this).map((n) => n.number).join(), String(i));
    }
  });

  test('a key by which one has sealed is found in the file by all', async () => {
    const secret = (i, name, value) => all.ask(i, 'PUT', '/api/v1/host/tenants/own/secret', { name, value });
    const opened = (i, count) => until(`node ${i} opens ${count} secrets`, async () =>
      (await all.api('/api/v1/host/tenants/own', 'GET', undefined, i)).secrets?.length === count, 5000);
    const made = await all.ask(0, 'POST', '/api/v1/host/tenants', { slug: 'own', account: 'AC00000000000000000000000000000003' });
    assert.equal(made.status, 201);
    assert.equal((await secret(0, 'auth_token', 'a-token-of-its-own')).status, 200);
    for (const i of [0, 1, 2]) await opened(i, 1);
    fs.writeFileSync(keys, Buffer.concat([crypto.randomBytes(32), fs.readFileSync(keys)]));
    const { body } = await all.ask(1, 'POST', '/api/v1/host/keys', {});
    assert.deepEqual([body.sealed, body.unopened], [1, 0]);
    assert.equal((await secret(1, 'auth_token_2', 'another-one')).status, 200);
    for (const i of [0, 1, 2]) await opened(i, 2);
  });

  test('a call whose first answer came from one goes on at the others', async () => {
    await all.phone(PRIMARY, { on_call: [{ do: 'ignore' }] });
    await all.phone(BACKUP, { on_call: [{ do: 'answer', after_ms: 2000, then: [{ press: '1', after_ms: 3000 }, { talk_ms: 20000 }, { hangup: true }] }] });
    all.seen.length = 0;
    await all.call(CUSTOMER);
    await all.turn(120);
    const [call] = await all.items('/api/v1/calls');
    assert.equal(call.outcome, 'answered');
    assert.equal(call.accepted_by, 'backup');
    assert.ok(new Set(all.seen.filter((s) => s.target.startsWith('/voice') || s.target.includes('/twilio/voice')).map((s) => s.node)).size > 1,
      'more than one node has answered for it');
    await all.phone(PRIMARY, {});
    await all.phone(BACKUP, {});
  });

  test('presses at several nodes in the same instant: one is connected', { timeout: 120000 }, async () => {
    const chains = roster().chains;
    chains.dispatch = [{ operators: ['primary', 'backup', 'owner'], how: 'parallel', ring_seconds: 25, ack_seconds: 900 }];
    await all.edit(0, 'PUT', '/api/v1/roster', { document: { ...roster({ chains }), tenant: 'acme' } });
    await until('the chain is everybody\'s', async () => (await Promise.all([1, 2].map((i) => all.api('/api/v1/roster', 'GET', undefined, i))))
      .every((r) => r.document.chains.dispatch[0].how === 'parallel'), 5000);
    const phones = [PRIMARY, BACKUP, OWNER];
    const at = (node, target, params) => {
      all.choose = () => node;
      return all.webhook(target, params); // the choice is made when the request arrives: one at a time
    };
    const direct = (node, target, params) => Object.assign(Object.create(all), { port: all.nodes[node].port }).webhook(target, params);
    let lost = 0;
    for (let n = 0; n < 40; n++) {
      const call = sid('CA'), legs = phones.map(() => sid('CA'));
      const from = `+1702555${String(1000 + n).slice(-4)}`;
      const first = await at(n % 3, '/webhook/twilio/voice', { CallSid: call, From: from, To: LINE, CallStatus: 'ringing', Direction: 'inbound' });
      const targets = [...first.body.matchAll(/<Number url="([^"]*)"/g)].map((m) => plain(m[1]).replace(all.base, ''));
      assert.equal(targets.length, 3, first.body);
      const leg = (i, node, path, more) => direct(node, targets[i].replace('/voice/screen', path), {
        CallSid: legs[i], ParentCallSid: call, CallStatus: 'in-progress', Direction: 'outbound-dial', From: from, To: phones[i], ...more });
      for (const i of [0, 1, 2]) assert.match((await leg(i, (i + n) % 3, '/voice/screen')).body, /<Gather/);
      const heard = await Promise.all([0, 1, 2].map((i) => leg(i, (i + n + 1) % 3, '/voice/press', { Digits: '1' })));
      assert.deepEqual(heard.map((h) => h.status), [200, 200, 200]);
      assert.equal(heard.filter((h) => h.body.endsWith('<Response/>')).length, 1, 'one is connected');
      lost += heard.filter((h) => / has taken this call/.test(h.body)).length;
    }
    assert.equal(lost, 80, 'the others hear who has the call');
    all.choose = () => all.turn_of++;
    await all.turn(200);
  });

  test(`${TEXTS} texts over three nodes: each reaches the operator once`, { timeout: 180000 }, async () => {
    const already = (await all.texts(PRIMARY)).length;
    for (let n = 0; n < TEXTS; n += 50)
      await Promise.all(Array.from({ length: 50 }, async (_, i) => {
        const answer = await all.webhook('/sms/inbound', {
          MessageSid: sid('SM'), From: `+1703${String(5550000 + n + i)}`, To: LINE, Body: `text number ${n + i}`, NumMedia: '0' });
        assert.equal(answer.status, 200);
      }));
    await all.turn(60);
    const got = (await all.texts(PRIMARY)).slice(already).map((t) => t.match(/text number (\d+)/)?.[1]).filter(Boolean);
    assert.equal(new Set(got).size, TEXTS, 'each has come');
    assert.equal(got.length, TEXTS, 'and none twice');
    const used = all.seen.filter((s) => s.target === '/sms/inbound').map((s) => s.node);
    assert.equal(new Set(used).size, 3, 'all three took part');
  });

  test('the same text brought to all three at once is one', async () => {
    const text = { MessageSid: sid('SM'), From: '+17045550100', To: LINE, Body: 'once and no more', NumMedia: '0' };
    const answers = await Promise.all([0, 1, 2].map((i) => Object.assign(Object.create(all), { port: all.nodes[i].port }).webhook('/sms/inbound', text)));
    assert.deepEqual(answers.map((a) => a.status), [200, 200, 200]);
    await all.turn(30);
    assert.equal((await all.texts(PRIMARY)).filter((t) => t.includes('once and no more')).length, 1);
  });

  test('a job claimed at two nodes in the same instant is one person\'s', async () => {
    for (let n = 0; n < 10; n++) {
      const made = await all.api('/api/v1/jobs', 'POST', {
        job_id: `both-${n}`, state: 'assigned', title: 'Leaking tap', customer_phone: CUSTOMER, line: LINE, claim_seconds: 0,
        crew: [{ name: 'First', phone: FIRST }, { name: 'Second', phone: SECOND }] }, n % 3);
      assert.equal(made.status, 201, JSON.stringify(made));
      await all.turn(10);
      const links = await Promise.all([FIRST, SECOND].map(async (p) => (await all.texts(p)).at(-1).match(/\/j\/[A-Za-z0-9_-]{22}/)[0]));
      const press = (link, node) => request({
        method: 'POST', port: all.nodes[node].port, target: link, headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ once: `${'A'.repeat(18)}${String(n).padStart(2, 'B')}${node}A`.replace(/[0-9]/g, (d) => 'ABCDEFGHIJ'[d]), action: 'claim' }).toString() });
      const pages = await Promise.all([press(links[0], n % 3), press(links[1], (n + 1) % 3)]);
      const job = await all.api(`/api/v1/jobs/both-${n}`);
      assert.ok(['First', 'Second'].some((name) => JSON.stringify(job).includes(name)));
      assert.ok(job.claimed_by, JSON.stringify(pages.map((p) => p.status)));
      assert.equal(pages.filter((p) => p.status < 300 || p.status === 303).length + pages.filter((p) => p.status === 409).length, 2, pages.map((p) => p.status).join());
    }
  });

  test('the stream of one shows what another one does', { timeout: 30000 }, async () => {
    const stream = await Stream.open({ socketPath: `${all.nodes[2].folder}/control.sock` });
    assert.equal(stream.status, 200);
    const began = Date.now();
    all.choose = () => 0;
    await all.webhook('/sms/inbound', { MessageSid: sid('SM'), From: '+17055550100', To: LINE, Body: 'seen elsewhere', NumMedia: '0' });
    await stream.until((s) => s.events.some((e) => JSON.stringify(e.data).includes('+17055550100')), 'the thread');
    const ms = Date.now() - began;
    assert.ok(ms < 2000, `${ms} ms`);
    stream.close();
    all.choose = () => all.turn_of++;
  });

  test('an edit on one is in force on the others within two seconds', { timeout: 30000 }, async () => {
    const began = Date.now();
    await all.edit(1, 'PUT', '/api/v1/chains/dispatch', { steps: [{ operators: ['owner'], ring_seconds: 20 }, { operators: ['backup'] }] });
    await until('everybody has it', async () => (await Promise.all([0, 1, 2].map((i) => all.api('/api/v1/roster', 'GET', undefined, i))))
      .every((r) => r.document.chains.dispatch[0].operators[0] === 'owner'), 5000);
    assert.ok(Date.now() - began < 2000, `${Date.now() - began} ms`);
    for (const i of [0, 1, 2]) {
      all.choose = () => i;
      const answer = await all.webhook('/webhook/twilio/voice', {
        CallSid: sid('CA'), From: `+170655501${10 + i}`, To: LINE, CallStatus: 'ringing', Direction: 'inbound' });
      assert.match(answer.body, new RegExp(OWNER.replace('+', '\\+')));
    }
    all.choose = () => all.turn_of++;
  });

  test('a token revoked on one opens no other one within two seconds', { timeout: 30000 }, async () => {
    const made = await all.api('/api/v1/tokens', 'POST', { role: 'viewer', name: 'a screen' }, 0);
    assert.equal(made.status, 201, JSON.stringify(made));
    const ask = (i) => request({ port: all.nodes[i].port, target: '/api/v1/threads?limit=1', headers: { Authorization: `Bearer ${made.token}` } });
    for (const i of [0, 1, 2]) assert.equal((await ask(i)).status, 200);
    const stream = await Stream.open({ port: all.nodes[2].port, headers: { Authorization: `Bearer ${made.token}` } });
    assert.equal(stream.status, 200);
    const began = Date.now();
    assert.ok((await all.api(`/api/v1/tokens/${made.id}`, 'DELETE', undefined, 1)).status < 300);
    await until('it opens none', async () => (await Promise.all([0, 1, 2].map(ask))).every((a) => a.status === 401), 5000);
    await until('its stream has ended', () => stream.ended, 5000);
    assert.ok(Date.now() - began < 2000, `${Date.now() - began} ms`);
  });

  test('one that is drained refuses nobody, and is gone when it has ended', { timeout: 60000 }, async () => {
    let refused = 0, ended = false;
    const load = (async () => {
      for (let n = 0; !ended; n++) {
        const answer = await all.webhook('/sms/inbound', { MessageSid: sid('SM'), From: `+1707555${1000 + (n % 9000)}`, To: LINE, Body: `under way ${n}`, NumMedia: '0' });
        if (answer.status !== 200) refused += 1;
      }
    })();
    // The balancer asks /readyz now and then, and takes it out when that says so.
    const watch = (async () => {
      while (!ended) {
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const ready = await request({ port: all.nodes[2].port, target: '/readyz' }).catch(() => ({ status: 0 }));
        if (ready.status !== 200) all.nodes[2].lives = false;
      }
    })();
    const began = Date.now();
    all.nodes[2].child.kill('SIGTERM');
    assert.equal(await all.nodes[2].child.ended, 0);
    const ms = Date.now() - began;
    ended = true;
    await Promise.all([load, watch]);
    assert.ok(ms < 10000, `ended after ${ms} ms`);
    assert.equal(refused, 0);
    assert.equal(all.nodes[2].refused ?? 0, 0, 'no connection was refused');
    await until('it is known to be gone', async () => (await all.api('/api/v1/nodes')).items.find((n) => n.number === 2).state === 'gone', 3000);
    await all.startNode(2);
    const list = (await all.api('/api/v1/nodes', 'GET', undefined, 2)).items;
    assert.deepEqual(list.map((n) => [n.number, n.state]), [[0, 'living'], [1, 'living'], [2, 'living']], 'it has its number again');
  });
});
