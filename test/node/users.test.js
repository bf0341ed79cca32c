// Who may sign in, and what he may then do: set-up links, passwords, sessions and their cookies,
// requests of pages that are not ours, limits, roles, tenants, and codes by text.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Stage, alwaysOnCall, build, freePort, request } from './stage.js';

const PHRASE = 'the lantern swings at noon', OTHER = 'seven quiet herons wade';

// A browser, as far as the daemon can tell.
class Visitor {
  constructor(stage, { port = stage.port, origin = `http://127.0.0.1:${port}` } = {}) {
    Object.assign(this, { stage, port, origin, cookie: '', csrf: '' });
  }
  async ask(method, target, body, { headers = {}, raw } = {}) {
    const sent = {
      ...(this.cookie ? { Cookie: this.cookie } : {}),
      ...(method === 'GET' ? {} : { Origin: this.origin, 'X-CSRF-Token': this.csrf, 'Content-Type': 'application/json' }),
      ...headers,
    };
    for (const name of Object.keys(sent)) if (sent[name] === undefined || sent[name] === '') delete sent[name];
    const answer = await request({ method, port: this.port, target, headers: sent, body: raw ?? (body === undefined ? undefined : JSON.stringify(body)) });
    const json = answer.body && /json/.test(answer.headers['content-type']) ? JSON.parse(answer.body) : {};
    return { ...answer, json };
  }
  keep(answer) {
    assert.equal(answer.status, 200, answer.body);
    this.cookie = answer.headers['set-cookie'][0].split(';')[0];
    this.csrf = answer.json.csrf;
    return this;
  }
  async signIn(login, password) {
    return this.keep(await this.ask('POST', '/api/v1/session', { login, password }));
  }
}

const token = (link) => link.split('/#/setup/')[1];
async function addUser(stage, fields) {
  const made = await stage.api('/api/v1/users', 'POST', fields);
  assert.equal(made.status, 201, JSON.stringify(made));
  return made;
}
async function linkOf(stage, id) {
  const made = await stage.api(`/api/v1/users/${id}/link`, 'POST', {});
  assert.equal(made.status, 200, JSON.stringify(made));
  return made;
}
async function userWith(stage, fields, password = PHRASE, options = {}) {
  const user = await addUser(stage, fields);
  const { link } = await linkOf(stage, user.id);
  const visitor = new Visitor(stage, options);
  visitor.keep(await visitor.ask('POST', '/api/v1/setup', { token: token(link), password }));
  return { user, visitor };
}
const kinds = async (stage, tenant = '') => (await stage.items(`/api/v1/events?limit=200${tenant}`)).map((e) => e.kind);
async function until(what) {
  for (let i = 0; i < 400; i++) if (await what()) return;
  assert.fail(`never: ${what}`);
}
const nextring = (stage, ...args) =>
  new Promise((resolve) =>
    execFile(path.join(build, 'nextring'), args, { env: { NEXTRING_DATA: path.join(stage.folder, 'data'), NEXTRING_PUBLIC_URL: stage.base } },
      (error, stdout, stderr) => resolve({ status: error ? error.code : 0, stdout, stderr })));

