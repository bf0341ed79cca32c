// Settings: lines, scripts, health, users, tokens and the own password, in a browser.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Board, PASSWORD, overhang, shot } from './board_kit.js';
import { fitting, payloads } from './payloads.js';
import { request } from './stage.js';

const ADA = { login: 'ada', name: 'Ada Admin', role: 'admin' };
const HAND = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let board, stage;
before(async () => {
  board = await Board.open();
  ({ stage } = board);
});
after(async () => { await board?.close(); });

const button = (where, name) => where.getByRole('button', { name, exact: true });
const dialog = (page) => page.getByRole('dialog');
const row = (page, words) => page.locator('.list > li', { hasText: words });
const withToken = (token, target = '/api/v1/session') => request({ port: stage.port, target, headers: { Authorization: `Bearer ${token}` } });

describe('tokens', () => {
  test('one is made, shown once, works, tells its last use, and is revoked', async () => {
    const page = await board.page('#/settings/tokens', { as: ADA });
    await page.getByText('No tokens yet').waitFor();
    await button(page, 'Add a token').click();
    await dialog(page).getByLabel('Name').fill('pager');
    await button(dialog(page), 'Add it').click();
    const secret = await dialog(page).locator('code').innerText();
    await shot(page, 'settings-token');
    await button(dialog(page), 'I have it').click();
    assert.equal((await withToken(secret, '/api/v1/threads')).status, 200);
    assert.ok(!(await page.content()).includes(secret), 'it is shown once');
    await page.reload();
    await row(page, 'pager').getByText('last used').waitFor();
    await button(page, 'Revoke pager').click();
    await button(dialog(page), 'Revoke it').click();
    await row(page, 'pager').getByText(/revoked/).waitFor();
    assert.equal((await withToken(secret, '/api/v1/threads')).status, 401);
    await page.context().close();
  });
});

describe('users', () => {
  test('one is added with a link shown once, sets a password by it, and is disabled', async () => {
    const page = await board.page('#/settings/users', { as: ADA });
    await button(page, 'Add a user').click();
    await dialog(page).getByLabel('Login').fill('night');
    await dialog(page).getByLabel('Name').fill('Night desk');
    await dialog(page).getByLabel('Role').selectOption('dispatcher');
    await dialog(page).getByLabel('Is the operator').selectOption('backup');
    await button(dialog(page), 'Add and make a link').click();
    const link = await dialog(page).locator('code').innerText();
    assert.match(link, /#\/setup\/.{16,}$/);
    await button(dialog(page), 'I have it').click();
    await row(page, 'Night desk').getByText('Backup dispatcher').waitFor();
    const setup = await board.send('POST', '/api/v1/setup', { token: link.split('/').pop(), password: PASSWORD });
    assert.ok(setup.status < 300, setup.body);
    await page.reload();
    await button(page, 'What to do with Night desk').click();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    await row(page, 'Night desk').getByText('disabled').waitFor();
    assert.equal((await board.send('POST', '/api/v1/session', { login: 'night', password: PASSWORD })).status, 401);
    await shot(page, 'settings-users');
    await page.context().close();
  });

  test('one whom somebody else has changed meanwhile is not overwritten; hostile names are text', async () => {
    const hostile = fitting(payloads[4], 60);
    const made = await stage.api('/api/v1/users', 'POST', { login: 'odd', name: hostile, role: 'viewer' });
    const page = await board.page('#/settings/users', { as: ADA });
    page.expects = /412/;
    await button(page, `What to do with ${hostile}`).click();
    await page.getByRole('menuitem', { name: 'Edit…' }).click();
    await dialog(page).getByLabel('Name').fill('Somebody');
    const theirs = await request({
      method: 'PATCH', target: `/api/v1/users/${made.id}`, socketPath: path.join(stage.folder, 'data/control.sock'),
      headers: { 'Content-Type': 'application/json', 'If-Match': '"1"' }, body: JSON.stringify({ role: 'dispatcher' }),
    });
    assert.equal(theirs.status, 200, theirs.body);
    await button(dialog(page), 'Save').click();
    await page.locator('.toast.bad').waitFor();
    assert.equal((await stage.items('/api/v1/users')).find((u) => u.id === made.id).name, hostile);
    assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
    await page.context().close();
  });

  test('the own password is changed, and the old one no longer lets in', async () => {
    const page = await board.page('#/settings/you', { as: { login: 'pat', name: 'Pat', role: 'viewer' } });
    assert.equal(await page.getByRole('link', { name: 'Users' }).count(), 0, 'a viewer has no such page');
    await page.getByLabel('The one you have').fill(PASSWORD);
    await page.getByLabel('The new one').fill('quite another password');
    await button(page, 'Change it').click();
    await page.getByText('The password is changed').waitFor();
    assert.equal((await board.send('POST', '/api/v1/session', { login: 'pat', password: PASSWORD })).status, 401);
    assert.equal((await board.send('POST', '/api/v1/session', { login: 'pat', password: 'quite another password' })).status, 200);
    await page.context().close();
  });
});

describe('how it is', () => {
  test('lines, health and the doctor: what is bad stands first, with its mend', async () => {
    const page = await board.page('#/settings', { as: ADA });
    await row(page, '(619) 555-0100').getByText('dispatch').waitFor();
    await page.getByRole('link', { name: 'Carrier and health' }).click();
    await page.locator('.settings-part', { hasText: 'carrier' }).waitFor();
    await page.locator('.settings-found').first().waitFor();
    const order = await page.locator('.settings-found > summary .chip').allInnerTexts();
    assert.deepEqual(order, ['bad', 'look at it', 'well'].filter((w) => order.includes(w)));
    assert.ok(await page.locator('.settings-mend').count() > 0 || !order.some((w) => w !== 'well'));
    await shot(page, 'settings-health');
    await page.getByRole('link', { name: 'About' }).click();
    await page.getByText('America/Los_Angeles').waitFor();
    await page.context().close();
  });

  test('a script is heard step by step, and a mistake in it is told with its line', async () => {
    const page = await board.page('#/settings/scripts', { as: ADA });
    await page.getByLabel('Script', { exact: true }).first().selectOption('voicemail');
    await page.locator('.settings-heard li').first().waitFor();
    await page.locator('.settings-code textarea').fill('<Response>\n  <Say>Hello &lt;b&gt;you&lt;/b&gt;</Say>\n  <Step/>\n</Response>');
    await page.locator('.settings-heard li', { hasText: 'Hello <b>you</b>' }).waitFor();
    await shot(page, 'settings-script');
    await page.locator('.settings-code textarea').fill('<Response>\n  <Shout>Hello</Shout>\n</Response>');
    await page.locator('.settings-mistakes li', { hasText: 'Line 2' }).waitFor();
    await page.context().close();
  });

  test('in one hand no page hangs over', async () => {
    const page = await board.page('#/settings', { as: ADA, ...HAND });
    for (const tab of ['lines', 'scripts', 'health', 'users', 'tokens', 'you', 'about']) {
      await page.evaluate((t) => { location.hash = `#/settings/${t}`; }, tab);
      await page.locator('.tabs [aria-current]').waitFor();
      await page.waitForFunction(() => !document.querySelector('.settings .loading'));
      assert.equal(await overhang(page), 0, tab);
    }
    await page.context().close();
  });
});
