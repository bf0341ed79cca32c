// Every page of the board, by day and by night, on a desk and in a hand: axe-core finds no serious
// fault, and nothing hangs over the edge.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { Board, overhang, shot } from './board_kit.js';
import { CUSTOMER, LINE, OTHERS, sid } from './stage.js';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ADMIN = { login: 'olga', name: 'Office Admin', role: 'admin' };
const sizes = [['desk', { width: 1280, height: 900 }], ['hand', { width: 390, height: 844 }]];

let board, stage, places;
before(async () => {
  board = await Board.open();
  ({ stage } = board);
  await stage.text(CUSTOMER, 'The boiler leaks, please come');
  await stage.text(OTHERS[0], 'Thank you, all is well');
  await stage.api('/api/v1/jobs', 'POST', { job_id: 'job-7', title: 'Boiler leaks', customer_phone: CUSTOMER, state: 'pending' });
  await stage.webhook('/webhook/twilio/voice', { CallSid: sid('CA'), From: OTHERS[1], To: LINE, CallStatus: 'ringing', Direction: 'inbound' });
  await stage.turn(3);
  const [thread] = await stage.items('/api/v1/threads');
  places = ['#/now', '#/threads', `#/threads/${thread.id}`, '#/jobs', '#/jobs/job-7', '#/jobs?new=1', '#/duty', '#/duty/who', '#/duty/people',
    '#/duty/chains', '#/duty/versions', '#/reports', '#/log', '#/settings', '#/settings/tokens', '#/settings/users', '#/settings/scripts', '#/settings/health', '#/settings/you', '#/settings/about', '#/duty/document'];
});
after(async () => { await board?.close(); });

async function faults(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const found = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return found.violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`);
  });
}

const settled = (page) => page.waitForFunction(() => document.querySelector('main h1, main h2, form') && !document.querySelector('[aria-busy="true"]'));

for (const [size, viewport] of sizes)
  for (const colorScheme of ['light', 'dark'])
    describe(`${size}, ${colorScheme}`, () => {
      let page;
      before(async () => { page = await board.page('', { as: ADMIN, viewport, colorScheme }); });
      after(async () => { await page?.context().close(); });

      test('every page is sound', async () => {
        const all = [];
        for (const place of places) {
          await page.goto(`${stage.base}/${place}`);
          await settled(page);
          for (const fault of await faults(page)) all.push(`${place} ${fault}`);
          if (await overhang(page) > 0) all.push(`${place} hangs over the edge`);
          await shot(page, `axe-${size}-${colorScheme}-${place.slice(2).replaceAll('/', '-').replace(/[0-9a-z]{13}/, 'ID')}`);
        }
        assert.deepEqual(all, []);
      });

      test('the keys dialog and the page for nobody are sound', async () => {
        await page.goto(`${stage.base}/#/now`);
        await settled(page);
        await page.keyboard.press('?');
        await page.getByRole('dialog').waitFor();
        assert.deepEqual(await faults(page), []);
        const nobody = await board.page('', { as: null, viewport, colorScheme });
        await nobody.getByRole('button', { name: /sign in/i }).waitFor();
        assert.deepEqual(await faults(nobody), []);
        await nobody.context().close();
      });
    });
