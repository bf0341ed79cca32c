// Every answer of the simulated carrier against the shapes of its reference, over plain HTTP:
// members, frames, headers, XML. At the end the table of docs/simulator.md is compared with what
// was asked for here: a route that no test has touched fails.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isTold, untouched } from './carrier_routes.js';
import { judgeError, judgeList, judgeResource, judgeWebhook, judgeXml, members, shapes } from './carrier_shapes.js';
import { MINUTE, ROOT, ask, asked, at, closeStory, create, customer, fetch, good, here, made, openStory, stage, take, xml } from './carrier_story.js';
import { ACCOUNT, CUSTOMER, LINE, OTHERS, PRIMARY, request, sid } from './stage.js';

let broken; // parts of the story that could not be told
before(async () => { broken = await openStory(); });
after(closeStory);
test('the story of everything is told', () => assert.deepEqual(broken, {}));

describe('the judge itself', () => {
  const balance = { account_sid: ACCOUNT, balance: '12.50', currency: 'USD' };
  const rows = [
    [{ balance: undefined }, 'Balance.balance is missing (decimal) (section 5.7)'],
    [{ balance: 12.5 }, 'Balance.balance is 12.5, not decimal (section 5.7)'],
    [{ currency: null }, 'Balance.currency is null (text) (section 5.7)'],
    [{ colour: 'red' }, 'Balance.colour is not in the reference (section 5.7)'],
    [{ account_sid: 'AC1' }, 'Balance.account_sid is "AC1", not sid AC (section 5.7)'],
  ];
  test('lets a good one pass', () => good(judgeResource('Balance', balance)));
  for (const [change, words] of rows) {
    test(`says: ${words}`, () => assert.deepEqual(judgeResource('Balance', { ...balance, ...change }), [words]));
  }
  test('knows the kinds of all members', () => {
    for (const group of ['resources', 'frames', 'headers', 'webhooks']) {
      for (const name of Object.keys(shapes[group])) assert.ok(Object.keys(members(group, name)).length > 0, name);
    }
  });
});

