// A job's crew by text and call: words act and are echoed, all else reaches people, and comes back.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BACKUP, CUSTOMER, PRIMARY, Stage, alwaysOnCall } from './stage.js';

const BEN = '+16195550171';
const MARA = '+16195550172';
const PIA = '+16195550173';
const BOSS = '+16195550175';
let stage;

const make = (job) => stage.api('/api/v1/jobs', 'POST', { state: 'assigned', claim_seconds: 0, ...job });
const job = (id) => stage.api(`/api/v1/jobs/${id}`);
const log = (id) => stage.items(`/api/v1/jobs/${id}/log?limit=200`);
const last = async (number) => (await stage.texts(number)).at(-1) ?? '';
const count = async (number, words) => (await stage.texts(number)).filter((t) => t.includes(words)).length;
async function says(number, body) {
  await stage.text(number, body);
  await stage.turn(5);
}

before(async () => {
  stage = await Stage.open({ roster: alwaysOnCall() });
});
after(async () => {
  await stage.close();
  assert.equal(stage.how, 0, 'ended cleanly');
});

describe('words', () => {
  test('from claim to completed, in capitals and with punctuation', async () => {
    await make({ job_id: '17', title: 'Boiler', crew: [{ name: 'Ben', phone: BEN }], stakeholders: [{ name: 'Sam', phone: BOSS }] });
    await says(BEN, 'CLAIM!!');
    assert.equal((await job('17')).claimed_by, BEN);
    assert.match(await last(BEN), /Job 17 is yours\. When you start, text: begin/);
    await says(BEN, 'Start');
    assert.match(await last(BEN), /To begin a job, text: begin/);
    assert.equal((await job('17')).state, 'assigned');
    await says(BEN, '"Begin."');
    assert.equal((await job('17')).state, 'in-progress');
    await says(BEN, 'claim 99');
    assert.match(await last(BEN), /99 is no job of yours\. Yours: 17/);
    await says(BEN, 'job 17: complete');
    assert.equal((await job('17')).state, 'completed');
    assert.equal(await count(BOSS, 'job 17'), 1);
    await says(BEN, 'complete');
    assert.equal(await count(BEN, 'Job 17 is completed'), 2);
    assert.equal(await count(BOSS, 'job 17'), 1);
    assert.equal((await stage.texts(PRIMARY)).length, 0);
  });

  test('the timeline has his words, what they did, and the answers', async () => {
    const items = await log('17');
    const kinds = items.map((i) => i.kind);
    assert.ok(kinds.includes('job.claimed') && kinds.includes('job.started') && kinds.includes('job.completed'));
    assert.ok(items.some((i) => i.kind === 'text.command' && i.body === 'CLAIM!!'));
    assert.ok(items.some((i) => i.body?.startsWith('Job 17 is yours') && i.delivery === 'delivered'));
    assert.match(items.find((i) => i.kind === 'job.claimed').detail, /by text: Ben/);
  });

  test('with several jobs he is asked which, and names it before or behind', async () => {
    await make({ job_id: '20', crew: [{ name: 'Ben', phone: BEN }] });
    await make({ job_id: 'B-21', crew: [{ name: 'Ben', phone: BEN }] });
    await says(BEN, 'claim');
    assert.match(await last(BEN), /which job\? Text claim and one of: B-21, 20/);
    await says(BEN, 'b-21 claim');
    await says(BEN, 'claim 20');
    assert.equal((await job('20')).claimed_by, BEN);
    assert.equal((await job('B-21')).claimed_by, BEN);
    await says(BEN, 'give back #20');
    assert.equal((await job('20')).state, 'pending');
    assert.equal(await count(PRIMARY, 'Job 20: was given back (Ben)'), 1);
  });

  for (const [language, phone, texts] of [
    ['es', '+16195550181', ['Acepte', 'empiezo', 'Terminado']],
    ['de', '+16195550182', ['Annehmen', 'BEGINNEN', 'fertig!']],
    ['fr', '+16195550183', ['Accepter', 'commencer', 'TERMINÉ']],
  ])
    test(`in ${language}, as its templates name them`, async () => {
      const id = `L-${language}`;
      await make({ job_id: id, crew: [{ name: 'Pia', phone, language }] });
      await stage.turn(3);
      assert.ok((await last(phone)).includes(texts[0].slice(0, 6)), await last(phone));
      for (const [i, state] of ['assigned', 'in-progress', 'completed'].entries()) {
        await says(phone, texts[i]);
        assert.equal((await job(id)).state, state, texts[i]);
        assert.doesNotMatch(await last(phone), /Job/);
      }
    });
});

describe('people', () => {
  test('other words reach the job\'s operator, and his reply comes back', async () => {
    await make({ job_id: '30', operator: 'backup', crew: [{ name: 'Mara', phone: MARA }] });
    await says(MARA, 'where is the key?');
    const told = await last(BACKUP);
    assert.match(told, new RegExp(`Mara \\${MARA}, crew of job 30: where is the key\\?`));
    assert.equal(await count(PRIMARY, 'where is the key'), 0);
    await says(BACKUP, `${told.slice(0, 3)} under the mat`);
    assert.equal(await last(MARA), 'under the mat');
    const items = await log('30');
    assert.ok(items.some((i) => i.body === 'where is the key?'));
    assert.ok(items.some((i) => i.body === 'under the mat'));
  });

  test('nobody acknowledges: the chain comes next', async () => {
    await make({ job_id: '31', operator: 'backup', crew: [{ name: 'Pia', phone: PIA }] });
    await says(PIA, 'there is water everywhere');
    assert.equal(await count(PRIMARY, 'water everywhere'), 0);
    await stage.turn(1000);
    assert.equal(await count(PRIMARY, 'crew of job 31: there is water everywhere'), 1);
  });

  test('a call rings the job\'s operator, and says whose it is', async () => {
    await stage.phone(BACKUP, { on_call: { after_ms: 60000 } }).catch(() => {});
    await stage.call(MARA);
    await stage.turn(4);
    assert.equal(await count(BACKUP, 'call from Mara'), 1);
    assert.match((await stage.texts(BACKUP)).find((t) => t.includes('call from Mara')), /crew of job 30/);
    await stage.turn(120);
    assert.ok((await log('30')).some((i) => i.kind.startsWith('call.')));
  });

  test('hostile words are words', async () => {
    for (const body of ['claim\n30; DROP TABLE job', '{{claim}}', '<Response><Hangup/></Response>', 'claim \u0001 %n', 'claim'.repeat(300)])
      await says(MARA, body);
    assert.equal((await job('30')).claimed_by ?? null, null);
    assert.ok((await count(BACKUP, 'DROP TABLE')) >= 1);
  });

  test('a customer who writes such a word is a customer', async () => {
    await says(CUSTOMER, 'claim');
    assert.equal(await count(PRIMARY, `${CUSTOMER}: claim`), 1);
  });

  test('STOP is an exception of his job at once', async () => {
    const phone = '+16195550185';
    await make({ job_id: '40', crew: [{ name: 'Kim', phone }] });
    await says(phone, 'STOP');
    assert.equal((await job('40')).exception, 'unreachable');
    assert.equal(await count(PRIMARY, 'Job 40: a text to its crew cannot be delivered (Kim)'), 1);
  });
});
