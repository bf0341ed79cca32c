// Duty: the week, chains, people and versions, in a browser against daemon and carrier. What is
// edited is checked by the server, shown as a difference, kept as a version, and used.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Board, overhang, shot } from './board_kit.js';
import { fitting, payloads } from './payloads.js';
import { CUSTOMER, alwaysOnCall, request } from './stage.js';

const HAND = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const ADA = { login: 'ada', name: 'Ada Admin', role: 'admin' };
const VIC = { login: 'vic', name: 'Vic Viewer', role: 'viewer' };

// By hours: the primary on weekdays, the backup by night, the owner at the weekend; nobody on
// Saturday and Sunday from 08:00 to 10:00 and from 16:00 to 18:00.
function roster() {
  const all = alwaysOnCall();
  all.dispatchers[0].on_call = 'mon-fri 07:00-19:00';
  all.dispatchers[1].on_call = '18:00-08:00';
  all.dispatchers[2].on_call = 'sat-sun 10:00-16:00';
  return all;
}

let board, stage;
before(async () => {
  board = await Board.open({ env: { NEXTRING_ROSTER: 'database' } });
  ({ stage } = board);
  await renew();
});
after(async () => { await board?.close(); });

// The roster as it was at first, as a new version.
async function renew(document = roster()) {
  const { version } = await stage.api('/api/v1/roster');
  const answer = await request({
    method: 'PUT', target: '/api/v1/roster', socketPath: path.join(stage.folder, 'data/control.sock'), body: JSON.stringify({ document }),
    headers: { 'Content-Type': 'application/json', ...(version ? { 'If-Match': `"${version}"` } : {}) },
  });
  assert.ok(answer.status < 300, answer.body);
}
const inForce = () => stage.api('/api/v1/roster');
const button = (where, name) => where.getByRole('button', { name, exact: true });
const dialog = (page) => page.getByRole('dialog');
const stretch = (page, name) => page.locator('.duty-picture').getByRole('button', { name });
async function save(page) {
  await button(dialog(page), 'Save').click();
  await dialog(page).waitFor({ state: 'detached' }); // the word of an earlier one may still be there
  await page.getByText(/Saved as version \d+/).waitFor();
}
const chain = (page) => page.getByRole('region', { name: 'dispatch', exact: true });

describe('a chain', () => {
  test('is put in another order by keys, shown as a difference, saved, and used by the next call', async () => {
    const page = await board.page('#/duty/chains', { as: ADA });
    const grip = chain(page).getByRole('button', { name: /^Step 1 of 3/ });
    await grip.focus();
    await page.keyboard.press('ArrowDown');
    await chain(page).locator('.duty-step').first().getByText('Backup dispatcher').waitFor();
    await button(chain(page), 'Look at the change…').click();
    assert.match(await dialog(page).innerText(), /Chain dispatch/);
    await dialog(page).locator('.duty-diff li').first().waitFor();
    await shot(page, 'duty-difference');
    await save(page);
    await stage.call(CUSTOMER);
    await stage.turn(2);
    const [call] = await stage.items('/api/v1/calls');
    assert.equal(call.plan[0].operator, 'backup', 'the call rings by the new chain');
    await page.context().close();
    await stage.turn(120);
  });

  test('with seconds out of bounds is not saved, and the place is named', async () => {
    const { version } = await inForce();
    const page = await board.page('#/duty/chains', { as: ADA });
    await chain(page).getByLabel('Rings, s').first().fill('99');
    await button(chain(page), 'Look at the change…').click();
    await dialog(page).getByRole('alert').getByText(/ring seconds/).waitFor();
    assert.ok(await button(dialog(page), 'Save').isDisabled());
    assert.equal((await inForce()).version, version);
    await page.context().close();
  });

  test('that somebody else has saved meanwhile is shown as it is now, and mine goes on top', async () => {
    await renew();
    const page = await board.page('#/duty/chains', { as: ADA });
    page.expects = /412/;
    await chain(page).getByLabel('Rings, s').first().fill('25');
    const theirs = roster();
    theirs.chains.dispatch[1].ack_seconds = 600;
    await renew(theirs);
    await button(chain(page), 'Look at the change…').click();
    await dialog(page).getByText('Somebody else has saved meanwhile').waitFor();
    await dialog(page).getByText('600').waitFor();
    await shot(page, 'duty-conflict');
    await button(dialog(page), 'Put mine on top').click();
    await dialog(page).getByText('25').waitFor();
    await save(page);
    const { document } = await inForce();
    assert.equal(document.chains.dispatch[0].ring_seconds, 25);
    await page.context().close();
  });

  test('an edit is undone from where it was made, and a version is restored from the list', async () => {
    await renew();
    const page = await board.page('#/duty/chains', { as: ADA });
    await chain(page).getByLabel('Rings, s').first().fill('30');
    await button(chain(page), 'Look at the change…').click();
    await save(page);
    const { version } = await inForce();
    await button(page, 'Undo').click();
    await page.getByText(/^Undone/).waitFor();
    assert.equal((await inForce()).document.chains.dispatch[0].ring_seconds, 15);
    await page.getByRole('link', { name: 'Versions' }).click();
    await page.locator('.list > li', { hasText: 'Ada Admin' }).first().waitFor();
    await page.locator('.list > li').filter({ has: page.locator('.duty-number', { hasText: new RegExp(`^${version}$`) }) }).getByRole('button', { name: 'Restore…' }).click();
    await save(page);
    assert.equal((await inForce()).document.chains.dispatch[0].ring_seconds, 30);
    await page.context().close();
  });
});

