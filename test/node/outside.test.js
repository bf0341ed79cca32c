// What strangers try: requests that two programs could read in two ways, the wrong tenant, the
// wrong role, and peers that leave in the middle.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ACCOUNT, CUSTOMER, LINE, PRIMARY, Stage, TOKEN, alwaysOnCall, request, sid } from './stage.js';

const FORM = 'application/x-www-form-urlencoded';
const OTHER_ACCOUNT = 'AC00000000000000000000000000000002';
const OTHER_LINE = '+16195550101', FOREIGN_LINE = '+16195550102';

let stage, folder;

// Sends bytes as they are; resolves to all that came until the connection was closed.
function raw(bytes, { leave = false } = {}) {
  return new Promise((resolve) => {
    const socket = net.connect(stage.port, '127.0.0.1', () => {
      socket.write(bytes, () => { if (leave) socket.resetAndDestroy(); });
    });
    let said = '';
    socket.on('data', (part) => { said += part.toString('latin1'); });
    socket.on('error', () => {});
    socket.on('close', () => resolve(said));
  });
}
const statuses = (said) => [...said.matchAll(/HTTP\/1\.1 (\d+) [A-Z]/g)].map((m) => Number(m[1]));

// A signed webhook as bytes; `covered` is the address that the signature is made for.
function signed(target, params, { covered = target, close = true, extra = '' } = {}) {
  const all = { AccountSid: ACCOUNT, ...params };
  const text = Object.keys(all).sort().reduce((s, name) => s + name + all[name], stage.base + covered);
  const body = new URLSearchParams(all).toString();
  const signature = crypto.createHmac('sha1', TOKEN).update(text).digest('base64');
  return `POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\n${close ? 'Connection: close\r\n' : ''}` +
    `X-Twilio-Signature: ${signature}\r\n${extra}Content-Length: ${body.length}\r\n\r\n${body}`;
}
const text = (more = {}) => ({ MessageSid: sid('SM'), From: CUSTOMER, To: LINE, Body: 'x', NumMedia: '0', ...more });
const call = (more = {}) => ({ CallSid: sid('CA'), From: CUSTOMER, To: LINE, CallStatus: 'ringing', ...more });
const get = (target, more = '') => `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n`;
const byToken = (token, target, method = 'GET', body) => request({
  method, port: stage.port, target, body: body && JSON.stringify(body),
  headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
});
async function token(tenant, role) {
  const made = await stage.api('/api/v1/tokens', 'POST', { tenant, role, name: role });
  assert.equal(made.status, 201);
  return made;
}

