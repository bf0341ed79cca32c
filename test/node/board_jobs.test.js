// Jobs: the columns, one job and its form, in a browser against daemon and carrier.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Board, overhang, shot } from './board_kit.js';
import { fitting, payloads } from './payloads.js';
import { CUSTOMER, OTHERS } from './stage.js';

const HAND = { width: 390, height: 844 };
const CREW = '+13125550141';

let board, stage;
before(async () => {
  board = await Board.open();
  ({ stage } = board);
});
after(async () => { await board?.close(); });

const make = async (job) => {
  const made = await stage.api('/api/v1/jobs', 'POST', job);
  assert.equal(made.status, 201, JSON.stringify(made));
  return made;
};
const jobOf = async (id) => {
  const { status, ...job } = await stage.api(`/api/v1/jobs/${encodeURIComponent(id)}`);
  return job;
};
const column = (page, state) => page.locator(`.jobs-column[data-state="${state}"]`);
const card = (page, words) => page.locator('.jobs-card', { hasText: words });
const button = (where, name) => where.getByRole('button', { name, exact: true });
const isIn = (page, state, words) => column(page, state).locator('.jobs-card', { hasText: words }).waitFor();
async function drag(page, from, to) {
  const a = await from.boundingBox(), b = await to.boundingBox();
  await page.mouse.move(a.x + 40, a.y + a.height - 20);
  await page.mouse.down();
  await page.mouse.move(a.x + 60, a.y + a.height - 10, { steps: 3 });
  await page.mouse.move(b.x + b.width / 2, b.y + 120, { steps: 6 });
  return () => page.mouse.up();
}

