// The carrier's official package, unmodified, with nothing but its base addresses set, makes, lists
// with paging, fetches, updates and removes every resource that is simulated, and gets typed
// errors. A route of docs/simulator.md that it knows and that was not used here fails the test.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import twilio from 'twilio';
import { untouched } from './carrier_routes.js';
import { ACCOUNT, BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, TOKEN, closeCarrier, freePort, openCarrier, sid } from './stage.js';

const BOUGHT = '+16195550190';
const KEY = 'SK00000000000000000000000000000001';
const SECRET = 'rehearsal-only-secret';

// Documents by path, all else empty.
const documents = {
  '/record': '<Record maxLength="20" transcribe="true" action="/hang-up"/>',
  '/hang-up': '<Hangup/>',
  '/mistaken': '<Whistle/><Pause length="1"/>',
  '/room': '<Dial><Conference record="record-from-start">room</Conference></Dial>',
  '/line-up': '<Enqueue waitUrl="/wait">support</Enqueue>',
  '/wait': '<Pause length="600"/>',
  '/talk': '<Pause length="600"/><Redirect>/talk</Redirect>',
};
const server = http.createServer((rq, rs) => {
  rq.resume();
  rs.writeHead(200, { 'Content-Type': 'text/xml' });
  rs.end(`<Response>${documents[rq.url.split('?')[0]] ?? ''}</Response>`);
});

let stage, client;
const made = {};
const at = (path) => `${stage.base}${path}`;
function clientOf(...args) {
  const one = twilio(...args);
  for (const domain of ['api', 'messaging', 'lookups', 'monitor', 'iam']) one[domain].baseUrl = `http://127.0.0.1:${stage.simPort}`;
  return one;
}
const stays = { on_call: [{ do: 'answer', then: [{ wait_ms: 36000000 }] }] };
const place = (to, path) => client.calls.create({ to, from: LINE, url: at(path) });

const story = {
  async texts() {
    const media = [{ type: 'image/png', base64: 'iVBORw0KGgo=' }, { type: 'image/png', base64: 'iVBORw0KGgo=' }];
    made.picture = (await stage.carrier('POST', '/sim/texts', { from: CUSTOMER, to: LINE, body: 'look', media })).sid;
    for (const body of ['hi', 'there', 'hello']) made.text = (await client.messages.create({ to: PRIMARY, from: LINE, body })).sid;
    await stage.turn(60);
  },
  async recordings() {
    await stage.phone(PRIMARY, { on_call: [{ do: 'answer', then: ['my', 'words', 'are', 'these'].map((say) => ({ say, after_ms: 3000 })).concat({ press: '#' }) }] });
    made.call = (await place(PRIMARY, '/record')).sid;
    await stage.turn(120);
    for (const name of ['another', 'spare']) {
      made[name] = (await place(PRIMARY, '/record')).sid;
      await stage.turn(120);
    }
    const own = async (call) => (await client.recordings.list({ callSid: made[call] }))[0]?.sid;
    [made.recording, made.spare] = [await own('call'), await own('spare')];
  },
  async mistakes() {
    await stage.phone(PRIMARY, stays);
    made.mistaken = (await place(PRIMARY, '/mistaken')).sid;
    await stage.turn(60);
    await place(PRIMARY, '/mistaken');
    await stage.turn(60);
  },
  async live() {
    for (const number of [PRIMARY, BACKUP, OWNER, ...OTHERS]) await stage.phone(number, stays);
    made.participant = (await place(PRIMARY, '/room')).sid;
    made.second = (await place(BACKUP, '/room')).sid;
    made.member = (await place(OTHERS[0], '/line-up')).sid;
    made.next = (await place(OTHERS[1], '/line-up')).sid;
    made.live = (await place(OTHERS[2], '/talk')).sid;
    await stage.turn(60);
    made.conference = (await client.conferences.list())[0]?.sid;
    made.queue = (await client.queues.list())[0]?.sid;
  },
  async office() {
    made.number = (await client.incomingPhoneNumbers.create({ phoneNumber: BOUGHT })).sid;
    made.service = (await client.messaging.v1.services.create({ friendlyName: 'senders' })).sid;
    for (const phoneNumber of [CUSTOMER, OWNER]) await client.validationRequests.create({ phoneNumber, friendlyName: 'a phone' });
    await stage.turn(60);
  },
};
const broken = {};
before(async () => {
  const port = await freePort();
  await new Promise((done) => { server.listen(port, '127.0.0.1', done); });
  stage = await openCarrier(port, ['--call-rate', '100']);
  client = clientOf(ACCOUNT, TOKEN);
  for (const [name, tell] of Object.entries(story)) await tell().catch((e) => { broken[name] = `${e.message} (${e.code})`; });
});
after(async () => {
  await closeCarrier(stage);
  await new Promise((done) => { server.close(done); server.closeAllConnections(); });
  assert.equal(stage.how, 0, 'ended cleanly');
});
test('the story of everything is told', () => assert.deepEqual(broken, {}));