// A family: where its list is, the shape of a row, what makes one, what changes one and which
// member shows it, whether it can be removed. `whole`: the shape of a single one.
const families = [
  { name: 'Message', path: 'Messages.json', make: { To: PRIMARY, From: LINE, Body: 'one more' },
    change: { Body: '' }, seen: { body: '' }, wait: true, removes: true, id: 'SM' },
  { name: 'Media', path: () => `Messages/${made.picture}/Media.json`, given: 'first', removes: true, bytes: true, id: 'ME' },
  { name: 'Call', path: 'Calls.json',
    make: () => ({ To: OTHERS[3], From: LINE, Twiml: '<Response><Pause length="2"/></Response>' }), removes: true, wait: true, id: 'CA' },
  { name: 'CallRecording', path: () => `Calls/${made.recorded}/Recordings.json`, given: 'first', removes: true, id: 'RE' },
  { name: 'CallNotification', path: () => `Calls/${made.mistaken}/Notifications.json`, given: 'first', whole: 'CallNotificationWhole', id: 'NO' },
  { name: 'Recording', path: 'Recordings.json', given: 'Recording', bytes: true, id: 'RE' },
  { name: 'Transcription', path: 'Transcriptions.json', given: 'Transcription', id: 'TR' },
  { name: 'Transcription', path: () => `Recordings/${made.Recording}/Transcriptions.json`, given: 'Transcription', removes: true, id: 'TR' },
  { name: 'Queue', path: 'Queues.json', make: { FriendlyName: 'sales', MaxSize: '5' },
    change: { FriendlyName: 'returns', MaxSize: '7' }, seen: { friendly_name: 'returns', max_size: 7 }, removes: true, id: 'QU' },
  { name: 'Member', path: () => `Queues/${made.Queue}/Members.json`, given: 'Member', id: 'CA' },
  { name: 'Conference', path: 'Conferences.json', given: 'Conference', id: 'CF' },
  { name: 'Participant', path: () => `Conferences/${made.Conference}/Participants.json`, make: { From: LINE, To: OTHERS[3], Label: 'guest' },
    change: { Muted: 'true' }, seen: { muted: true }, removes: true, wait: true, id: 'CA' },
  { name: 'Notification', path: 'Notifications.json', given: 'Notification', whole: 'NotificationWhole', id: 'NO' },
  { name: 'Number', path: 'IncomingPhoneNumbers.json', make: { AreaCode: '619', FriendlyName: 'bought' },
    change: { FriendlyName: 'shop', VoiceUrl: 'https://shop.example.com/v' }, seen: { friendly_name: 'shop', voice_url: 'https://shop.example.com/v' }, removes: true, id: 'PN' },
  { name: 'Key', path: 'Keys.json', make: { FriendlyName: 'mine' }, fresh: 'NewKey',
    change: { FriendlyName: 'yours' }, seen: { friendly_name: 'yours' }, removes: true, id: 'SK' },
  { name: 'SigningKey', path: 'SigningKeys.json', make: { FriendlyName: 'mine' }, fresh: 'NewKey',
    change: { FriendlyName: 'yours' }, seen: { friendly_name: 'yours' }, removes: true, id: 'SK' },
  { name: 'Application', path: 'Applications.json', make: { FriendlyName: 'app', VoiceUrl: 'https://shop.example.com/v' },
    change: { FriendlyName: 'other' }, seen: { friendly_name: 'other' }, removes: true, id: 'AP' },
  { name: 'CallerId', path: 'OutgoingCallerIds.json', given: 'first',
    change: { FriendlyName: 'my own' }, seen: { friendly_name: 'my own' }, removes: true, id: 'PN' },
  { name: 'Account', path: '/2010-04-01/Accounts.json', make: { FriendlyName: 'branch' },
    change: { FriendlyName: 'branch two' }, seen: { friendly_name: 'branch two' }, id: 'AC' },
  { name: 'IamKey', path: '/v1/Keys', query: { AccountSid: ACCOUNT }, make: { FriendlyName: 'mine', AccountSid: ACCOUNT }, fresh: 'NewIamKey',
    change: { FriendlyName: 'yours' }, seen: { friendly_name: 'yours' }, removes: true, id: 'SK' },
  { name: 'Service', path: '/v1/Services', make: { FriendlyName: 'svc' },
    change: { FriendlyName: 'svc two', StickySender: 'false' }, seen: { friendly_name: 'svc two', sticky_sender: false }, removes: true, id: 'MG' },
  { name: 'ServiceNumber', path: () => `/v1/Services/${made.Service}/PhoneNumbers`,
    make: () => ({ PhoneNumberSid: made.bought }), removes: true, id: 'PN' },
  { name: 'ServiceShortCode', path: () => `/v1/Services/${made.Service}/ShortCodes`,
    make: () => ({ ShortCodeSid: sid('SC') }), removes: true, id: 'SC' },
  { name: 'ServiceAlphaSender', path: () => `/v1/Services/${made.Service}/AlphaSenders`, make: { AlphaSender: 'My Shop' }, removes: true, id: 'AI' },
  { name: 'Alert', path: '/v1/Alerts', given: 'Alert', whole: 'AlertWhole', id: 'NO' },
];

// The addresses of pages, followed literally until there is none.
async function pages(path, key, frame, query) { // of one row each
  const rows = [], seen = [];
  let next = `${path.startsWith('/') ? path : `${ROOT}/${path}`}?${new URLSearchParams({ ...query, PageSize: '1' })}`;
  for (let turns = 0; next && turns < 50; turns++) {
    const body = await fetch(next);
    const place = frame === 'meta' ? body.meta : body;
    assert.equal(place.page, turns);
    assert.equal(place.page_size, 1);
    rows.push(...body[key]);
    seen.push(place);
    next = frame === 'meta' ? place.next_page_url : place.next_page_uri;
    if (next?.startsWith('http')) {
      assert.ok(next.startsWith(here()), `${next} is not at the address that was asked`);
      next = next.slice(here().length);
    }
  }
  return { rows, seen };
}

