#!/usr/bin/env node
// tools/screenshots.mjs - pictures of every page of the board, on a desk and in a hand, by day and by
// night, while a business of five people has a lively evening: some days of calls and texts, jobs in
// each state, a stand-in, a gap, and a call that rings the second person just now.
//
//   node tools/screenshots.mjs [--out FOLDER] [--only PAGE]        NEXTRING_BUILD: the build folder
//
// The daemon and the simulated carrier are as the tests have them, on a clock that stands still for
// the pages: the same run gives the same pictures.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Board } from '../test/node/board_kit.js';
import { LINE, START } from '../test/node/stage.js';

const option = (name, value) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? value : process.argv[at + 1];
};
const OUT = path.resolve(option('out', fileURLToPath(new URL('../docs/screenshots', import.meta.url))));
const ONLY = option('only', '');
const LIMIT = 120 * 1024;

// ---- the business ----

const NIGHT_LINE = '+16195550101';
const [DAY, LATE, NIGHT, YARD, OWNER] = [1, 2, 3, 4, 5].map((n) => `+161955501${10 + n}`);
const [ANNE, BELL, CORA, DORN, EVAN, FINN, GRETA] = [2, 3, 4, 5, 6, 7, 8].map((n) => `+161955501${50 + n}`);

const roster = {
  tenant: 'acme', name: 'Acme Hauling', region: 'US', time_zone: 'America/Los_Angeles',
  account_sid: 'AC00000000000000000000000000000001',
  lines: [{ number: LINE, chain: 'dispatch', texts_per_second: 10 }, { number: NIGHT_LINE, chain: 'emergency', texts_per_second: 10 }],
  dispatchers: [
    { id: 'day', name: 'Day dispatcher', phone: DAY, on_call: [{ days: 'mon-fri', from: '07:00', to: '15:00' }] },
    { id: 'late', name: 'Late dispatcher', phone: LATE, on_call: [{ days: 'mon-fri', from: '15:00', to: '23:00' }] },
    { id: 'night', name: 'Night dispatcher', phone: NIGHT, on_call: [{ days: 'daily', from: '23:00', to: '07:00' }] },
    { id: 'yard', name: 'Yard manager', phone: YARD, on_call: [{ days: 'mon-sat', from: '06:00', to: '22:00' }] },
    { id: 'owner', name: 'Owner', phone: OWNER, on_call: [{ days: 'mon-fri', from: '06:00', to: '23:30' }, { days: 'sat-sun', from: '07:00', to: '21:00' }] },
  ],
  chains: {
    dispatch: [
      { operators: ['day', 'late', 'night'], ring_seconds: 15, ack_seconds: 900 },
      { operators: ['yard'], ring_seconds: 20, ack_seconds: 900 },
      { operators: ['owner'], ring_seconds: 25, ack_seconds: 1800 },
    ],
    emergency: [
      { operators: ['late', 'night', 'yard'], how: 'parallel', ring_seconds: 25, ack_seconds: 300 },
      { operators: ['owner'], ring_seconds: 25, ack_seconds: 600 },
    ],
  },
  fallback_chain: ['day', 'late', 'night', 'yard', 'owner'],
  overrides: [
    { operator: 'yard', instead_of: 'late', from: '2026-11-27T15:00', to: '2026-11-27T23:00', note: 'Late dispatcher is at a wedding' },
  ],
  job_routing: { 'job-2043': 'yard' },
};

const jobs = [
  { job_id: 'job-2041', title: 'Roll-off at 12 Oak Street', state: 'in-progress', customer_phone: ANNE, customer_name: 'Anne Hill', address: '12 Oak Street', crew: [{ name: 'Sam', phone: '+16195550161' }] },
  { job_id: 'job-2042', title: 'Two sofas, second floor', state: 'assigned', customer_phone: BELL, customer_name: 'Bell & Sons', operator: 'late', crew: [{ name: 'Kim', phone: '+16195550162' }] },
  { job_id: 'job-2043', title: 'Gate at Dorn Storage', priority: 'urgent', customer_phone: DORN, customer_name: 'Dorn Storage', notes: 'Keypad is dead; the key is with the neighbour.' },
  { job_id: 'job-2044', title: 'Container swap', state: 'completed', customer_phone: EVAN, customer_name: 'Evan' },
  { job_id: 'job-2045', title: 'Garden waste, one load', customer_phone: CORA, customer_name: 'Cora Lane' },
  { job_id: 'job-2046', title: 'Office move, first lorry', state: 'in-progress', priority: 'high', customer_phone: GRETA, customer_name: 'Greta’s Bakery', operator: 'yard', crew: [{ name: 'Lee', phone: '+16195550163' }] },
  { job_id: 'job-2040', title: 'Skip collection', state: 'cancelled', customer_phone: FINN, customer_name: 'Finn' },
];