// What the package calls a resource: how it is reached, what makes it (n counts), what changes it
// and shows then, and whether it goes for good when it is removed.
const SHOP = 'https://shop.example.com/v';
const resources = {
  messages: { of: () => client.messages, make: (n) => ({ to: PRIMARY, from: LINE, body: `text ${n}` }), change: { body: '' }, settles: true, removes: true },
  'media of a message': { of: () => client.messages(made.picture).media, removes: true },
  calls: { of: () => client.calls, make: () => ({ to: OTHERS[3], from: LINE, twiml: '<Response/>' }), settles: true, removes: true },
  'recordings of a call': { of: () => client.calls(made.another).recordings, removes: true },
  'notifications of a call': { of: () => client.calls(made.mistaken).notifications },
  recordings: { of: () => client.recordings, own: () => made.spare, removes: true },
  'transcriptions of a recording': { removes: true, of: () => client.recordings(made.recording).transcriptions },
  transcriptions: { of: () => client.transcriptions, removes: true },
  queues: { of: () => client.queues, make: (n) => ({ friendlyName: `queue ${n}` }), change: { friendlyName: 'new name', maxSize: 9 }, removes: true },
  'members of a queue': { of: () => client.queues(made.queue).members },
  conferences: { of: () => client.conferences },
  'recordings of a conference': { change: { status: 'stopped' }, ends: true, removes: true, of: () => client.conferences(made.conference).recordings },
  'participants of a conference': { of: () => client.conferences(made.conference).participants, make: (n) => ({ from: LINE, to: OTHERS[3], label: `guest ${n}` }), settles: true, change: { muted: true } },
  notifications: { of: () => client.notifications },
  numbers: { of: () => client.incomingPhoneNumbers, make: () => ({ areaCode: '619' }), change: { friendlyName: 'shop', voiceUrl: SHOP }, removes: true },
  'local numbers': { whole: true, of: () => client.incomingPhoneNumbers.local, make: (n) => ({ phoneNumber: `+1619555017${n}` }) },
  'mobile numbers': { whole: true, of: () => client.incomingPhoneNumbers.mobile, make: (n) => ({ phoneNumber: `+1619555018${n}` }) },
  'toll-free numbers': { whole: true, of: () => client.incomingPhoneNumbers.tollFree, make: (n) => ({ phoneNumber: `+1800555017${n}` }) },
  keys: { of: () => client.keys, make: (n) => ({ friendlyName: `key ${n}` }), by: () => client.newKeys, change: { friendlyName: 'new name' }, removes: true },
  'signing keys': { of: () => client.signingKeys, make: (n) => ({ friendlyName: `key ${n}` }), by: () => client.newSigningKeys, change: { friendlyName: 'new name' }, removes: true },
  'keys of the newer kind': {
    of: () => client.iam.v1.getApiKeys, filter: { accountSid: ACCOUNT }, by: () => client.iam.v1.newApiKey, one: (id) => client.iam.v1.apiKey(id),
    make: (n) => ({ friendlyName: `key ${n}`, accountSid: ACCOUNT }), change: { friendlyName: 'new name' }, removes: true,
  },
  applications: { of: () => client.applications, make: (n) => ({ friendlyName: `app ${n}`, voiceUrl: SHOP }), change: { friendlyName: 'new name', smsUrl: SHOP }, removes: true },
  'caller ids': { of: () => client.outgoingCallerIds, change: { friendlyName: 'new name' }, removes: true },
  accounts: { of: () => client.api.v2010.accounts, make: (n) => ({ friendlyName: `branch ${n}` }), change: { friendlyName: 'new name' } },
  services: { of: () => client.messaging.v1.services, make: (n) => ({ friendlyName: `service ${n}` }), change: { friendlyName: 'new name', validityPeriod: 60 }, removes: true },
  'numbers of a service': { of: () => client.messaging.v1.services(made.service).phoneNumbers, make: async () => ({ phoneNumberSid: (await client.incomingPhoneNumbers.create({ areaCode: '415' })).sid }), removes: true },
  'short codes of a service': { of: () => client.messaging.v1.services(made.service).shortCodes, make: () => ({ shortCodeSid: sid('SC') }), removes: true },
  'alpha senders of a service': { of: () => client.messaging.v1.services(made.service).alphaSenders, make: (n) => ({ alphaSender: `My Shop ${n}` }), removes: true },
  alerts: { of: () => client.monitor.v1.alerts },
};