describe('the columns', () => {
  test('are empty in words, then a form makes a job of a number in any form', async () => {
    const page = await board.page('#/jobs');
    page.expects = /Failed to load resource/;
    await column(page, 'pending').getByText('None').waitFor();
    await button(page, 'New job').click();
    await page.getByLabel('What is to be done').fill('Mend the gate');
    await page.getByLabel('Customer’s number').fill('12');
    await button(page, 'Make it').click();
    await page.getByRole('alert').first().waitFor();
    assert.match(await page.getByRole('dialog').innerText(), /number/);
    await page.getByLabel('Customer’s number').fill('(619) 555-0150');
    await page.getByLabel('Customer’s name').fill('Mrs Customer');
    await button(page, 'Add a person').first().click();
    await page.getByLabel('Crew, name of person 1').fill('Ben');
    await page.getByLabel('Crew, phone of person 1').fill('312 555 0141');
    await shot(page, 'job-form');
    await button(page, 'Make it').click();
    await page.locator('.jobs-one h2', { hasText: 'Mend the gate' }).waitFor();
    const job = (await stage.items('/api/v1/jobs')).find((j) => j.title === 'Mend the gate');
    assert.equal(job.customer_phone, CUSTOMER);
    assert.deepEqual(job.crew.map((p) => [p.name, p.phone]), [['Ben', CREW]]);
    await page.context().close();
  });

  test('a card is dragged to where it may go, and goes back from where it may not', async () => {
    await make({ job_id: 'drag', title: 'Move the bench' });
    const page = await board.page('#/jobs');
    await card(page, 'Move the bench').waitFor();
    const drop = await drag(page, card(page, 'Move the bench'), column(page, 'in-progress'));
    assert.match(await column(page, 'in-progress').getAttribute('class'), /\bcan\b/);
    await shot(page, 'job-drag');
    await drop();
    await isIn(page, 'in-progress', 'Move the bench');
    assert.equal(new URL(page.url()).hash, '#/jobs', 'a drag opens nothing');
    const refused = await drag(page, card(page, 'Move the bench'), column(page, 'assigned'));
    await page.getByText(/At work cannot become assigned: only/).waitFor();
    await refused();
    await isIn(page, 'in-progress', 'Move the bench');
    assert.equal((await jobOf('drag')).state, 'in-progress');
    await page.context().close();
  });

  test('by keys: taken, along what is allowed, dropped, put back', async () => {
    await make({ job_id: 'keys', title: 'Lift the lid', state: 'in-progress' });
    const page = await board.page('#/jobs');
    const link = card(page, 'Lift the lid').locator('a');
    await link.waitFor();
    await link.focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Escape');
    await isIn(page, 'in-progress', 'Lift the lid');
    await link.focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowLeft');
    assert.match(await column(page, 'pending').getAttribute('class'), /aimed/, 'assigned is left out: it cannot go there');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await isIn(page, 'completed', 'Lift the lid');
    await page.context().close();
  });

  test('by its menu, and cancelling asks once more', async () => {
    await make({ job_id: 'menu', title: 'Sweep the yard' });
    const page = await board.page('#/jobs');
    await button(page, 'Move job menu').click();
    assert.deepEqual(await page.getByRole('menuitem').allInnerTexts(), ['Assign', 'Start', 'Complete', 'Cancel the job']);
    await page.getByRole('menuitem', { name: 'Cancel the job' }).click();
    await page.getByRole('dialog').getByText('The crew is told').waitFor();
    await button(page, 'Keep it').click();
    assert.equal((await jobOf('menu')).state, 'pending');
    await button(page, 'Move job menu').click();
    await page.getByRole('menuitem', { name: 'Cancel the job' }).click();
    await button(page.getByRole('dialog'), 'Cancel the job').click();
    await isIn(page, 'cancelled', 'Sweep the yard');
    await page.context().close();
  });

  test('a finger that rests takes a card, one that moves scrolls', async () => {
    await make({ job_id: 'touch', title: 'Oil the door' });
    const page = await board.page('#/jobs', { viewport: HAND, hasTouch: true });
    await card(page, 'Oil the door').waitFor();
    const a = await card(page, 'Oil the door').boundingBox();
    const tab = await page.locator('.jobs-tabs [data-state="in-progress"]').boundingBox();
    const cdp = await page.context().newCDPSession(page);
    const touch = (type, x, y) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] });
    await touch('touchStart', a.x + 60, a.y + 50);
    await page.locator('.jobs-ghost').waitFor();
    await touch('touchMove', a.x + 70, a.y + 30);
    await touch('touchMove', tab.x + 20, tab.y + 20);
    await page.locator('.jobs-tabs .aimed').waitFor();
    await touch('touchEnd');
    await page.locator('.jobs-ghost').waitFor({ state: 'hidden' });
    await page.locator('.jobs-tabs [data-state="in-progress"]').click();
    await isIn(page, 'in-progress', 'Oil the door');
    await page.context().close();
  });

  test('of two who move it at once, the second is shown what it is now', async () => {
    await make({ job_id: 'twice', title: 'Hang the sign' });
    const page = await board.page('#/jobs');
    page.expects = /Failed to load resource/;
    await card(page, 'Hang the sign').waitFor();
    let meanwhile = false;
    await page.route('**/api/v1/jobs/twice*', async (route) => {
      if (route.request().method() === 'PATCH' && !meanwhile) {
        meanwhile = true;
        await stage.api('/api/v1/jobs/twice', 'PATCH', { title: 'Hang the other sign' });
      }
      await route.continue();
    });
    await button(page, 'Move job twice').click();
    await page.getByRole('menuitem', { name: 'Start' }).click();
    await page.getByText(/Somebody changed it meanwhile\. Title: Hang the sign → Hang the other sign/).waitFor();
    await isIn(page, 'pending', 'Hang the other sign');
    await page.context().close();
  });

  test('what changes elsewhere comes by the stream, and what is wrong is loud', async () => {
    await make({ job_id: 'late', title: 'Fetch the key', state: 'assigned', crew: [CREW], claim_seconds: 60, line: '+16195550100' });
    const page = await board.page('#/jobs');
    await isIn(page, 'assigned', 'Fetch the key');
    await board.turnUntil(card(page, 'Fetch the key').getByText('Not claimed in time'), 'it is loud', 90);
    assert.match(await card(page, 'Fetch the key').getAttribute('class'), /loud/);
    await stage.api('/api/v1/jobs/late', 'PATCH', { state: 'completed' });
    await isIn(page, 'completed', 'Fetch the key');
    await shot(page, 'jobs');
    await page.context().close();
  });

  test('a heading counts all there are, not those that are loaded', async () => {
    const before = (await stage.items('/api/v1/jobs?state=cancelled&limit=200')).length;
    for (let i = 0; i < 65; i++) await make({ job_id: `many-${i}`, title: `Count ${i}`, state: 'cancelled' });
    const page = await board.page('#/jobs');
    const figure = column(page, 'cancelled').locator('h2 small');
    await column(page, 'cancelled').scrollIntoViewIfNeeded();
    await column(page, 'cancelled').locator('.jobs-card').first().waitFor();
    assert.equal(await figure.innerText(), `${before + 65}`);
    await make({ job_id: 'many-more', title: 'Count one more', state: 'cancelled' });
    await board.turnUntil(figure.getByText(`${before + 66}`, { exact: true }), 'it is counted', 5);
    await page.context().close();
  });
});

