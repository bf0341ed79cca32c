// The roster edited by the API: each edit is whole and in force when it is answered, or nothing
// has changed; who edits an old version is shown what he does not know; what an edit does not
// speak of stays as it was written.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Stage, alwaysOnCall, request, build, BACKUP, CUSTOMER, LINE, OWNER, PRIMARY } from './stage.js';

// A stage whose roster is the database's: the daemon starts without any.
async function openEmpty(options = {}) {
  const stage = new Stage();
  Object.assign(stage, await Stage.open({ ...options, env: { NEXTRING_ROSTER: 'database', ...options.env } }));
  Object.setPrototypeOf(stage, Stage.prototype);
  return stage;
}

async function call(stage, method, target, body, headers = {}) {
  const answer = await request({
    method,
    socketPath: path.join(stage.folder, 'data/control.sock'),
    target,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: answer.status,
    etag: answer.headers.etag,
    body: answer.body ? JSON.parse(answer.body) : null,
    text: answer.body,
  };
}
const etag = async (stage) => (await call(stage, 'GET', '/api/v1/roster')).etag;
async function edit(stage, method, target, body) {
  return call(stage, method, target, body, { 'If-Match': await etag(stage) });
}

function first() {
  return { ...alwaysOnCall(), x_other: { list: [3, 1, 2], price: 1.5 }, tenant: 'acme' };
}

describe('the roster in the database', () => {
  let stage;
  before(async () => {
    stage = await openEmpty();
  });
  after(() => stage.close());

  test('without any the daemon starts, is ready, and says what to do', async () => {
    assert.match(stage.daemon.said(), /nextring roster put/);
    assert.equal((await request({ port: stage.port, target: '/readyz' })).status, 200);
    const { status, body } = await call(stage, 'GET', '/api/v1/roster');
    assert.equal(status, 200);
    assert.equal(body.version, 0);
    assert.equal(body.document, null);
    assert.deepEqual(body.source, { kind: 'database', name: 'the database', is_editable: true, why: null });
  });

  test('a dry run of the first one keeps nothing', async () => {
    const { status, body } = await call(stage, 'PUT', '/api/v1/roster?dry_run=1', { document: first() });
    assert.equal(status, 200);
    assert.deepEqual(body.mistakes, []);
    assert.equal((await call(stage, 'GET', '/api/v1/roster')).body.version, 0);
  });

  test('the first one that is not of the tenant named is refused', async () => {
    const { status, body } = await call(stage, 'PUT', '/api/v1/roster?tenant=other', { document: first() });
    assert.equal(status, 400);
    assert.equal(body.field, 'tenant');
    assert.match(body.help, /"tenant": "other"/);
  });

  test('the first one is made, and a call rings by it', async () => {
    const { status, body, etag: tag } = await call(stage, 'PUT', '/api/v1/roster?tenant=acme', {
      document: first(), note: 'the beginning' });
    assert.equal(status, 201);
    assert.equal(body.version, 1);
    assert.equal(tag, '"1"');
    assert.equal(body.tenant, 'acme');
    assert.equal(body.note, 'the beginning');
    const now = await call(stage, 'GET', '/api/v1/roster');
    assert.deepEqual(now.body.document, first());
    await stage.call(CUSTOMER);
    await stage.turn(1);
    const [row] = await stage.items('/api/v1/calls');
    assert.deepEqual(row.plan.map((r) => r.operator), ['primary', 'backup', 'owner']);
    await stage.turn(200);
  });

  test('a chain that is edited is used by the next call', async () => {
    const { status, body } = await edit(stage, 'PUT', '/api/v1/chains/dispatch', {
      steps: [{ operators: ['owner'], ring_seconds: 25 }, { operators: ['backup'] }] });
    assert.equal(status, 200);
    assert.ok(body.difference.some((d) => d.path.startsWith('chains.dispatch[')));
    await stage.call(CUSTOMER);
    await stage.turn(1);
    const [row] = await stage.items('/api/v1/calls');
    assert.deepEqual(row.plan.map((r) => [r.operator, r.ring_seconds]), [['owner', 25], ['backup', 15]]);
    await stage.turn(200);
  });

  test('its versions tell who made them and what for', async () => {
    const items = await stage.items('/api/v1/rosters');
    assert.deepEqual(items.map((i) => [i.version, i.note, i.made_by]),
      [[2, 'chain dispatch', 'the office'], [1, 'the beginning', 'the office']]);
    const old = await call(stage, 'GET', '/api/v1/rosters/1');
    assert.deepEqual(old.body.document, first());
    assert.equal((await call(stage, 'GET', '/api/v1/rosters/99')).status, 404);
  });

  test('who edits an old version is shown what he does not know, and nothing changes', async () => {
    const stale = await call(stage, 'PUT', '/api/v1/chains/dispatch', { steps: ['primary'] }, { 'If-Match': '"1"' });
    assert.equal(stale.status, 412);
    assert.equal(stale.body.code, 'has_changed');
    assert.equal(stale.body.version, 2);
    assert.ok(stale.body.difference.length > 0);
    assert.ok(stale.body.difference.every((d) => d.path.startsWith('chains.dispatch')), stale.text);
    const without = await call(stage, 'PUT', '/api/v1/chains/dispatch', { steps: ['primary'] });
    assert.equal(without.status, 428);
    assert.equal(without.body.field, 'If-Match');
    assert.equal(await etag(stage), '"2"');
  });

  test('two at once: one is in force, the other is told', async () => {
    const tag = await etag(stage);
    const both = await Promise.all(['primary', 'backup'].map((who) =>
      call(stage, 'PUT', '/api/v1/chains/dispatch', { steps: [who] }, { 'If-Match': tag })));
    assert.deepEqual(both.map((b) => b.status).sort(), [200, 412]);
    const lost = both.find((b) => b.status === 412);
    assert.equal(lost.body.version, 3);
    assert.ok(lost.body.difference.length > 0);
  });

  test('undo is a new version with the old document', async () => {
    const dry = await call(stage, 'POST', '/api/v1/rosters/1/restore?dry_run=1', {});
    assert.equal(dry.status, 200);
    assert.ok(dry.body.difference.length > 0);
    const { status, body } = await edit(stage, 'POST', '/api/v1/rosters/1/restore', {});
    assert.equal(status, 200);
    assert.equal(body.version, 4);
    assert.equal(body.note, 'version 1 restored');
    assert.deepEqual((await call(stage, 'GET', '/api/v1/roster')).body.document, first());
  });

  test('a bad edit is refused with each place, and nothing has changed', async () => {
    const tag = await etag(stage);
    const before = await call(stage, 'GET', '/api/v1/roster');
    const bad = await edit(stage, 'PUT', '/api/v1/chains/dispatch', {
      steps: [{ operators: ['nobody'], ring_seconds: 600 }] });
    assert.equal(bad.status, 400);
    assert.equal(bad.body.mistakes.length, 2);
    for (const m of bad.body.mistakes) {
      assert.match(m.path, /^chains\.dispatch\[0\]/);
      assert.ok(m.line > 0 && m.column > 0 && m.message.length > 5);
    }
    assert.equal(await etag(stage), tag);
    assert.equal((await call(stage, 'GET', '/api/v1/roster')).text, before.text);
    const none = (await stage.items('/api/v1/rosters')).filter((i) => !i.is_good);
    assert.deepEqual(none, [], 'a refused edit is no version');
  });

  test('a dry run of a part tells mistakes, difference and warnings', async () => {
    const dry = await call(stage, 'PUT', '/api/v1/chains/dispatch?dry_run=1', {
      steps: ['primary', 'backup', 'owner', 'primary'].map((o, i) => ({ operators: i === 3 ? ['backup'] : [o], ring_seconds: 60 })) });
    assert.equal(dry.status, 200);
    assert.ok(dry.body.warnings.some((w) => /never reached/.test(w.message)), dry.text);
    const gap = await call(stage, 'PATCH', '/api/v1/lines/%2B16195550100?dry_run=1', { chain: 'nope' });
    assert.ok(gap.body.mistakes.length > 0);
  });

  test('a gap that an edit makes is warned of', async () => {
    const dry = await call(stage, 'PUT', '/api/v1/chains/dispatch?dry_run=1', { steps: ['primary'] });
    assert.deepEqual(dry.body.warnings, []);
    await edit(stage, 'PATCH', '/api/v1/operators/primary', { on_call: 'mon-fri 09:00-17:00' });
    const gap = await call(stage, 'PUT', '/api/v1/chains/dispatch?dry_run=1', { steps: ['primary'] });
    assert.ok(gap.body.warnings.some((w) => /nobody is on duty/.test(w.message)), gap.text);
    await edit(stage, 'PATCH', '/api/v1/operators/primary', { on_call: null });
  });

  test('operators: one more, changed, in use, out again', async () => {
    const more = await edit(stage, 'POST', '/api/v1/operators', { id: 'dan', name: 'Dan', phone: '+16195550160' });
    assert.equal(more.status, 200, more.text);
    assert.equal((await edit(stage, 'POST', '/api/v1/operators', { id: 'dan', phone: '+16195550161' })).status, 409);
    const other = await edit(stage, 'PATCH', '/api/v1/operators/dan', { name: 'Daniel', vacations: [{ from: '2026-12-24', to: '2026-12-26' }] });
    assert.equal(other.status, 200);
    const one = (await call(stage, 'GET', '/api/v1/operators/dan')).body;
    assert.equal(one.name, 'Daniel');
    assert.equal(one.document.vacations.length, 1);
    const used = await edit(stage, 'DELETE', '/api/v1/operators/primary');
    assert.equal(used.status, 409);
    assert.match(used.body.message, /chain dispatch step 1/);
    assert.equal((await edit(stage, 'DELETE', '/api/v1/operators/dan')).status, 200);
    assert.equal((await call(stage, 'GET', '/api/v1/operators/dan')).status, 404);
    assert.equal((await edit(stage, 'DELETE', '/api/v1/operators/dan')).status, 404);
  });

  test('an override and a swap are in force, and gone', async () => {
    const times = { from: '2026-11-24T00:00:00Z', to: '2026-11-26T00:00:00Z' };
    const off = await edit(stage, 'POST', '/api/v1/overrides', { operator: 'primary', ...times, is_on: false });
    assert.equal(off.status, 200, off.text);
    const swap = await edit(stage, 'POST', '/api/v1/overrides', { operator: 'owner', instead_of: 'backup', ...times, note: 'dentist' });
    assert.equal(swap.status, 200, swap.text);
    const items = await stage.items('/api/v1/overrides');
    assert.deepEqual(items.map((o) => [o.n, o.operator, o.instead_of, o.is_on, o.note]),
      [[0, 'primary', null, false, null], [1, 'owner', 'backup', null, 'dentist']]);
    await stage.call(CUSTOMER);
    await stage.turn(1);
    const [row] = await stage.items('/api/v1/calls');
    assert.deepEqual(row.plan.map((r) => [r.operator, r.reason]), [['owner', 'stands_in']]);
    await stage.turn(200);
    assert.equal((await edit(stage, 'DELETE', '/api/v1/overrides/1')).status, 200);
    assert.equal((await edit(stage, 'DELETE', '/api/v1/overrides/0')).status, 200);
    assert.equal((await edit(stage, 'DELETE', '/api/v1/overrides/0')).status, 404);
  });

  test('a line gets another chain; a chain that no line has goes', async () => {
    assert.equal((await edit(stage, 'PUT', '/api/v1/chains/night', { steps: ['owner'] })).status, 200);
    assert.equal((await edit(stage, 'PATCH', '/api/v1/lines/%2B16195550100', { chain: 'night' })).status, 200);
    assert.deepEqual((await call(stage, 'GET', '/api/v1/chains/night')).body.lines, [LINE]);
    assert.equal((await edit(stage, 'DELETE', '/api/v1/chains/night')).status, 409);
    assert.equal((await edit(stage, 'PATCH', '/api/v1/lines/%2B16195550100', { chain: 'dispatch' })).status, 200);
    assert.equal((await edit(stage, 'DELETE', '/api/v1/chains/night')).status, 200);
  });

  test('200 edits at random leave what they do not speak of as it was written', async () => {
    let seed = 7;
    const dice = (n) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * n);
    };
    const odd = '{\n  "tenant": "acme", "x_first": [1.50, 2e3, {"deep": [null, true]}],\n'
      + '  "account_sid": "AC00000000000000000000000000000001", "time_zone": "America/Los_Angeles",\n'
      + '  "dispatchers": [\n    {"id": "primary", "phone": "+16195550111", "colour": "red", "n": 1.0},\n'
      + '    {"id": "backup", "phone": "+16195550112"},\n    {"id": "owner", "phone": "+16195550113", "x": {"y": []}}\n  ],\n'
      + '  "x_mid\\u0064le": "é\\n", "fallback_chain": ["primary"],\n  "lines": [{"number": "+16195550100"}],\n  "x_last": -0.0\n}';
    const put = await call(stage, 'PUT', '/api/v1/roster', `{"document": ${odd}}`, { 'If-Match': '*' });
    assert.equal(put.status, 200, put.text);
    const people = ['primary', 'backup', 'owner'];
    let added = 0;
    for (let i = 0; i < 200; i += 1) {
      const acts = [
        () => edit(stage, 'PUT', '/api/v1/chains/fallback_chain', { steps: [{ operators: [people[dice(3)]], ring_seconds: 5 + dice(50) }] }),
        () => edit(stage, 'PATCH', `/api/v1/operators/${people[dice(3)]}`, { on_call: dice(2) ? null : `0${dice(9)}:00-18:00` }),
        () => edit(stage, 'POST', '/api/v1/overrides', { operator: people[dice(3)], from: '2026-12-01', to: `2026-12-${10 + dice(20)}`, is_on: !!dice(2) }),
        () => edit(stage, 'DELETE', '/api/v1/overrides/0'),
        () => edit(stage, 'PUT', `/api/v1/chains/c${dice(3)}`, [people[dice(3)]]),
        () => edit(stage, 'DELETE', `/api/v1/chains/c${dice(3)}`),
        () => edit(stage, 'POST', '/api/v1/operators', { id: `p${(added += 1)}`, phone: `+1619555017${added % 10}`, k: added }),
        () => edit(stage, 'DELETE', `/api/v1/operators/p${added}`),
      ];
      const { status, text } = await acts[dice(acts.length)]();
      assert.ok([200, 400, 404, 409].includes(status), text);
    }
    const { text, body } = await call(stage, 'GET', '/api/v1/roster');
    for (const part of ['"x_first": [1.50, 2e3, {"deep": [null, true]}]', '"x_mid\\u0064le": "é\\n"', '"x_last": -0.0',
      '"colour": "red", "n": 1.0', '"x": {"y": []}'])
      assert.ok(text.includes(part), `${part}\n${text}`);
    assert.deepEqual(Object.keys(body.document).filter((k) => !['chains', 'overrides'].includes(k)),
      ['tenant', 'x_first', 'account_sid', 'time_zone', 'dispatchers', 'x_middle', 'fallback_chain', 'lines', 'x_last']);
  });

  test('hostile documents are refused in words, and nothing changes', async () => {
    const tag = await etag(stage);
    const put = (body, headers = {}) => call(stage, 'PUT', '/api/v1/roster', body, { 'If-Match': '*', ...headers });
    const bodies = [
      '', '{', '[]', '"x"', '{}', '{"document": null}', '{"document": 3}', '{"document": []}', '{"document": "{}"}',
      '{"document": {"tenant": "acme"}, "document": {}}', `{"document": ${'['.repeat(5000)}${']'.repeat(5000)}}`,
      JSON.stringify({ document: { ...first(), tenant: 'other' } }),
      JSON.stringify({ document: { ...first(), tenant: '../../x' } }),
      JSON.stringify({ document: { ...first(), dispatchers: Array.from({ length: 2000 }, (_, i) => ({ id: `p${i}` })) } }),
      JSON.stringify({ document: { ...first(), dispatchers: [{ id: 'a', phone: '+16195550111', calendar: '/etc/passwd' }] } }),
      JSON.stringify({ document: { ...first(), name: '<script>alert(1)</script>\u0000\u001b[31m' } }),
      JSON.stringify({ document: { ...first(), chains: { ['"><img src=x>']: [{ operators: ['\u202e'] }] } } }),
      JSON.stringify({ document: { ...first(), ['k'.repeat(100000)]: 1, lines: 7 } }),
    ];
    for (const body of bodies) {
      const { status, body: said } = await put(body);
      assert.equal(status, 400, `${body.slice(0, 80)}: ${status}`);
      assert.equal(said.code, 'bad_input');
      assert.ok(said.message.length > 5);
    }
    assert.equal((await put('x=1', { 'Content-Type': 'application/x-www-form-urlencoded' })).status, 415);
    // The server need not read on to the end of what it refuses.
    const long = await request({ method: 'PUT', socketPath: path.join(stage.folder, 'data/control.sock'), target: '/api/v1/roster',
      headers: { 'Content-Type': 'application/json' }, body: `{"document": {"x": "${'x'.repeat(1 << 20)}"}}` }).catch(() => ({ status: 413 }));
    assert.equal(long.status, 413);
    assert.equal(await etag(stage), tag);
    for (const named of ['"0"', 'W/"1"', '"-1"', 'x', '"1", "2"', '99999999999999999999'])
      assert.equal((await put({ document: first() }, { 'If-Match': named })).status, 412, named);
    assert.equal((await call(stage, 'PUT', `/api/v1/chains/${'x'.repeat(300)}`, ['primary'], { 'If-Match': '*' })).status, 400);
    assert.equal((await call(stage, 'PUT', '/api/v1/chains/dis%22patch', ['primary'], { 'If-Match': tag })).status < 500, true);
    assert.ok(stage.daemon.exitCode === null);
  });
});

