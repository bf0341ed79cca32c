// Threads: the inbox and one customer's line of time, in a browser against daemon and carrier.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Board, overhang, shot } from './board_kit.js';
import { payloads } from './payloads.js';
import { BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, sid } from './stage.js';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const HAND = { width: 390, height: 844 };

let board, stage;
before(async () => {
  board = await Board.open();
  ({ stage } = board);
  for (const number of [PRIMARY, BACKUP, OWNER, CUSTOMER, ...OTHERS]) await hold(number, 'set', { held: true });
});
after(async () => { await board?.close(); });

const hold = (number, action, body = {}) => stage.carrier('POST', `/sim/phones/${encodeURIComponent(number)}/${action}`, body);
const person = (n) => `+1${701 + Math.floor(n / 99)}55501${String(n % 99).padStart(2, '0')}`;
const text = (from, body) => {
  const send = (params) => stage.webhook('/sms/inbound', params);
  const params = { MessageSid: sid('SM'), From: from, To: LINE, Body: body, NumMedia: '0' };
  return send(params).catch(() => send(params)); // a connection that was idle may just have been closed
};
const row = (page, words) => page.locator('.threads-item', { hasText: words });
const button = (where, name) => where.getByRole('button', { name, exact: true });
let people = 900;
// A customer of this test alone, who has written: his number and his thread.
async function customer(body) {
  const number = person(people++);
  await text(number, body);
  return { number, id: (await threadOf(number)).id };
}
const threadOf = async (number) => (await stage.items('/api/v1/threads?limit=200')).find((t) => t.customer_phone === number);
const write = async (page, words) => {
  await page.getByLabel('Text to the customer').fill(words);
  await page.keyboard.press('Enter');
};