describe('one job', () => {
  test('shows its fields, its log and its texts; an edit on what is no more shows the difference', async () => {
    await make({ job_id: 'one', title: 'Paint the fence', customer_phone: CUSTOMER, notes: 'Green', crew: [{ name: 'Ben', phone: CREW }] });
    await stage.api('/api/v1/jobs/one', 'PATCH', { state: 'assigned' });
    await stage.turn(3);
    const page = await board.page('#/jobs/one');
    page.expects = /Failed to load resource/;
    await page.locator('.jobs-log').getByText('A text to Ben').waitFor();
    await page.locator('.jobs-facts').getByText('text delivered').waitFor();
    assert.match(await page.locator('.jobs-facts').innerText(), /Ben.*asked/s);
    await button(page, 'Edit').click();
    await page.getByLabel('Notes').fill('Dark green');
    await stage.api('/api/v1/jobs/one', 'PATCH', { title: 'Paint the long fence' });
    await button(page, 'Save').click();
    await page.getByRole('dialog').getByText('Paint the long fence').waitFor();
    await button(page, 'Save mine on top').click();
    await page.locator('.jobs-facts').getByText('Dark green').waitFor();
    const { title, notes } = await jobOf('one');
    assert.deepEqual([title, notes], ['Paint the long fence', 'Dark green']);
    await page.context().close();
  });

  test('is handed over, and a viewer has no buttons', async () => {
    const page = await board.page('#/jobs/one');
    await button(page, 'Hand over').click();
    await page.getByRole('menuitem', { name: 'Ben' }).first().click();
    await page.locator('.jobs-log').getByText('The job was handed over').waitFor();
    await page.context().close();
    const other = await board.page('#/jobs/one', { as: { login: 'vera', role: 'viewer' } });
    await other.locator('.jobs-one h2').waitFor();
    for (const name of ['Move', 'Hand over', 'Edit']) assert.equal(await button(other, name).count(), 0);
    await other.goto(`${stage.base}/#/jobs`);
    await card(other, 'Paint the long fence').waitFor();
    assert.equal(await button(other, 'New job').count(), 0);
    await other.context().close();
  });

  test('that is not there says so', async () => {
    const page = await board.page('#/jobs/nothing');
    page.expects = /Failed to load resource/;
    await page.locator('.jobs-one .failed').waitFor();
    await page.context().close();
  });
});

describe('hostile words', () => {
  test(`${payloads.length} of them in titles, names, notes and addresses run nothing and break no layout`, async () => {
    const made = [];
    for (const [i, payload] of payloads.entries()) {
      const job = {
        job_id: `h${i}`, title: fitting(payload, 200), notes: fitting(payload, 2000), address: fitting(payload, 200), customer_name: fitting(payload, 63),
        customer_phone: OTHERS[0], crew: [{ name: fitting(payload, 63) || 'x', phone: CREW }],
      };
      const { status, message } = await stage.api('/api/v1/jobs', 'POST', job);
      if (status === 201) made.push(job);
      else assert.ok(status === 400 && message, `${JSON.stringify(payload)}: ${status}`);
    }
    assert.ok(made.length > 100, `${made.length} were made`);
    const page = await board.page('#/jobs', { viewport: HAND });
    await card(page, '').first().waitFor();
    for (let i = 0; i < 30; i++) {
      assert.ok(await overhang(page) <= 0);
      await page.locator('.jobs-column.here .jobs-list').evaluate((b) => { b.scrollTop += b.clientHeight; });
    }
    for (const job of made) {
      await page.goto(`${stage.base}/#/jobs/${job.job_id}`);
      await page.locator('.jobs-log li').first().waitFor();
      const found = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth - innerWidth, hacked: window.hacked,
        odd: [...document.querySelectorAll('.jobs-one *')].map((e) => e.localName).filter((t) => /script|iframe|object|embed|img|form|style|base|meta|link|audio|video|template/.test(t)),
        hangs: [...document.querySelectorAll('.jobs-one bdi')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).length,
      }));
      assert.deepEqual({ ...found, wide: Math.max(0, found.wide) }, { wide: 0, hacked: undefined, odd: [], hangs: 0 }, JSON.stringify(job.title));
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(`${stage.base}/#/jobs`);
    await card(page, '').first().waitFor();
    assert.ok(await overhang(page) <= 0);
    await page.context().close();
  });
});