// The address of a single one, made from that of its list.
const single = (path, id) => (path.endsWith('.json') ? path.replace(/\.json$/, `/${id}.json`) : `${path}/${id}`);
const bare = (path) => path.replace(/\.json$/, '');
const idOf = (row) => row.sid ?? row.call_sid;

for (const f of families) {
  const frame = f.path instanceof Function ? (f.path.toString().includes('/v1/') ? 'meta' : 'account')
    : f.path.startsWith('/v1/') ? 'meta' : 'account';
  const isOld = frame === 'account';
  const path = () => (f.path instanceof Function ? f.path() : f.path);
  const key = shapes.resources[f.name].list;
  const element = shapes.resources[f.name].element;
  const whole = f.whole ?? f.name;
  const form = () => (f.make instanceof Function ? f.make() : f.make);
  const one = () => single(path(), f.own);

  describe(`${f.name} at ${f.path instanceof Function ? f.path.toString().replace(/^.*?`|`$/g, '') : f.path}`, () => {
    before(async () => {
      if (f.given) f.own = f.given === 'first' ? idOf((await fetch(path()))[key][0] ?? {}) : made[f.given];
    });

    if (f.make) test('is made: 201, the whole of it', async () => {
      const row = await create(path(), form());
      good(judgeResource(f.fresh ?? f.name, row, here()));
      f.own = idOf(row);
      if (f.wait) await stage.turn(MINUTE);
    });
    test('is fetched: 200, the whole of it, at the address that it names', async () => {
      const row = await fetch(one());
      good(judgeResource(whole, row, here()));
      assert.equal(idOf(row), f.own);
      const own = row.uri ?? row.url;
      if (own) assert.deepEqual(await fetch(own.replace(here(), '')), row);
    });
    test('is listed in the frame of its host', async () => {
      const body = await fetch(path(), f.query);
      good(judgeList(f.name, frame, body, here()));
      assert.ok(body[key].some((row) => idOf(row) === f.own), `${f.own} is not in the list`);
      const times = body[key].map((row) => new Date(row.date_created ?? 0).getTime());
      assert.deepEqual(times, [...times].sort((a, b) => b - a), 'not the newest first');
      const leads = Object.values({ ...body[key][0].subresource_uris, ...body[key][0].links });
      assert.deepEqual(leads.filter((uri) => !isTold(uri)), [], 'docs/simulator.md does not tell where they lead');
    });
    test('is found page by page, by addresses that can be followed', async () => {
      const { rows, seen } = await pages(path(), key, frame, f.query);
      const all = (await fetch(path(), f.query))[key];
      assert.deepEqual(rows.map(idOf), all.slice(0, 50).map(idOf));
      assert.equal(seen[0][isOld ? 'previous_page_uri' : 'previous_page_url'], null);
      const first = seen.at(-1)[isOld ? 'first_page_uri' : 'first_page_url'].replace(here(), '');
      assert.deepEqual((await fetch(first))[key].map(idOf), rows.slice(0, 1).map(idOf));
      if (seen.length > 1) {
        const back = seen[1][isOld ? 'previous_page_uri' : 'previous_page_url'].replace(here(), '');
        assert.deepEqual((await fetch(back))[key].map(idOf), rows.slice(0, 1).map(idOf));
      }
    });
    test('a page out of range and a token of nobody are refused', async () => {
      good(judgeError(await ask('GET', path(), { ...f.query, PageSize: '1001' }), 400, 20007));
      good(judgeError(await ask('GET', path(), { ...f.query, Page: '1', PageToken: 'PAnonsense' }), 400, 21481));
    });
    if (isOld && element) test('is told as XML without the suffix, alone and in the list', async () => {
      if (!f.bytes) {
        const row = await fetch(one());
        const answer = await ask('GET', bare(one()));
        assert.equal(answer.status, 200);
        assert.match(answer.headers['content-type'], /^application\/xml/);
        good(judgeXml(xml.parse(answer.text).TwilioResponse[element] ?? {}, row), answer.text);
      }
      const list = xml.parse((await ask('GET', bare(path()))).text).TwilioResponse;
      const [group] = Object.values(list);
      assert.ok([group[element]].flat().length > 0);
      assert.equal(group['@_page'], '0');
      assert.equal(group['@_pagesize'], '50');
    });
    if (f.change) test('is changed by POST: 200, and stays so', async () => {
      const row = await take(200, 'POST', one(), f.change);
      good(judgeResource(f.name, row, here()));
      for (const [member, value] of Object.entries(f.seen)) assert.deepEqual(row[member], value, member);
      const again = await fetch(one());
      for (const [member, value] of Object.entries(f.seen)) assert.deepEqual(again[member], value, member);
    });
    test('one that does not exist is 404, 20404, in both spellings', async () => {
      const nobody = single(path(), sid(f.id));
      const answer = await ask('GET', nobody);
      good(judgeError(answer, 404, 20404));
      const target = nobody.startsWith('/') ? nobody : `${ROOT}/${nobody}`;
      assert.equal(answer.body.message, `The requested resource ${target} was not found`);
      if (!isOld || f.bytes) return;
      const told = await ask('GET', bare(nobody));
      assert.equal(told.status, 404);
      const { RestException } = xml.parse(told.text).TwilioResponse;
      assert.deepEqual([RestException.Code, RestException.Status, RestException.MoreInfo], ['20404', '404', 'https://www.twilio.com/docs/errors/20404']);
    });
    test('PUT is 405, 20004; no credentials are 401, 20003', async () => {
      good(judgeError(await ask('PUT', path(), {}), 405, 20004));
      const stranger = await ask('GET', path(), undefined, { auth: null });
      good(judgeError(stranger, 401, 20003));
      assert.equal(stranger.headers['www-authenticate'], 'Basic realm="Twilio API"');
      good(judgeError(await ask('GET', one(), undefined, { auth: `${ACCOUNT}:wrong` }), 401, 20003));
    });
    if (f.removes) test('is removed: 204 without a body, then 404', async () => {
      const answer = await ask('DELETE', one());
      assert.deepEqual([answer.status, answer.text], [204, '']);
      if (f.name === 'Participant') return; // shown as long as the conference goes on
      good(judgeError(await ask('GET', one()), 404, 20404));
      good(judgeError(await ask('DELETE', one()), 404, 20404));
      assert.ok(!(await fetch(path(), f.query))[key].some((row) => idOf(row) === f.own), 'still in the list');
    });
  });
}