describe('the week', () => {
  const isOf = (words) => new RegExp(`^${words}`);
  const THURSDAY = 'Thu 26 Nov, 07:00 to 19:00';

  test('shows who is on duty and why, and where nobody is', async () => {
    await renew();
    const page = await board.page('#/duty/week?from=2026-11-23', { as: ADA });
    await stretch(page, isOf(`Primary dispatcher, ${THURSDAY}`)).waitFor();
    const gaps = page.getByRole('group', { name: 'Nobody is on duty' }).getByRole('img');
    assert.deepEqual(await gaps.evaluateAll((all) => all.map((g) => g.getAttribute('aria-label'))), [
      'Sat 28 Nov, 08:00 to 10:00', 'Sat 28 Nov, 16:00 to 18:00', 'Sun 29 Nov, 08:00 to 10:00', 'Sun 29 Nov, 16:00 to 18:00',
    ]);
    assert.equal(await page.locator('.duty-now').count(), 1);
    await shot(page, 'duty-week');
    await button(page, 'The week after').click();
    await page.getByText('Mon 30 Nov – Sun 6 Dec').waitFor();
    await page.context().close();
  });

  test('a stretch dragged to another row is a swap', async () => {
    await renew();
    const page = await board.page('#/duty/week?from=2026-11-23', { as: ADA });
    const from = await stretch(page, isOf(`Primary dispatcher, ${THURSDAY}`)).boundingBox();
    const to = await page.locator('[data-row=owner] .duty-track').boundingBox();
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(from.x + from.width / 2, to.y + to.height / 2, { steps: 5 });
    await page.locator('.duty-ghost').waitFor();
    await shot(page, 'duty-drag');
    await page.mouse.up();
    await dialog(page).locator('.duty-diff li').first().waitFor();
    await shot(page, 'duty-swap');
    await save(page);
    await stretch(page, isOf('Owner, Thu 26 Nov, 07:00 to 19:00, stands in')).waitFor();
    const [swap] = await stage.items('/api/v1/overrides');
    assert.deepEqual([swap.operator, swap.instead_of, swap.from, swap.to], ['owner', 'primary', '2026-11-26T15:00:00.000Z', '2026-11-27T03:00:00.000Z']);
    await page.context().close();
  });

  test('by keys as well; and it is told and deleted by a press', async () => {
    await renew();
    const page = await board.page('#/duty/week?from=2026-11-23', { as: ADA });
    await stretch(page, isOf(`Primary dispatcher, ${THURSDAY}`)).focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('.duty-ghost').waitFor();
    await page.keyboard.press('Enter');
    await dialog(page).locator('.duty-diff li').first().waitFor();
    await save(page);
    await stretch(page, isOf('Backup dispatcher, Thu 26 Nov.* stands in')).first().click();
    await button(dialog(page), 'Delete the override').click();
    await save(page);
    assert.deepEqual(await stage.items('/api/v1/overrides'), []);
    await page.context().close();
  });

  test('one draws along a row for an override, and the gap that it makes is told before', async () => {
    await renew();
    const page = await board.page('#/duty/week?from=2026-11-23', { as: ADA });
    await stretch(page, isOf(`Primary dispatcher, ${THURSDAY}`)).click();
    await button(dialog(page), 'Take off duty then…').click();
    await dialog(page).getByText(/nobody is on duty/i).waitFor();
    await shot(page, 'duty-gap');
    await save(page);
    await page.getByRole('img', { name: 'Thu 26 Nov, 08:00 to 18:00' }).waitFor();

    const track = await page.locator('[data-row=owner] .duty-track').boundingBox();
    const day = track.width / 7;
    await page.mouse.move(track.x + day * 3.25, track.y + 24);
    await page.mouse.down();
    await page.mouse.move(track.x + day * 3.75, track.y + 24, { steps: 6 });
    await page.mouse.up();
    assert.equal(await dialog(page).getByLabel('Who', { exact: true }).inputValue(), 'owner');
    assert.equal(await dialog(page).getByLabel(/^From/).inputValue(), '2026-11-26T06:00');
    assert.equal(await dialog(page).getByLabel(/^To/).inputValue(), '2026-11-26T18:00');
    await save(page);
    await stretch(page, isOf('Owner, Thu 26 Nov, 06:00 to 18:00, put on duty')).waitFor();
    assert.equal(await page.getByRole('img', { name: 'Thu 26 Nov, 08:00 to 18:00' }).count(), 0);
    await page.context().close();
  });

  test('in one hand the days stand one below the other, with the same acts', async () => {
    await renew();
    const page = await board.page('#/duty/week?from=2026-11-23', { as: ADA, ...HAND });
    const day = page.locator('.duty-agenda > li').nth(3);
    await day.getByRole('button', { name: /Primary dispatcher/ }).click();
    await button(dialog(page), 'Give to somebody else…').click();
    await dialog(page).getByLabel('Who stands in').selectOption('owner');
    await dialog(page).locator('.duty-diff li').first().waitFor();
    assert.equal(await overhang(page), 0);
    await shot(page, 'duty-hand-swap');
    await save(page);
    await day.getByRole('button', { name: /Owner\s*stands in/ }).waitFor();
    await shot(page, 'duty-hand');
    await page.context().close();
  });

  test('the hour that the clocks go back is there: a day of 25', async () => {
    const page = await board.page('#/duty/week?from=2026-10-26', { as: ADA });
    await page.getByText('25 h').waitFor();
    await stretch(page, isOf('Owner, Sun 1 Nov, 10:00 to 16:00')).waitFor();
    const [track, box] = await Promise.all([page.locator('[data-row=owner] .duty-track').boundingBox(), stretch(page, isOf('Owner, Sun 1 Nov')).boundingBox()]);
    assert.ok(Math.abs((box.x - track.x) / track.width - (6 + 11 / 25) / 7) < 0.003, 'ten o\'clock is eleven hours after midnight');
    await page.context().close();
  });
});