describe('a roster that is edited elsewhere', () => {
  let stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  test('is read here, and it is said where it is edited, and how to go over', async () => {
    const { body } = await call(stage, 'GET', '/api/v1/roster');
    assert.equal(body.source.kind, 'file');
    assert.equal(body.source.is_editable, false);
    assert.ok(body.source.why.includes('roster.json'));
    for (const [method, target, what] of [['PUT', '/api/v1/roster', { document: {} }], ['PUT', '/api/v1/chains/dispatch', ['owner']],
      ['POST', '/api/v1/overrides', {}], ['POST', '/api/v1/rosters/1/restore', {}]]) {
      const refused = await call(stage, method, target, what, { 'If-Match': '*' });
      assert.equal(refused.status, 409, target);
      assert.match(refused.body.help, /NEXTRING_ROSTER=database/);
    }
  });

  test('goes over to the database, and is then edited here', async () => {
    await stage.kill('SIGTERM');
    stage.env = { NEXTRING_ROSTER: 'database' };
    await stage.startDaemon();
    const { status } = await edit(stage, 'PUT', '/api/v1/chains/dispatch', { steps: ['owner'] });
    assert.equal(status, 200);
  });
});

describe('a kill between edit and answer', () => {
  test('leaves the old version or the new one, whole', async () => {
    const stage = await openEmpty();
    await call(stage, 'PUT', '/api/v1/roster', { document: first() });
    for (let i = 0; i < 8; i += 1) {
      const tag = await etag(stage);
      const { body: was } = await call(stage, 'GET', '/api/v1/roster');
      const steps = [{ operators: [i % 2 ? 'primary' : 'owner'], ring_seconds: 20 + i }];
      const asked = call(stage, 'PUT', '/api/v1/chains/dispatch', { steps }, { 'If-Match': tag }).catch(() => null);
      if (i % 3 === 0) await asked;
      else if (i % 3 === 1) await new Promise((resolve) => setImmediate(resolve));
      await stage.kill();
      const answered = await asked;
      await stage.startDaemon();
      const { body: is } = await call(stage, 'GET', '/api/v1/roster');
      const fresh = { ...was.document, chains: { ...was.document.chains, dispatch: steps } };
      if (answered) assert.equal(answered.status, 200);
      if (answered || is.version !== was.version) {
        assert.equal(is.version, was.version + 1);
        assert.deepEqual(is.document, fresh);
      } else {
        assert.deepEqual(is.document, was.document);
      }
    }
    await stage.close();
  });
});