describe('what has no list of its own kind', () => {
  const rows = [
    ['the balance', 'GET', 'Balance.json', 200, 'Balance'],
    ['the account', 'GET', `${ROOT}.json`, 200, 'Account'],
    ['a country', 'GET', 'AvailablePhoneNumbers/US.json', 200, 'Country'],
    ['feedback', 'POST', () => `Messages/${made.picture}/Feedback.json`, 201, 'Feedback', { Outcome: 'confirmed' }],
    ['a lookup', 'GET', `/v2/PhoneNumbers/${encodeURIComponent(CUSTOMER)}`, 200, 'Lookup'],
    ['a lookup with packages', 'GET', `/v2/PhoneNumbers/${CUSTOMER}`, 200, 'Lookup', { Fields: 'caller_name,line_type_intelligence' }],
    ['a lookup of no number', 'GET', '/v2/PhoneNumbers/+1619', 200, 'Lookup'],
    ['a lookup of a national number', 'GET', '/v2/PhoneNumbers/6195550150', 200, 'Lookup', { CountryCode: 'US' }],
    ['an old lookup', 'GET', `/v1/PhoneNumbers/${CUSTOMER}`, 200, 'LookupOne', { Type: 'carrier' }],
  ];
  for (const [what, method, path, status, shape, form] of rows) {
    test(`${what}: ${status}`, async () => {
      good(judgeResource(shape, await take(status, method, path instanceof Function ? path() : path, form), here()));
    });
  }
  test('the validation of a caller id', () => good(judgeResource('Validation', made.validation)));
  test('what was looked up is told', async () => {
    const bad = await fetch('/v2/PhoneNumbers/+1619');
    assert.deepEqual([bad.valid, bad.phone_number, bad.country_code, bad.national_format], [false, '+1619', null, null]);
    assert.ok(bad.validation_errors.length > 0);
    const known = await fetch(`/v2/PhoneNumbers/${CUSTOMER}`, { Fields: 'caller_name,line_type_intelligence' });
    assert.deepEqual([known.valid, known.calling_country_code, known.country_code, known.phone_number], [true, '1', 'US', CUSTOMER]);
    assert.ok(known.caller_name && known.line_type_intelligence, 'the packages asked for');
    const plain = await fetch(`/v2/PhoneNumbers/${CUSTOMER}`);
    assert.deepEqual([plain.caller_name, plain.line_type_intelligence], [null, null]);
    good(judgeError(await ask('GET', '/v1/PhoneNumbers/+1619'), 404, 20404));
  });
});

