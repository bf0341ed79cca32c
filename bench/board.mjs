#!/usr/bin/env node
// bench/board.mjs - how quick the board is in a browser: from a signed webhook to the pixel, each
// click with thousands of threads and relays, and the longest task of the page.
//
//   node bench/board.mjs [--threads N] [--live N] [--texts N]      NEXTRING_BUILD: the build folder
//
// The daemon and the simulated carrier are as the tests have them, the browser is Chromium; all
// share this machine. Times across processes are those of its one clock.
import { performance } from 'node:perf_hooks';
import { Board } from '../test/node/board_kit.js';
import { alwaysOnCall, LINE, sid } from '../test/node/stage.js';

const option = (name, value) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? value : Number(process.argv[at + 1]);
};
const THREADS = option('threads', 10000), LIVE = option('live', 1000), TEXTS = option('texts', 200);
const ABREAST = 32, CLICKS = 12;

const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))] ?? NaN;
const round = (x) => Math.round(x * 10) / 10;
const customer = (n) => `+1${201 + Math.floor(n / 100)}55501${String(n % 100).padStart(2, '0')}`;
const said = (words) => process.stderr.write(`${words}\n`);

async function abreast(list, act) {
  let next = 0;
  await Promise.all(Array.from({ length: ABREAST }, async () => { while (next < list.length) await act(list[next++]); }));
}

const board = await Board.open({ roster: { ...alwaysOnCall(), budget: { texts_per_day: 0, calls_per_day: 0, texts_per_number_per_day: 0 } } });
const { stage } = board;
const text = (n, body) => stage.webhook('/sms/inbound', { MessageSid: sid('SM'), From: customer(n), To: LINE, Body: body, NumMedia: '0' });

let serial = 0;
// Notes when the words of each text stand on the page.
const watch = (page) => page.evaluate(() => {
  globalThis.seen = new Map();
  const look = () => requestAnimationFrame(() => {
    for (const found of document.body.textContent.matchAll(/PIXEL-\w+-/g))
      if (!globalThis.seen.has(found[0])) globalThis.seen.set(found[0], performance.timeOrigin + performance.now());
  });
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
});
// From the sending of a signed webhook to the frame in which its words stand there.
async function toPixel(page) {
  const words = `PIXEL-${serial}-`, from = performance.timeOrigin + performance.now();
  await text(THREADS + serial++, `${words} please call me`);
  await page.waitForFunction((m) => globalThis.seen.has(m), words, { polling: 20, timeout: 10000 });
  return await page.evaluate((m) => globalThis.seen.get(m), words) - from;
}

try {
  said('from webhook to pixel, an empty board');
  const page = await board.page('#/now');
  await page.locator('main h1, main h2').first().waitFor();
  await watch(page);
  const pixels = [['Now, an empty board', []], [`Threads, ${THREADS} of them`, []]];
  for (let i = 0; i < TEXTS; i++) {
    pixels[0][1].push(await toPixel(page));
    const [relay] = await stage.items('/api/v1/relays?state=open&limit=1'); // one waits at a time
    await stage.api(`/api/v1/relays/${relay.id}/ack`, 'POST', { operator: 'primary' });
  }

  said(`${THREADS} customers write`);
  await abreast([...Array(THREADS).keys()], (n) => text(n, `Customer ${n} writes: the heating is out again, when can somebody come?`));
  said(`${THREADS - LIVE} of them are acknowledged`);
  const waiting = [];
  for (let after = ''; waiting.length < THREADS;) {
    const page = await stage.api(`/api/v1/relays?state=open&limit=500${after}`);
    waiting.push(...page.items);
    if (!page.next) break;
    after = `&after=${page.next}`;
  }
  await abreast(waiting.slice(LIVE).map((r) => r.id), (id) => stage.api(`/api/v1/relays/${id}/ack`, 'POST', { operator: 'primary' }));

  await page.addInitScript(() => {
    globalThis.tasks = [];
    new PerformanceObserver((list) => { for (const e of list.getEntries()) globalThis.tasks.push(e.duration); }).observe({ type: 'longtask', buffered: true });
    globalThis.clicks = [];
    // From the event to the frame after it.
    for (const kind of ['click', 'keydown'])
      addEventListener(kind, (e) => {
        const from = e.timeStamp;
        requestAnimationFrame(() => { const port = new MessageChannel(); port.port1.onmessage = () => globalThis.clicks.push(performance.now() - from); port.port2.postMessage(0); });
      }, true);
  });
  const begun = performance.now();
  await page.reload();
  await page.getByText(/Customer \d+ writes/).first().waitFor();
  const firstSight = performance.now() - begun;

  said('clicks');
  const rows = [];
  const measure = async (name, act, times = CLICKS) => {
    await page.evaluate(() => { globalThis.clicks.length = 0; globalThis.tasks.length = 0; });
    for (let i = 0; i < times; i++) { await act(i); await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)))); }
    const { clicks, tasks } = await page.evaluate(() => ({ clicks: globalThis.clicks, tasks: globalThis.tasks }));
    rows.push([name, clicks.length ? round(quantile(clicks, 0.5)) : '-', clicks.length ? round(Math.max(...clicks)) : '-', round(Math.max(0, ...tasks))]);
  };
  const go = (name) => page.locator(`a[href^="#/${name}"]:visible`).first().click();
  await measure('from page to page', async (i) => go(['threads', 'now', 'jobs', 'duty', 'log', 'now'][i % 6]));
  await go('now');
  await page.getByText(/Customer \d+ writes/).first().waitFor();
  await measure('scroll Now', () => page.evaluate(() => { const at = document.querySelector('.rows'); let s = at; while (s && !/auto|scroll/.test(getComputedStyle(s).overflowY)) s = s.parentElement; (s ?? document.documentElement).scrollTop += 3000; }));
  await page.evaluate(() => { for (const e of document.querySelectorAll('*')) if (e.scrollTop) e.scrollTop = 0; });
  await measure('acknowledge on Now', async () => page.getByRole('button', { name: /^Acknowledge/ }).first().click());
  await go('threads');
  await page.locator('.threads-item').first().waitFor();
  await measure('open a thread', async (i) => page.locator('.threads-item').nth(i % 8).click());
  await measure('a key in the search', async (i) => { if (!i) await page.getByRole('searchbox').first().focus(); await page.keyboard.press(String(i % 10)); });

  said('from webhook to pixel, a full board');
  await page.goto(`${stage.base}/#/threads`);
  await page.reload(); // without what was looked for
  await page.locator('.threads-item').first().waitFor();
  await watch(page);
  for (let i = 0; i < TEXTS; i++) pixels[1][1].push(await toPixel(page));

  console.log(`${THREADS} threads, ${LIVE} live relays`);
  console.log(`first sight of the board, signed in: ${round(firstSight)} ms`);
  for (const [where, times] of pixels)
    console.log(`webhook to pixel, ${where}, ${times.length} texts: p50 ${round(quantile(times, 0.5))} ms, p90 ${round(quantile(times, 0.9))} ms, p99 ${round(quantile(times, 0.99))} ms`);
  console.log('\n| what | p50 ms | worst ms | longest task ms |\n|---|---|---|---|');
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
} finally {
  board.complaints.length = 0;
  await board.close();
}
