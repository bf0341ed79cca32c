// The board in Debian's Chromium, against the daemon and the simulated carrier: the door, a call
// that climbs its ladder, a text that is acknowledged and answered, on a desk and on a phone.
import assert from 'node:assert/strict';
import zlib from 'node:zlib';
import { after, before, describe, test } from 'node:test';
import { Board, overhang, PASSWORD, shot } from './board_kit.js';
import { BACKUP, CUSTOMER, OTHERS, request } from './stage.js';

let board, stage;
before(async () => {
  board = await Board.open();
  ({ stage } = board);
});
after(() => board.close());

const hand = (number, action, body = {}) => stage.carrier('POST', `/sim/phones/${encodeURIComponent(number)}/${action}`, body);
const card = (page, kind, name) => page.locator(`.now-${kind}`).filter({ hasText: name });
const rung = (page, name) => page.locator('.now-rung').filter({ hasText: name });
const relays = (state) => stage.items(`/api/v1/relays?state=${state}`);

describe('what is served', () => {
  const get = (target, headers = {}) => request({ port: stage.port, target, headers });
  const etags = async () => Object.fromEntries(await Promise.all(['/', '/board/app.js', '/board/app.css', '/board/now.js', '/board/charts.js'].map(async (target) => [target, await get(target)])));

  test('the page and its parts: strict, packed, and 304 to whoever has them', async () => {
    for (const [target, { status, headers, body }] of Object.entries(await etags())) {
      assert.equal(status, 200, target);
      assert.match(headers['content-type'], /^text\/(html|javascript|css); charset=utf-8$/);
      assert.match(headers['content-security-policy'], /default-src 'none'; script-src 'self'; style-src 'self'/);
      assert.doesNotMatch(headers['content-security-policy'], /unsafe|\*/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['cache-control'], 'no-cache');
      assert.match(headers.vary, /Accept-Encoding/);
      assert.doesNotMatch(body, /sourceMappingURL|https?:\/\/(?!www\.w3\.org)[a-z]+\.[a-z]/);
      const again = await get(target, { 'If-None-Match': headers.etag });
      assert.deepEqual([again.status, again.body], [304, '']);
      assert.equal((await get(target, { 'If-None-Match': '"another"' })).status, 200);
      assert.equal((await get(target, { 'Accept-Encoding': 'br, gzip' })).headers['content-encoding'], 'gzip');
      assert.equal(headers['content-encoding'], undefined);
    }
    for (const target of ['/board/', '/board/none.js', '/board/../web.c', '/board/%2e%2e', '/board/app.js/x']) assert.equal((await get(target)).status, 404, target);
    assert.equal((await request({ port: stage.port, target: '/', method: 'POST', body: '' })).status, 405);
  });

  test('what comes first is small', async () => {
    let packed = 0;
    for (const target of ['/', '/board/app.js', '/board/app.css', '/board/now.js', '/board/now.css']) packed += zlib.gzipSync((await get(target)).body, { level: 9 }).length;
    assert.ok(packed < 50 * 1024, `${packed} bytes`);
  });
});

