// The phones: the page in a browser against the simulated carrier and the daemon, its stream and
// its actions by themselves, and the same phones from the command line.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import zlib from 'node:zlib';
import { chromium } from 'playwright-core';
import { ACCOUNT, BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, Stage, TOKEN, build, request } from './stage.js';

const HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
const RTL = '\u202Eمرحبا بالعالم\u2066';
const LONG = `${'W'.repeat(400)} ${'😀'.repeat(200)} ${'long words that go on '.repeat(60)}`.slice(0, 2000);
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

let stage, browser;
const complaints = [];
before(async () => {
  stage = await Stage.open();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run', '--no-default-browser-check'],
  });
  for (const [number, name] of [[PRIMARY, 'Primary'], [BACKUP, 'Backup'], [OWNER, 'Owner'], [CUSTOMER, 'Customer']])
    await act(number, 'set', { name, held: true });
});
after(async () => {
  await browser?.close();
  await stage.close();
  assert.deepEqual(complaints, [], 'no page has complained, asked another host or shown a dialog');
});

const act = (number, action, body = {}) => stage.carrier('POST', `/sim/phones/${encodeURIComponent(number)}/${action}`, body);
const address = () => `http://127.0.0.1:${stage.simPort}/`;
const card = (page, number) => page.locator(`section[data-number="${number}"]`);
// For whoever wants to look: PHONES_SHOTS=/some/path- keeps pictures of the pages.
const shot = (page, name) => process.env.PHONES_SHOTS && page.screenshot({ path: `${process.env.PHONES_SHOTS}${name}.png` });
const button = (where, name) => where.getByRole('button', { name, exact: true });

async function openPage(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.on('dialog', (d) => { complaints.push(`dialog ${d.message()}`); void d.dismiss(); });
  page.on('pageerror', (e) => complaints.push(e.message));
  page.on('console', (m) => { if (m.type() === 'error' && !page.expectsTrouble) complaints.push(m.text()); });
  page.on('request', (r) => { if (!/^(http:\/\/127\.0\.0\.1:|data:|blob:)/.test(r.url())) complaints.push(r.url()); });
  await page.goto(address());
  await page.locator('section[data-number]').first().waitFor({ state: 'attached' });
  return page;
}

// Turns the clock in steps until the page shows what it should.
async function turnUntil(locator, what, seconds = 30) {
  for (let i = 0; i < seconds; i++) {
    if (await locator.isVisible()) return;
    await stage.turn(1);
  }
  await locator.waitFor({ timeout: 3000 }).catch(() => assert.fail(what));
}