// ---- the days: minutes since Monday midnight by the business's clocks ----

const MONDAY = Date.parse('2026-11-23T08:00:00Z');
const [MON, TUE, WED, THU] = [0, 1, 2, 3];
const at = (day, hour, minute) => (day * 24 + hour) * 60 + minute;
const takes = (after = 7000, talk = 120000) => ({ on_call: [{ do: 'answer', after_ms: after, then: [{ press: '1', after_ms: 3000 }, { talk_ms: talk }, { hangup: true }] }] });
const PASSES = { on_call: [{ do: 'answer', after_ms: 5000, then: [{ press: '2', after_ms: 3000 }, { hangup: true }] }] };
const BUSY = { on_call: [{ do: 'busy' }] };
const SILENT = { on_call: [{ do: 'ignore' }] };

const days = [
  [at(MON, 18, 20), 'everybody', SILENT],
  [at(MON, 18, 50), 'phone', LATE, takes(6000)], [at(MON, 18, 51), 'call', GRETA],
  [at(MON, 21, 14), 'text', CORA, 'Do you take garden waste as well?'], [at(MON, 21, 17), 'reply', 'late', 'We do: up to three tonnes a load.'],
  [at(TUE, 9, 10), 'phone', DAY, takes()], [at(TUE, 9, 12), 'call', ANNE],
  [at(TUE, 11, 30), 'text', BELL, 'Can you pick up two sofas on Friday?'], [at(TUE, 11, 36), 'reply', 'day', 'Yes, between nine and eleven.'],
  [at(TUE, 14, 4), 'phone', DAY, BUSY], [at(TUE, 14, 4), 'phone', YARD, takes(9000, 60000)], [at(TUE, 14, 5), 'call', CORA],
  [at(TUE, 16, 40), 'call', DORN, { hangup_after_ms: 9000 }], [at(TUE, 16, 55), 'ack', 'yard'],
  [at(TUE, 18, 30), 'text', EVAN, 'The container is full. Who swaps it?'], [at(TUE, 18, 52), 'ack', 'yard'],
  [at(TUE, 22, 0), 'phone', YARD, SILENT], [at(TUE, 22, 30), 'phone', LATE, SILENT], [at(TUE, 22, 31), 'call', FINN], [at(TUE, 22, 44), 'ack', 'owner'],
  [at(WED, 2, 10), 'phone', NIGHT, takes(11000, 200000)], [at(WED, 2, 11), 'call', DORN, { to: NIGHT_LINE }],
  [at(WED, 8, 19), 'phone', DAY, takes()], [at(WED, 8, 20), 'call', BELL],
  [at(WED, 10, 5), 'text', ANNE, 'Is the gate code still the same?'], [at(WED, 10, 7), 'ack', 'day'],
  [at(WED, 13, 29), 'phone', DAY, PASSES], [at(WED, 13, 30), 'phone', YARD, takes()], [at(WED, 13, 31), 'call', EVAN],
  [at(WED, 15, 10), 'text', CORA, 'Please call me about the invoice'], [at(WED, 15, 21), 'ack', 'late'],
  [at(WED, 19, 45), 'call', GRETA, { hangup_after_ms: 31000 }], [at(WED, 20, 15), 'ack', 'late'],
  [at(THU, 7, 44), 'phone', DAY, takes()], [at(THU, 7, 45), 'call', CORA],
  [at(THU, 9, 0), 'jobs'],
  [at(THU, 10, 30), 'text', EVAN, 'Thank you for the quick swap'], [at(THU, 10, 31), 'ack', 'day'],
  [at(THU, 12, 0), 'call', ANNE], [at(THU, 16, 19), 'phone', LATE, takes()], [at(THU, 16, 20), 'call', BELL],
  [at(THU, 17, 2), 'text', ANNE, 'The driver says the skip does not fit through our gate. What now?'],
  [at(THU, 17, 4), 'reply', 'late', 'He can set it down in the street; we have the permit.'],
  [at(THU, 17, 9), 'photo', ANNE, 'This is the gate'], [at(THU, 17, 11), 'ack', 'late'],
  [at(THU, 19, 16), 'text', FINN, 'Nobody came today. Have you forgotten us?'], // nobody takes it
  [at(THU, 20, 18), 'phone', LATE, SILENT], [at(THU, 20, 18), 'phone', YARD, SILENT], [at(THU, 20, 19), 'call', GRETA],
  [at(THU, 20, 26), 'text', DORN, 'My gate does not open again. I am locked out, and it begins to rain.'],
  [at(THU, 20, 32), 'text', BELL, 'Which day was it for the sofas?'],
  [at(THU, 20, 35), 'close', EVAN],
];

