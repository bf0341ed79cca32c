// /openapi.json: valid OpenAPI 3.1, with every path of the API, and what it says of each answer is
// what is answered: no field is missing, and none is there that it does not know.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CUSTOMER, LINE, OTHERS, PRIMARY, Stage, alwaysOnCall, build, request } from './stage.js';

// One white dot.
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==';

let stage;
let doc;
const told = {}; // "get /path": what a test has had answered

before(async () => {
  const roster = alwaysOnCall();
  roster.rotations = { nights: { operators: ['backup', 'owner'], every: 'week' } };
  roster.dispatchers[0].vacations = [{ from: '2026-12-20T00:00', to: '2026-12-27T00:00' }];
  stage = await Stage.open({ roster });
  await stage.kill('SIGTERM');
  stage.roster = 'database'; // so that it can be edited
  await stage.startDaemon();
  const answer = await request({ port: stage.port, target: '/openapi.json' });
  assert.equal(answer.status, 200);
  doc = JSON.parse(answer.body);
});
after(() => stage.close());

// ---- a schema as it is written here, checked against a value; what is wrong, with its place ----

const KEYS = ['$ref', 'anyOf', 'type', 'enum', 'properties', 'required', 'additionalProperties', 'items', 'pattern',
  'format', 'description'];
const TYPES = {
  string: (v) => typeof v === 'string',
  integer: (v) => Number.isInteger(v),
  number: (v) => typeof v === 'number',
  boolean: (v) => typeof v === 'boolean',
  array: (v) => Array.isArray(v),
  object: (v) => typeof v === 'object' && v !== null && !Array.isArray(v),
  null: (v) => v === null,
};
const FORMATS = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  date: /^\d{4}-\d\d-\d\d$/,
};

function wrong(schema, value, at = '$') {
  if (schema.$ref) return wrong(doc.components.schemas[schema.$ref.slice('#/components/schemas/'.length)], value, at);
  if (schema.anyOf) {
    const tries = schema.anyOf.map((s) => wrong(s, value, at));
    return tries.some((t) => t.length === 0) ? [] : tries.sort((a, b) => a.length - b.length)[0];
  }
  if (schema.enum && !schema.enum.includes(value)) return [`${at}: ${JSON.stringify(value)} is none of ${schema.enum}`];
  if (schema.type && ![schema.type].flat().some((t) => TYPES[t](value))) return [`${at}: ${JSON.stringify(value)} is no ${schema.type}`];
  if (typeof value === 'string') {
    if (schema.pattern && !new RegExp(schema.pattern).test(value)) return [`${at}: ${value} is not ${schema.pattern}`];
    if (schema.format && !FORMATS[schema.format].test(value)) return [`${at}: ${value} is no ${schema.format}`];
  }
  if (Array.isArray(value) && schema.items) return value.flatMap((v, i) => wrong(schema.items, v, `${at}[${i}]`));
  if (TYPES.object(value) && schema.type) {
    const missing = (schema.required ?? []).filter((k) => !(k in value)).map((k) => `${at}.${k} is missing`);
    return [...missing, ...Object.entries(value).flatMap(([k, v]) => {
      const s = schema.properties?.[k] ?? schema.additionalProperties;
      return s ? wrong(s, v, `${at}.${k}`) : s === false ? [`${at}.${k} is not told of`] : [];
    })];
  }
  return [];
}

function fits(method, template, answer) {
  const operation = doc.paths[template]?.[method];
  assert.ok(operation, `${method} ${template} is in the document`);
  const status = Object.keys(operation.responses).find((s) => s.startsWith('2'));
  const { status: got, ...body } = answer;
  assert.equal(got, Number(status), `${method} ${template}: ${JSON.stringify(answer).slice(0, 300)}`);
  const content = operation.responses[status].content?.['application/json'];
  if (!content) assert.deepEqual(body, {}, `${method} ${template} answers nothing`);
  else assert.deepEqual(wrong(content.schema, body), [], `${method} ${template}`);
  told[`${method} ${template}`] = body;
  return body;
}

// ---- the document ----

function walk(node, visit, at = '#') {
  if (typeof node !== 'object' || node === null) return;
  visit(node, at);
  for (const [key, value] of Object.entries(node)) walk(value, visit, `${at}/${key}`);
}