describe('one tenant', () => {
  before(async () => { stage = await Stage.open(); });
  after(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });

  const smuggled = get('/healthz');
  const rows = [
    ['a job behind a "#" that no signature covers', 400, () => signed('/api/jobs/job-1001#x/sms-webhook', text(), { covered: '/api/jobs/job-1001' })],
    ['a query behind a "#"', 400, () => signed('/sms/inbound?a=b#&c=d', text(), { covered: '/sms/inbound?a=b' })],
    ['a job that is not UTF-8', 400, () => signed('/api/jobs/job%ff/sms-webhook', text())],
    ['a job with a line end in it', 400, () => signed('/api/jobs/job%0d%0aReply-To:x/sms-webhook', text())],
    ['a job with a NUL in it', 400, () => signed('/api/jobs/job%00/sms-webhook', text())],
    ['a job that is too long', 400, () => signed(`/api/jobs/${'j'.repeat(64)}/sms-webhook`, text())],
    ['a second slash', 404, () => signed('//sms/inbound', text())],
    ['a slash at the end', 404, () => signed('/sms/inbound/', text())],
    ['an escaped path', 404, () => signed('/sms/%69nbound', text())],
    ['a whole address as target', 404, () => signed('http://elsewhere.example.com/sms/inbound', text(), { covered: '/sms/inbound' })],
    ['another order of the query', 403, () => signed('/sms/inbound?a=1&b=2', text(), { covered: '/sms/inbound?b=2&a=1' })],
    ['two signatures', 403, () => signed('/sms/inbound', text(), { extra: 'x-twilio-signature: AAAA\r\n' })],
    ['a body\'s hash that is wrong', 403, () => signed('/sms/inbound?bodySHA256=00', text())],
    ['a length and chunks', 400, () => signed('/sms/inbound', text(), { extra: 'Transfer-Encoding: chunked\r\n' })],
    ['a blank before the colon of a length', 400, () => `GET /x HTTP/1.1\r\nHost: x\r\nContent-Length : ${smuggled.length}\r\n\r\n${smuggled}`],
    ['a tab before the colon', 400, () => get('/healthz', 'Accept\t: a\r\n')],
    ['an unknown coding', 501, () => get('/healthz', 'Transfer-Encoding: \x0bchunked\r\n')],
    ['two hosts', 400, () => get('/healthz', 'Host: y\r\n')],
    ['a method in small letters', 405, () => get('/healthz').replace('GET', 'get')],
    ['two tokens', 401, () => get('/api/v1/lines', 'Authorization: Bearer nr_a\r\nAuthorization: Bearer nr_b\r\n')],
  ];
  for (const [what, status, bytes] of rows)
    test(`${what}: ${status}, once`, async () => {
      assert.deepEqual(statuses(await raw(bytes())), [status]);
    });

  test('nothing of it was stored', async () => {
    assert.deepEqual(await stage.items('/api/v1/messages'), []);
  });

  test('requests sent at once are answered in their order', async () => {
    const said = await raw(signed('/sms/inbound', text({ Body: 'first' }), { close: false }) +
      'GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n' + signed('/webhook/twilio/voice', call(), { close: false }) + get('/healthz'));
    assert.deepEqual(statuses(said), [200, 404, 200, 200]);
    assert.match(said, /<Response\/>[^]*not_found[^]*<Dial[^]*ok\n$/);
  });

  test('peers that leave before their answer lose nobody else\'s', async () => {
    const leaving = Array.from({ length: 60 }, (_, i) => raw(signed('/sms/inbound', text({ From: CUSTOMER, Body: `left ${i}` })), { leave: true }));
    const staying = Array.from({ length: 60 }, (_, i) => raw(signed('/sms/inbound', text({ Body: `stayed ${i}` }))));
    for (const said of await Promise.all(staying)) assert.deepEqual(statuses(said), [200]);
    await Promise.all(leaving);
    const kept = (await stage.items('/api/v1/messages?limit=500')).map((m) => m.body);
    for (let i = 0; i < 60; i++) assert.ok(kept.includes(`stayed ${i}`), `stayed ${i}`);
  });

  test('a token for every tenant can be revoked, too', async () => {
    const { id, token: every } = await token('*', 'viewer');
    assert.equal((await byToken(every, '/api/v1/lines')).status, 200);
    assert.equal((await stage.api(`/api/v1/tokens/${id}`, 'DELETE')).status, 204);
    assert.equal((await byToken(every, '/api/v1/lines')).status, 401);
  });
});

