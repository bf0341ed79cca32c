// The log: its lines, its filter, live, verified and taken out, in a browser against the daemon.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { Board, overhang, shot } from './board_kit.js';
import { fitting, payloads } from './payloads.js';
import { CUSTOMER, LINE, OTHERS, sid } from './stage.js';

const HAND = { width: 390, height: 844 };

let board, stage;
before(async () => {
  board = await Board.open();
  ({ stage } = board);
  await stage.text(CUSTOMER, 'Is somebody there?');
  await stage.turn(5);
});
after(async () => { await board?.close(); });

const line = (page, words) => page.locator('.log-line', { hasText: words });
const button = (where, name) => where.getByRole('button', { name, exact: true });
const text = (from, body) => stage.webhook('/sms/inbound', { MessageSid: sid('SM'), From: from, To: LINE, Body: body, NumMedia: '0' });

test('says what happened in words, with the raw kind, the zone and a way to the thread', async () => {
  const page = await board.page('#/log');
  await line(page, 'A text came in').first().waitFor();
  assert.match(await line(page, 'A text came in').first().innerText(), /text\.received/);
  assert.match(await line(page, 'A text came in').first().locator('time').getAttribute('title'), /2026.*\n2026-11-24T\d\d:\d\d:\d\d.*Z UTC/s);
  await shot(page, 'log');
  await line(page, 'A text came in').first().locator('a').click();
  await page.locator('.threads-text', { hasText: 'Is somebody there?' }).waitFor();
  await page.context().close();
});

test('is live at its top, and waits while one reads further down', async () => {
  for (let i = 0; i < 60; i++) await text(OTHERS[0], `Line ${i}`);
  const page = await board.page('#/log');
  await page.locator('.log-line').nth(10).waitFor();
  await stage.turn(1);
  await text(OTHERS[1], 'At the top');
  await line(page, 'A text came in').first().waitFor();
  await page.locator('.log-list').evaluate((b) => { b.scrollTop = 800; });
  const top = await page.locator('.log-list').evaluate((b) => b.scrollTop);
  await text(OTHERS[2], 'Further down');
  await page.getByText(/^\d+ new above$/).waitFor();
  assert.equal(await page.locator('.log-list').evaluate((b) => b.scrollTop), top);
  await page.getByText(/^\d+ new above$/).click();
  assert.equal(await page.locator('.log-list').evaluate((b) => b.scrollTop), 0);
  await page.context().close();
});

test('is narrowed by kind, by alarm and by time; what it shows stands in its address', async () => {
  const page = await board.page('#/log');
  await page.locator('.log-line').first().waitFor();
  await page.getByLabel('Kind').selectOption({ label: 'Relays' });
  await page.waitForFunction(() => { const all = [...document.querySelectorAll('.log-line small span:first-child')]; return all.length && all.every((s) => s.textContent.startsWith('relay.')); });
  assert.match(page.url(), /kind=relay/);
  await button(page, 'Show all').click();
  await line(page, 'A text came in').first().waitFor();
  await stage.turn(4000);
  await button(page, 'Alarms').click();
  await page.waitForFunction(() => { const all = [...document.querySelectorAll('.log-line')]; return all.length && all.every((l) => l.classList.contains('alarm')); });
  await line(page, 'Nobody acknowledged').first().waitFor();
  await button(page, 'Show all').click();
  await page.getByLabel(/^Until/).fill('2020-01-01T00:00');
  await page.getByText('Nothing found').waitFor();
  await page.context().close();
});

test('verifies its chain, and gives it as JSON lines and CSV', async () => {
  const page = await board.page('#/log');
  await shot(page, 'log-before');
  await button(page, 'Verify, export').click();
  await button(page, 'Verify').click();
  await page.getByText('Whole.').waitFor();
  assert.match(await page.locator('.log-verdict').innerText(), /All [\d,]+ events from .* to .* stand as written/);
  await shot(page, 'log-verify');
  for (const [format, first] of [['JSON lines', /^\{/], ['CSV', /^"?\w/]]) {
    await button(page, format).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export' }).click()]);
    assert.match(fs.readFileSync(await download.path(), 'utf8'), first);
  }
  await page.context().close();
});

test('says where a chain is broken', async () => {
  const page = await board.page('#/log');
  const broken = { is_whole: false, count: 12, first_at: '2026-11-24T02:05:00.000Z', last_at: '2026-11-24T02:06:00.000Z', broken_at: '2026-11-24T02:05:03.000Z', words: 'the log is not whole: row 0cncwpte00004: it was changed' };
  await page.route('**/events/verify*', (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify(broken) }));
  await button(page, 'Verify, export').click();
  await button(page, 'Verify').click();
  await page.locator('.log-verdict.broken', { hasText: /Broken at Monday, 23 November 2026.*18:05:03 PST\..*row 0cncwpte00004: it was changed/ }).waitFor();
  await page.context().close();
});

test('in a hand the filter is behind a button, and nothing scrolls sideways', async () => {
  const page = await board.page('#/log', { viewport: HAND, hasTouch: true });
  await page.locator('.log-line').first().waitFor();
  assert.ok(!(await page.getByLabel('Kind').isVisible()));
  await button(page, 'Filter').click();
  await page.getByLabel('Kind').waitFor();
  assert.ok(await overhang(page) <= 0);
  await page.context().close();
});

test('a line about a job leads to the job', async () => {
  await stage.api('/api/v1/jobs', 'POST', { job_id: 'from-the-log', title: 'Mend the gate' });
  const page = await board.page('#/log');
  await line(page, 'The job was made').first().locator('a').click();
  await page.locator('.jobs-one h2', { hasText: 'Mend the gate' }).waitFor();
  assert.match(page.url(), /#\/jobs\/from-the-log$/);
  await page.context().close();
});

test('hostile notes and names in its lines are text', async () => {
  const texts = payloads.map((p) => fitting(p, 200)).filter(Boolean);
  for (const [i, words] of texts.entries()) {
    await stage.api('/api/v1/jobs', 'POST', { job_id: `n${i}`, customer_name: fitting(words, 63) });
    await stage.api(`/api/v1/jobs/n${i}`, 'PATCH', { action: 'cancel', note: words });
  }
  const page = await board.page('#/log?kind=job.', { viewport: HAND });
  await line(page, 'The job was cancelled').first().waitFor();
  const seen = new Set();
  for (let i = 0; i < 120; i++) {
    const found = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth - innerWidth, hacked: window.hacked,
      odd: [...document.querySelectorAll('.log-line *')].map((e) => e.localName).filter((t) => !/^(h2|time|p|b|bdi|span|small|a|svg|path)$/.test(t)),
      details: [...document.querySelectorAll('.log-detail')].map((d) => d.textContent),
    }));
    assert.deepEqual([Math.max(0, found.wide), found.hacked, found.odd], [0, undefined, []]);
    for (const d of found.details) seen.add(d);
    await page.locator('.log-list').evaluate((b) => { b.scrollTop += b.clientHeight / 2; });
    await page.waitForFunction(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(() => done(true))); }));
  }
  const shown = [...seen].join('\n');
  for (const mark of ['<script>window.hacked=1</script>', '{{constructor.constructor', '=HYPERLINK', 'javascript:alert(1)']) assert.ok(shown.includes(mark), mark);
  await page.context().close();
});