function checkSchema(schema, at) {
  for (const key of Object.keys(schema)) assert.ok(KEYS.includes(key), `${at}: ${key}`);
  if (schema.type) for (const t of [schema.type].flat()) assert.ok(TYPES[t], `${at}: ${t}`);
  if (schema.format) assert.ok(FORMATS[schema.format], `${at}: ${schema.format}`);
  if (schema.items) checkSchema(schema.items, `${at}/items`);
  for (const s of schema.anyOf ?? []) checkSchema(s, `${at}/anyOf`);
  for (const [name, s] of Object.entries(schema.properties ?? {})) checkSchema(s, `${at}/${name}`);
  for (const name of schema.required ?? []) assert.ok(schema.properties[name], `${at}: ${name} is required and unknown`);
  assert.equal(new Set(schema.required ?? []).size, (schema.required ?? []).length, at);
}

describe('the document', () => {
  test('has the parts of an OpenAPI 3.1 document', () => {
    assert.equal(doc.openapi, '3.1.0');
    assert.deepEqual([typeof doc.info.title, typeof doc.info.version], ['string', 'string']);
    const names = new Set();
    for (const [template, item] of Object.entries(doc.paths)) {
      assert.match(template, /^\//);
      for (const [method, op] of Object.entries(item)) {
        assert.ok(['get', 'put', 'post', 'patch', 'delete'].includes(method), method);
        assert.ok(op.summary.length > 3 && !names.has(op.operationId), `${method} ${template}: ${op.operationId}`);
        assert.match(op.operationId, /^[a-z0-9_]+$/i);
        names.add(op.operationId);
        for (const [status, response] of Object.entries(op.responses)) {
          assert.match(status, /^(2\d\d|default)$/);
          assert.equal(typeof response.description, 'string');
        }
        const inPath = [...template.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
        assert.deepEqual(op.parameters.filter((p) => p.in === 'path').map((p) => p.name), inPath);
        for (const p of op.parameters) {
          assert.ok(['path', 'query', 'header'].includes(p.in) && p.name && p.schema);
          assert.equal(p.required ?? false, p.in === 'path');
          checkSchema(p.schema, p.name);
        }
        assert.equal(new Set(op.parameters.map((p) => `${p.in} ${p.name}`)).size, op.parameters.length);
        for (const need of op.security) for (const scheme of Object.keys(need)) assert.ok(doc.components.securitySchemes[scheme]);
        for (const content of [op.requestBody?.content, ...Object.values(op.responses).map((r) => r.content)])
          for (const { schema } of Object.values(content ?? {})) checkSchema(schema, `${method} ${template}`);
        if (method === 'get') assert.equal(op.requestBody, undefined);
      }
    }
    for (const [name, schema] of Object.entries(doc.components.schemas)) checkSchema(schema, name);
  });

  test('refers to nothing that is not there, and holds nothing that nobody refers to', () => {
    const used = new Set();
    walk(doc, (node, at) => {
      if (!node.$ref) return;
      const name = node.$ref.slice('#/components/schemas/'.length);
      assert.ok(doc.components.schemas[name], `${at}: ${node.$ref}`);
      used.add(name);
    });
    assert.deepEqual(Object.keys(doc.components.schemas).filter((n) => !used.has(n)), []);
  });

  test('has every path that the API has, and no other', () => {
    const rows = execFileSync(path.join(build, 'nextring-docs'), ['paths'], { encoding: 'utf8' })
      .split('\n').filter((l) => l.startsWith('| ')).slice(1).map((l) => l.split('|').map((c) => c.trim()));
    const table = rows.filter(([, , p, who]) => ['carrier', 'api', 'both', 'session', 'page'].includes(who) && /^`\/(api|sms|webhook|voice)/.test(p))
      .map(([, method, p]) => `${method.toLowerCase()} ${p.replaceAll('`', '')}`);
    assert.ok(table.length > 60);
    const here = Object.entries(doc.paths).flatMap(([p, item]) => Object.keys(item).map((m) => `${m} ${p}`));
    assert.deepEqual(here.sort(), table.sort());
    for (const [, method, p, who, role] of rows.filter((r) => r[3] === 'api')) {
      const op = doc.paths[p.replaceAll('`', '')][method.toLowerCase()];
      assert.deepEqual([op['x-role'], op.security], [role, [{ token: [] }, { session: [] }]], `${method} ${p} ${who}`);
      assert.deepEqual(Object.keys(op.responses).length, 2, `${method} ${p}`);
    }
  });
});

// ---- live answers ----

async function ask(method, template, values = {}, { body, query = '', headers = {} } = {}) {
  const target = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name]));
  const answer = await request({ method: method.toUpperCase(), socketPath: path.join(stage.folder, 'data/control.sock'),
    target: target + query, headers: { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body) });
  const type = doc.paths[template]?.[method]?.responses['200']?.content;
  if (type && !type['application/json']) {
    assert.equal(answer.status, 200, `${method} ${target}`);
    told[`${method} ${template}`] = answer.body;
    return answer;
  }
  return { ...fits(method, template, { status: answer.status, ...(answer.body ? JSON.parse(answer.body) : {}) }), etag: answer.headers.etag };
}
const get = (template, values, query) => ask('get', template, values, { query });