const idOf = (row) => row.sid ?? row.callSid ?? row.category;
// The package's own members of a row, without what it keeps for itself.
const members = (row) => Object.entries(row).filter(([name]) => !name.startsWith('_'));
// All that the package's class of the resource knows has come; dates are dates.
function judge(row, but = []) {
  for (const [name, value] of members(row)) {
    if (but.includes(name)) continue;
    assert.notEqual(value, undefined, `${name} is missing`);
    if (!/^date[A-Z]|Time$|^messageDate$/.test(name) || value === null || /queueTime|waitTime/i.test(name)) continue;
    assert.ok(value instanceof Date && !Number.isNaN(value.getTime()), `${name} is ${value}`);
  }
}
const typed = (status, code) => (e) => {
  assert.equal(e.constructor.name, 'RestException');
  assert.deepEqual([e.status, e.code, e.moreInfo], [status, code, `https://www.twilio.com/docs/errors/${code}`], e.message);
  assert.ok(e.message.length > 0);
  return true;
};
const each = (list, options) => new Promise((resolve, reject) => {
  const rows = [];
  list.each({ ...options, callback: (row) => rows.push(row), done: (e) => (e ? reject(e) : resolve(rows)) });
});

// A filter that some rows meet, and one that none does.
const DAY = 86400000;
const now = new Date('2026-11-24T02:05:00Z'); // the stage's own clock begins here
const before1 = new Date(now - DAY), after1 = new Date(now.getTime() + DAY);
const dates = (name) => [
  [{ [name]: now }, { [name]: before1 }],
  [{ [`${name}After`]: before1 }, { [`${name}After`]: after1 }],
  [{ [`${name}Before`]: after1 }, { [`${name}Before`]: before1 }],
  [{ [`${name}After`]: before1, [`${name}Before`]: after1 }, { [`${name}After`]: after1, [`${name}Before`]: before1 }],
];
const filters = {
  messages: [() => client.messages, [{ to: PRIMARY }, { to: OWNER }], [{ from: LINE }, { from: OWNER }], ...dates('dateSent')],
  calls: [() => client.calls, [{ to: PRIMARY }, { to: CUSTOMER }], [{ from: LINE }, { from: OWNER }], [{ status: 'completed' }, { status: 'busy' }],
    [{}, { parentCallSid: sid('CA') }], ...dates('startTime'), ...dates('endTime')],
  recordings: [() => client.recordings, [{ callSid: 'call' }, { callSid: sid('CA') }], [{ conferenceSid: 'conference' }, { conferenceSid: sid('CF') }], ...dates('dateCreated')],
  'recordings of a call': [() => client.calls(made.call).recordings, ...dates('dateCreated')],
  conferences: [() => client.conferences, [{ friendlyName: 'room' }, { friendlyName: 'hall' }], [{ status: 'in-progress' }, { status: 'completed' }],
    ...dates('dateCreated'), ...dates('dateUpdated')],
  participants: [() => client.conferences(made.conference).participants, [{ muted: false }, { muted: true }], [{ hold: false }, { hold: true }],
    [{ coaching: false }, { coaching: true }]],
  notifications: [() => client.notifications, [{ log: 1 }, {}], ...dates('messageDate')],
  'notifications of a call': [() => client.calls(made.mistaken).notifications, [{ log: 1 }, { log: 0 }], ...dates('messageDate')],
  alerts: [() => client.monitor.v1.alerts, [{ logLevel: 'warning' }, { logLevel: 'debug' }], [{ startDate: before1, endDate: after1 }, { startDate: after1 }]],
  media: [() => client.messages(made.picture).media, ...dates('dateCreated')],
  numbers: [() => client.incomingPhoneNumbers, [{ phoneNumber: LINE }, { phoneNumber: '+16195550199' }], [{ phoneNumber: '619555*' }, { phoneNumber: '415555*' }],
    [{ friendlyName: '(619) 555-0100' }, { friendlyName: 'nobody' }], [{ origin: 'twilio' }, { origin: 'hosted' }], [{ beta: false }, { beta: true }]],
  'numbers for sale': [() => client.availablePhoneNumbers('US').local, [{ areaCode: 619 }, { areaCode: 999 }], [{ contains: '619*' }, { contains: '*777777' }],
    [{ smsEnabled: true }, { faxEnabled: true, beta: true }], [{ inRegion: 'CA' }, { inRegion: 'ZZ' }]],
  'caller ids': [() => client.outgoingCallerIds, [{ phoneNumber: CUSTOMER }, { phoneNumber: PRIMARY }], [{ friendlyName: 'a phone' }, { friendlyName: 'none' }]],
  accounts: [() => client.api.v2010.accounts, [{ status: 'active' }, { status: 'closed' }], [{}, { friendlyName: 'nobody' }]],
  usage: [() => client.usage.records, [{ category: 'sms' }, { category: 'phlo' }], [{ startDate: before1 }, {}], [{ includeSubaccounts: true }, {}]],
};
describe('filters', () => {
  for (const [name, [of, ...rows]] of Object.entries(filters)) {
    for (const [some, none] of rows) {
      const told = (filter) => Object.entries(filter).map(([k, v]) => `${k} ${v.toISOString?.() ?? v}`).join(', ');
      const filled = (filter) => Object.fromEntries(Object.entries(filter).map(([k, v]) => [k, made[v] ?? v]));
      test(`${name}: ${told(some)}; none by ${told(none)}`, async () => {
        const all = (await of().list()).map(idOf);
        const met = (await of().list(filled(some))).map(idOf);
        assert.ok(met.length > 0, `nobody meets ${told(some)}`);
        assert.deepEqual(met, all.filter((one) => met.includes(one)), 'not in the order of all');
        if (Object.keys(none).length) assert.deepEqual((await of().list(filled(none))).map(idOf), []);
      });
    }
  }
  test('a filter holds on the next pages', async () => {
    const rows = await client.messages.list({ to: PRIMARY, pageSize: 1 });
    assert.ok(rows.length > 1);
    for (const row of rows) assert.equal(row.to, PRIMARY);
  });
  test('a row that comes between two pages repeats none', async () => {
    const first = await client.messages.page({ pageSize: 2 });
    await client.messages.create({ to: PRIMARY, from: LINE, body: 'in between' });
    const second = await first.nextPage();
    const seen = [...first.instances, ...second.instances].map(idOf);
    assert.equal(new Set(seen).size, seen.length);
  });
});