describe('the door', () => {
  test('a set-up link: too short, not the same, then the board; used once', async () => {
    const made = await stage.api('/api/v1/users', 'POST', { login: 'new', name: 'New Hand', role: 'dispatcher' });
    const { link } = await stage.api(`/api/v1/users/${made.id}/link`, 'POST', {});
    const page = await board.page(link.slice(link.indexOf('#')), { as: null, expects: /status of 4/ });
    await page.getByText('Welcome, New Hand').waitFor();
    const [first, again] = [page.getByLabel('Password', { exact: true }), page.getByLabel('Once more')];
    await first.fill('short');
    await page.getByText('7 more characters.').waitFor();
    await first.fill('a good long password');
    await page.getByText('Strong.').waitFor();
    await again.fill('another long password');
    await page.getByRole('button', { name: 'Save and go' }).click();
    await page.getByText('The two are not the same.').waitFor();
    await again.fill('a good long password');
    await page.getByRole('button', { name: 'Save and go' }).click();
    await page.getByText('All is answered').waitFor();
    assert.match(page.url(), /#\/now$/, 'the link stands nowhere any more');
    await page.context().close();
    const late = await board.page(link.slice(link.indexOf('#')), { as: null, expects: /status of 4/ });
    await late.getByText('This link does not work any more').waitFor();
    await late.context().close();
  });

  test('signing in: a wrong password says so, the right one opens, signing out closes', async () => {
    await board.user('enter', { name: 'Enter' });
    const page = await board.page('', { as: null, expects: /status of 401/ });
    await page.getByLabel('Login').fill('enter');
    await page.getByLabel('Password').fill('not the password');
    await page.keyboard.press('Enter');
    await page.getByText('Login and password do not fit together.').waitFor();
    assert.equal(await page.getByLabel('Login').inputValue(), 'enter');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('All is answered').waitFor();
    await page.getByRole('button', { name: 'You' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Sign in to the board').waitFor();
    await page.context().close();
  });

  test('a session that ends while one writes: sign in again, and the words are still there', async () => {
    const page = await board.page('#/now', { as: { login: 'ends', name: 'Ends', role: 'dispatcher' } });
    page.expects = /status of 401/;
    await stage.text(OTHERS[3], 'Is anybody there?');
    const waits = card(page, 'relay', 'Is anybody there?');
    await board.turnUntil(waits, 'the text is on the board');
    await waits.getByRole('button', { name: 'Reply' }).click();
    await waits.getByRole('textbox').fill('On the way');
    await page.context().clearCookies();
    await waits.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Please sign in again').waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('Please sign in again').waitFor({ state: 'hidden' });
    await page.getByText(/^Sent to/).waitFor();
    await stage.turn(5);
    assert.deepEqual(await stage.texts(OTHERS[3]), ['On the way'], 'once');
    await page.context().close();
  });
});

for (const [width, viewport] of [[1280, { width: 1280, height: 860 }], [390, { width: 390, height: 844 }]])
  describe(`at ${width}`, () => {
    const options = { viewport, colorScheme: width === 390 ? 'dark' : 'light' };

    test('a call climbs the ladder, is taken, and goes', async () => {
      const page = await board.page('#/now', options);
      await page.getByText('All is answered').waitFor();
      await stage.call(CUSTOMER);
      const call = page.locator('.now-call');
      await board.turnUntil(rung(page, 'Primary dispatcher').and(page.locator('.rings')), 'the first one rings');
      assert.match(await page.title(), /^\(1\) Now$/);
      await rung(page, 'Primary dispatcher').getByText(/ of 15 s/).waitFor();
      await rung(page, 'Backup dispatcher').getByText('next').waitFor();
      await shot(page, `${width}-rings`);
      await stage.turn(16);
      await rung(page, 'Primary dispatcher').getByText('did not answer').waitFor();
      await board.turnUntil(rung(page, 'Backup dispatcher').and(page.locator('.rings')), 'the second one rings');
      await hand(BACKUP, 'answer');
      await stage.turn(3);
      await hand(BACKUP, 'press', { keys: '1' });
      await board.turnUntil(rung(page, 'Backup dispatcher').and(page.locator('.took')), 'the second one has it');
      await call.getByText('Backup dispatcher talks').waitFor();
      assert.equal(await overhang(page), 0);
      await shot(page, `${width}-talks`);
      await hand(CUSTOMER, 'hangup');
      await stage.turn(4);
      await call.waitFor({ state: 'detached', timeout: 15000 });
      await page.getByText('All is answered').waitFor();
      await page.context().close();
    });

    test('a text is seen by two, passed on by one, acknowledged by the other', async () => {
      const [one, two] = [await board.page('#/now', options), await board.page('#/now', { ...options, as: { login: 'nora', name: 'Nora', role: 'dispatcher' } })];
      const words = `The gate is stuck ${width}`;
      await stage.text(OTHERS[0], words);
      const [here, there] = [card(one, 'relay', words), card(two, 'relay', words)];
      await board.turnUntil(here, 'it waits');
      await there.waitFor();
      await here.getByText(/Primary dispatcher is asked, then Backup dispatcher/).waitFor();
      await shot(one, `${width}-waits`);
      await here.getByRole('button', { name: 'Pass on' }).click();
      await here.getByText(/Backup dispatcher is asked/).waitFor({ timeout: 1000 });
      await there.getByText(/Backup dispatcher is asked, then Owner/).waitFor();
      await stage.turn(3);
      await there.getByRole('button', { name: 'Acknowledge' }).click();
      await there.waitFor({ state: 'detached', timeout: 1000 });
      await here.waitFor({ state: 'detached' });
      assert.deepEqual(await relays('open'), []);
      assert.equal((await relays('taken'))[0].body, words);
      await one.context().close();
      await two.context().close();
    });

    test('a reply reaches the customer’s phone, an owner’s thread is one press away', async () => {
      const page = await board.page('#/now', options);
      await stage.text(OTHERS[1], `Where are you? ${width}`);
      const waits = card(page, 'relay', `Where are you? ${width}`);
      await board.turnUntil(waits, 'it waits');
      await waits.focus();
      await page.keyboard.press('r');
      await page.keyboard.type('Ten minutes away');
      await waits.getByText('16 characters').waitFor();
      await page.keyboard.press('Control+Enter');
      await waits.waitFor({ state: 'detached' });
      await stage.turn(5);
      assert.equal((await stage.texts(OTHERS[1])).at(-1), 'Ten minutes away');
      await page.context().close();
    });

    test('what is refused comes back and says why', async () => {
      const page = await board.page('#/now', options);
      page.expects = /status of 503/;
      await stage.text(OTHERS[2], `Call me ${width}`);
      const waits = card(page, 'relay', `Call me ${width}`);
      await board.turnUntil(waits, 'it waits');
      await page.route('**/ack*', (route) => route.fulfill({ status: 503, contentType: 'application/json', body: '{"code":"busy","message":"cannot be done now","field":null,"help":"try again in a moment"}' }));
      await waits.getByRole('button', { name: 'Acknowledge' }).click();
      await page.getByText('Cannot be done now. Try again in a moment.').waitFor();
      await waits.waitFor();
      await page.unroute('**/ack*');
      await waits.getByRole('button', { name: 'Acknowledge' }).click();
      await waits.waitFor({ state: 'detached' });
      await page.context().close();
    });
  });

describe('around the pages', () => {
  test('keys lead to the pages, and ? shows them', async () => {
    const page = await board.page('#/now');
    await page.getByText('On duty').first().waitFor();
    for (const [key, where] of [['t', 'threads'], ['j', 'jobs'], ['d', 'duty'], ['r', 'reports'], ['l', 'log'], ['s', 'settings'], ['n', 'now']]) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.locator(`.ways [aria-current=page][href="#/${where}"]`).waitFor();
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('a daemon that is away: told calmly, and what came since is caught up', async () => {
    const page = await board.page('#/now');
    page.expects = /ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|Failed to load/;
    await page.getByText('Live', { exact: true }).waitFor();
    await stage.kill();
    await page.getByText(/Connecting again|Nothing is heard/).waitFor();
    await stage.startDaemon();
    await stage.turn(1);
    await stage.text(OTHERS[1], 'Just after');
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 20000 });
    await board.turnUntil(card(page, 'relay', 'Just after'), 'it is caught up');
    await page.context().close();
  });

  test('a viewer sees all and acts on nothing', async () => {
    const page = await board.page('#/now', { as: { login: 'looks', name: 'Looks', role: 'viewer' } });
    await card(page, 'relay', 'Just after').waitFor();
    assert.equal(await page.locator('.now-relay button:not(.number)').count(), 0);
    await page.context().close();
  });

  test('who is on duty, how the carrier is, and the number as it is copied', async () => {
    const page = await board.page('#/now', { permissions: ['clipboard-read', 'clipboard-write'] });
    const line = page.locator('.now-line').filter({ hasText: '(619) 555-0100' });
    await line.getByText('Primary dispatcher').waitFor();
    await line.getByText('Backup dispatcher').waitFor();
    await page.locator('.now-health').first().locator('summary').click();
    await page.getByText(/The carrier answered/).waitFor();
    await card(page, 'relay', 'Just after').locator('.number').click();
    await page.getByText(`${OTHERS[1]} copied`).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), OTHERS[1]);
    await page.context().close();
  });

  test('what goes wrong while the page is open is told in words, and that it is well again', async () => {
    const page = await board.page('#/now');
    await page.getByText('Carrier and machine are well').waitFor();
    await board.stage.carrier('POST', '/sim/fault', { what: 'rest_down', count: 0 });
    await board.stage.text(OTHERS[2], 'While it is away');
    await board.turnUntil(page.getByRole('status').getByText(/The carrier cannot be reached since \d+ s\. Texts and calls wait/), 'it says that the carrier is away', 90);
    await board.stage.carrier('DELETE', '/sim/fault');
    await board.turnUntil(page.getByText('Carrier and machine are well'), 'it says that all is well', 90);
    await page.context().close();
  });
});
