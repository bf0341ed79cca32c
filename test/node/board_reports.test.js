// Reports: figures, pictures and lists of what daemon and carrier have played.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Board, overhang, shot } from './board_kit.js';
import { fitting, payloads } from './payloads.js';
import { CUSTOMER, OTHERS, alwaysOnCall } from './stage.js';

const VIC = { login: 'vic', name: 'Vic Viewer', role: 'viewer' };
const HAND = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let board, stage;
before(async () => {
  const roster = alwaysOnCall();
  roster.dispatchers[1].name = fitting(payloads[4], 63);
  board = await Board.open({ roster });
  ({ stage } = board);
});
after(async () => { await board?.close(); });

const figure = (page, name) => page.locator('.reports-figure', { has: page.getByText(name, { exact: true }) }).locator('strong');

test('a range in which nothing happened says so', async () => {
  const page = await board.page('#/reports', { as: VIC });
  await page.getByText('Nothing in this time').waitFor();
  await shot(page, 'reports-empty');
  await page.context().close();
});

describe('after two calls and a text', () => {
  before(async () => {
    await stage.call(CUSTOMER); // nobody has been told how to answer: it is missed
    await stage.turn(200);
    await stage.text(OTHERS[0], 'Is anybody there?');
    await stage.turn(3);
    const [relay] = (await stage.items('/api/v1/relays?state=open')).filter((r) => r.customer_phone === OTHERS[0]);
    await stage.turn(40);
    const acked = await stage.api(`/api/v1/relays/${relay.id}/ack`, 'POST', { operator: 'primary' });
    assert.ok(acked.status < 300, JSON.stringify(acked));
    await stage.turn(5);
  });

  test('the figures are those of the API, the pictures are drawn, and each is a table too', async () => {
    const page = await board.page('#/reports', { as: VIC });
    const report = await stage.api('/api/v1/reports?from=2026-11-23&to=2026-11-23');
    await figure(page, 'Answered').waitFor();
    assert.equal(await figure(page, 'Answered').innerText(), report.calls.answered_share === null ? '–' : `${Math.round(report.calls.answered_share * 100)} %`);
    assert.equal(await figure(page, 'Missed').innerText(), String(report.calls.missed + report.texts.exhausted));
    assert.match(await figure(page, 'Half acknowledged within').innerText(), /^4\d s$/);
    await page.locator('.reports-plot canvas').first().waitFor();
    assert.ok(await page.locator('.reports-plot canvas').first().evaluate((c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((b) => b)), 'something is drawn');
    await page.getByText('As a table').click();
    await page.getByRole('region', { name: 'Day by day, as a table' }).getByRole('rowheader', { name: '2026-11-23' }).waitFor();
    await shot(page, 'reports');
    const heat = page.getByRole('region', { name: 'calls by hour and weekday' });
    assert.equal((await heat.locator('tbody tr').nth(0).locator('td').nth(18).innerText()).trim(), String(report.calls.total), 'on a Monday at 18 o\'clock');
    await page.context().close();
  });

  test('operators are sorted by a press, and who is missed leads to the thread', async () => {
    const page = await board.page('#/reports', { as: VIC });
    const table = page.locator('.reports-table').last();
    await table.getByRole('button', { name: 'Operator' }).click();
    assert.equal(await table.locator('th[aria-sort=ascending]').count(), 1);
    const names = await table.locator('tbody th').allInnerTexts();
    assert.deepEqual(names, [...names].sort((a, b) => a.localeCompare(b)));
    await page.getByRole('region', { name: 'Missed, and why' }).getByRole('link', { name: 'Thread' }).first().click();
    await page.waitForURL(/#\/threads\//);
    await page.context().close();
  });

  test('each table is had as CSV, by a name that tells what it is', async () => {
    const page = await board.page('#/reports', { as: VIC });
    for (const [what, first] of [['by day', /^day,/], ['by operator', /^operator,/], ['missed', /^id,/], ['spend', /^day,/]]) {
      const link = page.getByRole('link', { name: `CSV of ${what}` });
      const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
      assert.match(download.suggestedFilename(), /\.csv$/);
      const parts = [];
      for await (const part of await download.createReadStream()) parts.push(part);
      assert.match(Buffer.concat(parts).toString().replace(/^\ufeff/, ''), first);
    }
    await page.context().close();
  });

  test('a range of its own is kept in the address, and what ends before it begins is not asked', async () => {
    const page = await board.page('#/reports?from=2026-11-01&to=2026-11-20', { as: VIC });
    await page.getByText('Nothing in this time').waitFor();
    await page.getByLabel('To', { exact: true }).fill('2026-10-01');
    await page.getByText('It ends before it begins.').waitFor();
    await page.getByRole('button', { name: 'Today' }).click();
    await figure(page, 'Answered').waitFor();
    await page.context().close();
  });

  test('in one hand nothing hangs over, by day and by night', async () => {
    for (const colorScheme of ['light', 'dark']) {
      const page = await board.page('#/reports', { as: VIC, ...HAND, colorScheme });
      await page.locator('.reports-plot canvas').first().waitFor();
      assert.equal(await overhang(page), 0);
      await shot(page, `reports-hand-${colorScheme}`);
      assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
      await page.context().close();
    }
  });
});