for (const [name, r] of Object.entries(resources)) {
  describe(name, () => {
    // What lists and creates leave out.
    const partial = ['requestVariables', 'requestHeaders', 'responseHeaders', 'responseBody', 'track'];
    let own;
    if (r.make) test('create', async () => {
      for (const n of [1, 2, 3]) {
        const row = await (r.by ?? r.of)().create(await r.make(n));
        judge(row, partial);
        own = idOf(row);
      }
      if (r.settles) await stage.turn(60);
    });
    test('list: all, limited, by pages of one, one by one', async () => {
      const all = await r.of().list({ ...r.filter });
      assert.ok(all.length > 0, 'nothing is listed');
      for (const row of all) judge(row, partial);
      const ids = all.map(idOf);
      if (own) assert.ok(ids.includes(own));
      own ??= r.own?.() ?? ids[0];
      assert.deepEqual((await r.of().list({ ...r.filter, limit: 1 })).map(idOf), ids.slice(0, 1));
      assert.deepEqual((await r.of().list({ ...r.filter, pageSize: 1 })).map(idOf), ids);
      assert.deepEqual((await each(r.of(), { ...r.filter, pageSize: 2, limit: 5 })).map(idOf), ids.slice(0, 5));
    });
    test('page: there and back', async () => {
      const ids = (await r.of().list({ ...r.filter })).map(idOf);
      const first = await r.of().page({ ...r.filter, pageSize: 1 });
      assert.deepEqual(first.instances.map(idOf), ids.slice(0, 1));
      assert.equal(first.previousPageUrl, undefined);
      const second = await first.nextPage();
      assert.deepEqual(second?.instances.map(idOf) ?? [], ids.slice(1, 2));
      if (!second) return;
      assert.deepEqual((await second.previousPage()).instances.map(idOf), ids.slice(0, 1));
      assert.deepEqual((await r.of().getPage(first.nextPageUrl)).instances.map(idOf), ids.slice(1, 2));
    });
    test('a page that is too large is a typed error', () => assert.rejects(r.of().page({ ...r.filter, pageSize: 1001 }), typed(400, 20007)));
    const single = (id) => (r.one ?? r.of())(id ?? own);
    const isOne = !r.whole; // the package knows no single one
    if (isOne) test('fetch', async () => {
      const row = await single().fetch();
      judge(row, ['track']);
      assert.equal(idOf(row), own);
    });
    if (r.change) test('update', async () => {
      const row = await single().update(r.change);
      judge(row, partial);
      const again = await single().fetch();
      if (r.ends) return void await stage.turn(5); // it goes on to other states by itself
      for (const [member, value] of Object.entries(r.change)) assert.deepEqual([row[member], again[member]], [value, value], member);
    });
    if (isOne) test('fetch of nobody is a typed error', () => {
      const prefix = own?.slice(0, 2) ?? 'XX';
      return assert.rejects(single(sid(prefix)).fetch(), typed(404, 20404));
    });
    if (r.removes) test('remove, for good', async () => {
      assert.equal(await single().remove(), true);
      await assert.rejects(single().fetch(), typed(404, 20404));
      await assert.rejects(single().remove(), typed(404, 20404));
      assert.ok(!(await r.of().list({ ...r.filter })).map(idOf).includes(own), 'still in the list');
    });
  });
}