describe('three tenants, two of them at one account', () => {
  let rosters, acme, beta;
  const made = {};
  const keep = (name, roster) => fs.writeFileSync(path.join(folder, name), JSON.stringify(roster, null, 2));
  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-rosters-'));
    const of = (tenant, account_sid, number) => ({
      ...alwaysOnCall(), tenant, account_sid, lines: [{ number, chain: 'dispatch' }], job_routing: {},
    });
    rosters = [of('acme', ACCOUNT, LINE), of('beta', ACCOUNT, OTHER_LINE), of('gamma', OTHER_ACCOUNT, FOREIGN_LINE)];
    for (const roster of rosters) keep(`${roster.tenant}.json`, roster);
    stage = await Stage.open({ env: { NEXTRING_ROSTER: folder } });
    for (const role of ['viewer', 'dispatcher', 'admin']) made[role] = (await token('acme', role)).token;
    beta = (await token('beta', 'admin')).token;
    await stage.webhook('/sms/inbound', text());
    acme = {
      relays: (await stage.items('/api/v1/relays?tenant=acme'))[0].id,
      threads: (await stage.items('/api/v1/threads?tenant=acme'))[0].id,
      messages: (await stage.items('/api/v1/messages?tenant=acme'))[0].id,
      tokens: (await stage.items('/api/v1/tokens?tenant=acme'))[0].id,
    };
  });
  after(async () => {
    await stage.close();
    fs.rmSync(folder, { recursive: true, force: true });
    assert.equal(stage.how, 0, 'ended cleanly');
  });

  const acts = [
    ['POST', (a) => `/api/v1/relays/${a.relays}/ack`, { operator: 'owner' }, 'dispatcher'],
    ['POST', (a) => `/api/v1/threads/${a.threads}/reply`, { body: 'x' }, 'dispatcher'],
    ['POST', () => '/sms/reply', (a) => ({ thread: a.threads, body: 'x' }), 'dispatcher'],
    ['DELETE', (a) => `/api/v1/tokens/${a.tokens}`, undefined, 'admin'],
    ['POST', () => '/api/v1/tokens', { tenant: 'acme', role: 'admin' }, 'admin'],
    ['POST', () => '/api/v1/tokens', { tenant: '*', role: 'admin' }, 'admin'],
  ];
  for (const [method, target, body, least] of acts)
    test(`${method} ${target({ relays: 'X', threads: 'X', tokens: 'X' })} ${JSON.stringify(body) ?? ''} is for ${least}s of the tenant`, async () => {
      const send = (by) => byToken(by, target(acme), method, typeof body === 'function' ? body(acme) : body);
      assert.equal((await request({ port: stage.port, method, target: target(acme) })).status, 401);
      assert.equal((await send(made.viewer)).status, 403);
      if (least === 'admin') assert.equal((await send(made.dispatcher)).status, 403);
      assert.equal((await send(beta)).status, 404);
    });

  for (const what of ['relays', 'threads', 'messages'])
    test(`a foreign id of ${what} is 404, and so is the foreign tenant`, async () => {
      assert.equal((await byToken(made.viewer, `/api/v1/${what}/${acme[what]}`)).status, 200);
      assert.equal((await byToken(beta, `/api/v1/${what}/${acme[what]}`)).status, 404);
      assert.equal((await byToken(beta, `/api/v1/${what}?tenant=acme`)).status, 404);
      assert.deepEqual(JSON.parse((await byToken(beta, `/api/v1/${what}`)).body).items, []);
    });

  test('a foreign job is 404, looked at or changed', async () => {
    assert.equal((await byToken(made.dispatcher, '/api/v1/jobs', 'POST', { job_id: 'mine' })).status, 201);
    for (const at of ['/api/v1/jobs/mine', '/api/v1/jobs/mine/log'])
      assert.equal((await byToken(beta, at)).status, 404, at);
    assert.equal((await byToken(beta, '/api/v1/jobs/mine', 'PATCH', { action: 'cancel' })).status, 404);
    assert.equal((await byToken(made.viewer, '/api/v1/jobs/mine', 'PATCH', { action: 'cancel' })).status, 403);
    assert.equal((await byToken(made.viewer, '/api/v1/jobs/mine')).status, 200);
  });

  test('another account\'s line is a stray, and a leg\'s address of another tenant takes nothing', async () => {
    const stray = await stage.webhook('/sms/inbound', text({ AccountSid: OTHER_ACCOUNT }));
    assert.equal(stray.status, 200);
    assert.equal((await stage.items('/api/v1/messages?tenant=acme')).filter((m) => m.direction === 'in').length, 1);
    const ringing = await stage.webhook('/webhook/twilio/voice', call());
    const [, at] = ringing.body.match(/voice\/screen\?(c=[^&]+&amp;attempt=\d+)&amp;t=acme/);
    const leg = call({ To: PRIMARY, CallStatus: 'in-progress', Digits: '1' });
    const press = (t, more) => stage.webhook(`/webhook/twilio/voice/press?${at.replace('&amp;', '&')}&t=${t}`, { ...leg, ...more });
    assert.equal((await press('acme', { AccountSid: OTHER_ACCOUNT })).status, 403);
    // With the right account it is a call that is not on record, which goes on as one that another node
    // has begun (docs/adr/0013): in that tenant's rows, and in nobody else's.
    for (const [t, more] of [['gamma'], ['gamma', { AccountSid: OTHER_ACCOUNT }], ['beta']])
      assert.equal((await press(t, more)).status, 200);
    assert.equal((await stage.items('/api/v1/calls?tenant=acme')).length, 1);
    assert.equal((await stage.items('/api/v1/calls?tenant=acme'))[0].accepted_by, null);
  });

  test('the mistake in another\'s roster is not told to a tenant\'s own admin', async () => {
    const [first] = rosters;
    keep('acme.json', { ...first, dispatchers: [{ ...first.dispatchers[0], id: 'Words of acme' }] });
    const told = await byToken(beta, '/api/v1/reload', 'POST');
    assert.equal(told.status, 409);
    assert.ok(!told.body.includes('acme'), told.body);
    keep('acme.json', first);
  });
});