// A photo: dusk above a gate.
async function photo(board) {
  const page = await board.browser.newPage({ viewport: { width: 240, height: 180 } });
  await page.setContent(`<body style="margin:0;background:linear-gradient(#ecc496,#88a0b4 150px,#686256 150px)">
    <div style="height:80px;margin-top:70px;background:repeating-linear-gradient(90deg,#2e3432 0 5px,transparent 5px 24px),
    repeating-linear-gradient(#2e3432 0 5px,transparent 5px 40px)">`);
  const picture = (await page.screenshot()).toString('base64');
  await page.context().close();
  return picture;
}

let gate; // the photo
const threadOf = async (stage, number) => (await stage.items('/api/v1/threads?limit=100')).find((t) => t.customer_phone === number);
async function post(stage, target, body) {
  const answer = await stage.api(target, 'POST', body);
  if (answer.status >= 300) throw new Error(`POST ${target}: ${JSON.stringify(answer)}`);
  return answer;
}
const newest = async (stage) => (await stage.items('/api/v1/relays?limit=1'))[0];

const deeds = {
  everybody: async (stage, script) => { for (const one of [DAY, LATE, NIGHT, YARD, OWNER]) await stage.phone(one, script); },
  phone: (stage, number, script) => stage.phone(number, script),
  call: (stage, from, more) => stage.call(from, more),
  text: (stage, from, body) => stage.text(from, body),
  photo: (stage, from, body) => stage.carrier('POST', '/sim/texts', { from, to: LINE, body, media: [{ type: 'image/png', base64: gate }] }),
  ack: async (stage, operator) => post(stage, `/api/v1/relays/${(await newest(stage)).id}/ack`, { operator }),
  reply: async (stage, operator, body) => post(stage, `/api/v1/threads/${(await newest(stage)).thread_id}/reply`, { operator, body }),
  close: async (stage, number) => post(stage, `/api/v1/threads/${(await threadOf(stage, number)).id}/close`, { operator: 'late' }),
  jobs: async (stage) => { for (const job of jobs) await post(stage, '/api/v1/jobs', job); },
};

// What happened, up to now: a call rings the second one on the chain.
async function play(stage) {
  const put = await stage.api('/api/v1/roster?tenant=acme', 'PUT', { document: roster, note: 'the first one' });
  if (put.status >= 300) throw new Error(JSON.stringify(put));
  const begun = Date.parse(START);
  let minutes = (begun - MONDAY) / 60000;
  for (const [when, deed, ...rest] of days) {
    if (when > minutes) await stage.turn((when - minutes) * 60);
    minutes = Math.max(minutes, when);
    await deeds[deed](stage, ...rest);
  }
  await stage.turn((at(THU, 20, 41) - minutes) * 60);
  await stage.call(ANNE);
  await stage.turn(24);
}

// ---- the pictures ----

const SIZES = [['desk', { width: 1280, height: 800 }], ['hand', { width: 390, height: 844 }]];
const ADMIN = { login: 'mara', name: 'Mara Desk', role: 'admin', operator: 'late' };