describe('the roster by the command line', () => {
  let stage, file;
  const run = (...args) => new Promise((resolve) => {
    execFile(path.join(build, 'nextring'), ['roster', ...args],
      { env: { NEXTRING_DATA: path.join(stage.folder, 'data') }, cwd: stage.folder },
      (error, stdout, stderr) => resolve({ status: error ? error.code : 0, stdout, stderr }));
  });
  before(async () => {
    stage = await openEmpty();
    file = path.join(stage.folder, 'mine.json');
  });
  after(() => stage.close());

  test('shown when there is none, put, shown as it was put, listed', async () => {
    const none = await run('show');
    assert.equal(none.status, 1);
    assert.match(none.stderr, /nextring roster put/);
    const text = `\n\n${JSON.stringify(first(), null, 3)}`;
    fs.writeFileSync(file, text);
    const dry = await run('put', file, '--dry-run');
    assert.equal(dry.status, 0, dry.stderr);
    assert.equal((await run('show')).status, 1);
    const put = await run('put', file, '--note', 'the first');
    assert.equal(put.status, 0, put.stderr);
    assert.match(put.stdout, /version 1 is in force/);
    assert.equal((await run('show')).stdout, `${text.trim()}\n`);
    assert.match((await run('list')).stdout, /^1 {2}true {2}\S+ {2}the office {2}the first\n$/);
  });

  test('a change is told by its path, and undone', async () => {
    fs.writeFileSync(file, JSON.stringify({ ...first(), wait_seconds: 60 }, null, 2));
    const put = await run('put', file);
    assert.equal(put.status, 0, put.stderr);
    assert.match(put.stdout, /^\+ wait_seconds: 60$/m);
    assert.ok(!put.stdout.includes('\u001b'), 'no colour but on a terminal');
    const back = await run('restore', '1');
    assert.match(back.stdout, /^- wait_seconds: 60$/m);
    assert.match(back.stdout, /version 3 is in force/);
    assert.deepEqual(JSON.parse((await run('show')).stdout), first());
    assert.deepEqual(JSON.parse((await run('show', '2')).stdout).wait_seconds, 60);
    assert.equal((await run('restore', '77')).status, 1);
  });

  test('who and check ask the daemon for it', async () => {
    const ask = (...args) => new Promise((resolve) => {
      execFile(path.join(build, 'nextring'), args, { env: { NEXTRING_DATA: path.join(stage.folder, 'data'),
        NEXTRING_PUBLIC_URL: 'https://ring.example.com', TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
        TWILIO_AUTH_TOKEN: '0123456789abcdef0123456789abcdef', TWILIO_API_KEY: 'SK1', TWILIO_API_SECRET: 'x' }, cwd: stage.folder },
      (error, stdout, stderr) => resolve({ status: error ? error.code : 0, said: stdout + stderr }));
    });
    const who = await ask('who');
    assert.equal(who.status, 0, who.said);
    assert.match(who.said, /1\. Primary dispatcher/);
    const check = await ask('check');
    assert.equal(check.status, 0, check.said);
    assert.match(check.said, /the database's roster: good/);
  });

  test('mistakes have their places in the file; who comes second is told', async () => {
    fs.writeFileSync(file, `\n\n${JSON.stringify({ ...first(), wait_seconds: 6000 }, null, 2)}`);
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    const at = lines.findIndex((l) => l.includes('wait_seconds')) + 1;
    for (const more of [[], ['--dry-run']]) {
      const bad = await run('put', file, ...more);
      assert.equal(bad.status, 1);
      assert.match(bad.stderr, new RegExp(`^${file}:${at}:\\d+: wait_seconds: `));
    }
    fs.writeFileSync(file, '{"tenant": ');
    assert.equal((await run('put', file)).status, 1);
    fs.writeFileSync(file, JSON.stringify({ ...first(), wait_seconds: 61 }));
    const stale = await run('put', file, '--version', '2');
    assert.equal(stale.status, 1);
    assert.match(stale.stderr, /somebody has changed/);
    assert.equal((await run('put')).status, 2);
    assert.equal((await run('frobnicate')).status, 2);
    assert.equal((await run('put', path.join(stage.folder, 'no.json'))).status, 3);
  });
});

describe('who may', () => {
  let stage;
  const tokens = {};
  const by = async (who, method, target, body, headers = {}) => {
    const answer = await request({ method, port: stage.port, target,
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${tokens[who]}`, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body) });
    return { status: answer.status, etag: answer.headers.etag, body: answer.body ? JSON.parse(answer.body) : null, text: answer.body };
  };
  before(async () => {
    stage = await openEmpty();
    const one = first();
    one.dispatchers[0].calendar = 'https://calendar.example.com/secret-of-ann';
    assert.equal((await call(stage, 'PUT', '/api/v1/roster', { document: one })).status, 201);
    const second = { tenant: 'other', account_sid: one.account_sid, dispatchers: [{ id: 'zoe', phone: '+16195550162' }],
      fallback_chain: ['zoe'], lines: ['+16195550101'] };
    assert.equal((await call(stage, 'PUT', '/api/v1/roster?tenant=other', { document: second })).status, 201);
    for (const [who, tenant, role] of [['viewer', 'acme', 'viewer'], ['dispatcher', 'acme', 'dispatcher'], ['admin', 'acme', 'admin'],
      ['stranger', 'other', 'admin'], ['all', '*', 'admin']])
      tokens[who] = (await stage.api('/api/v1/tokens', 'POST', { tenant, role, name: `the ${who}` })).token;
  });
  after(() => stage.close());

  test('a viewer reads, a dispatcher sets duty and overrides, an admin all', async () => {
    const times = { from: '2026-12-01', to: '2026-12-02', is_on: false, operator: 'owner' };
    const acts = [
      ['PUT', '/api/v1/roster?dry_run=1', { document: {} }, 'admin'], ['PUT', '/api/v1/chains/dispatch?dry_run=1', ['owner'], 'admin'],
      ['DELETE', '/api/v1/chains/none?dry_run=1', undefined, 'admin'], ['POST', '/api/v1/operators?dry_run=1', { id: 'x' }, 'admin'],
      ['PATCH', '/api/v1/operators/owner?dry_run=1', {}, 'admin'], ['DELETE', '/api/v1/operators/owner?dry_run=1', undefined, 'admin'],
      ['PATCH', '/api/v1/lines/%2B16195550100?dry_run=1', {}, 'admin'], ['POST', '/api/v1/rosters/1/restore?dry_run=1', {}, 'admin'],
      ['POST', '/api/v1/overrides?dry_run=1', times, 'dispatcher'], ['DELETE', '/api/v1/overrides/0?dry_run=1', undefined, 'dispatcher'],
      ['POST', '/api/v1/operators/owner/duty', { state: 'hours' }, 'dispatcher']];
    for (const [method, target, body, least] of acts)
      for (const who of ['viewer', 'dispatcher', 'admin']) {
        const may = ['viewer', 'dispatcher', 'admin'].indexOf(who) >= ['viewer', 'dispatcher', 'admin'].indexOf(least);
        const { status, text } = await by(who, method, target, body);
        assert.equal(status !== 403, may, `${who} ${method} ${target}: ${status} ${text}`);
      }
    for (const target of ['roster', 'chains', 'chains/dispatch', 'operators', 'operators/owner', 'overrides', 'schedules', 'lines', 'rosters',
      'rosters/1', 'duty', 'duty/week'])
      assert.equal((await by('viewer', 'GET', `/api/v1/${target}`)).status, 200, target);
  });

  test('a calendar\'s address is for those alone who edit it', async () => {
    for (const target of ['roster', 'operators', 'operators/primary', 'rosters/1'])
      for (const who of ['viewer', 'dispatcher', 'admin']) {
        const { text } = await by(who, 'GET', `/api/v1/${target}`);
        assert.equal(text.includes('secret-of-ann'), who === 'admin', `${who} ${target}`);
        assert.ok(text.includes('calendar.example.com') || target === 'lines');
      }
  });

  test('the roster of another tenant is not there', async () => {
    for (const [method, target, body] of [['GET', '/api/v1/roster?tenant=acme'], ['PUT', '/api/v1/roster?tenant=acme', { document: first() }],
      ['PUT', '/api/v1/roster?tenant=brand-new', { document: { ...first(), tenant: 'brand-new' } }], ['GET', '/api/v1/duty?tenant=acme'],
      ['POST', '/api/v1/operators/owner/duty?tenant=acme', { state: 'off' }], ['GET', '/api/v1/rosters/1?tenant=acme']])
      assert.equal((await by('stranger', method, target, body, { 'If-Match': '*' })).status, 404, `${method} ${target}`);
    assert.equal((await by('stranger', 'POST', '/api/v1/operators/owner/duty', { state: 'off' })).status, 404);
    assert.ok(!(await by('stranger', 'GET', '/api/v1/rosters/1')).text.includes('Acme'));
  });

  test('a line of another tenant is not taken, nor his name', async () => {
    const { body: own, etag: tag } = await by('stranger', 'GET', '/api/v1/roster');
    const take = await by('stranger', 'PUT', '/api/v1/roster', { document: { ...own.document, lines: [LINE] } }, { 'If-Match': tag });
    assert.equal(take.status, 400);
    assert.match(take.text, /another tenant's line/);
    const name = await by('stranger', 'PUT', '/api/v1/roster', { document: { ...own.document, tenant: 'acme' } }, { 'If-Match': tag });
    assert.equal(name.status, 400);
    await stage.call(CUSTOMER);
    await stage.turn(1);
    const [row] = (await by('admin', 'GET', '/api/v1/calls')).body.items;
    assert.equal(row.customer_phone, CUSTOMER);
  });

  test('who did it is on record', async () => {
    const tag = (await by('dispatcher', 'GET', '/api/v1/overrides')).etag;
    const done = await by('dispatcher', 'POST', '/api/v1/overrides', { operator: 'owner', from: '2026-12-01', to: '2026-12-02', is_on: false },
      { 'If-Match': tag });
    assert.equal(done.status, 200, done.text);
    assert.equal((await by('viewer', 'GET', '/api/v1/rosters')).body.items[0].made_by, 'the dispatcher');
    await by('dispatcher', 'POST', '/api/v1/operators/owner/duty', { state: 'away' });
    const owner = (await by('viewer', 'GET', '/api/v1/operators/owner')).body;
    assert.equal(owner.is_on, false);
    assert.deepEqual(owner.said, { state: 'away', until: null });
    const events = (await by('viewer', 'GET', '/api/v1/events')).body.items;
    assert.match(events.find((e) => e.kind === 'operator.duty').detail, /^away, by the dispatcher/);
    assert.equal(events.find((e) => e.kind === 'roster.edited').detail, 'version 2: override added, by the dispatcher');
  });

  test('however a calendar\'s address is written, and in a difference too, it is for admins alone', async () => {
    const { body: { document }, etag: tag } = await by('admin', 'GET', '/api/v1/roster');
    document.dispatchers[1].away_calendar = 'https://calendar.example.com/hidden-b';
    document.fallback_chain = [...document.fallback_chain, { id: 'late', phone: '+16195550163', calendar: 'https://calendar.example.com/hidden-c' }];
    const text = JSON.stringify({ document }).replace('https://calendar.example.com/hidden-b', 'https:\\/\\/calendar.example.com\\/hidden-b');
    const put = await request({ method: 'PUT', port: stage.port, target: '/api/v1/roster', body: text,
      headers: { 'Content-Type': 'application/json', 'If-Match': tag, Authorization: `Bearer ${tokens.admin}` } });
    assert.equal(put.status, 200, put.body);
    for (const who of ['viewer', 'dispatcher', 'admin'])
      for (const target of ['roster', 'operators', 'rosters/3', 'chains'])
        assert.equal(/hidden-[bc]/.test((await by(who, 'GET', `/api/v1/${target}`)).text), who === 'admin', `${who} ${target}`);
    const stale = await by('dispatcher', 'DELETE', '/api/v1/overrides/0', undefined, { 'If-Match': '"2"' });
    assert.equal(stale.status, 412);
    assert.ok(stale.body.difference.length > 0);
    assert.doesNotMatch(stale.text, /hidden-/);
  });
});
