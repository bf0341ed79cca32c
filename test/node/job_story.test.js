// A job from its beginning to its end, as the phones of all concerned tell it: claimed too late,
// handed over, completed, with a carrier that is away in between. Each text comes once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, Stage, alwaysOnCall, request } from './stage.js';

const [FIRST, SECOND, STAKEHOLDER] = OTHERS;
const PREVIEW = 'WhatsApp/2.23.20.0 facebookexternalhit/1.1 Facebot Twitterbot/1.0';

let stage;
const get = (target, headers = {}, method = 'GET') => request({ method, port: stage.port, target, headers });
const send = (target, form) => request({
  method: 'POST', port: stage.port, target,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(form).toString(),
});
const markOf = (page) => page.match(/name="once" value="([A-Za-z0-9_-]{22})"/)?.[1];
// Opens the page and presses a button of it, as a person does.
async function press(link, action, more = {}) {
  const page = await get(link);
  const once = markOf(page.body);
  assert.ok(once, page.body);
  assert.ok(page.body.includes(`value="${action}"`), `${action} is not on the page:\n${page.body}`);
  return send(link, { once, action, ...more });
}
const jobTexts = async (number) => (await stage.texts(number)).filter((t) => t.includes('17'));
async function linkOf(number) {
  const found = (await stage.texts(number)).map((t) => t.match(/\/j\/[A-Za-z0-9_-]{22}/)?.[0]).filter(Boolean);
  assert.ok(found.length, `${number} got no link: ${await stage.texts(number)}`);
  return found.at(-1);
}
const job = () => stage.api('/api/v1/jobs/17');
const everything = async () => ({
  job: await job(),
  events: (await stage.items('/api/v1/events')).length,
  texts: await Promise.all([PRIMARY, BACKUP, OWNER, CUSTOMER, ...OTHERS].map((n) => stage.texts(n))),
});