describe('what is no list', () => {
  const single = {
    'the balance': () => client.balance.fetch(),
    'the account': () => client.api.v2010.accounts(ACCOUNT).fetch(),
    'a country': () => client.availablePhoneNumbers('US').fetch(),
    'feedback': () => client.messages(made.text).feedback.create({ outcome: 'confirmed' }),
    'a lookup': () => client.lookups.v2.phoneNumbers(CUSTOMER).fetch({ fields: 'caller_name,line_type_intelligence' }),
    'an old lookup': () => client.lookups.v1.phoneNumbers(CUSTOMER).fetch({ type: ['carrier'] }),
  };
  for (const [what, get] of Object.entries(single)) test(what, async () => judge(await get()));
  const lists = {
    countries: () => client.availablePhoneNumbers,
    ...Object.fromEntries(['local', 'tollFree', 'mobile', 'national', 'voip', 'sharedCost', 'machineToMachine']
      .map((type) => [`numbers for sale: ${type}`, () => client.availablePhoneNumbers('US')[type]])),
    usage: () => client.usage.records,
    ...Object.fromEntries(['allTime', 'today', 'yesterday', 'thisMonth', 'lastMonth', 'daily', 'monthly', 'yearly']
      .map((span) => [`usage: ${span}`, () => client.usage.records[span]])),
    'events of a call': () => client.calls(made.call).events,
  };
  for (const [what, of] of Object.entries(lists)) {
    test(what, async () => {
      const rows = await of().list({ limit: 3 });
      assert.ok(rows.length > 0 || /national|voip|sharedCost|machine/.test(what), 'nothing is listed');
      for (const row of rows) judge(row);
    });
  }
  test('a number that is for sale is bought', async () => {
    const [one] = await client.availablePhoneNumbers('US').local.list({ areaCode: 619, limit: 1 });
    const bought = await client.incomingPhoneNumbers.create({ phoneNumber: one.phoneNumber });
    assert.equal(bought.phoneNumber, one.phoneNumber);
    const left = await client.availablePhoneNumbers('US').local.list({ areaCode: 619 });
    assert.ok(!left.some((n) => n.phoneNumber === one.phoneNumber), 'it is still for sale');
  });
});