describe('the inbox', () => {
  test('is empty in words, and shows a text as it comes, with its clock', async () => {
    const page = await board.page('#/threads');
    await page.getByText('No threads yet').waitFor();
    await stage.text(CUSTOMER, 'Is somebody there?');
    await board.turnUntil(row(page, 'Is somebody there?'), 'it is there');
    await board.turnUntil(row(page, 'Waiting'), 'it waits');
    assert.match(await row(page, 'Waiting').innerText(), /Waiting\s+\d+:\d\d/);
    await shot(page, 'inbox');
    await page.context().close();
  });

  test('one acknowledges, writes, and is told that it was delivered', async () => {
    const { number } = await customer('Where are you?');
    const page = await board.page('#/threads');
    await row(page, 'Where are you?').click();
    await page.locator('.threads-standing.waits').waitFor();
    await button(page, 'Acknowledge').click();
    await page.locator('.threads-standing', { hasText: /has it|Taken/ }).waitFor();
    await stage.turn(2);
    await page.locator('.threads-line', { hasText: 'has it' }).waitFor();
    await write(page, 'Yes, we are on our way');
    const mine = page.locator('.threads-text.mine', { hasText: 'on our way' });
    await mine.waitFor();
    await board.turnUntil(mine.getByText('delivered'), 'its receipt is shown');
    assert.equal(await mine.count(), 1, 'the bubble has become the row');
    assert.ok((await stage.texts(number)).includes('Yes, we are on our way'));
    await shot(page, 'thread');
    await page.context().close();
  });

  test('a reply that does not get through stays and goes out by Try again, with the same key', async () => {
    const { id } = await customer('Say it once');
    const page = await board.page(`#/threads/${id}`);
    page.expects = /Failed to load resource|net::ERR/;
    await page.getByText('Say it once').last().waitFor();
    const keys = [];
    await page.route('**/reply*', (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      return keys.length > 1 ? route.continue() : route.abort();
    });
    await write(page, 'Said once');
    await page.locator('.threads-text.failed').getByText('The server does not answer').waitFor();
    await button(page, 'Try again').click();
    const mine = page.locator('.threads-text.mine', { hasText: 'Said once' });
    await board.turnUntil(mine.getByText('delivered'), 'it is delivered');
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
    assert.equal(await mine.count(), 1);
    await page.context().close();
  });

  test('a reply whose answer is lost is known when its row comes, and is sent once', async () => {
    const { id, number } = await customer('Is this heard?');
    const page = await board.page(`#/threads/${id}`);
    page.expects = /Failed to load resource|net::ERR/;
    await page.getByText('Is this heard?').last().waitFor();
    await page.route('**/reply*', async (route) => {
      await route.fetch();
      return route.abort();
    });
    await write(page, 'Sent, and not answered');
    const mine = page.locator('.threads-text.mine', { hasText: 'not answered' });
    await board.turnUntil(mine.getByText('delivered'), 'it is delivered');
    assert.equal(await mine.count(), 1);
    assert.equal(await button(page, 'Try again').count(), 0);
    assert.equal((await stage.texts(number)).filter((t) => t === 'Sent, and not answered').length, 1);
    await page.context().close();
  });

  test('filters and search, and says what it looked in', async () => {
    const { number } = await customer('For three days now the heating in the hall has been cold');
    await text(number, 'Hello?');
    const { id } = await customer('This one is closed');
    await stage.api(`/api/v1/threads/${id}/close`, 'POST', {});
    const page = await board.page('#/threads');
    await row(page, 'Hello?').waitFor();
    await page.getByLabel(/^Search/).fill('heat');
    await page.getByText(/^Looked in names, numbers/).waitFor();
    assert.equal(await page.locator('.threads-item').count(), 1);
    await row(page, 'the heating in the hall').waitFor();
    await page.getByLabel(/^Search/).fill('nothing has this');
    await page.getByText('Nothing found').waitFor();
    await page.getByLabel(/^Search/).fill('');
    await button(page, 'Closed').click();
    await row(page, 'This one is closed').waitFor();
    assert.equal(await row(page, 'Hello?').count(), 0);
    await page.getByRole('button', { name: /^Waiting/ }).click();
    await row(page, 'Hello?').waitFor();
    assert.equal(await row(page, 'This one is closed').count(), 0);
    await page.context().close();
  });

  test('one closes a thread and opens it again', async () => {
    const { id } = await customer('Close me, please');
    const page = await board.page(`#/threads/${id}`);
    await button(page, 'More').click();
    await page.getByRole('menuitem', { name: 'Close it' }).click();
    await page.locator('.threads-standing', { hasText: 'Closed' }).waitFor();
    await row(page, 'Close me, please').waitFor({ state: 'hidden' });
    await button(page, 'More').click();
    await page.getByRole('menuitem', { name: 'Open it again' }).click();
    await page.locator('.threads-standing', { hasText: /Open|has it/ }).waitFor();
    await row(page, 'Close me, please').waitFor();
    await page.context().close();
  });

  test('the arrows go along the list, in a hand the back button leads to it', async () => {
    for (const words of ['One of two', 'Two of two']) await customer(words);
    const page = await board.page('#/threads', { viewport: HAND, hasTouch: true });
    await page.locator('.threads-item').nth(1).waitFor();
    await page.locator('.threads-item').first().focus();
    await page.keyboard.press('ArrowDown');
    assert.ok(await page.locator('.threads-item').nth(1).evaluate((a) => a === document.activeElement));
    await page.keyboard.press('Enter');
    await page.locator('.threads-who').waitFor();
    assert.ok(!(await page.locator('.threads-inbox').isVisible()));
    await page.goBack();
    await page.locator('.threads-inbox').waitFor();
    await page.locator('.threads-item').first().click();
    await page.getByLabel('All threads').click();
    await page.locator('.threads-inbox').waitFor();
    assert.ok(await overhang(page) <= 0);
    await page.context().close();
  });

  test('a viewer sees all of it and nothing that acts', async () => {
    const { id } = await customer('Who reads this?');
    const page = await board.page(`#/threads/${id}`, { as: { login: 'vera', role: 'viewer' } });
    await page.getByText('Who reads this?').last().waitFor();
    for (const name of ['Acknowledge', 'Pass on', 'Call back', 'Send the text']) assert.equal(await button(page, name).count(), 0, name);
    assert.equal(await page.getByLabel('Text to the customer').count(), 0);
    await page.context().close();
  });

  test('what was not there while the server was away is there when it is back', async () => {
    await customer('Gone and back');
    const other = await customer('Closed and back');
    await stage.api(`/api/v1/threads/${other.id}/close`, 'POST', {});
    const page = await board.page('#/threads');
    page.expects = /Failed to load resource|net::ERR/;
    await row(page, 'Gone and back').waitFor();
    await page.context().setOffline(true);
    await button(page, 'Closed').click();
    await page.getByText('The server does not answer').first().waitFor();
    await shot(page, 'offline');
    await page.context().setOffline(false);
    await row(page, 'Closed and back').waitFor();
    await page.context().close();
  });

  test('says so when it cannot be loaded, and when a thread is not there', async () => {
    await customer('Not to be loaded at first');
    const page = await board.page('#/jobs');
    page.expects = /Failed to load resource/;
    await page.route('**/api/v1/threads?*', (route) => route.fulfill({ status: 503, contentType: 'application/json', body: '{"code":"busy","message":"too busy"}' }));
    await page.goto(`${stage.base}/#/threads`);
    await page.getByText('This could not be loaded').waitFor();
    await page.unroute('**/api/v1/threads?*');
    await button(page, 'Try again').click();
    await row(page, 'Not to be loaded at first').waitFor();
    await page.goto(`${stage.base}/#/threads/0000000000zzz`);
    await page.locator('.threads-one .failed').waitFor();
    await page.context().close();
  });
});