describe('people', () => {
  test('are put on duty and away now, and the plan of the moment says so', async () => {
    await renew();
    const page = await board.page('#/duty/people', { as: { login: 'dee', role: 'dispatcher', name: 'Dee Desk' } });
    await button(page, 'Duty of Owner now').click();
    await page.getByRole('menuitemradio', { name: 'On duty', exact: true }).click();
    await page.getByText('Owner is on duty.').waitFor();
    await page.getByRole('link', { name: 'Who at' }).click();
    await page.locator('.duty-plan').first().getByText('Owner').waitFor();
    await page.locator('.duty-left').getByText('Primary dispatcher').waitFor({ state: 'detached' }).catch(() => undefined);
    await shot(page, 'duty-who');
    await page.context().close();
    await stage.api('/api/v1/operators/owner/duty', 'POST', { state: 'hours' });
  });

  test('one is added, changed, and not deleted while a chain needs him: it is said where', async () => {
    await renew();
    const page = await board.page('#/duty/people', { as: ADA });
    page.expects = /409|400/;
    await button(page, 'Add an operator').click();
    await dialog(page).getByLabel('Name').fill('Night owl');
    await dialog(page).getByLabel('Phone', { exact: true }).fill('(619) 555-0114');
    await dialog(page).getByLabel('On call').fill('fri-sat 20:00-04:00');
    await save(page);
    await page.locator('.list > li', { hasText: 'Night owl' }).waitFor();
    await button(page, 'Edit Night owl').click();
    await dialog(page).getByLabel('Phone', { exact: true }).fill('911');
    await dialog(page).getByText(/911|emergency|phone/i).last().waitFor();
    await page.keyboard.press('Escape');
    await button(page, 'Delete Primary dispatcher').click();
    await dialog(page).getByText(/chain/).waitFor();
    assert.ok(await button(dialog(page), 'Save').isDisabled());
    await shot(page, 'duty-delete');
    await page.context().close();
  });
});