describe('what happens in calls', () => {
  test('a recording of a call is started, paused and stopped', async () => {
    const started = await client.calls(made.live).recordings.create();
    assert.equal(started.status, 'in-progress');
    const own = client.calls(made.live).recordings(started.sid);
    assert.equal((await own.update({ status: 'paused', pauseBehavior: 'skip' })).status, 'paused');
    assert.equal((await client.calls(made.live).recordings('Twilio.CURRENT').update({ status: 'in-progress' })).status, 'in-progress');
    assert.ok(['stopped', 'processing', 'completed'].includes((await own.update({ status: 'stopped' })).status));
  });
  test('a participant is held, and removed', async () => {
    const own = () => client.conferences(made.conference).participants(made.second);
    assert.equal((await own().update({ hold: true, holdUrl: at('/wait') })).hold, true);
    assert.equal(await own().remove(), true);
  });
  test('the front of a queue is fetched out', async () => {
    const members = client.queues(made.queue).members;
    assert.equal((await members('Front').fetch()).callSid, made.member);
    assert.equal((await members('Front').update({ url: at('/talk') })).callSid, made.member);
    assert.equal((await members(made.next).update({ url: at('/talk') })).callSid, made.next);
  });
  test('a conference is ended', async () => {
    await client.conferences(made.conference).update({ status: 'completed' });
    await stage.turn(2);
    assert.equal((await client.conferences(made.conference).fetch()).status, 'completed');
  });
  test('a call is sent elsewhere, ended, and cannot be sent elsewhere any more', async () => {
    assert.equal((await client.calls(made.live).update({ twiml: '<Response><Pause length="9"/></Response>' })).sid, made.live);
    await client.calls(made.live).update({ status: 'completed' });
    await stage.turn(2);
    assert.equal((await client.calls(made.live).fetch()).status, 'completed');
    await assert.rejects(client.calls(made.live).update({ url: at('/talk') }), typed(400, 21220));
  });
  test('a text is planned, and canceled', async () => {
    await client.messaging.v1.services(made.service).phoneNumbers.create({ phoneNumberSid: made.number });
    const sendAt = new Date(Date.parse((await stage.carrier('GET', '/sim/clock')).now) + 3600000);
    const planned = await client.messages.create({ to: PRIMARY, messagingServiceSid: made.service, body: 'later', scheduleType: 'fixed', sendAt });
    assert.deepEqual([planned.status, planned.numSegments], ['scheduled', '0']);
    assert.equal((await client.messages(planned.sid).update({ status: 'canceled' })).status, 'canceled');
  });
});