describe('the page', () => {
  test('a call is placed from one phone, declined on the second, answered on the third', async () => {
    const page = await openPage();
    const [customer, primary, backup] = [CUSTOMER, PRIMARY, BACKUP].map((n) => card(page, n));
    await button(customer, 'Call').click();
    await turnUntil(button(primary, 'Answer'), 'the primary rings');
    assert.match(await primary.innerText(), /Customer\s+is calling/);
    await button(primary, 'Decline').click();
    await turnUntil(button(backup, 'Answer'), 'the backup rings');
    await button(backup, 'Answer').click();
    await turnUntil(backup.getByText(/Press 1 to take it/), 'the prompt is shown');
    await button(backup, '1').click();
    await turnUntil(card(page, CUSTOMER).getByText('On the line').or(customer.getByText(/^through/)), 'the customer is on the line');
    await turnUntil(customer.getByText(/through/), 'the customer talks through the line');
    await backup.getByLabel('Say something').fill('How can I help?');
    await page.keyboard.press('Enter');
    await customer.getByText('How can I help?').waitFor();
    await customer.getByLabel('Say something').fill(HOSTILE);
    await page.keyboard.press('Enter');
    await backup.getByText(HOSTILE).waitFor();
    await button(customer, 'Hang up').click();
    await button(customer, 'Call').first().waitFor();
    await backup.locator('.recent').first().waitFor();
    assert.match(await primary.locator('.recent').first().innerText(), /Customer\s+declined/);
    await stage.turn(5);
    await page.context().close();
  });

  test('a text is sent, arrives with its receipt, and is answered', async () => {
    const page = await openPage();
    const [customer, primary] = [CUSTOMER, PRIMARY].map((n) => card(page, n));
    await button(customer, /^Texts/).click();
    if (await button(customer, 'New text').isVisible()) await button(customer, 'New text').click();
    await customer.getByLabel('Text', { exact: true }).fill('Is somebody there?');
    await page.keyboard.press('Enter');
    await customer.getByText('Is somebody there?').waitFor();
    const arrived = primary.locator('.bubble', { hasText: 'Is somebody there?' });
    await button(primary, /^Texts/).click();
    await turnUntil(primary.locator('.thread', { hasText: 'Is somebody there?' }), 'it reaches the primary');
    await primary.locator('.thread').first().click();
    await turnUntil(arrived.getByText(/delivered \d\d:\d\d:\d\d/), 'its receipt is shown');
    const tag = /^[A-Z]\d[A-Z]/.exec(await arrived.innerText())[0];
    await primary.getByLabel('Text', { exact: true }).fill(`${tag} Yes, on my way`);
    await page.keyboard.press('Enter');
    await turnUntil(customer.locator('.bubble', { hasText: 'on my way' }), 'the answer reaches the customer');
    await page.context().close();
  });

  test('a photo goes out, one comes in, and each is shown', async () => {
    const page = await openPage();
    const customer = card(page, CUSTOMER);
    await button(customer, /^Texts/).click();
    await customer.locator('.thread').first().click();
    await customer.locator('input[type=file]').setInputFiles({ name: 'gate.png', mimeType: 'image/png', buffer: PIXEL });
    await customer.locator('.attached img').waitFor();
    await button(customer, 'Send').click();
    const photo = customer.locator('.bubble img').last();
    await photo.waitFor();
    assert.equal(await photo.evaluate((img) => img.decode().then(() => img.naturalWidth)), 1);
    const primary = card(page, PRIMARY);
    await button(primary, /^Texts/).click();
    if (await primary.locator('.thread').first().isVisible()) await primary.locator('.thread').first().click();
    await turnUntil(primary.locator('.bubble img').last(), 'it is passed on', 20);
    await page.context().close();
  });

  test('voicemail, screening and an unreachable phone do what their switches say', async () => {
    const page = await openPage();
    const primary = card(page, PRIMARY);
    await button(primary, 'Settings').click();
    await primary.getByRole('switch', { name: /Voicemail/ }).check();
    await primary.getByLabel('After seconds').fill('5');
    await page.keyboard.press('Tab');
    await primary.locator('.badge', { hasText: 'Voicemail' }).waitFor();
    await act(CUSTOMER, 'call', { to: LINE });
    await turnUntil(button(primary, 'Answer'), 'it rings');
    assert.match(await primary.innerText(), /Voicemail in \d s/);
    await button(primary, 'Voicemail').click();
    await turnUntil(primary.getByText('Voicemail takes a message'), 'declined, it goes to voicemail');
    await act(CUSTOMER, 'hangup');
    await stage.turn(30);

    await act(PRIMARY, 'set', { voicemail: false, screening: true });
    await act(CUSTOMER, 'call', { to: LINE });
    await turnUntil(primary.getByText('Your phone asks who is calling'), 'the phone screens');
    await button(primary, 'Take call').click();
    await turnUntil(button(primary, '1'), 'the call is put through to the hand');
    await act(CUSTOMER, 'hangup');
    await stage.turn(30);

    await act(PRIMARY, 'set', { screening: false, unreachable: true });
    await primary.locator('.badge', { hasText: 'Unreachable' }).waitFor();
    await act(CUSTOMER, 'call', { to: LINE });
    await turnUntil(button(card(page, BACKUP), 'Answer'), 'the backup rings at once');
    await act(CUSTOMER, 'hangup');
    await act(PRIMARY, 'set', { unreachable: false });
    await stage.turn(30);
    await page.context().close();
  });

  test('what a caller types is said into a recording, and the clock waits while he types', async () => {
    const page = await openPage();
    const customer = card(page, CUSTOMER);
    await act(CUSTOMER, 'call', { to: LINE });
    const prompt = customer.locator('.said', { hasText: /leave (a|your) message/i });
    for (let i = 0; i < 90 && !(await prompt.first().isVisible()); i++) {
      for (const number of [PRIMARY, BACKUP, OWNER])
        if (await button(card(page, number), 'Decline').isVisible()) await button(card(page, number), 'Decline').click();
      await stage.turn(1);
    }
    await turnUntil(customer.locator('.said', { hasText: 'beep' }), 'the tone');
    await button(page, 'As fast as real time').click();
    await page.getByRole('button', { name: 'As fast as real time', pressed: true }).waitFor();
    await customer.getByLabel('Say something').fill('The gate is stuck, please come');
    await page.getByRole('button', { name: 'The clock stands', pressed: true }).waitFor();
    await button(customer, 'Say it').click();
    await page.getByRole('button', { name: 'As fast as real time', pressed: true }).waitFor();
    await button(page, 'The clock stands').click();
    await page.getByRole('button', { name: 'The clock stands', pressed: true }).waitFor();
    await customer.locator('.said.party', { hasText: 'The gate is stuck' }).waitFor();
    await stage.turn(4);
    await button(customer, 'Hang up').click();
    await stage.turn(10);
    const answer = await request({ port: stage.simPort, target: `/2010-04-01/Accounts/${ACCOUNT}/Recordings.json`, headers: { Authorization: `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}` } });
    const [recording] = JSON.parse(answer.body).recordings;
    assert.ok(Number(recording.duration) >= 2, 'it is as long as the words take');
    await page.context().close();
  });

  test('keys alone do: Enter answers, digits go to the call, Escape declines', async () => {
    const page = await openPage();
    const primary = card(page, PRIMARY);
    await act(CUSTOMER, 'call', { to: LINE });
    await turnUntil(button(primary, 'Answer'), 'it rings');
    await primary.focus();
    await page.keyboard.press('Enter');
    await turnUntil(button(primary, '1'), 'it is answered');
    await primary.focus();
    await page.keyboard.press('2');
    await turnUntil(button(card(page, BACKUP), 'Answer'), 'the call is passed on');
    await card(page, BACKUP).focus();
    await page.keyboard.press('Escape');
    await card(page, BACKUP).locator('.recent', { hasText: 'declined' }).first().waitFor();
    await act(CUSTOMER, 'hangup');
    await stage.turn(30);
    await page.context().close();
  });

  test('the clock, faults and the journal are at hand', async () => {
    const page = await openPage();
    const time = page.locator('.time strong');
    const seconds = async () => (await time.innerText()).split(':').reduce((sum, n) => sum * 60 + Number(n), 0);
    const start = await seconds();
    await button(page, 'Turn the clock on by 10 seconds').click();
    await page.waitForFunction((s) => document.querySelector('.time strong').textContent.split(':').reduce((sum, n) => sum * 60 + Number(n), 0) === s, (start + 10) % 86400);
    await button(page, 'Faults').click();
    await page.getByRole('switch', { name: /outage/i }).first().check();
    await page.waitForFunction(() => [...document.querySelectorAll('.parts .count')].some((c) => c.textContent === '1'));
    assert.equal((await stage.carrier('GET', '/sim/fault')).faults.length, 1);
    await page.getByRole('switch', { name: /outage/i }).first().uncheck();
    await page.waitForFunction(() => !document.querySelector('.parts .count'));
    await button(page, 'Journal').click();
    await page.getByLabel('Filter the journal').fill('declines');
    await page.locator('.note', { hasText: 'Primary declines' }).first().waitFor();
    assert.equal(await page.locator('.note').filter({ hasNotText: 'declines' }).count(), 0);
    await page.context().close();
  });

  test('a phone is added, named, hidden and shown again', async () => {
    const page = await openPage();
    const form = page.getByRole('region', { name: 'Add a phone' });
    await form.getByLabel('Number').fill('(619) 555-0177');
    await form.getByLabel('Name').fill('Neighbour');
    await button(form, 'Add').click();
    const added = card(page, '+16195550177');
    await added.waitFor();
    await button(added, 'Settings').click();
    await added.getByLabel('Name').fill(HOSTILE.slice(0, 60));
    await page.keyboard.press('Enter');
    await added.locator('h2', { hasText: '<img' }).waitFor();
    await button(added, 'Hide this phone').click();
    await added.waitFor({ state: 'detached' });
    await button(form, /^Show/).click();
    await added.waitFor();
    page.expectsTrouble = true; // the browser's console tells of a refused order too
    await form.getByLabel('Number').fill('12');
    await button(form, 'Add').click();
    await page.getByRole('alert').filter({ hasText: 'no phone number' }).waitFor();
    await page.context().close();
  });

  test('on a phone what the page says covers no choice of a call', async () => {
    const page = await openPage({ viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    await act(CUSTOMER, 'call', { to: LINE });
    const answer = button(card(page, PRIMARY), 'Answer');
    await turnUntil(answer, 'the primary rings');
    const toast = page.locator('.toast.on');
    await toast.getByText('Touch the page once').waitFor();
    const [said, choices] = [await toast.boundingBox(), await card(page, PRIMARY).locator('.choices').boundingBox()];
    assert.ok(said.y + said.height <= choices.y || said.y >= choices.y + choices.height, JSON.stringify([said, choices]));
    await act(PRIMARY, 'decline');
    await act(CUSTOMER, 'hangup');
    await stage.turn(10);
    await page.context().close();
  });

  test('it says so when the simulator is gone, and goes on when it is back', async () => {
    const page = await openPage();
    page.expectsTrouble = true;
    await page.route('**/sim/stream*', (route) => route.abort());
    await page.reload();
    await page.getByRole('status').filter({ hasText: 'Trying again' }).waitFor();
    await page.unroute('**/sim/stream*');
    await card(page, PRIMARY).waitFor();
    await page.locator('.lost').waitFor({ state: 'detached' });
    await page.context().close();
  });
});

describe('whatever strangers send is text, and fits', () => {
  const widths = { desk: { viewport: { width: 1280, height: 800 } }, phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, small: { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true } };
  before(async () => {
    await act(OTHERS[0], 'set', { name: `${RTL} ${'N'.repeat(30)}`.slice(0, 30), held: true });
    for (const body of [HOSTILE, RTL + HOSTILE, LONG, '\u0007 bell', 'javascript:alert(1) http://127.0.0.1/a"onclick=alert(1)'])
      await act(OTHERS[0], 'text', { to: LINE, body });
    await stage.turn(20);
    await act(OTHERS[0], 'call', { to: LINE });
    await stage.turn(8);
    await act(PRIMARY, 'answer');
    await stage.turn(4);
    await act(PRIMARY, 'press', { keys: '1' });
    await stage.turn(4);
    await act(OTHERS[0], 'say', { words: LONG.slice(0, 900) });
  });
  after(async () => {
    await act(OTHERS[0], 'hangup');
    await stage.turn(30);
  });

  for (const [width, options] of Object.entries(widths))
    for (const colorScheme of ['light', 'dark'])
      test(`${width}, ${colorScheme}`, async () => {
        const page = await openPage({ ...options, colorScheme, reducedMotion: 'reduce' });
        for (const tab of [/^Calls/, /^Texts/, 'Settings']) {
          if (options.isMobile) await page.locator('.chip').nth(4).click();
          const here = card(page, OTHERS[0]);
          await button(here, tab).click();
          if (await here.locator('.thread').first().isVisible()) await here.locator('.thread').first().click();
          const found = await page.evaluate(() => ({
            hacked: window.hacked,
            wide: [innerWidth, document.documentElement.scrollWidth],
            over: [...document.querySelectorAll('.phone, .panel, .switcher, .bar')].filter((e) => e.clientWidth && !e.matches('.switcher') && (e.scrollWidth > e.clientWidth + 1)).concat([...document.querySelectorAll('.oncall, .incoming, .view')].filter((e) => e.clientWidth && e.scrollHeight > e.clientHeight + 1)).map((e) => e.className),
            moving: document.getAnimations().filter((a) => a.playState === 'running').length,
            nameless: [...document.querySelectorAll('button, input, textarea')].filter((e) => e.type !== 'file' && !(e.getAttribute('aria-label') || e.closest('label')?.textContent.trim() || e.textContent.trim())).length,
            links: [...document.querySelectorAll('.bubble a')].map((a) => a.href),
          }));
          assert.deepEqual({ ...found, links: 0 }, { hacked: undefined, wide: [options.viewport.width, options.viewport.width], over: [], moving: 0, nameless: 0, links: 0 }, String(tab));
          for (const link of found.links) assert.match(link, /^https?:\/\//);
          await shot(page, `${width}-${colorScheme}-${String(tab).replace(/\W/g, '')}`);
        }
        await page.context().close();
      });
});

describe('what is served', () => {
  const get = (target, headers = {}) => request({ port: stage.simPort, target, headers });

  test('the page: small, strict, with a tag that saves the second fetch', async () => {
    let packed = 0;
    for (const [target, type] of [['/', 'text/html'], ['/phones', 'text/html'], ['/phones/app.js', 'text/javascript'], ['/phones/app.css', 'text/css']]) {
      const { status, headers, body } = await get(target);
      assert.equal(status, 200, target);
      assert.ok(headers['content-type'].startsWith(type));
      assert.match(headers['content-security-policy'], /default-src 'none'; script-src 'self'/);
      assert.doesNotMatch(headers['content-security-policy'], /unsafe/);
      assert.doesNotMatch(body, /sourceMappingURL|https?:\/\/(?!www\.w3\.org)[a-z]+\.[a-z]/);
      assert.equal((await get(target, { 'If-None-Match': headers.etag })).status, 304);
      if (target !== '/phones') packed += zlib.gzipSync(body).length;
      assert.equal((await get(target, { 'Accept-Encoding': 'gzip' })).headers['content-encoding'], 'gzip');
    }
    assert.ok(packed < 60 * 1024, `${packed} bytes`);
    assert.equal((await request({ port: stage.simPort, target: '/', method: 'POST', body: '' })).status, 405);
  });

  test('a page of another origin may do nothing, a tool may', async () => {
    const post = (headers) => request({ method: 'POST', port: stage.simPort, target: `/sim/phones/${OWNER}/set`, headers, body: '{"silent":false}' });
    assert.equal((await post({})).status, 200);
    assert.equal((await post({ Origin: `http://127.0.0.1:${stage.simPort}` })).status, 200);
    for (const headers of [{ Origin: 'http://elsewhere.example' }, { Origin: 'null' }, { Origin: 'http://127.0.0.1:1' }, { Host: 'elsewhere.example' }, { Host: '127.0.0.1.elsewhere.example' }, { 'Sec-Fetch-Site': 'cross-site' }])
      assert.equal((await post(headers)).status, 403, JSON.stringify(headers));
    for (const target of ['/', '/sim/phones', '/sim/stream']) assert.equal((await get(target, { Host: 'elsewhere.example' })).status, 403, target);
  });

  test('a wrong order is refused with the place of what is wrong', async () => {
    const rows = [
      [`${PRIMARY}/dance`, {}, /no such action "dance".*known are: call/],
      [`${PRIMARY}/call`, { to: 'nobody' }, /to "nobody" is no number/],
      [`${PRIMARY}/call`, { to: CUSTOMER }, /no line of an account/],
      [`${PRIMARY}/call`, { whom: LINE }, /"whom" is unknown/],
      [`${PRIMARY}/press`, { keys: '1' }, /has no call/],
      [`${PRIMARY}/text`, { to: LINE, body: '' }, /needs words or a picture/],
      [`${PRIMARY}/set`, { voicemail_after_s: -1 }, /voicemail_after_s/],
      [`${PRIMARY}/set`, { silent: 'yes' }, /silent is a text/],
      [`${PRIMARY}/set`, { name: 'x'.repeat(100) }, /name is no text of up to 63 bytes/],
      ['911/set', {}, /no phone number/],
      ['nonsense', {}, /no such action/],
    ];
    for (const [where, body, words] of rows) {
      const answer = await request({ method: 'POST', port: stage.simPort, target: `/sim/phones/${where}`, body: JSON.stringify(body) });
      assert.ok(answer.status >= 400 && answer.status < 500, where);
      assert.match(JSON.parse(answer.body).error, words, where);
    }
  });

  test('a medium that is no picture is not shown as a page', async () => {
    const base64 = Buffer.from('<script>alert(1)</script>').toString('base64');
    await act(CUSTOMER, 'text', { to: LINE, media: [{ type: 'text/html', base64 }, { type: 'image/svg+xml', base64 }] });
    const media = (await stage.carrier('GET', '/sim/phones')).texts.findLast((t) => t.media.length === 2).media;
    for (const m of media) {
      const { headers } = await get(`/sim/photos/${m.key}`);
      assert.match(headers['content-security-policy'], /sandbox/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.notEqual(headers['content-type'], 'text/html');
    }
    assert.equal((await get('/sim/photos/none')).status, 404);
    await stage.turn(5);
  });
});

// Collects the events of /sim/stream until `enough` says so.
function events(headers, enough) {
  return new Promise((resolve, reject) => {
    const seen = [];
    const rq = http.get({ port: stage.simPort, host: '127.0.0.1', path: '/sim/stream', headers }, (answer) => {
      let text = '';
      answer.on('data', (part) => {
        text += part;
        const whole = text.split('\n\n');
        text = whole.pop();
        for (const one of whole) seen.push(Object.fromEntries(one.split('\n').map((l) => [l.slice(0, l.indexOf(':')), l.slice(l.indexOf(':') + 2)])));
        if (enough(seen)) {
          rq.destroy();
          resolve(seen);
        }
      });
      answer.on('error', () => {});
    });
    rq.on('error', (e) => { if (e.code !== 'ECONNRESET') reject(e); });
  });
}

describe('the stream', () => {
  test('tells what happens once, and goes on behind the last id', async () => {
    const last = (await stage.carrier('GET', '/sim/timeline?after=999999999')).last;
    let listens;
    const heard = new Promise((resolve) => { listens = resolve; });
    const first = events({ 'Last-Event-ID': String(last) }, (seen) => {
      if (seen.some((e) => e.event === 'hello')) listens();
      return seen.some((e) => e.event === 'note');
    });
    await heard;
    await act(OWNER, 'set', { silent: true });
    const seen = await first;
    assert.equal(seen[0].event, 'hello');
    const note = seen.find((e) => e.event === 'note');
    assert.equal(Number(note.id), last + 1);
    assert.match(JSON.parse(note.data).words, /Owner is set, in a hand, silent/);
    const state = seen.find((e) => e.event === 'state');
    assert.deepEqual(JSON.parse(state.data).phones.map((p) => [p.number, p.silent]), [[OWNER, true]]);
    await act(OWNER, 'set', { silent: false });
    const again = await events({ 'Last-Event-ID': note.id }, (s) => s.some((e) => e.event === 'note'));
    assert.deepEqual(again.filter((e) => e.event === 'note').map((e) => Number(e.id)), [last + 2]);
    assert.equal(again[0].data.includes(JSON.parse(seen[0].data).boot), true, 'the same simulator');
  });
});

describe('the command line', () => {
  const run = (...args) => new Promise((resolve) => {
    execFile(path.join(build, 'nextring-sim'), ['phone', '--sim', address(), ...args], (error, stdout, stderr) => resolve({ status: error?.code ?? 0, stdout, stderr }));
  });

  test('places a call, takes it, presses, says and hangs up', async () => {
    assert.equal((await run('Customer', 'call')).status, 0);
    await stage.turn(8);
    assert.equal((await run('Primary', 'answer')).status, 0);
    await stage.turn(3);
    assert.equal((await run('(619) 555-0111', 'press', '1')).status, 0);
    await stage.turn(3);
    assert.equal((await run('primary', 'say', 'good', 'morning')).status, 0);
    const shown = await run('Customer', 'show');
    assert.match(shown.stdout, /call to \+16195550100: in-progress[\s\S]*is told good morning/);
    assert.equal((await run('Customer', 'hangup')).status, 0);
    await stage.turn(5);
    const state = JSON.parse((await run('--json', 'Customer', 'show')).stdout);
    assert.equal(state.phone.number, CUSTOMER);
    assert.equal(state.calls.at(-1).state, 'completed');
  });

  test('texts, sets and lists', async () => {
    assert.equal((await run('Customer', 'text', 'are', 'you', 'there?')).status, 0);
    assert.match((await run('Customer', 'show')).stdout, /text to \+16195550100: are you there\?/);
    assert.equal((await run('Owner', 'set', 'voicemail=on', 'greeting=Not at home')).status, 0);
    assert.match((await run('list')).stdout, /\+16195550113 {2}Owner {2}held {2}voicemail/);
    assert.equal((await run('Owner', 'set', 'voicemail=off', 'greeting=off', 'name=12')).status, 0);
    assert.match((await run('list')).stdout, /\+16195550113 {2}12 {2}held\n/);
    assert.equal((await run(OWNER, 'set', 'name=Owner', 'greeting=')).status, 0);
  });

  test('says what is wrong in one line, and ends as it should', async () => {
    const rows = [
      [['Primary', 'answer'], 1, /has no call that rings/],
      [['Primary', 'anser'], 2, /is answer meant\?/],
      [['Nobody', 'answer'], 2, /no phone has that name/],
      [['+16195550199', 'show'], 1, /no phone has the number \+16195550199/],
      [['Primary', 'press'], 2, /press wants KEYS/],
      [['Primary', 'call', 'me'], 2, /left over/],
      [['Primary'], 2, /a phone and what it does/],
      [['--sim', 'http://127.0.0.1:1', 'list'], 3, /no simulator answers/],
      [['--sim', 'nonsense', 'list'], 2, /is no address/],
    ];
    for (const [args, status, words] of rows) {
      const answer = await run(...args);
      assert.equal(answer.status, status, args.join(' '));
      assert.match(answer.stderr, words);
      assert.equal(answer.stderr.trim().split('\n').length, 1);
    }
    assert.match((await run('--help')).stdout, /examples:/);
  });
});

describe('a server of one\'s own', () => {
  const OTHER_LINE = '+16195550190';
  let server, port;
  const asked = [];
  const documents = {
    '/room': '<Dial><Conference beep="false">room</Conference></Dial>',
    '/ask': '<Gather input="speech" action="/said" timeout="30" speechTimeout="auto"><Say>What is it about?</Say></Gather>',
    '/said': '<Say>Thank you.</Say><Pause length="30"/>',
    '/dial': `<Dial timeout="30"><Number>${PRIMARY}</Number></Dial>`,
  };
  const drive = (voice) => stage.carrier('POST', '/sim/setup', {
    accounts: [{ sid: 'AC00000000000000000000000000000002', auth_token: TOKEN, numbers: [{ phone_number: OTHER_LINE, voice_url: `http://127.0.0.1:${port}${voice}` }] }],
  });
  before(async () => {
    server = http.createServer((rq, rs) => {
      let body = '';
      rq.on('data', (part) => { body += part; });
      rq.on('end', () => {
        asked.push({ path: rq.url, params: Object.fromEntries(new URLSearchParams(body)) });
        rs.writeHead(200, { 'Content-Type': 'text/xml' });
        rs.end(`<Response>${documents[rq.url] ?? ''}</Response>`);
      });
    });
    await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
    ({ port } = server.address());
  });
  after(() => { server.close(); server.closeAllConnections(); });

  test('what is typed is what a Gather understands', async () => {
    await drive('/ask');
    const page = await openPage();
    const owner = card(page, OWNER);
    await owner.getByLabel('Number').fill('(619) 555-0190');
    await button(owner, 'Call').click();
    await turnUntil(owner.getByText('What is it about?'), 'the question is shown');
    await owner.getByPlaceholder('The line listens. Say something').fill('A broken gate');
    await page.keyboard.press('Enter');
    await turnUntil(owner.getByText('Thank you.'), 'the next document answers');
    assert.equal(asked.find((a) => a.path === '/said').params.SpeechResult, 'A broken gate');
    await button(owner, 'Hang up').click();
    await page.context().close();
  });

  test('in a conference each hears the others', async () => {
    await drive('/room');
    for (const number of [OWNER, CUSTOMER, BACKUP]) await act(number, 'call', { to: OTHER_LINE });
    await stage.turn(3);
    await act(OWNER, 'say', { words: 'Can everybody hear me?' });
    const { calls } = await stage.carrier('GET', '/sim/phones');
    const heard = (number) => calls.filter((c) => c.phone === number).at(-1).said.filter((s) => s.words.includes('everybody')).map((s) => s.by);
    assert.deepEqual([OWNER, CUSTOMER, BACKUP].map(heard), [['party'], ['other'], ['other']]);
    assert.ok(!calls.some((c) => c.state === 'in-progress' && (c.keys_wanted || c.words_wanted)), 'a room asks for nothing');
    for (const number of [OWNER, CUSTOMER, BACKUP]) await act(number, 'hangup');
    await stage.turn(3);
  });

  test('whoever is put through is asked for nothing, whether it rings there or they talk', async () => {
    await drive('/dial');
    const { sid } = await act(OWNER, 'call', { to: OTHER_LINE });
    const wanted = async () => {
      const { calls } = await stage.carrier('GET', '/sim/phones');
      const call = calls.find((c) => c.sid === sid);
      return [call.state, call.with, call.keys_wanted, call.words_wanted];
    };
    await stage.turn(2);
    assert.deepEqual(await wanted(), ['in-progress', null, false, false]);
    await act(PRIMARY, 'answer');
    await stage.turn(1);
    assert.deepEqual(await wanted(), ['in-progress', PRIMARY, false, false]);
    await act(OWNER, 'hangup');
    await stage.turn(3);
  });

  test('a call that is up is shown to its end, however many came after it', async () => {
    await drive('/ask');
    const { sid } = await act(OWNER, 'call', { to: OTHER_LINE });
    await stage.turn(1);
    await drive('/nothing');
    const page = await openPage();
    const up = button(card(page, OWNER), 'Hang up');
    await up.waitFor();
    for (let i = 0; i < 450; i++) await stage.carrier('POST', '/sim/calls', { from: OTHERS[0], to: OTHER_LINE });
    await stage.turn(5);
    assert.ok((await stage.carrier('GET', '/sim/phones')).calls.some((c) => c.sid === sid));
    await card(page, OTHERS[0]).getByText('0:00').first().waitFor();
    assert.ok(await up.isVisible(), 'the page shows it too');
    await act(OWNER, 'hangup');
    await up.waitFor({ state: 'hidden' });
    assert.ok(!(await stage.carrier('GET', '/sim/phones')).calls.some((c) => c.sid === sid), 'it is an old one now');
    await page.context().close();
  });
});