describe('an answer is as the document tells', () => {
  const ids = {};

  before(async () => {
    const answer = (press) => ({ on_call: [{ do: 'answer', after_ms: 2000, then: [{ press, after_ms: 3000 }, { talk_ms: 20000 }, { hangup: true }] }] });
    await ask('post', '/api/v1/jobs', {}, { body: { job_id: 'job-7', title: 'A gate', customer_phone: CUSTOMER, notes: 'x',
      crew: [{ name: 'Crew', phone: OTHERS[0], language: 'en' }], stakeholders: [{ name: 'S', phone: OTHERS[3] }] } });
    await ask('post', '/api/v1/jobs/import', {}, { body: [{ job_id: 'job-8', title: 'Another' }] });
    await stage.phone(PRIMARY, answer('1'));
    await stage.call(CUSTOMER);
    await stage.turn(60);
    await stage.phone(PRIMARY, { on_call: [{ do: 'busy' }] });
    await stage.call(OTHERS[1], { hangup_after_ms: 20000 });
    await stage.turn(60);
    await stage.text(OTHERS[2], 'The drain is blocked');
    await stage.text(CUSTOMER, 'And the gate?');
    await ask('post', '/api/v1/operators/{id}/duty', { id: 'backup' }, { body: { state: 'off' } });
    await stage.turn(30);
    await stage.text(OTHERS[3], 'STOP');
    await stage.turn(5);
    await stage.carrier('POST', `/sim/phones/${OTHERS[2]}/text`, { to: LINE, body: 'look', media: [{ type: 'image/png', base64: PNG }] });
    await stage.turn(5);
    await stage.phone(PRIMARY, { on_call: [{ do: 'ignore' }] });
    await stage.call(OTHERS[0]);
    await stage.turn(4); // it rings
    for (const [name, list] of [['thread', 'threads'], ['relay', 'relays'], ['call', 'calls'], ['message', 'messages']])
      ids[name] = (await stage.items(`/api/v1/${list}`))[0].id;
    ids.waiting = (await stage.items('/api/v1/relays?state=open'))[0];
  });

  const lists = ['/api/v1/jobs', '/api/v1/threads', '/api/v1/relays', '/api/v1/calls', '/api/v1/call-events', '/api/v1/messages',
    '/api/v1/deliveries', '/api/v1/duties', '/api/v1/consents', '/api/v1/events', '/api/v1/rosters'];
  for (const list of lists)
    test(`GET ${list}`, async () => {
      const body = await get(list);
      assert.ok(body.items.length > 0, `${list} has rows`);
      const page = await get(list, {}, '?limit=1');
      if (body.items.length > 1) assert.equal(typeof page.next, 'string');
    });

  test('GET of threads with words in them', async () => {
    const { items } = await get('/api/v1/threads', {}, '?q=drain');
    assert.ok(items.some((t) => t.found));
  });

  const plain = ['/webhook/twilio/operator-availability', '/api/v1/board', '/api/v1/tenants', '/api/v1/outbox', '/api/v1/reports', '/api/v1/scripts',
    '/api/v1/doctor', '/api/v1/health', '/api/v1/roster', '/api/v1/chains', '/api/v1/operators', '/api/v1/overrides', '/api/v1/schedules',
    '/api/v1/lines', '/api/v1/users', '/api/v1/tokens', '/api/v1/nodes', '/api/v1/duty', '/api/v1/duty/week', '/api/v1/events/verify',
    '/api/v1/events/export', '/api/v1/report-only'];
  for (const one of plain) test(`GET ${one}`, () => get(one));

  test('GET of one', async () => {
    await get('/api/v1/jobs/{job_id}', { job_id: 'job-7' });
    await get('/api/v1/jobs/{job_id}/log', { job_id: 'job-7' });
    for (const of of ['/sms/dispatch-status/{job_id}', '/api/jobs/{job_id}/call-status', '/api/jobs/{job_id}/message-status'])
      await get(of, { job_id: 'job-7' });
    for (const { id } of await stage.items('/api/v1/threads')) {
      await get('/api/v1/threads/{id}', { id });
      await get('/api/v1/threads/{id}/log', { id });
      const { items } = await get('/api/v1/threads/{id}/timeline', { id });
      assert.ok(items.length > 0);
    }
    await get('/api/v1/relays/{id}', { id: ids.relay });
    for (const { id } of await stage.items('/api/v1/calls')) await get('/api/v1/calls/{id}', { id });
    await get('/api/v1/messages/{id}', { id: ids.message });
    await get('/api/v1/rosters/{version}', { version: 1 });
    await get('/api/v1/chains/{id}', { id: 'dispatch' });
    await get('/api/v1/operators/{id}', { id: 'primary' });
  });

  test('acts', async () => {
    await ask('post', '/api/v1/relays/{id}/pass', { id: ids.waiting.id }, { body: {} });
    await ask('post', '/api/v1/relays/{id}/ack', { id: ids.waiting.id }, { body: { operator: 'owner' } });
    await ask('post', '/api/v1/threads/{id}/reply', { id: ids.waiting.thread_id }, { body: { body: 'We come.', operator: 'owner' } });
    await ask('post', '/sms/reply', {}, { body: { thread: ids.waiting.thread_id, body: 'Soon.', operator: 'owner' } });
    await ask('post', '/api/v1/threads/{id}/call', { id: ids.waiting.thread_id }, { body: { operator: 'owner' } });
    await ask('post', '/api/v1/threads/{id}/close', { id: ids.waiting.thread_id }, { body: {} });
    await ask('post', '/api/v1/threads/{id}/reopen', { id: ids.waiting.thread_id }, { body: {} });
    await ask('post', '/webhook/twilio/operator-availability', {}, { body: {} });
    await ask('patch', '/api/v1/jobs/{job_id}', { job_id: 'job-7' }, { body: { note: 'on the way', title: 'The gate' } });
    await ask('post', '/api/v1/scripts/preview', {}, { body: { name: 'voicemail' } });
    await ask('post', '/api/v1/scripts/preview', {}, { body: { name: 'voicemail', text: '<Response><Nothing/></Response>' } });
    await ask('post', '/api/v1/operators/{id}/duty', { id: 'primary' }, { body: { state: 'hours' } });
    await ask('post', '/api/v1/reload', {}, {});
  });

  test('edits of the roster', async () => {
    const edit = async (method, template, values, body) => {
      const { etag } = await get('/api/v1/roster');
      const before = JSON.stringify((await get('/api/v1/roster')).document);
      await ask(method, template, values, { body, query: '?dry_run=1' });
      assert.equal(JSON.stringify((await get('/api/v1/roster')).document), before);
      return ask(method, template, values, { body, headers: { 'If-Match': etag } });
    };
    await edit('patch', '/api/v1/operators/{id}', { id: 'primary' }, { name: 'Pat', note: 'a name' });
    await edit('post', '/api/v1/operators', {}, { id: 'fourth', name: 'Fourth', phone: '+16195550114' });
    await edit('put', '/api/v1/chains/{id}', { id: 'dispatch' }, { steps: [{ operators: ['backup'] }, { operators: ['fourth', 'owner'], how: 'parallel' }] });
    await edit('put', '/api/v1/chains/{id}', { id: 'spare' }, { steps: [{ operators: ['owner'] }] });
    await edit('delete', '/api/v1/chains/{id}', { id: 'spare' });
    await edit('post', '/api/v1/overrides', {}, { operator: 'owner', from: '2026-12-01T00:00', to: '2026-12-02T00:00', is_on: true, note: 'x' });
    await edit('post', '/api/v1/overrides', {}, { operator: 'owner', from: '2026-12-03T00:00', to: '2026-12-04T00:00', instead_of: 'backup' });
    await get('/api/v1/overrides');
    await edit('delete', '/api/v1/overrides/{n}', { n: 0 });
    await edit('patch', '/api/v1/lines/{number}', { number: LINE }, { relays_per_minute: 30 });
    await edit('put', '/api/v1/chains/{id}', { id: 'dispatch' }, { steps: [{ operators: ['backup'] }] });
    await edit('delete', '/api/v1/operators/{id}', { id: 'fourth' });
    const { document } = await get('/api/v1/roster');
    await edit('put', '/api/v1/roster', {}, { document: { ...document, name: 'Acme' }, note: 'shorter' });
    await edit('post', '/api/v1/rosters/{version}/restore', { version: 1 }, {});
    await get('/api/v1/rosters');
    await get('/api/v1/schedules');
  });

  test('report-only mode of a line', async () => {
    await ask('post', '/api/v1/lines/{number}/report-only', { number: LINE }, { body: {} });
    await get('/api/v1/report-only');
    await ask('delete', '/api/v1/lines/{number}/report-only', { number: LINE }, {});
  });

  test('a line that is live', async () => {
    assert.equal((await ask('delete', '/api/v1/lines/{number}/live', { number: LINE }, {})).is_live, false);
    assert.equal((await ask('post', '/api/v1/lines/{number}/live', { number: LINE }, { body: {} })).is_live, true);
  });

  test('users, tokens and sessions', async () => {
    const made = await ask('post', '/api/v1/users', {}, { body: { login: 'ann', name: 'Ann', role: 'admin', operator: 'owner' } });
    const { link } = await ask('post', '/api/v1/users/{id}/link', { id: made.id }, {});
    const token = link.split('/#/setup/')[1];
    const page = async (method, template, body, headers = {}) => {
      const answer = await request({ method: method.toUpperCase(), port: stage.port, target: template,
        headers: { 'Content-Type': 'application/json', Origin: stage.base, ...headers }, body: body === undefined ? undefined : JSON.stringify(body) });
      return { ...fits(method, template, { status: answer.status, ...(answer.body ? JSON.parse(answer.body) : {}) }),
        cookie: answer.headers['set-cookie']?.[0].split(';')[0] };
    };
    await page('post', '/api/v1/setup/look', { token });
    await page('post', '/api/v1/setup', { token, password: 'a long enough password' });
    const session = await page('post', '/api/v1/session', { login: 'ann', password: 'a long enough password' });
    const headers = { Cookie: session.cookie, 'X-CSRF-Token': session.csrf };
    await page('get', '/api/v1/session', undefined, headers);
    const fresh = await page('post', '/api/v1/session/password', { old: 'a long enough password', new: 'another long password' }, headers);
    await page('delete', '/api/v1/session', undefined, { Cookie: fresh.cookie ?? session.cookie, 'X-CSRF-Token': fresh.csrf ?? session.csrf });
    await page('post', '/api/v1/session/code', { login: 'ann' });
    await get('/api/v1/users');
    const changed = await ask('patch', '/api/v1/users/{id}', { id: made.id }, { body: { name: 'Anna' } });
    await ask('delete', '/api/v1/users/{id}', { id: changed.id }, {});
    const added = await ask('post', '/api/v1/tokens', {}, { body: { role: 'viewer', name: 'wall' } });
    await get('/api/v1/tokens');
    await ask('delete', '/api/v1/tokens/{id}', { id: added.id }, {});
  });

  test("the host's tenants", async () => {
    await ask('post', '/api/v1/host/tenants', {}, { body: { slug: 'guest', name: 'Guest', account: 'AC9' } });
    await get('/api/v1/host/tenants');
    await get('/api/v1/host/tenants/{tenant}', { tenant: 'guest' });
    await ask('patch', '/api/v1/host/tenants/{tenant}', { tenant: 'guest' }, { body: { weight: '2', texts_a_day: '100' } });
    await ask('put', '/api/v1/host/tenants/{tenant}/secret', { tenant: 'guest' }, { body: { name: 'api_key' } });
    await get('/api/v1/host/tenants/{tenant}/rows', { tenant: 'guest' }, '?part=26');
    const told = await ask('post', '/api/v1/host/tenants/{tenant}/delete', { tenant: 'guest' }, { body: { confirm: 'guest' } });
    assert.equal(told.phase, 'deleted');
    const proof = await ask('post', '/api/v1/host/tenants/{tenant}/delete', { tenant: 'guest' },
      { body: { confirm: 'guest', number: String(told.number), account: told.account } });
    assert.equal(proof.is_clean, true);
    await ask('post', '/api/v1/host/keys', {}, {});
    if (!stage.database) await ask('post', '/api/v1/host/backup'); // a server has backups of its own
    await get('/api/v1/host/backup');
    await ask('post', '/api/v1/forget', {}, { body: { number: '+16195550199' } });
    await ask('post', '/api/v1/forget', {}, { body: { number: '+16195550199', confirm: '+16195550199' } });
  });

  test('errors', async () => {
    const schema = doc.components.schemas.Error;
    const failures = [['GET', '/api/v1/threads/zzz'], ['GET', '/api/v1/threads?limit=0'], ['POST', '/api/v1/jobs', { nothing: 7 }],
      ['PUT', '/api/v1/roster', { document: {} }], ['POST', '/api/v1/users', { login: '' }], ['GET', '/api/v1/reports?from=x'],
      ['PATCH', '/api/v1/jobs/none', {}], ['GET', '/api/v1/none'], ['DELETE', '/api/v1/threads'],
      ['POST', '/api/v1/relays/zzz/ack', {}], ['POST', '/api/v1/scripts/preview', { name: 'x' }]];
    for (const [method, target, body] of failures) {
      const { status, ...error } = await stage.api(target, method, body);
      assert.ok(status >= 400 && status < 500, `${method} ${target} ${status}`);
      assert.deepEqual(wrong(schema, error), [], `${method} ${target}`);
    }
    const mistakes = await request({ method: 'PUT', socketPath: path.join(stage.folder, 'data/control.sock'), target: '/api/v1/roster',
      headers: { 'Content-Type': 'application/json', 'If-Match': (await get('/api/v1/roster')).etag }, body: '{"document":{"lines":7}}' });
    assert.equal(mistakes.status, 400);
    assert.deepEqual(wrong(schema, JSON.parse(mistakes.body)), []);
    const stale = await request({ method: 'PUT', socketPath: path.join(stage.folder, 'data/control.sock'), target: '/api/v1/roster',
      headers: { 'Content-Type': 'application/json', 'If-Match': '"1"' }, body: JSON.stringify({ document: (await get('/api/v1/roster')).document }) });
    assert.equal(stale.status, 412);
    assert.deepEqual(wrong(schema, JSON.parse(stale.body)), []);
  });

  // What a handler says that it knows is what the document says that it takes.
  test('requests take the fields that are told, and no other', async () => {
    let asked = 0;
    for (const [template, item] of Object.entries(doc.paths))
      for (const [method, op] of Object.entries(item)) {
        const ref = op.requestBody?.content['application/json'].schema.anyOf?.[0].$ref;
        if (!ref || op.security.some((s) => s.signature)) continue;
        const schema = doc.components.schemas[ref.split('/').pop()];
        const target = template.replace(/\{\w+\}/g, '0000000000001');
        const body = JSON.stringify({ no_such_field: 'x' });
        const open = op.security.length === 0;
        const answer = await request({ method: method.toUpperCase(), target, body,
          ...(open ? { port: stage.port } : { socketPath: path.join(stage.folder, 'data/control.sock') }),
          headers: { 'Content-Type': 'application/json', Origin: stage.base, 'If-Match': '*' } });
        const { field, help } = JSON.parse(answer.body || '{}');
        if (field !== 'no_such_field' || !help?.startsWith('known here:')) continue;
        assert.deepEqual(help.slice('known here:'.length).trim().split(' ').sort(), Object.keys(schema.properties).sort(), `${method} ${template}`);
        asked++;
      }
    assert.ok(asked >= 10, `${asked} were asked`);
  });

  test('has been looked at for every GET, and nearly every other', () => {
    const all = Object.entries(doc.paths).flatMap(([p, item]) => Object.entries(item).filter(([, op]) =>
      !op.security.some((s) => s.signature) || op.security.length > 1).map(([m]) => `${m} ${p}`));
    const unseen = new Set(['get /api/v1/stream', 'get /api/v1/calls/{id}/recording', 'get /api/v1/messages/{id}/media/{n}', ...(stage.database ? ['post /api/v1/host/backup'] : [])]);
    assert.deepEqual(all.filter((x) => !(x in told) && !unseen.has(x)), []);
  });
});