describe('lists by other ways', () => {
  const rows = [
    ['usage', 'Usage/Records.json', 'Usage', 'account'],
    ['usage of one category', 'Usage/Records.json', 'Usage', 'account', { Category: 'sms' }],
    ['countries', 'AvailablePhoneNumbers.json', 'Country', 'bare'],
    ...['Local', 'TollFree', 'Mobile', 'National', 'Voip', 'SharedCost', 'MachineToMachine'].map((type) => [
      `numbers for sale, ${type}`, `AvailablePhoneNumbers/US/${type}.json`, 'AvailableNumber', 'bare']),
    ...['Local', 'TollFree', 'Mobile'].map((type) => [`numbers, ${type}`, `IncomingPhoneNumbers/${type}.json`, 'Number', 'account']),
    ['texts by number', 'Messages.json', 'Message', 'account', { To: PRIMARY, From: LINE }],
    ['texts by day', 'Messages.json', 'Message', 'account', { 'DateSent>': '2026-11-24', 'DateSent<': '2026-11-25' }],
    ['calls by state', 'Calls.json', 'Call', 'account', { Status: 'completed', 'StartTime>': '2026-11-24T00:00:00Z' }],
    ['legs of a call', 'Calls.json', 'Call', 'account', () => ({ ParentCallSid: made.inbound })],
    ['recordings of a call', 'Recordings.json', 'Recording', 'account', () => ({ CallSid: made.Call })],
    ['recordings of a conference', () => `Conferences/${made.Conference}/Recordings.json`, 'ConferenceRecording', 'account'],
    ...['AllTime', 'Today', 'Yesterday', 'ThisMonth', 'LastMonth', 'Daily', 'Monthly', 'Yearly'].map((span) => [
      `usage: ${span}`, `Usage/Records/${span}.json`, 'Usage', 'account']),
    ['conferences by state', 'Conferences.json', 'Conference', 'account', { Status: 'in-progress' }],
    ['mistakes', 'Notifications.json', 'Notification', 'account', { Log: '0' }],
    ['alerts', '/v1/Alerts', 'Alert', 'meta', { LogLevel: 'error', StartDate: '2026-11-23', EndDate: '2026-11-25' }],
    ['events of a call', () => `Calls/${made.Call}/Events.json`, 'CallEvent', 'account'],
  ];
  for (const [what, path, shape, frame, form] of rows) {
    test(`${what}: in the frame "${frame}", the filters in each address`, async () => {
      const filters = form instanceof Function ? form() : form;
      const body = await fetch(path instanceof Function ? path() : path, filters);
      good(judgeList(shape, frame, body, here()));
      assert.ok(body[shapes.resources[shape].list].length > 0 || /numbers/.test(what), 'the list is empty');
      const place = frame === 'meta' ? body.meta : body;
      if (frame === 'bare') return;
      const uri = place.first_page_uri ?? place.first_page_url;
      for (const [name, value] of Object.entries(filters ?? {})) {
        assert.equal(new URL(uri, here()).searchParams.get(name), value, `${name} in ${uri}`);
      }
    });
  }
  for (const [type, number] of [['Local', '+16195550191'], ['TollFree', '+18005550191'], ['Mobile', '+16195550192']]) {
    test(`a number is bought at ${type}`, async () => {
      good(judgeResource('Number', await create(`IncomingPhoneNumbers/${type}.json`, { PhoneNumber: number }), here()));
    });
  }
});