// Nothing that is seen is still on its way.
async function settled(page) {
  await page.waitForFunction(() => document.querySelector('main h1, main h2, form, .now-card') && ![...document.querySelectorAll('.loading, [aria-busy="true"]')].some((e) => e.checkVisibility()));
  await page.waitForTimeout(300);
}

async function pages(stage) {
  const thread = await threadOf(stage, ANNE);
  const go = (hash, act) => ({ hash, act });
  return [
    ['now', go('#/now')],
    ['threads', go('#/threads')],
    ['thread', go(`#/threads/${thread.id}`)],
    ['jobs', go('#/jobs')],
    ['job', go('#/jobs/job-2041')],
    ['job-new', go('#/jobs?new=1')],
    ['duty-week', go('#/duty')],
    ['duty-who', go('#/duty/who')],
    ['duty-people', go('#/duty/people')],
    ['duty-chains', go('#/duty/chains')],
    ['duty-versions', go('#/duty/versions')],
    ['duty-document', go('#/duty/document')],
    ['difference', go('#/duty/chains', difference)],
    ['reports', go('#/reports')],
    ['log', go('#/log')],
    ...['lines', 'scripts', 'tokens', 'users', 'health', 'you', 'about'].map((part) => [`settings-${part}`, go(`#/settings/${part}`)]),
    ['keys', go('#/now', async (page) => { await page.keyboard.press('?'); await page.getByRole('dialog').waitFor(); })],
    ['sign-in', { ...go(''), nobody: true }],
    ['set-up', { ...go(`#/setup/${(await link(stage))}`), nobody: true }],
  ].filter(([name]) => !ONLY || name.startsWith(ONLY));
}
async function link(stage) {
  const login = 'guest';
  const made = await stage.api('/api/v1/users', 'POST', { login, name: 'Night dispatcher', role: 'dispatcher' });
  const answer = await post(stage, `/api/v1/users/${made.id}/link`, {});
  return answer.link.split('/').pop();
}

// The dialog that says what an edit would change, before it is saved.
async function difference(page) {
  await page.locator('#main input[type=number]').first().fill('30');
  await page.getByRole('button', { name: 'Look at the change' }).first().click();
  await page.getByRole('dialog').getByText('What changes').waitFor();
}

async function take(page, name) {
  const file = path.join(OUT, `${name}.png`);
  const small = execFileSync('pngquant', ['--speed', '1', '--strip', '256', '-'],
    { input: await page.screenshot({ animations: 'disabled', caret: 'hide' }), maxBuffer: LIMIT * 8 });
  if (small.length > LIMIT) throw new Error(`${file} has ${small.length} bytes, more than ${LIMIT}`);
  fs.writeFileSync(file, small);
}

async function pictures(board, tour) {
  for (const [size, viewport] of SIZES)
    for (const colorScheme of ['light', 'dark']) {
      const options = { viewport, colorScheme, reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC' };
      const open = async (as) => {
        const page = await board.page('', { as, ...options });
        await page.addInitScript(() => { performance.now = () => 1000; }); // the clock stands still
        await page.goto('about:blank');
        return page;
      };
      const [own, nobody] = [await open(ADMIN), await open(null)];
      for (const [name, place] of tour) {
        const page = place.nobody ? nobody : own;
        await page.goto('about:blank');
        await page.goto(`${board.stage.base}/${place.hash}`);
        await settled(page);
        await place.act?.(page);
        await take(page, `${name}-${size}-${colorScheme}`);
      }
      await own.context().close();
      await nobody.context().close();
    }
}

const board = await Board.open({ env: { NEXTRING_ROSTER: 'database' }, lines: [NIGHT_LINE], phones: [NIGHT, YARD, OWNER, ANNE, BELL, CORA, DORN, EVAN, FINN, GRETA].filter((n) => !/011[1-3]$|0150$|016[0-3]$/.test(n)) });
try {
  fs.mkdirSync(OUT, { recursive: true });
  gate = await photo(board);
  console.log('playing the days');
  await play(board.stage);
  console.log('taking the pictures');
  await pictures(board, await pages(board.stage));
} finally {
  await board.close();
}
console.log(`${fs.readdirSync(OUT).filter((f) => f.endsWith('.png')).length} pictures in ${path.relative(process.cwd(), OUT)}`);
