// The links of jobs by hand: what a form must be, whom a link is for, until when it tells what
// became of the job, in whose language, and what the customer gets from it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CUSTOMER, LINE, OTHERS, PRIMARY, Stage, alwaysOnCall, request } from './stage.js';

const [FIRST, SECOND] = OTHERS, STOPPER = OTHERS[3];
const DAY = 86400, FORM = 'application/x-www-form-urlencoded';
const RTL = '\u202eevil\u2066', NASTY = `<b onclick=x>${RTL}"&'`;

let stage, serial = 0;
const get = (target, headers = {}, method = 'GET') => request({ method, port: stage.port, target, headers });
const post = (target, body, headers = {}) => request({ method: 'POST', port: stage.port, target, headers: { 'Content-Type': FORM, ...headers }, body });
const send = (target, form, headers) => post(target, new URLSearchParams(form).toString(), headers);
const once = () => `${'A'.repeat(16)}${String(serial++).padStart(5, 'B')}A`.replace(/[0-9]/g, (d) => 'ABCDEFGHIJ'[d]);
const press = (link, action, more = {}) => send(link, { once: once(), action, ...more });
const job = (id) => stage.api(`/api/v1/jobs/${id}`);
const rests = async (id) => ({ job: await job(id), events: (await stage.items('/api/v1/events?limit=200')).length, customer: await stage.texts(CUSTOMER) });

// Makes a job for the two; resolves to their links.
async function make(id, more = {}) {
  const made = await stage.api('/api/v1/jobs', 'POST', {
    job_id: id, state: 'assigned', title: 'Leaking tap', customer_phone: CUSTOMER, line: LINE, claim_seconds: 0,
    crew: [{ name: 'First', phone: FIRST }, { name: 'Second', phone: SECOND }], ...more,
  });
  assert.equal(made.status, 201, JSON.stringify(made));
  await stage.turn(5);
  return Promise.all([FIRST, SECOND].map(async (n) => (await stage.texts(n)).at(-1).match(/\/j\/[A-Za-z0-9_-]{22}/)?.[0]));
}