describe('users', () => {
  let stage;
  before(async () => { stage = await Stage.open(); });
  after(() => stage.close());
  const fresh = () => new Visitor(stage);

  test('a set-up link sets the first password once, and signs in', async () => {
    const user = await addUser(stage, { login: 'Mara', name: 'Mara at night', role: 'admin' });
    assert.equal(user.is_set_up, false);
    assert.equal(user.role, 'admin');
    const older = await linkOf(stage, user.id), { link, until: end } = await linkOf(stage, user.id);
    assert.match(link, new RegExp(`^${stage.base}/#/setup/[\\w-]{43}$`));
    assert.equal(Date.parse(end) - Date.parse('2026-11-24T02:05:00Z') >= 48 * 3600e3, true);
    const v = fresh();
    assert.equal((await v.ask('POST', '/api/v1/setup/look', { token: token(older.link) })).status, 404, 'a new one kills the old');
    assert.deepEqual((await v.ask('POST', '/api/v1/setup/look', { token: token(link) })).json, { login: 'Mara', name: 'Mara at night' });
    for (const [password, words] of [['short', /at least 10/], ['mara mara mara', /login/], ['aaaaaaaaaaaaaa', /again and again/], ['Password123', /tried first/], ['x'.repeat(201), /at most 200|again/], ['Mara at night', /login|name/]]) {
      const refused = await v.ask('POST', '/api/v1/setup', { token: token(link), password });
      assert.equal(refused.status, 400, password);
      assert.equal(refused.json.field, 'password');
      assert.match(refused.json.message, words);
    }
    const done = await v.ask('POST', '/api/v1/setup', { token: token(link), password: PHRASE });
    v.keep(done);
    assert.deepEqual(Object.keys(done.json), ['user', 'tenant', 'tenants', 'csrf', 'expires_at', 'server_time', 'version']);
    assert.equal(done.json.user.login, 'Mara');
    assert.equal(done.json.tenants.length, 1);
    assert.equal(done.json.tenants[0].id, done.json.tenant);
    const again = await fresh().ask('POST', '/api/v1/setup', { token: token(link), password: OTHER });
    assert.equal(again.status, 410);
    assert.match(again.json.message, /has been used/);
    assert.equal((await fresh().ask('POST', '/api/v1/setup/look', { token: token(link) })).status, 410);
    assert.equal((await fresh().ask('POST', '/api/v1/setup/look', { token: 'x'.repeat(43) })).status, 404);
    assert.equal((await fresh().ask('POST', '/api/v1/setup/look', {})).json.field, 'token');
    await until(async () => (await kinds(stage)).includes('user.set-up'));
  });

  test('two who use one link at once: one of them sets the password', async () => {
    const user = await addUser(stage, { login: 'twice', role: 'viewer' });
    const { link } = await linkOf(stage, user.id);
    const answers = await Promise.all([PHRASE, OTHER, 'a third phrase of words'].map((password) => fresh().ask('POST', '/api/v1/setup', { token: token(link), password })));
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, 410, 410]);
  });

  test('a link holds for 48 hours', async () => {
    const user = await addUser(stage, { login: 'later', role: 'viewer' });
    const { link } = await linkOf(stage, user.id);
    await stage.turn(48 * 3600 - 60);
    assert.equal((await fresh().ask('POST', '/api/v1/setup/look', { token: token(link) })).status, 200);
    await stage.turn(61);
    const late = await fresh().ask('POST', '/api/v1/setup', { token: token(link), password: PHRASE });
    assert.equal(late.status, 410);
    assert.match(late.json.message, /expired/);
  });

  test('the cookie is for our own pages alone, and its secret is nowhere kept', async () => {
    const v = await fresh().signIn('mara', PHRASE);
    const whole = (await v.ask('POST', '/api/v1/session', { login: 'MARA', password: PHRASE })).headers['set-cookie'][0];
    assert.match(whole, /^nextring_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    const me = await v.ask('GET', '/api/v1/session');
    assert.equal(me.json.user.name, 'Mara at night');
    assert.equal(me.json.csrf, v.csrf);
    assert.equal(me.headers['cache-control'], 'no-store');
    assert.equal(me.headers['x-content-type-options'], 'nosniff');
    const secret = v.cookie.split('=')[1];
    for (const name of fs.readdirSync(path.join(stage.folder, 'data')).filter((n) => n.startsWith('nextring.db'))) {
      const bytes = fs.readFileSync(path.join(stage.folder, 'data', name));
      for (const word of [secret, PHRASE, v.csrf]) assert.equal(bytes.includes(word), false, name);
    }
    for (const word of [secret, PHRASE, v.csrf]) assert.equal(stage.daemon.said().includes(word), false);
  });

  test('without a valid session nobody is let in, however odd his cookie', async () => {
    const v = await fresh().signIn('mara', PHRASE);
    const [name, secret] = v.cookie.split('=');
    for (const Cookie of ['', `${name}=`, `${name}=${'a'.repeat(43)}`, `${name}=${secret}x`, `${name}=${secret.slice(1)}`, `${name}=%00`, `${name}=${'z'.repeat(3000)}`,
      `${name}="${secret}"`, `${name}=${secret}; ${name}=${secret}`, `${name}=${'b'.repeat(43)}; ${name}=${secret}`, `x${name}=${secret}`, `__Host-nextring=${secret}`, ';;;==;', `${name}`]) {
      const answer = await fresh().ask('GET', '/api/v1/session', undefined, { headers: { Cookie } });
      assert.equal(answer.status, 401, Cookie);
      assert.equal((await fresh().ask('GET', '/api/v1/threads', undefined, { headers: { Cookie } })).status, 401, Cookie);
    }
    assert.equal((await fresh().ask('GET', '/api/v1/session', undefined, { headers: { Cookie: `a=b; ${v.cookie} ; c` } })).status, 200);
    const { body } = await request({ socketPath: path.join(stage.folder, 'data/control.sock'), target: '/metrics' });
    assert.ok(Number(body.match(/^nextring_sessions_refused_total (\d+)$/m)[1]) > 10);
  });

  test('what changes something needs our Origin and the page\'s token', async () => {
    const v = await fresh().signIn('mara', PHRASE);
    const act = (headers) => v.ask('POST', '/api/v1/users', { login: 'forged', role: 'admin' }, { headers });
    for (const Origin of ['', 'null', 'https://evil.example.com', `${v.origin}.evil.example.com`, `https://evil.example.com/${v.origin}`, v.origin.replace('127.0.0.1', 'localhost'), `${v.origin}0`, 'http://', 'file://'])
      assert.equal((await act({ Origin })).status, 403, Origin);
    for (const mark of ['', 'x', 'A'.repeat(43), v.csrf.slice(1), `${v.csrf}A`, v.csrf.toLowerCase() === v.csrf ? 'q' : v.csrf.toLowerCase()])
      assert.equal((await act({ 'X-CSRF-Token': mark })).status, 403, mark);
    const stranger = await fresh().signIn('mara', PHRASE);
    assert.equal((await act({ 'X-CSRF-Token': stranger.csrf })).status, 403, 'another session\'s');
    assert.equal((await stage.items('/api/v1/users')).some((u) => u.login === 'forged'), false);
    for (const target of ['/api/v1/session', '/api/v1/setup', '/api/v1/setup/look', '/api/v1/session/code'])
      assert.equal((await fresh().ask('POST', target, {}, { headers: { Origin: 'https://evil.example.com' } })).status, 403, target);
    assert.equal((await v.ask('DELETE', '/api/v1/session', undefined, { headers: { Origin: '' } })).status, 403);
    assert.equal((await v.ask('GET', '/api/v1/session')).status, 200, 'still there');
  });

  test('a token beside a session counts alone, and a bad one falls through to nothing', async () => {
    const v = await fresh().signIn('mara', PHRASE);
    const { token: viewer } = await stage.api('/api/v1/tokens', 'POST', { tenant: '*', role: 'viewer', name: 'both' });
    assert.equal((await v.ask('POST', '/api/v1/users', { login: 'by-token', role: 'viewer' }, { headers: { Authorization: `Bearer ${viewer}` } })).status, 403);
    assert.equal((await v.ask('GET', '/api/v1/threads', undefined, { headers: { Authorization: `Bearer ${viewer}` } })).status, 200);
    for (const Authorization of ['Bearer nr_wrong', 'Basic bWFyYTp4', 'Bearer', `Bearer nr_${'a'.repeat(43)}`])
      assert.equal((await v.ask('GET', '/api/v1/threads', undefined, { headers: { Authorization } })).status, 401, Authorization);
    assert.equal((await v.ask('GET', '/api/v1/session', undefined, { headers: { Authorization: `Bearer ${viewer}` } })).status, 200, 'a session\'s alone');
    assert.equal((await fresh().ask('GET', '/api/v1/session', undefined, { headers: { Authorization: `Bearer ${viewer}` } })).status, 401);
    const { token: admin } = await stage.api('/api/v1/tokens', 'POST', { tenant: '*', role: 'admin', name: 'program' });
    assert.equal((await request({ method: 'POST', port: stage.port, target: '/api/v1/users', headers: { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json', Origin: 'https://evil.example.com' }, body: '{"login":"by-program","role":"viewer","tenant":"*"}' })).status, 201, 'a token needs no page');
  });

  test('signing out ends it', async () => {
    const v = await fresh().signIn('mara', PHRASE);
    const gone = await v.ask('DELETE', '/api/v1/session');
    assert.equal(gone.status, 204);
    assert.match(gone.headers['set-cookie'][0], /^nextring_session=; .*Max-Age=0$/);
    assert.equal((await v.ask('GET', '/api/v1/session')).status, 401);
  });

  test('a session dies after 12 hours without use', async () => {
    const idle = await fresh().signIn('mara', PHRASE), used = await fresh().signIn('mara', PHRASE);
    await stage.turn(11 * 3600);
    assert.equal((await used.ask('GET', '/api/v1/session')).status, 200);
    await stage.turn(3600);
    assert.equal((await idle.ask('GET', '/api/v1/session')).status, 401);
    assert.equal((await used.ask('GET', '/api/v1/session')).status, 200);
  });

  test('another password ends the other sessions at once', async () => {
    const a = await fresh().signIn('mara', PHRASE), b = await fresh().signIn('mara', PHRASE);
    assert.equal((await b.ask('GET', '/api/v1/session')).status, 200);
    const change = (body, who = a) => who.ask('POST', '/api/v1/session/password', body);
    assert.equal((await change({ old: 'not this one', new: OTHER })).status, 403);
    assert.equal((await change({ old: PHRASE, new: 'short' })).json.field, 'new');
    assert.equal((await change({ new: OTHER })).json.field, 'old');
    assert.equal((await change({ old: PHRASE, new: OTHER })).status, 204);
    assert.equal((await a.ask('GET', '/api/v1/session')).status, 200);
    assert.equal((await b.ask('GET', '/api/v1/session')).status, 401);
    assert.equal((await fresh().ask('POST', '/api/v1/session', { login: 'mara', password: PHRASE })).status, 401);
    await fresh().signIn('mara', OTHER);
    assert.equal((await change({ old: OTHER, new: PHRASE })).status, 204);
  });

  test('disabling, another role and removal end his sessions at once', async () => {
    const { user, visitor } = await userWith(stage, { login: 'ben', role: 'dispatcher' });
    const is = async (status, why) => assert.equal((await visitor.ask('GET', '/api/v1/session')).status, status, why);
    await is(200);
    const patch = (body) => stage.api(`/api/v1/users/${user.id}`, 'PATCH', body);
    assert.equal((await patch({ name: 'Ben B.' })).name, 'Ben B.');
    await is(200, 'another name ends nothing');
    assert.equal((await visitor.ask('GET', '/api/v1/session')).json.user.name, 'Ben B.');
    assert.equal((await patch({ role: 'viewer' })).role, 'viewer');
    await is(401, 'another role');
    await visitor.signIn('ben', PHRASE);
    await is(200);
    assert.equal((await patch({ is_disabled: true })).is_disabled, true);
    await is(401, 'disabled');
    assert.equal((await visitor.ask('POST', '/api/v1/session', { login: 'ben', password: PHRASE })).status, 401);
    assert.equal((await stage.api(`/api/v1/users/${user.id}/link`, 'POST', {})).status, 409);
    assert.equal((await patch({ is_disabled: false })).is_disabled, false);
    await visitor.signIn('ben', PHRASE);
    await is(200);
    assert.equal((await stage.api(`/api/v1/users/${user.id}`, 'DELETE')).status, 204);
    await is(401, 'removed');
    assert.equal((await stage.api(`/api/v1/users/${user.id}`, 'DELETE')).status, 404);
  });

  test('an unknown login, a disabled one, one without a password and a wrong password are told the same', async () => {
    await addUser(stage, { login: 'never', role: 'viewer' });
    const said = new Set();
    for (const [login, password] of [['nobody', PHRASE], ['never', PHRASE], ['mara', OTHER], ['never', 'x']]) {
      const answer = await fresh().ask('POST', '/api/v1/session', { login, password });
      assert.equal(answer.status, 401);
      assert.equal(answer.headers['set-cookie'], undefined);
      said.add(answer.body);
    }
    assert.equal(said.size, 1);
  });

  test('odd requests to sign in get a clear word', async () => {
    for (const [raw, status] of [['{', 400], ['[]', 400], ['{"login":"mara"}', 400], ['{"password":"x"}', 400], ['{"login":"mara","password":"x","code":"1"}', 400], ['{"login":1,"password":"x"}', 400],
      ['{"login":"mara","password":"x","more":"y"}', 400], ['{"login":"mara","code":"123456"}', 400], [`{"login":"${'a'.repeat(5000)}","password":"x"}`, 401], ['{"login":"ma\\u0000ra","password":"x"}', 400]]) {
      const answer = await fresh().ask('POST', '/api/v1/session', undefined, { raw });
      assert.equal(answer.status, status, raw.slice(0, 60));
      assert.ok(answer.json.message, raw.slice(0, 60));
    }
  });

  test('after ten wrong passwords a login waits, whoever tries; and a success gives all back', async () => {
    const { visitor } = await userWith(stage, { login: 'locked', role: 'viewer' });
    const attempt = (password) => fresh().ask('POST', '/api/v1/session', { login: 'Locked', password });
    for (let i = 0; i < 11; i++) await fresh().ask('POST', '/api/v1/session', { login: 'call-16195550199-now', password: OTHER });
    for (let i = 0; i < 9; i++) assert.equal((await attempt(OTHER)).status, 401, `${i}`);
    assert.equal((await attempt(PHRASE)).status, 200);
    for (let i = 0; i < 10; i++) assert.equal((await attempt(OTHER)).status, 401, `${i}`);
    const refused = await attempt(PHRASE);
    assert.equal(refused.status, 429);
    assert.equal(refused.json.code, 'too_many');
    assert.equal(Number(refused.headers['retry-after']), 90);
    assert.equal((await visitor.ask('GET', '/api/v1/session')).status, 200, 'whoever is in stays in');
    assert.equal((await fresh().ask('POST', '/api/v1/session', { login: 'mara', password: PHRASE })).status, 200, 'nobody else is locked out');
    await until(async () => (await kinds(stage)).includes('user.locked'));
    assert.deepEqual((await stage.items('/api/v1/events?kind=user.locked')).map((e) => e.detail), ['Locked'], 'nobody writes alarms from outside');
    assert.match(stage.daemon.said(), /too many tries to sign in, the last as call-16195550199-now from/);
    assert.match(stage.daemon.said(), /too many tries to sign in, the last as Locked from 127\.0\.0\.1/);
    await stage.turn(91);
    assert.equal((await attempt(PHRASE)).status, 200);
  });

  test('more than eight passwords at once: the others are told to come again', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => fresh().ask('POST', '/api/v1/session', { login: `rush${i}`, password: PHRASE })));
    const refused = answers.filter((a) => a.status === 503);
    assert.ok(refused.length > 0, `${answers.map((a) => a.status)}`);
    for (const a of refused) assert.equal(a.headers['retry-after'], '2');
    assert.ok(answers.filter((a) => a.status === 401).length >= 8);
    assert.equal((await request({ port: stage.port, target: '/healthz' })).status, 200);
  });

  test('users are made, changed and removed by admins, with clear words for mistakes', async () => {
    const v = await fresh().signIn('mara', PHRASE);
    for (const [body, field] of [[{ role: 'viewer' }, 'login'], [{ login: 'a', role: 'viewer' }, 'login'], [{ login: 'a b', role: 'viewer' }, 'login'], [{ login: 'é'.repeat(5), role: 'viewer' }, 'login'], [{ login: 'x'.repeat(64), role: 'viewer' }, 'login'],
      [{ login: 'carla' }, 'role'], [{ login: 'carla', role: 'owner' }, 'role'], [{ login: 'carla', role: 'none' }, 'role'], [{ login: 'carla', role: 'viewer', name: 'a\nb' }, 'name'], [{ login: 'carla', role: 'viewer', name: 'n'.repeat(64) }, 'name'],
      [{ login: 'carla', role: 'viewer', operator: 'nobody' }, 'operator'], [{ login: 'carla', role: 'viewer', colour: 'red' }, 'colour']]) {
      const answer = await v.ask('POST', '/api/v1/users', body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.equal(answer.json.field, field, JSON.stringify(body));
    }
    assert.equal((await stage.api('/api/v1/users', 'POST', { login: 'carla', role: 'viewer', tenant: '*', operator: 'primary' })).field, 'operator');
    for (const tenant of ['*', 'elsewhere']) assert.equal((await v.ask('POST', '/api/v1/users', { login: 'carla', role: 'viewer', tenant })).status, 404, tenant);
    const made = await v.ask('POST', '/api/v1/users', { login: 'carla', role: 'viewer', name: '<img src=x onerror=alert(1)>' });
    assert.equal(made.status, 201);
    assert.equal(made.headers.etag, '"1"');
    assert.equal((await v.ask('POST', '/api/v1/users', { login: 'CARLA', role: 'viewer' })).status, 409);
    const at = `/api/v1/users/${made.json.id}`;
    assert.equal((await v.ask('PATCH', at, { is_disabled: 'yes' })).json.field, 'is_disabled');
    const first = await v.ask('PATCH', at, { name: 'Carla' }, { headers: { 'If-Match': '"1"' } });
    assert.equal(first.headers.etag, '"2"');
    const second = await v.ask('PATCH', at, { name: 'Someone else' }, { headers: { 'If-Match': '"1"' } });
    assert.equal(second.status, 412);
    assert.equal((await v.ask('DELETE', at, undefined, { headers: { 'If-Match': '"1"' } })).status, 412);
    assert.equal((await v.ask('PATCH', at, { name: 'x' }, { headers: { 'If-Match': 'x' } })).status, 412);
    const listed = (await v.ask('GET', '/api/v1/users')).json.items.find((u) => u.login === 'carla');
    assert.equal(listed.name, 'Carla');
    assert.deepEqual(Object.keys(listed), Object.keys(made.json));
    assert.equal((await v.ask('DELETE', at, undefined, { headers: { 'If-Match': '"2"' } })).status, 204);
    const me = (await v.ask('GET', '/api/v1/session')).json.user.id;
    assert.equal((await v.ask('PATCH', `/api/v1/users/${me}`, { role: 'viewer' })).status, 409);
    assert.equal((await v.ask('PATCH', `/api/v1/users/${me}`, { is_disabled: true })).status, 409);
    assert.equal((await v.ask('DELETE', `/api/v1/users/${me}`)).status, 409);
    for (const id of ['x', '0000000000000', 'zzzzzzzzzzzzz', '%00', '1'.repeat(200)])
      assert.ok([400, 404].includes((await v.ask('PATCH', `/api/v1/users/${id}`, { name: 'x' })).status), id);
    await until(async () => (await kinds(stage)).includes('user.removed'));
    const event = (await stage.items('/api/v1/events?limit=200')).find((e) => e.kind === 'user.added' && e.detail.startsWith('carla'));
    assert.match(event.detail, /^carla, viewer, by Mara at night$/);
  });

  test('nextring user: the link alone on stdout, and in no log', async () => {
    const added = await nextring(stage, 'user', 'add', 'dora', '--role', 'dispatcher', '--name', 'Dora', '--link');
    assert.equal(added.status, 0, added.stderr);
    assert.equal(added.stderr, '');
    assert.match(added.stdout, new RegExp(`^${stage.base}/#/setup/[\\w-]{43}\\n$`));
    assert.equal(stage.daemon.said().includes(token(added.stdout.trim())), false);
    const v = fresh();
    v.keep(await v.ask('POST', '/api/v1/setup', { token: token(added.stdout.trim()), password: PHRASE }));
    const listed = await nextring(stage, 'user', 'list');
    assert.match(listed.stdout, /dora {2}Dora {2}dispatcher/);
    assert.ok(JSON.parse((await nextring(stage, 'user', 'list', '--json')).stdout).items.length > 3);
    const link = JSON.parse((await nextring(stage, 'user', 'link', 'DORA', '--json')).stdout);
    assert.ok(link.link.includes('/#/setup/') && link.until);
    const whole = JSON.parse((await nextring(stage, 'user', 'add', 'emil', '--role', 'viewer', '--link', '--json')).stdout);
    assert.equal(whole.user.login, 'emil');
    assert.ok(whole.link);
    assert.match((await nextring(stage, 'user', 'add', 'finn', '--role', 'viewer')).stdout, /^\w{13}\n$/);
    assert.equal((await nextring(stage, 'user', 'disable', 'dora')).status, 0);
    assert.equal((await v.ask('GET', '/api/v1/session')).status, 401);
    assert.equal((await nextring(stage, 'user', 'enable', 'dora')).status, 0);
    await v.signIn('dora', PHRASE);
    for (const [args, status, words] of [[['add'], 2, /LOGIN/], [['add', 'gina'], 2, /--role/], [['add', 'gina', '--role', 'boss'], 2, /role is viewer/], [['add', 'dora', '--role', 'viewer'], 1, /taken/], [['link', 'nobody'], 1, /no user nobody/],
      [['disable'], 2, /login/], [[], 2, /add, list, link/], [['frob', 'x'], 2, /add, list, link/], [['list', 'x'], 2, /x/]]) {
      const answer = await nextring(stage, 'user', ...args);
      assert.equal(answer.status, status, args.join(' '));
      assert.match(answer.stderr, words, args.join(' '));
      assert.equal(answer.stdout, '', args.join(' '));
    }
  });

  test('nobody signs in by a code where that is not switched on', async () => {
    assert.equal((await fresh().ask('POST', '/api/v1/session/code', { login: 'mara' })).status, 202);
    assert.equal((await fresh().ask('POST', '/api/v1/session', { login: 'mara', code: '000000' })).json.field, 'code');
  });
});

// The table of paths as it is printed, and only the status of an answer: one of them never ends.
const table = execFileSync(path.join(build, 'nextring-docs'), ['paths'], { encoding: 'utf8' })
  .split('\n').map((line) => line.match(/^\| ([A-Z]+) \| `(\S+)` \| (\w+) \| (\S+) \|/)).filter(Boolean)
  .map(([, method, pattern, who, role]) => ({ method, pattern, who, role }));
const RANKS = ['-', 'viewer', 'dispatcher', 'admin'];
const statusOf = (visitor, method, target) =>
  new Promise((resolve, reject) => {
    const headers = { Cookie: visitor.cookie, ...(method === 'GET' ? {} : { Origin: visitor.origin, 'X-CSRF-Token': visitor.csrf }) };
    const rq = http.request({ host: '127.0.0.1', port: visitor.port, method, path: target, headers, agent: false }, (answer) => {
      resolve(answer.statusCode);
      answer.destroy();
    });
    rq.on('error', reject);
    rq.end();
  });

describe('roles and tenants', () => {
  let stage, ours, theirs;
  before(async () => {
    stage = await Stage.open();
    // A second business, whose line is at no carrier.
    const folder = path.join(stage.folder, 'rosters'), first = alwaysOnCall(), second = alwaysOnCall();
    fs.mkdirSync(folder);
    ours = first.tenant ?? 'ours';
    theirs = 'theirs';
    first.tenant = ours;
    second.tenant = theirs;
    second.name = 'Another business';
    second.lines[0].number = '+16195550190';
    for (const roster of [first, second]) fs.writeFileSync(path.join(folder, `${roster.tenant}.json`), JSON.stringify(roster));
    await stage.kill('SIGTERM');
    stage.env = { NEXTRING_ROSTER: folder };
    await stage.startDaemon();
  });
  after(() => stage.close());

  test('every API path asks for its role, and for nothing more', async () => {
    const rows = table.filter((row) => row.who === 'api');
    assert.ok(rows.length > 50, `${rows.length} paths`);
    for (const role of ['viewer', 'dispatcher', 'admin']) {
      const { visitor } = await userWith(stage, { tenant: ours, login: `rank-${role}`, role });
      for (const row of rows) {
        if (row.pattern === '/api/v1/reload') continue; // nothing stands between it and its act
        const status = await statusOf(visitor, row.method, row.pattern.replace(/\{\w+\}/g, '7'));
        const may = RANKS.indexOf(role) >= RANKS.indexOf(row.role);
        assert.equal(status === 403, !may, `${role}: ${row.method} ${row.pattern} is ${row.role}'s and answered ${status}`);
        assert.notEqual(status, 401, `${role}: ${row.method} ${row.pattern}`);
        assert.ok(status < 500, `${role}: ${row.method} ${row.pattern} answered ${status}`);
      }
    }
  });

  test('what is another tenant\'s is not there', async () => {
    await stage.text('+16195550150', 'the boiler leaks');
    const ids = {};
    await until(async () => {
      for (const noun of ['threads', 'relays', 'messages'])
        ids[noun] = (await stage.items(`/api/v1/${noun}?tenant=${ours}`))[0]?.id;
      return Object.values(ids).every(Boolean);
    });
    const job = await stage.api(`/api/v1/jobs?tenant=${ours}`, 'POST', { title: 'Boiler' });
    assert.equal(job.status, 201, JSON.stringify(job));
    ids.jobs = (await stage.items(`/api/v1/jobs?tenant=${ours}`))[0].job_id;
    const foreign = await userWith(stage, { tenant: theirs, login: 'neighbour', role: 'admin' });
    const own = await userWith(stage, { tenant: ours, login: 'at-home', role: 'admin' });
    ids.users = own.user.id;
    ids.tokens = (await stage.api('/api/v1/tokens', 'POST', { tenant: ours, role: 'viewer', name: 'x' })).id;
    const operator = (await stage.items(`/api/v1/operators?tenant=${theirs}`))[0].id;
    let seen = 0;
    for (const row of table.filter((r) => r.who === 'api' && /\{/.test(r.pattern))) {
      const noun = row.pattern.match(/^\/api\/v1\/(\w+)\/\{/)?.[1];
      if (!ids[noun]) continue;
      const target = row.pattern.replace(/\{\w+\}/g, ids[noun]);
      const body = /reply$/.test(target) ? { body: 'hello' } : /call$/.test(target) ? { operator } : /users\/\w+$/.test(target) ? { name: 'x' } : {};
      const answer = await foreign.visitor.ask(row.method, target, row.method === 'GET' ? undefined : body);
      const empty = row.method === 'GET' && answer.status === 200 && answer.json.items?.length === 0;
      assert.ok(answer.status === 404 || empty, `${row.method} ${target}: ${answer.status} ${answer.body.slice(0, 200)}`);
      seen += 1;
    }
    assert.ok(seen > 8, `${seen} paths`);
    for (const row of table.filter((r) => r.who === 'api' && r.method === 'GET' && !/\{/.test(r.pattern)))
      assert.equal(await statusOf(foreign.visitor, 'GET', `${row.pattern}?tenant=${ours}`), 404, row.pattern);
    assert.equal((await foreign.visitor.ask('GET', '/api/v1/users')).json.items.length, 1);
    assert.equal((await foreign.visitor.ask('GET', `/api/v1/users?tenant=${ours}`)).status, 404);
    assert.deepEqual((await foreign.visitor.ask('GET', '/api/v1/session')).json.tenants.map((t) => t.id), [theirs]);
    assert.equal((await foreign.visitor.ask('GET', '/api/v1/threads')).json.items.length, 0);
    assert.equal((await own.visitor.ask('GET', '/api/v1/threads')).json.items.length, 1);
  });

  test('an Idempotency-Key is his who sends it: nobody is told that he did what another one did', async () => {
    const { visitor: one } = await userWith(stage, { tenant: ours, login: 'one-key', role: 'dispatcher' });
    const { visitor: two } = await userWith(stage, { tenant: ours, login: 'two-keys', role: 'dispatcher' });
    const [thread] = (await one.ask('GET', '/api/v1/threads')).json.items;
    const reply = (who) => who.ask('POST', `/api/v1/threads/${thread.id}/reply`, { body: 'on our way' }, { headers: { 'Idempotency-Key': 'first' } });
    const first = await reply(one), again = await reply(one), other = await reply(two);
    assert.equal(first.status, 202, first.body);
    assert.deepEqual(again.json, first.json);
    assert.deepEqual([other.status, other.json.field], [409, 'Idempotency-Key']);
  });

  test('too many tries are an alarm of the business whose user it is', async () => {
    await userWith(stage, { tenant: theirs, login: 'tried', role: 'viewer' });
    const answers = [];
    for (let i = 0; i < 11; i++) answers.push((await new Visitor(stage).ask('POST', '/api/v1/session', { login: 'tried', password: OTHER })).status);
    assert.deepEqual([...new Set(answers)], [401, 429]);
    await until(async () => (await kinds(stage, `&tenant=${theirs}`)).includes('user.locked'));
    assert.equal((await kinds(stage, `&tenant=${ours}`)).includes('user.locked'), false);
  });

  test('who has every tenant chooses one', async () => {
    const { visitor } = await userWith(stage, { tenant: '*', login: 'everywhere', role: 'admin' });
    const me = (await visitor.ask('GET', '/api/v1/session')).json;
    assert.equal(me.tenant, null);
    assert.deepEqual(me.tenants.map((t) => t.id).sort(), [ours, theirs].sort());
    assert.equal((await visitor.ask('GET', '/api/v1/threads')).status, 400);
    assert.equal((await visitor.ask('GET', `/api/v1/threads?tenant=${ours}`)).status, 200);
    assert.equal((await visitor.ask('GET', '/api/v1/threads?tenant=nobody')).status, 404);
    const everybody = (await visitor.ask('GET', '/api/v1/users')).json.items;
    assert.ok(everybody.some((u) => u.tenant === null) && everybody.some((u) => u.tenant === theirs) && everybody.some((u) => u.tenant === ours));
    assert.ok((await visitor.ask('GET', `/api/v1/users?tenant=${theirs}`)).json.items.every((u) => u.tenant === theirs));
    assert.equal((await visitor.ask('POST', '/api/v1/users', { login: 'whose', role: 'viewer' })).json.field, 'tenant');
    for (const [tenant, slug] of [['*', null], [theirs, theirs]]) await visitor.ask('POST', '/api/v1/tokens', { tenant, role: 'viewer', name: `of ${slug}` });
    const tokens = (await visitor.ask('GET', '/api/v1/tokens')).json.items;
    for (const slug of [null, theirs]) assert.ok(tokens.some((t) => t.tenant === slug && t.name === `of ${slug}`), `${slug}`);
    assert.ok((await visitor.ask('GET', `/api/v1/tokens?tenant=${theirs}`)).json.items.every((t) => t.tenant === theirs));
    const first = (await visitor.ask('GET', '/api/v1/users?limit=1')).json;
    assert.equal(first.items.length, 1);
    assert.notEqual((await visitor.ask('GET', `/api/v1/users?limit=1&after=${first.next}`)).json.items[0].id, first.items[0].id);
    assert.equal((await visitor.ask('GET', '/api/v1/users?limit=0')).json.field, 'limit');
    assert.equal((await visitor.ask('GET', '/api/v1/users?after=x')).json.field, 'after');
    assert.equal((await visitor.ask('GET', '/api/v1/users?state=disabled')).json.items.length, 0);
    assert.equal((await visitor.ask('POST', '/api/v1/users', { login: 'whose', role: 'viewer', tenant: theirs })).json.tenant, theirs);
  });
});

describe('a code by text', () => {
  let stage, roster;
  before(async () => {
    roster = alwaysOnCall();
    stage = await Stage.open({ roster, env: { NEXTRING_SIGN_IN_BY_TEXT: 'yes' } });
  });
  after(() => stage.close());
  const codes = async (phone) => (await stage.texts(phone)).map((t) => t.match(/^(\d{6}) is your code/)?.[1]).filter(Boolean);
  const fresh = () => new Visitor(stage);

  test('goes to the operator\'s own phone, holds once, and stands in no list and no log', async () => {
    const operator = (await stage.items('/api/v1/operators'))[0];
    await addUser(stage, { login: 'anna', role: 'dispatcher', operator: operator.id });
    await addUser(stage, { login: 'office', role: 'dispatcher' });
    const asked = await fresh().ask('POST', '/api/v1/session/code', { login: 'Anna' });
    assert.equal(asked.status, 202);
    for (const login of ['office', 'nobody']) assert.deepEqual([(await fresh().ask('POST', '/api/v1/session/code', { login })).status, ''], [202, '']);
    await until(async () => (await stage.turn(1), (await codes(operator.phone)).length === 1));
    const [code] = await codes(operator.phone);
    for (const target of ['messages', 'outbox', 'events', 'threads', 'relays'])
      assert.equal(JSON.stringify(await stage.items(`/api/v1/${target}?limit=200`)).includes(code), false, target);
    assert.ok((await stage.items('/api/v1/messages')).some((m) => m.body === '(a code to sign in)'));
    assert.ok((await kinds(stage)).includes('user.code'));
    assert.equal(stage.daemon.said().includes(code), false);
    const wrong = code === '123456' ? '654321' : '123456';
    const first = await fresh().ask('POST', '/api/v1/session', { login: 'anna', code: wrong });
    assert.equal(first.status, 401);
    assert.equal((await fresh().ask('POST', '/api/v1/session', { login: 'nobody', code })).body, first.body);
    const v = fresh();
    v.keep(await v.ask('POST', '/api/v1/session', { login: 'anna', code }));
    assert.equal((await v.ask('GET', '/api/v1/session')).json.user.operator, operator.id);
    assert.equal((await fresh().ask('POST', '/api/v1/session', { login: 'anna', code })).status, 401, 'once');
  });

  test('at most one a minute; five tries; five minutes', async () => {
    const operator = (await stage.items('/api/v1/operators'))[1];
    await addUser(stage, { login: 'bo', role: 'viewer', operator: operator.id });
    const ask = () => fresh().ask('POST', '/api/v1/session/code', { login: 'bo' });
    const use = (code) => fresh().ask('POST', '/api/v1/session', { login: 'bo', code });
    await ask();
    await ask();
    await until(async () => (await stage.turn(1), (await codes(operator.phone)).length > 0));
    await stage.turn(30);
    await ask();
    await stage.turn(5);
    assert.equal((await codes(operator.phone)).length, 1);
    const [code] = await codes(operator.phone);
    const wrong = String((Number(code) + 1) % 1000000).padStart(6, '0');
    for (let i = 0; i < 5; i++) assert.equal((await use(wrong)).status, 401);
    assert.equal((await use(code)).status, 401, 'the sixth try, though right');
    await stage.turn(60);
    await ask();
    await until(async () => (await stage.turn(1), (await codes(operator.phone)).length === 2));
    await stage.turn(301);
    assert.equal((await use((await codes(operator.phone))[1])).status, 401, 'too late');
    await ask();
    await until(async () => (await stage.turn(1), (await codes(operator.phone)).length === 3));
    assert.equal((await use((await codes(operator.phone))[2])).status, 200);
  });
});

describe('pages on another address', () => {
  let stage, desk;
  before(async () => {
    desk = await freePort();
    stage = await Stage.open({ env: { NEXTRING_ADMIN_LISTEN: `127.0.0.1:${desk}`, NEXTRING_PAGES_URL: 'https://desk.example.com' } });
  });
  after(() => stage.close());

  test('sessions are there and nowhere else; the public address has tokens, webhooks and links', async () => {
    const user = await addUser(stage, { login: 'mara', role: 'admin' });
    const { link } = await linkOf(stage, user.id);
    assert.match(link, /^https:\/\/desk\.example\.com\/#\/setup\//);
    const outside = new Visitor(stage), inside = new Visitor(stage, { port: desk, origin: 'https://desk.example.com' });
    for (const [method, target] of [['POST', '/api/v1/setup'], ['POST', '/api/v1/session'], ['GET', '/api/v1/session'], ['POST', '/api/v1/setup/look'], ['POST', '/api/v1/session/code']])
      assert.equal((await outside.ask(method, target, method === 'POST' ? {} : undefined)).status, 404, target);
    const answer = await inside.ask('POST', '/api/v1/setup', { token: token(link), password: PHRASE });
    inside.keep(answer);
    assert.match(answer.headers['set-cookie'][0], /^__Host-nextring=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure; Max-Age=\d+$/);
    assert.match(answer.headers['strict-transport-security'], /max-age/);
    assert.equal((await inside.ask('GET', '/api/v1/threads')).status, 200);
    assert.equal((await inside.ask('GET', '/api/v1/threads', undefined, { headers: { Cookie: inside.cookie.replace('__Host-nextring', 'nextring_session') } })).status, 401);
    for (const [Origin, Host, status] of [['https://desk.example.com', 'desk.example.com', 404], ['http://desk.example.com', 'desk.example.com', 403], ['https://desk.example.com', 'elsewhere', 404],
      ['https://other.example.com', 'other.example.com', 404], [`http://127.0.0.1:${desk}`, `127.0.0.1:${desk}`, 404], ['https://evil.example.com', 'desk.example.com', 403], ['http://localhost.evil.example.com', 'localhost.evil.example.com', 403]])
      assert.equal((await inside.ask('DELETE', '/api/v1/users/0000000000000', undefined, { headers: { Origin, Host } })).status, status, `${Origin} at ${Host}`);
    outside.cookie = inside.cookie;
    outside.csrf = inside.csrf;
    assert.equal((await outside.ask('GET', '/api/v1/threads')).status, 401, 'a session at the public address');
    const { token: program } = await stage.api('/api/v1/tokens', 'POST', { tenant: '*', role: 'viewer', name: 'x' });
    assert.equal((await new Visitor(stage).ask('GET', '/api/v1/threads', undefined, { headers: { Authorization: `Bearer ${program}` } })).status, 200);
    assert.equal((await request({ port: desk, target: '/metrics' })).status, 200);
    assert.equal((await request({ method: 'POST', port: desk, target: '/sms/inbound' })).status, 404);
    assert.equal((await request({ port: desk, target: '/' })).status, 200);
    assert.equal((await request({ port: stage.port, target: '/' })).status, 404);
  });
});

describe('the pages\' headers', () => {
  let stage;
  before(async () => { stage = await Stage.open(); });
  after(() => stage.close());

  test('a page may load what is ours and nothing else', async () => {
    const page = await request({ port: stage.port, target: '/' });
    assert.equal(page.status, 200);
    const policy = Object.fromEntries(page.headers['content-security-policy'].split(';').map((p) => p.trim().split(/ (.*)/s)).map(([name, value]) => [name, value]));
    assert.equal(policy['default-src'], "'none'");
    for (const name of ['script-src', 'style-src', 'connect-src', 'form-action']) assert.equal(policy[name], "'self'", name);
    for (const name of ['frame-ancestors', 'base-uri']) assert.equal(policy[name], "'none'", name);
    assert.equal(page.headers['x-content-type-options'], 'nosniff');
    assert.equal(page.headers['referrer-policy'], 'no-referrer');
    assert.equal(page.headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(page.headers['strict-transport-security'], undefined, 'this is no https');
  });
});