describe('texts of every kind', () => {
  const text = (more) => ({ To: PRIMARY, From: LINE, Body: 'x', ...more });
  const later = (minutes) => new Date(now + minutes * 60000).toISOString().replace('.000', '');
  let now;
  before(async () => {
    now = Math.ceil(Date.parse((await stage.carrier('GET', '/sim/clock')).now) / 1000) * 1000;
    customer.answers['/a.png'] = { type: 'image/png', body: 'picture' };
    await ask('POST', `/v1/Services/${made.Service}/PhoneNumbers`, { PhoneNumberSid: made.bought });
  });
  const rows = [
    ['with a picture', () => text({ MediaUrl: at('/a.png') }), { num_media: '1', status: 'queued' }, { status: 'delivered' }],
    ['of two pictures alone', () => ({ To: PRIMARY, From: LINE, MediaUrl: [at('/a.png'), at('/a.png')] }), { num_media: '2', body: '' }, {}],
    ['of three parts', () => text({ Body: 'x'.repeat(400) }), { num_segments: '3', num_media: '0' }, {}],
    ['of two parts in another alphabet', () => text({ Body: '\u{1f69a}'.repeat(36) }), { num_segments: '2' }, {}],
    ['through a service', () => ({ To: PRIMARY, MessagingServiceSid: made.Service, Body: 'x', StatusCallback: at('/service-status') }), { status: 'accepted', from: null }, { status: 'delivered', from: '+16195550190' }],
    ['planned for later', () => ({ To: PRIMARY, MessagingServiceSid: made.Service, Body: 'x', ScheduleType: 'fixed', SendAt: later(60) }), { status: 'scheduled', num_segments: '0', date_sent: null }, { status: 'scheduled' }],
  ];
  for (const [what, form, first, then] of rows) {
    test(what, async () => {
      const some = (row, wanted) => Object.fromEntries(Object.keys(wanted).map((key) => [key, row[key]]));
      const row = await create('Messages.json', form());
      good(judgeResource('Message', row));
      assert.deepEqual(some(row, first), first);
      await stage.turn(MINUTE);
      const again = await fetch(`Messages/${row.sid}.json`);
      good(judgeResource('Message', again));
      assert.deepEqual(some(again, then), then);
      if (row.status === 'scheduled') {
        assert.equal((await take(200, 'POST', `Messages/${row.sid}.json`, { Status: 'canceled' })).status, 'canceled');
      }
    });
  }
  test('an answer to a text is told as one', async () => {
    customer.answers['/sms/inbound'] = '<Message>thank you</Message>';
    await stage.text(OTHERS[1], 'here I am');
    await stage.turn(MINUTE);
    delete customer.answers['/sms/inbound'];
    const { messages } = await fetch('Messages.json', { To: OTHERS[1] });
    assert.deepEqual(messages.map((m) => [m.direction, m.body]), [['outbound-reply', 'thank you']]);
  });
  test('through a service the callbacks begin with "queued"', () => {
    const told = customer.params('/service-status');
    for (const params of told) good(judgeWebhook('TextStatus', params));
    assert.deepEqual(told.map((p) => p.MessageStatus).filter((w) => w !== 'sending'), ['queued', 'sent', 'delivered']);
    assert.deepEqual(new Set(told.map((p) => p.MessagingServiceSid)), new Set([made.Service]));
  });
});