describe('the line of time', () => {
  test('a missed call, its voicemail to be played, and who was asked', async () => {
    await hold(OTHERS[1], 'call', { to: LINE });
    let call;
    for (let i = 0; i < 90 && call?.state !== 'in-progress'; i++) {
      await stage.turn(1);
      call = (await stage.carrier('GET', '/sim/phones')).calls.findLast((c) => c.phone === OTHERS[1]);
    }
    await stage.turn(8);
    await hold(OTHERS[1], 'say', { call: call.sid, words: 'Please call me back about the gate' });
    await stage.turn(4);
    await hold(OTHERS[1], 'hangup');
    await stage.turn(10);
    const { id } = await threadOf(OTHERS[1]);
    const page = await board.page(`#/threads/${id}`);
    const card = page.locator('.threads-call');
    await card.first().waitFor();
    assert.match(await card.first().innerText(), /Left a voicemail|Missed|Hung up/);
    await card.first().getByText('Who was asked').click();
    assert.match(await card.first().locator('ol').innerText(), /did not answer/);
    const audio = card.locator('audio');
    assert.equal(await audio.count(), 1, await card.first().innerText());
    const { status, headers } = await page.request.get(new URL(await audio.getAttribute('src'), stage.base).href).then((a) => ({ status: a.status(), headers: a.headers() }));
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^audio\//);
    await shot(page, 'voicemail');
    await page.context().close();
  });

  test('a photo opens large', async () => {
    await hold(OTHERS[2], 'text', { to: LINE, body: 'See here', media: [{ type: 'image/png', base64: PIXEL }] });
    await stage.turn(3);
    const { id } = await threadOf(OTHERS[2]);
    const page = await board.page(`#/threads/${id}`);
    await page.getByLabel('Photo 1, open it large').click();
    const large = page.getByRole('dialog').locator('img');
    await large.waitFor();
    assert.equal(await large.evaluate((img) => img.decode().then(() => img.naturalWidth)), 1);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.context().close();
  });

  test('older pages come above without a jump, new rows below without stealing the place', async () => {
    for (let i = 0; i < 150; i++) {
      await text(OTHERS[3], `Line ${i} of many`);
      if (i % 10 === 9) await stage.turn(61);
    }
    const { id } = await threadOf(OTHERS[3]);
    const page = await board.page(`#/threads/${id}`, { viewport: { width: 1280, height: 700 } });
    const box = page.locator('.threads-scroll');
    await page.getByText('Line 149 of many').last().waitFor();
    const end = await box.evaluate((b) => b.scrollHeight - b.scrollTop - b.clientHeight);
    assert.ok(end < 4, 'it begins at its end');
    const held = await box.evaluate(async (b) => {
      b.scrollTop = 300;
      const mark = b.querySelectorAll('.threads-row')[3];
      const before = mark.getBoundingClientRect().top;
      const height = b.scrollHeight;
      for (let i = 0; i < 200 && b.scrollHeight === height; i++) await new Promise((done) => { requestAnimationFrame(done); });
      return { grew: b.scrollHeight > height, moved: Math.abs(mark.getBoundingClientRect().top - before) };
    });
    assert.ok(held.grew, 'older rows have come');
    assert.ok(held.moved < 2, `moved by ${held.moved}`);
    const top = await box.evaluate((b) => b.scrollTop);
    await text(OTHERS[3], 'Something new');
    await page.getByText(/^\d+ new below$/).waitFor();
    assert.equal(await box.evaluate((b) => b.scrollTop), top);
    await page.getByText(/^\d+ new below$/).click();
    await page.locator('.threads-text', { hasText: 'Something new' }).waitFor();
    await page.getByText(/^\d+ new below$/).waitFor({ state: 'hidden' });
    await page.context().close();
  });

  test('counts segments, and tells what makes a text dear', async () => {
    const { id } = await customer('How long is it?');
    const page = await board.page(`#/threads/${id}`);
    const area = page.getByLabel('Text to the customer');
    const count = page.locator('#threads-count');
    for (const [words, said] of [['abc', '3 of 160'], ['x'.repeat(161), '2 segments'], ['ş', /1 of 70.*“ş” leaves room for 70/], ['x'.repeat(1501), '1 characters too many']]) {
      await area.fill(words);
      await count.filter({ hasText: said }).waitFor();
    }
    assert.ok(await button(page, 'Send the text').isDisabled());
    const vectors = JSON.parse(fs.readFileSync(new URL('../vectors/sms-segments.json', import.meta.url), 'utf8')).cases;
    const counted = vectors.filter((v) => !v.smart_encoding && v.text && !v.text.includes('\r') && [...v.text].length <= 1500);
    assert.ok(counted.length > 12);
    for (const v of counted) {
      await area.fill(v.text);
      const room = v.encoding === 'GSM-7' ? 160 : 70;
      await count.filter({ hasText: v.segments === 1 ? `${v.units} of ${room}` : `${v.segments} segments` }).waitFor();
    }
    await area.fill('');
    await page.context().close();
  });
});