describe('the story of a job', () => {
  let first, second;
  before(async () => {
    stage = await Stage.open({ roster: alwaysOnCall() });
  });
  after(() => stage.close());

  test('it is given to its crew, each with a link of his own', async () => {
    const made = await stage.api('/api/v1/jobs', 'POST', {
      job_id: '17', state: 'assigned', title: 'Leaking tap <b>', address: '1 Main St, San Diego', customer_phone: CUSTOMER,
      customer_name: 'The customer', line: LINE, claim_seconds: 600,
      crew: [{ name: 'First', phone: FIRST }, { name: 'Second', phone: SECOND }],
      stakeholders: [{ name: 'The landlord', phone: STAKEHOLDER }],
    });
    assert.equal(made.status, 201, JSON.stringify(made));
    await stage.turn(5);
    for (const number of [FIRST, SECOND]) assert.equal((await jobTexts(number)).length, 1);
    assert.equal((await stage.texts(STAKEHOLDER)).length, 0);
    [first, second] = [await linkOf(FIRST), await linkOf(SECOND)];
    assert.notEqual(first, second);
  });

  test('whoever only looks changes nothing', async () => {
    const before = await everything();
    for (const headers of [{}, {}, { 'User-Agent': PREVIEW }, { 'User-Agent': PREVIEW, Purpose: 'prefetch' }])
      for (const method of ['HEAD', 'GET', 'GET']) {
        const answer = await get(first, headers, method);
        assert.equal(answer.status, 200);
        assert.equal(answer.body === '', method === 'HEAD');
      }
    assert.equal((await get(`${first}?action=claim&once=AAAAAAAAAAAAAAAAAAAAAA`)).status, 200);
    await stage.turn(5);
    assert.deepEqual(await everything(), before);
  });

  test('the page tells what the work is, as text, and has no script', async () => {
    const page = await get(first);
    assert.match(page.body, /Leaking tap &lt;b&gt;/);
    assert.match(page.body, /1 Main St, San Diego/);
    assert.ok(!page.body.includes(CUSTOMER), 'his number is not needed: the line calls him');
    assert.ok(!/<script|\son[a-z]+=|style="|https?:/i.test(page.body), page.body);
    assert.match(page.headers['content-security-policy'], /default-src 'none'/);
    assert.equal(page.headers['cache-control'], 'no-store');
  });

  test('forms that no page has do nothing', async () => {
    const before = await everything();
    for (const form of [{ action: 'claim' }, { once: 'x', action: 'claim' }, { once: 'AAAAAAAAAAAAAAAAAAAAAA', action: 'explode' },
      { once: 'AAAAAAAAAAAAAAAAAAAAAA', action: 'give-back', words: ' ' }, { once: 'AAAAAAAAAAAAAAAAAAAAAA', action: 'hand-over' },
      { once: 'AAAAAAAAAAAAAAAAAAAAAA', action: 'hand-over', to: '+16195550199' }, { action: 'take' }])
      assert.ok([400, 409].includes((await send(first, form)).status), JSON.stringify(form));
    assert.deepEqual(await everything(), before);
  });

  test('nobody claims it in time: whoever is on duty is told, once', async () => {
    await stage.turn(605);
    const told = await jobTexts(PRIMARY);
    assert.equal(told.length, 1, told.join('\n'));
    assert.equal((await job()).exception, 'not-claimed');
  });

  test('a claim by link counts, and a double tap once', async () => {
    const once = markOf((await get(first)).body);
    const answers = await Promise.all([1, 2].map(() => send(first, { once, action: 'claim' })));
    assert.deepEqual(answers.map((a) => a.status), [200, 200]);
    assert.equal(answers.filter((a) => a.body.includes('Done already')).length, 1);
    assert.match((await send(first, { once, action: 'claim' })).body, /Done already/);
    assert.equal((await job()).claimed_by, FIRST);
    assert.equal((await stage.items('/api/v1/events')).filter((e) => e.kind === 'job.claim' || e.kind === 'job.claimed').length, 1);
    assert.match((await get(second)).body, /Claimed by First at /);
    assert.equal(markOf((await get(second)).body), undefined);
    assert.equal((await send(second, { once: 'AAAAAAAAAAAAAAAAAAAAAA', action: 'claim' })).status, 409);
  });

  test('the customer is texted from the line, once, and the record says by whom', async () => {
    assert.equal((await press(first, 'text', { words: 'I am there at three.' })).status, 200);
    await stage.turn(5);
    assert.deepEqual((await stage.texts(CUSTOMER)).filter((t) => t.includes('at three')), ['I am there at three.']);
    const { messages } = await stage.api('/api/jobs/17/message-status');
    assert.equal(messages.filter((m) => m.body === 'I am there at three.' && m.origin === 'operator').length, 1);
  });

  test('while the carrier is away he hands it over: the job moves at once, the text comes later', async () => {
    await stage.carrier('POST', '/sim/fault', { what: 'rest_down', count: 0 });
    const answer = await press(first, 'hand-over', { to: SECOND });
    assert.equal(answer.status, 200, answer.body);
    assert.equal((await job()).handed_to, SECOND);
    assert.match((await get(first)).body, /Handed over to Second at /);
    assert.equal(markOf((await get(first)).body), undefined);
    assert.equal((await send(first, { once: 'AAAAAAAAAAAAAAAAAAAAAA', action: 'complete' })).status, 409);
    await stage.turn(60);
    assert.equal((await stage.texts(SECOND)).length, 1, 'the carrier is away');
    await stage.carrier('DELETE', '/sim/fault');
    await stage.turn(900);
    assert.equal((await stage.texts(SECOND)).length, 2, 'given, and handed over');
    assert.equal((await stage.texts(FIRST)).length, 2, 'given, and taken away');
    second = await linkOf(SECOND);
  });

  test('the other one claims, starts and completes it', async () => {
    for (const [action, more] of [['claim', {}], ['start', {}], ['complete', { words: 'New washer' }]]) {
      const answer = await press(second, action, more);
      assert.equal(answer.status, 200, `${action}: ${answer.body}`);
    }
    assert.equal((await job()).state, 'completed');
    await stage.turn(10);
    const told = await stage.texts(STAKEHOLDER);
    assert.equal(told.length, 1, told.join('\n'));
    assert.match((await get(second)).body, /Completed by you at /);
    assert.equal((await send(second, { once: 'AAAAAAAAAAAAAAAAAAAAAA', action: 'start' })).status, 409);
  });

  test('the timeline has each step, and what became of each notification', async () => {
    const { items } = await stage.api('/api/v1/jobs/17/log');
    const texts = items.filter((i) => i.kind === 'text.job');
    assert.equal(texts.length, 5, JSON.stringify(texts));
    for (const text of texts) assert.equal(text.delivery, 'delivered', JSON.stringify(text));
    assert.ok(items.some((i) => i.kind.startsWith('job.') && /New washer/.test(i.detail ?? '')));
    assert.ok(!JSON.stringify(items).match(/\/j\/[A-Za-z0-9_-]{22}/), 'no secret is shown');
  });
});