describe('what happens in a call', () => {
  test('a recording is started, paused, resumed and stopped', async () => {
    const started = await ask('POST', `Calls/${made.live}/Recordings.json`, { RecordingStatusCallback: at('/recording-status') });
    assert.ok([200, 201].includes(started.status), started.text);
    good(judgeResource('CallRecording', started.body));
    assert.equal(started.body.status, 'in-progress');
    const own = `Calls/${made.live}/Recordings/${started.body.sid}.json`;
    for (const [path, form, status] of [
      [own, { Status: 'paused', PauseBehavior: 'skip' }, 'paused'],
      [`Calls/${made.live}/Recordings/Twilio.CURRENT.json`, { Status: 'in-progress' }, 'in-progress'],
      [own, { Status: 'stopped' }, 'stopped'],
    ]) {
      const row = await take(200, 'POST', path, form);
      good(judgeResource('CallRecording', row));
      assert.ok([status, 'processing', 'completed'].includes(row.status), `${row.status}, not ${status}`);
    }
    good(judgeResource('CallRecording', await fetch(own)));
  });
  test('a participant is muted, held and let go on', async () => {
    const own = `Conferences/${made.Conference}/Participants/${made.participant}.json`;
    for (const [member, name] of [['muted', 'Muted'], ['hold', 'Hold'], ['end_conference_on_exit', 'EndConferenceOnExit']]) {
      for (const value of [true, false]) {
        const row = await take(200, 'POST', own, { [name]: String(value) });
        good(judgeResource('Participant', row));
        assert.equal(row[member], value, member);
      }
    }
    await stage.turn(2);
  });
  test('a participant is removed, and is told to have left', async () => {
    await take(204, 'DELETE', `Conferences/${made.Conference}/Participants/${made.second}.json`);
    await stage.turn(2);
  });
  test('whoever waits in front is shown, and fetched out', async () => {
    const front = await fetch(`Queues/${made.Queue}/Members/Front.json`);
    good(judgeResource('Member', front));
    assert.equal(front.call_sid, made.Member);
    good(judgeResource('Member', await take(200, 'POST', `Queues/${made.Queue}/Members/Front.json`, { Url: at('/talk'), Method: 'POST' })));
    const next = await take(200, 'POST', `Queues/${made.Queue}/Members/${made.next}.json`, { Url: at('/talk') });
    good(judgeResource('Member', next));
    await stage.turn(5);
    assert.equal((await fetch(`Queues/${made.Queue}.json`)).current_size, 0);
  });
  test('a recording of a conference is shown, paused and deleted', async () => {
    const [{ sid: given }] = (await fetch(`Conferences/${made.Conference}/Recordings.json`)).recordings;
    const own = `Conferences/${made.Conference}/Recordings/${given}.json`;
    good(judgeResource('ConferenceRecording', await fetch(own)));
    for (const status of ['paused', 'in-progress', 'stopped']) {
      const row = await take(200, 'POST', own, { Status: status });
      good(judgeResource('ConferenceRecording', row));
      assert.ok(row.status === status || (status === 'stopped' && /processing|completed/.test(row.status)), `${row.status}, not ${status}`);
    }
    await stage.turn(5);
    await take(204, 'DELETE', own);
    good(judgeError(await ask('GET', own), 404, 20404));
  });
  test('the conference is ended', async () => {
    const row = await take(200, 'POST', `Conferences/${made.Conference}.json`, { Status: 'completed' });
    good(judgeResource('Conference', row));
    await stage.turn(5);
    const ended = await fetch(`Conferences/${made.Conference}.json`);
    assert.deepEqual([ended.status, ended.reason_conference_ended], ['completed', 'conference-ended-via-api']);
    good(judgeResource('Conference', ended));
  });
  test('a call gets another document, and is ended', async () => {
    good(judgeResource('Call', await take(200, 'POST', `Calls/${made.live}.json`, { Twiml: '<Response><Pause length="60"/></Response>' })));
    good(judgeResource('Call', await take(200, 'POST', `Calls/${made.live}.json`, { Status: 'completed' })));
    await stage.turn(5);
    assert.equal((await fetch(`Calls/${made.live}.json`)).status, 'completed');
    good(judgeError(await ask('POST', `Calls/${made.live}.json`, { Url: at('/talk') }), 400, 21220));
  });
  test('a call under way cannot be deleted', async () => {
    const running = await create('Calls.json', { To: OTHERS[2], From: LINE, Url: at('/talk') });
    assert.deepEqual(['queued', null, null, null], [running.status, running.start_time, running.duration, running.price]);
    const answer = await ask('DELETE', `Calls/${running.sid}.json`);
    assert.ok([400, 409].includes(answer.status));
    good(judgeError(answer, answer.status, 20009));
    await take(200, 'POST', `Calls/${running.sid}.json`, { Status: 'canceled' });
  });
});