describe('links of jobs', () => {
  before(async () => {
    stage = await Stage.open({ roster: alwaysOnCall() });
  });
  after(() => stage.close());

  describe('a form', () => {
    let first;
    before(async () => {
      [first] = await make('forms');
    });

    const wrong = [
      ['of another type', 415, (t) => post(t, JSON.stringify({ once: once(), action: 'claim' }), { 'Content-Type': 'application/json' })],
      ['of plain text', 415, (t) => post(t, `once=${once()}&action=claim`, { 'Content-Type': 'text/plain' })],
      ['without its mark', 400, (t) => send(t, { action: 'claim' })],
      ['with a mark cut short', 400, (t) => send(t, { once: 'AAAA', action: 'claim' })],
      ['that is empty', 400, (t) => post(t, '')],
      ['of an unknown action', 400, (t) => press(t, 'explode')],
      ['of a relay', 400, (t) => press(t, 'take')],
      ['from another site', 403, (t) => send(t, { once: once(), action: 'claim' }, { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' })],
      ['from another origin', 403, (t) => send(t, { once: once(), action: 'claim' }, { Origin: 'https://foreign.example.com' })],
      ['from an origin that begins as ours', 403, (t) => send(t, { once: once(), action: 'claim' }, { Origin: `${stage.base}0` })],
      ['to hand over to nobody', 400, (t) => press(t, 'hand-over')],
      ['to hand over to a stranger', 409, (t) => press(t, 'hand-over', { to: '+16195550199' })],
      ['to give back without a reason', 400, (t) => press(t, 'give-back', { words: ' \n' })],
      ['with no words for the customer', 400, (t) => press(t, 'text', { words: '  ' })],
      ['with too many words', 413, (t) => press(t, 'text', { words: 'ä'.repeat(1501) })],
      ['that is no UTF-8', 400, (t) => post(t, `once=${once()}&action=text&words=%ff%fe`)],
    ];
    for (const [name, status, sending] of wrong)
      test(`${name}: ${status}, with words, and nothing done`, async () => {
        const was = await rests('forms');
        const answer = await sending(first);
        assert.equal(answer.status, status, answer.body);
        assert.match(answer.body, /<p[^>]*>[A-Z][^<]{10,}<\/p>/);
        assert.deepEqual(await rests('forms'), was);
      });

    test('of our own page passes, whatever the browser tells', async () => {
      for (const headers of [{ 'Sec-Fetch-Site': 'same-origin', Origin: 'null' }, { Origin: stage.base }])
        assert.equal((await send(first, { once: once(), action: 'claim' }, headers)).status, 200);
    });
  });

  test('two devices that claim at once: one has it, the other is told who', async () => {
    const links = await make('race');
    const answers = await Promise.all([...links, ...links].map((l) => press(l, 'claim')));
    const holder = (await job('race')).claimed_by;
    assert.ok([FIRST, SECOND].includes(holder));
    const his = answers.filter((_, i) => [FIRST, SECOND][i % 2] === holder);
    const others = answers.filter((a) => !his.includes(a));
    assert.deepEqual(his.map((a) => a.status), [200, 200]);
    for (const other of others) {
      assert.equal(other.status, 409);
      assert.match(other.body, holder === FIRST ? /First/ : /Second/);
    }
    const claimed = (await stage.items('/api/v1/jobs/race/log')).filter((i) => i.kind === 'job.claimed');
    assert.equal(claimed.length, 1);
  });

  test('who is taken off the job has a link that says so', async () => {
    const [first, second] = await make('patched');
    const answer = await stage.api('/api/v1/jobs/patched', 'PATCH', { crew: [{ name: 'Second', phone: SECOND }] });
    assert.equal(answer.status, 200, JSON.stringify(answer));
    const page = await get(first);
    assert.match(page.body, /You are on this job no more/);
    assert.ok(!page.body.includes('<form'));
    const pressed = await press(first, 'claim');
    assert.equal(pressed.status, 409);
    assert.match(pressed.body, /You are on this job no more/);
    assert.equal((await press(second, 'claim')).status, 200);
  });

  describe('the customer', () => {
    let first;
    before(async () => {
      [first] = await make('calls');
    });

    test('is rung after the crew member, who presses 1, and sees the line', async () => {
      await stage.phone(FIRST, { on_call: [{ do: 'answer', after_ms: 2000, then: [{ press: '1', after_ms: 3000 }, { talk_ms: 20000 }, { hangup: true }] }] });
      await stage.phone(CUSTOMER, { on_call: [{ do: 'answer', after_ms: 2000, then: [{ talk_ms: 60000 }] }] });
      const answer = await press(first, 'call');
      assert.equal(answer.status, 200, answer.body);
      assert.match(answer.body, /Your phone rings now/);
      await stage.turn(60);
      const [own, theirs] = await Promise.all([stage.phone(FIRST), stage.phone(CUSTOMER)]);
      assert.deepEqual(own.calls.map((c) => c.from), [LINE]);
      assert.deepEqual(theirs.calls.map((c) => c.from), [LINE]);
    });
    test('is rung once by a double tap', async () => {
      const mark = once();
      const answers = await Promise.all([1, 2].map(() => send(first, { once: mark, action: 'call' })));
      assert.ok(answers.some((a) => a.body.includes('Done already')), answers.map((a) => a.body).join());
      await stage.turn(60);
      assert.equal((await stage.phone(CUSTOMER)).calls.length, 2, 'of both tests');
    });
    test('who has said STOP is not texted, and that is said', async () => {
      await stage.phone(STOPPER, {});
      await stage.text(STOPPER, 'STOP');
      const [link] = await make('stopped', { customer_phone: STOPPER });
      const was = (await stage.texts(STOPPER)).length;
      const answer = await press(link, 'text', { words: 'Hello' });
      assert.equal(answer.status, 409);
      assert.match(answer.body, /STOP/);
      await stage.turn(5);
      assert.equal((await stage.texts(STOPPER)).length, was);
    });
    test('without a number can be neither called nor texted, and the page says why', async () => {
      const [link] = await make('nobody', { customer_phone: undefined });
      assert.equal((await get(link)).body.match(/The job has no number of the customer/g).length, 2);
      for (const [action, more] of [['call', {}], ['text', { words: 'Hello' }]])
        assert.equal((await press(link, action, more)).status, 409, action);
    });
  });

  test('hostile names and words of any length are text', async () => {
    const long = 'W'.repeat(170);
    const [first, second] = await make('nasty', {
      title: `${NASTY}${long}`, notes: `${NASTY}${'x'.repeat(500)}`, address: NASTY, customer_name: NASTY.slice(0, 20),
      crew: [{ name: NASTY.slice(0, 20), phone: FIRST }, { name: 'Second', phone: SECOND }],
    });
    for (const link of [first, second]) {
      const page = await get(link);
      assert.equal(page.status, 200);
      assert.ok(!/<b |<b>|<script/.test(page.body), page.body);
      assert.match(page.body, /&lt;b onclick=x&gt;/);
    }
    assert.equal((await press(first, 'claim')).status, 200);
    const told = (await get(second)).body.match(/<p class="told">.*<\/p>/)[0];
    assert.match(told, /Claimed by &lt;b/);
    assert.ok(!/[\u202a-\u202e\u2066-\u2069]/.test(told), 'nothing that turns the rest around');
  });

  const tongues = [
    ['de', /lang="de"/, />Annehmen</, /Der Auftrag ist Ihrer/, /Angenommen von Erste um \d\d:\d\d\./, /Esta acción|Diese Aktion gibt es nicht/],
    ['es', /lang="es"/, />Aceptar</, /El trabajo es suyo/, /Aceptado por Erste a las \d\d:\d\d\./, /Esa acción no existe/],
    ['fr', /lang="fr"/, />Accepter</, /Le travail est à vous/, /Accepté par Erste à \d\d:\d\d\./, /Cette action n/],
    ['nl', /lang="en"/, />Claim it</, /The job is yours/, /Claimed by Erste at \d\d:\d\d\./, /There is no such action/],
  ];
  for (const [language, tongue, button, did, state, none] of tongues)
    test(`speaks ${language} to who reads it`, async () => {
      const [first, second] = await make(`lang-${language}`, { crew: [{ name: 'Erste', phone: FIRST, language }, { name: 'Zweite', phone: SECOND, language }] });
      const page = (await get(first)).body;
      assert.match(page, tongue);
      assert.match(page, button);
      assert.match((await press(first, 'explode')).body, none);
      assert.match((await press(first, 'claim')).body, did);
      assert.match((await get(second)).body, state);
    });

  test('seven days after the end or the hand-over a link tells nothing more', async () => {
    const [ended, second] = await make('ended');
    const [handed, hers] = await make('handed');
    assert.equal((await press(ended, 'complete')).status, 200);
    assert.equal((await press(handed, 'hand-over', { to: SECOND })).status, 200);
    await stage.kill('SIGTERM'); // a daemon that runs looks around every minute of these days
    await stage.turn(7 * DAY - 600);
    await stage.startDaemon();
    assert.match((await get(second)).body, /Completed at \d\d:\d\d, 7 days ago|Completed at \d\d:\d\d on /);
    assert.match((await get(handed)).body, /Handed over to Second at /);
    await stage.turn(660);
    for (const link of [ended, second, handed]) {
      const page = await get(link);
      assert.equal(page.status, 410, page.body);
      assert.match(page.body, /This link has expired/);
      assert.ok(!/Leaking|<form|class="button/.test(page.body), page.body);
      const answer = await press(link, 'claim');
      assert.equal(answer.status, 409);
      assert.match(answer.body, /This link has expired/);
    }
    assert.equal((await press(hers, 'claim')).status, 200, 'who has it keeps it');
    assert.equal((await job('handed')).claimed_by, SECOND);
  });

  test('nobody on duty was rung for any of this', async () => {
    assert.equal((await stage.phone(PRIMARY)).calls.length, 0);
  });
});
