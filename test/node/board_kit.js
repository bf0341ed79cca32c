// test/node/board_kit.js - the board for tests: a stage, people who may sign in, and browser pages
// of theirs that note each complaint: a dialog, an error, a refused script, a word to another host.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { Stage, request } from './stage.js';

export const PASSWORD = 'a long enough password';

export class Board {
  static async open(options = {}) {
    const board = new Board();
    board.complaints = [];
    board.cookies = new Map();
    board.stage = await Stage.open(options);
    board.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run', '--no-default-browser-check'],
    });
    return board;
  }

  // Ends all, and holds the pages to what they should never do.
  async close() {
    await this.browser?.close();
    await this.stage.close();
    assert.deepEqual(this.complaints, [], 'no page has complained, asked another host or shown a dialog');
  }

  // A request as the browser sends it.
  send(method, target, body, headers = {}) {
    return request({
      method, port: this.stage.port, target,
      headers: { Origin: this.stage.base, 'Content-Type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  // Somebody who may sign in: made once for each login, with a set-up link and the password above.
  async user(login, { role = 'dispatcher', name = login, operator } = {}) {
    if (this.cookies.has(login)) return this.cookies.get(login);
    const made = await this.stage.api('/api/v1/users', 'POST', { login, name, role, ...(operator ? { operator } : {}) });
    assert.equal(made.status, 201, JSON.stringify(made));
    const { link } = await this.stage.api(`/api/v1/users/${made.id}/link`, 'POST', {});
    const answer = await this.send('POST', '/api/v1/setup', { token: link.split('/').pop(), password: PASSWORD });
    assert.ok(answer.status < 300, `${answer.status} ${answer.body}`);
    const [pair] = String(answer.headers['set-cookie']).split(';');
    const at = pair.indexOf('=');
    const cookie = { name: pair.slice(0, at), value: pair.slice(at + 1), url: this.stage.base };
    this.cookies.set(login, cookie);
    return cookie;
  }

  // A page of the board, signed in as `as` ({login, role, operator}), or with null as nobody.
  async page(hash = '', { as = { login: 'mara', name: 'Mara Desk', role: 'dispatcher' }, expects, ...options } = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    if (as) await context.addCookies([await this.user(as.login, as)]);
    await context.addInitScript(() => addEventListener('securitypolicyviolation', (e) => { console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`); }));
    const page = await context.newPage();
    page.setDefaultTimeout(10000);
    page.expects = expects ?? (as ? undefined : /\b401\b/); // it asks who is there
    const complain = (words) => { if (!page.expects?.test(words)) this.complaints.push(words); };
    page.on('dialog', (d) => { complain(`dialog ${d.message()}`); void d.dismiss(); });
    page.on('pageerror', (e) => complain(e.stack ?? e.message));
    page.on('console', (m) => { if (m.type() === 'error') complain(m.text()); });
    page.on('request', (r) => { if (!/^(http:\/\/127\.0\.0\.1:|data:|blob:)/.test(r.url())) complain(`asks ${r.url()}`); });
    await page.goto(`${this.stage.base}/${hash}`);
    return page;
  }

  // Turns the clock in steps until the page shows what it should.
  async turnUntil(locator, what, seconds = 30) {
    for (let i = 0; i < seconds; i++) {
      if (await locator.isVisible()) return;
      await this.stage.turn(1);
    }
    await locator.waitFor({ timeout: 5000 }).catch(() => assert.fail(what));
  }
}

// What hangs over the edge of the page, by which it would scroll sideways.
export const overhang = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

// For whoever wants to look: BOARD_SHOTS=/some/path- keeps pictures of the pages.
export const shot = (page, name) => process.env.BOARD_SHOTS && page.screenshot({ path: `${process.env.BOARD_SHOTS}${name}.png` });