describe('bytes', () => {
  const rows = [
    ['a recording as it is', () => `Recordings/${made.Recording}`, /^audio\/(x-)?wav/],
    ['a recording as .wav', () => `Recordings/${made.Recording}.wav`, /^audio\/(x-)?wav/],
    ['a recording as .mp3', () => `Recordings/${made.Recording}.mp3`, /^audio\/mpeg/],
  ];
  for (const [what, path, type] of rows) {
    test(what, async () => {
      const answer = await ask('GET', path());
      assert.equal(answer.status, 200);
      assert.match(answer.headers['content-type'], type);
      assert.ok(answer.text.length > 40);
    });
  }
  test('a picture, by way of another address', async () => {
    const { MediaUrl1, MediaContentType1 } = customer.params('/sms/inbound').find((p) => p.NumMedia === '2');
    assert.equal(MediaContentType1, 'image/png');
    const answer = await ask('GET', new URL(MediaUrl1).pathname);
    assert.ok([302, 307].includes(answer.status), `status ${answer.status}`);
    const picture = await request({ port: stage.simPort, target: new URL(answer.headers.location).pathname });
    assert.deepEqual([picture.status, picture.headers['content-type']], [200, 'image/png']);
  });
});

describe('what remains is deleted', () => {
  for (const [what, path, key] of [['a transcription', 'Transcriptions', 'transcriptions'], ['a recording', 'Recordings', 'recordings']]) {
    test(what, async () => {
      const row = (await fetch(`${path}.json`))[key].find((r) => r.status === 'completed');
      await take(204, 'DELETE', `${path}/${row.sid}.json`);
      good(judgeError(await ask('DELETE', `${path}/${row.sid}.json`), 404, 20404));
    });
  }
});

test('registrations are told in the frame of their host', async () => {
  for (const [path, key] of [['/v1/Tollfree/Verifications', 'verifications'], [`/v1/Services/${sid('MG')}/Compliance/Usa2p`, 'compliance']]) {
    const answer = await ask('GET', path);
    if (answer.status === 404) good(judgeError(answer, 404, 20404)); // of a service that is not there
    else assert.deepEqual([answer.status, answer.body.meta.key, answer.body[key]], [200, key, []]);
  }
  const made = await create('/v1/Services', { FriendlyName: 'campaign' });
  const { meta, compliance } = await fetch(`/v1/Services/${made.sid}/Compliance/Usa2p`);
  assert.deepEqual([meta.key, meta.page, compliance], ['compliance', 0, []]);
});

test('each route of docs/simulator.md has been asked for', () => assert.deepEqual(untouched(asked), []));