describe('typed errors', () => {
  const send = (more) => client.messages.create({ to: PRIMARY, from: LINE, body: 'x', ...more });
  const call = (more) => client.calls.create({ to: PRIMARY, from: LINE, url: SHOP, ...more });
  const services = () => client.messaging.v1.services;
  const rows = {
    'a text to nobody': [400, 21211, () => send({ to: '+1555' })],
    'a text from a stranger': [400, 21606, () => send({ from: '+16195550199' })],
    'a text of nothing': [400, 21602, () => send({ body: '' })],
    'a text too long': [400, 21617, () => send({ body: 'x'.repeat(1601) })],
    'a call from a stranger': [400, 21210, () => call({ from: '+16195550199' })],
    'a call with odd keys': [400, 21206, () => call({ sendDigits: 'xyz' })],
    'a number that is taken': [400, 21422, () => client.incomingPhoneNumbers.create({ phoneNumber: BOUGHT })],
    'a fallback alone': [400, 21405, () => client.incomingPhoneNumbers(made.number).update({ voiceUrl: '', voiceFallbackUrl: SHOP })],
    'a number twice in a service': [409, 21710, () => services()(made.service).phoneNumbers.create({ phoneNumberSid: made.number })],
    'an old lookup of no number': [404, 20404, () => client.lookups.v1.phoneNumbers('+1619').fetch()],
    'a resource that is not simulated': [404, 20404, () => client.addresses.list()],
  };
  for (const [what, [status, code, act]] of Object.entries(rows)) test(`${what}: ${code}`, () => assert.rejects(act(), typed(status, code)));
  test('too many at once: 20429, and with autoRetry it goes through', async () => {
    await stage.carrier('POST', '/sim/fault', { what: 'error_429', count: 1 });
    await assert.rejects(send(), typed(429, 20429));
    const patient = clientOf(ACCOUNT, TOKEN, { autoRetry: true, maxRetries: 2 });
    await stage.carrier('POST', '/sim/fault', { what: 'error_429', count: 1 });
    assert.match((await patient.messages.create({ to: PRIMARY, from: LINE, body: 'x' })).sid, /^SM/);
  });
  test('a wrong token: 20003', () => assert.rejects(clientOf(ACCOUNT, 'wrong').messages.list(), typed(401, 20003)));
});

describe('who asks', () => {
  test('an API key of the account, until it is deleted', async () => {
    const old = clientOf(KEY, SECRET, { accountSid: ACCOUNT });
    assert.equal((await old.messages.list({ limit: 1 })).length, 1);
    const { sid: user, secret } = await client.newKeys.create({ friendlyName: 'for a while' });
    const fresh = clientOf(user, secret, { accountSid: ACCOUNT });
    assert.match((await fresh.messages.create({ to: PRIMARY, from: LINE, body: 'by key' })).sid, /^SM/);
    await client.keys(user).remove();
    await assert.rejects(fresh.messages.list(), typed(401, 20003));
  });
  test('a subaccount by its own token, and by its owner', async () => {
    const branch = await client.api.v2010.accounts.create({ friendlyName: 'branch' });
    assert.equal(branch.ownerAccountSid, ACCOUNT);
    const own = clientOf(branch.sid, branch.authToken);
    const { phoneNumber } = await own.incomingPhoneNumbers.create({ areaCode: '619' });
    const sent = await own.messages.create({ to: PRIMARY, from: phoneNumber, body: 'of the branch' });
    assert.equal(sent.accountSid, branch.sid);
    const owner = clientOf(ACCOUNT, TOKEN, { accountSid: branch.sid });
    assert.deepEqual((await owner.messages.list()).map((m) => m.sid), [sent.sid]);
    await assert.rejects(client.messages(sent.sid).fetch(), typed(404, 20404));
    await assert.rejects(own.api.v2010.accounts(ACCOUNT).fetch(), (e) => [401, 403, 404].includes(e.status));
    await client.api.v2010.accounts(branch.sid).update({ status: 'suspended' });
    await assert.rejects(own.messages.create({ to: PRIMARY, from: phoneNumber, body: 'x' }), (e) => e.code === 20005);
    await client.api.v2010.accounts(branch.sid).update({ status: 'closed' });
  });
});

// What they say when the setup tells of a registration: doctor_cli.test.js.
test('registrations are listed, and there is none without a word of the setup', async () => {
  assert.deepEqual(await client.messaging.v1.services(made.service).usAppToPerson.list(), []);
  assert.deepEqual(await client.messaging.v1.tollfreeVerifications.list(), []);
});

test('each route that the package knows has been used', async () => {
  const { entries } = await stage.carrier('GET', '/sim/timeline?after=0');
  const asked = entries.filter((e) => e.method && e.target).map((e) => ({ method: e.method, path: e.target.split('?')[0], status: e.status }));
  const unknown = [/\/Messages\/\{\w+\}\/Media\/\{\w+\}$/, /\/Recordings\/\{\w+\}(\.wav|\.mp3)?$/]; // bytes
  assert.deepEqual(untouched(asked, unknown), []);
});