describe('many', () => {
  test('of 300 threads only what is seen stands in the page, the rest comes as one scrolls', async () => {
    for (let i = 0; i < 300; i += 30) await Promise.all(Array.from({ length: 30 }, (_, k) => text(person(i + k), `Word ${i + k} from one of many`)));
    const page = await board.page('#/threads');
    await page.locator('.threads-item').first().waitFor();
    const list = page.locator('.threads-list');
    const seen = new Set();
    for (let i = 0; i < 60 && seen.size < 300; i++) {
      for (const words of await page.locator('.threads-last').allInnerTexts()) if (/^Word/.test(words)) seen.add(words);
      assert.ok(await page.locator('.threads-item').count() < 80);
      await list.evaluate((b) => { b.scrollTop += b.clientHeight; });
      await page.waitForFunction(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(() => done(true))); }));
    }
    assert.equal(seen.size, 300);
    await page.context().close();
  });
});

describe('hostile words', () => {
  test(`${payloads.length} of them are text, run nothing and break no layout`, async () => {
    const people = payloads.map((_, i) => person(400 + i));
    for (const [i, payload] of payloads.entries()) {
      const { status } = await text(people[i], payload);
      assert.equal(status, 200, JSON.stringify(payload));
      await stage.webhook('/webhook/twilio/voice', { CallSid: sid('CA'), From: people[i], To: LINE, CallStatus: 'ringing', Direction: 'inbound', CallerName: payload });
    }
    const all = []; // with the names
    for (let next = ''; next !== null;) {
      const page = await stage.api(`/api/v1/threads?limit=200${next && `&after=${next}`}`);
      all.push(...page.items);
      next = page.next;
    }
    assert.ok(all.filter((t) => t.customer_name).length > 50, 'they have names');
    const page = await board.page('#/threads', { viewport: HAND });
    await page.locator('.threads-item').first().waitFor();
    for (let i = 0; i < 40; i++) {
      assert.ok(await overhang(page) <= 0, 'the list is no wider than the page');
      await page.locator('.threads-list').evaluate((b) => { b.scrollTop += b.clientHeight; });
    }
    for (const [i, payload] of payloads.entries()) {
      const { id } = all.find((t) => t.customer_phone === people[i]);
      await page.goto(`${stage.base}/#/threads/${id}`);
      const bubble = page.locator('.threads-text p').first();
      await bubble.waitFor();
      const found = await bubble.evaluate((p) => ({
        text: p.textContent, wide: document.documentElement.scrollWidth - innerWidth, hangs: p.getBoundingClientRect().right - innerWidth,
        inside: [...p.querySelectorAll('*')].map((e) => e.tagName).filter((t) => !['BDI', 'A'].includes(t)), links: [...p.querySelectorAll('a')].map((a) => a.href), hacked: window.hacked,
        name: document.querySelector('.threads-who h2').getBoundingClientRect().right - innerWidth,
      }));
      assert.equal(found.hacked, undefined, payload);
      assert.deepEqual(found.inside, [], payload);
      assert.ok(found.wide <= 0 && found.hangs <= 0 && found.name <= 0, `${JSON.stringify(payload.slice(0, 60))} is too wide by ${found.wide}, ${found.hangs}`);
      for (const link of found.links) assert.match(link, /^https?:\/\//, payload);
      const plain = (s) => s.replace(/\s+/g, ' ').trim();
      if (plain(payload)) assert.equal(plain(found.text).slice(0, 200), plain(payload).slice(0, 200), JSON.stringify(payload));
    }
    await page.context().close();
  });
});