describe('what is not to be done', () => {
  test('a viewer sees it all and has nothing to act by', async () => {
    const page = await board.page('#/duty/week?from=2026-11-23', { as: VIC });
    await stretch(page, /^Primary dispatcher/).first().click();
    assert.equal(await dialog(page).getByRole('button').count(), 1, 'but to close it');
    await page.keyboard.press('Escape');
    for (const tab of ['People', 'Chains', 'Document']) {
      await page.getByRole('link', { name: tab }).click();
      await page.locator('.duty :is(.list, .duty-plan, textarea)').first().waitFor();
      assert.deepEqual(await page.locator('.duty button:not(.number)').allInnerTexts(), []);
    }
    await page.context().close();
  });

  test('hostile names do nothing and break no line', async () => {
    const hostile = roster();
    const names = [...new Set(payloads.map((p) => fitting(p, 60)).filter(Boolean))].slice(0, 120);
    names.forEach((name, i) => hostile.dispatchers.push({ id: `h${i}`, name, phone: `+1312555${String(100 + i).padStart(4, '0')}`, on_call: 'mon 09:00-10:00' }));
    hostile.chains.dispatch.push({ operators: names.slice(0, 10).map((_, i) => `h${i}`), how: 'parallel' });
    await renew(hostile);
    const page = await board.page('#/duty/week?from=2026-11-23', { as: ADA });
    await stretch(page, /Mon 23 Nov, 09:00 to 10:00/).first().waitFor();
    for (const tab of ['people', 'chains', 'who', 'week', 'document']) {
      await page.evaluate((t) => { location.hash = `#/duty/${t}`; }, tab);
      await page.waitForFunction(() => !document.querySelector('.duty .loading'));
      assert.equal(await overhang(page), 0, tab);
    }
    const hand = await board.page('#/duty/people', { as: ADA, ...HAND });
    await hand.locator('.list > li').nth(50).waitFor();
    assert.equal(await overhang(hand), 0);
    await shot(hand, 'duty-hostile');
    assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
    await hand.context().close();
    await page.context().close();
    await renew();
  });
});

test('a roster that is a file is shown, and says why it is not edited here', async () => {
  const other = await Board.open({ roster: roster() });
  try {
    const page = await other.page('#/duty/chains', { as: ADA });
    await page.getByRole('note').getByText(/NEXTRING_ROSTER/).waitFor();
    await page.locator('.duty-plan').first().waitFor();
    assert.equal(await page.getByRole('button', { name: /Look at|Add a step|^Step/ }).count(), 0);
    await shot(page, 'duty-file');
    await page.context().close();
  } finally {
    await other.close();
  }
});
