// The simulated REST API, judged by the carrier's official client: accounts, keys, numbers,
// applications, caller ids, usage, test credentials; paging, errors, the door.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { XMLParser } from 'fast-xml-parser';
import twilio from 'twilio';
import { ACCOUNT, CUSTOMER, LINE, PRIMARY, TOKEN, closeCarrier, freePort, openCarrier, request } from './stage.js';

const TEST_ACCOUNT = 'AC0000000000000000000000000000000f';
const TEST_TOKEN = 'fedcba9876543210fedcba9876543210';
const MAIN_KEY = 'SK000000000000000000000000000000aa';

let stage, customer, client;
const at = (user, password, more) => {
  const made = twilio(user, password, more);
  for (const domain of [made.api, made.messaging, made.lookups, made.monitor, made.iam])
    domain.baseUrl = `http://127.0.0.1:${stage.simPort}`;
  return made;
};

before(async () => {
  const port = await freePort();
  customer = { seen: [], server: null };
  customer.server = http.createServer((rq, rs) => {
    let body = '';
    rq.on('data', (part) => { body += part; });
    rq.on('end', () => {
      customer.seen.push({ path: rq.url, ...Object.fromEntries(new URLSearchParams(body)) });
      rs.writeHead(200, { 'Content-Type': 'text/xml' });
      rs.end('<Response/>');
    });
  });
  await new Promise((done) => { customer.server.listen(port, '127.0.0.1', done); });
  stage = await openCarrier(port);
  await stage.carrier('POST', '/sim/setup', {
    accounts: [
      { sid: TEST_ACCOUNT, auth_token: TEST_TOKEN, test: true },
      { sid: 'AC000000000000000000000000000000bb', auth_token: 'busy', concurrency: 1,
        numbers: [{ phone_number: '+13125550100' }] },
      { sid: 'AC000000000000000000000000000000cc', auth_token: 'keys',
        api_keys: [{ sid: MAIN_KEY, secret: 'main', main: true }] },
    ],
  });
  client = at(ACCOUNT, TOKEN);
});
after(async () => {
  await closeCarrier(stage);
  customer.server.close();
  customer.server.closeAllConnections();
  assert.equal(stage.how, 0, 'ended cleanly');
});

const raw = (target, { method = 'GET', user = ACCOUNT, password = TOKEN, body, host } = {}) => request({
  method, port: stage.simPort, target, body,
  headers: {
    ...(user ? { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` } : {}),
    ...(body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
    ...(host ? { Host: host } : {}),
  },
});
const below = (rest) => `/2010-04-01/Accounts/${ACCOUNT}${rest}`;

async function fails(promise, status, code) {
  const error = await promise.then(() => assert.fail('was not refused'), (e) => e);
  assert.ok(error instanceof twilio.RestException, String(error));
  assert.deepEqual([error.status, error.code], [status, code]);
  assert.equal(error.moreInfo, `https://www.twilio.com/docs/errors/${code}`);
  return error;
}

// Each resource that is made, listed with paging, fetched, changed and taken away alike.
const SERVER = 'https://customer.example.com';
let next = 20;
const number = () => `+161755501${next++}`;
const resources = [
  { name: 'keys', list: (c) => c.newKeys, all: (c) => c.keys, one: (c, sid) => c.keys(sid), make: (i) => ({ friendlyName: `key ${i}` }), change: { friendlyName: 'renamed' }, prefix: 'SK' },
  { name: 'signing keys', list: (c) => c.newSigningKeys, all: (c) => c.signingKeys, one: (c, sid) => c.signingKeys(sid), make: (i) => ({ friendlyName: `signing ${i}` }), change: { friendlyName: 'renamed' }, prefix: 'SK' },
  { name: 'applications', list: (c) => c.applications, all: (c) => c.applications, one: (c, sid) => c.applications(sid), make: (i) => ({ friendlyName: `app ${i}`, voiceUrl: `${SERVER}/voice` }), change: { friendlyName: 'renamed', voiceFallbackUrl: `${SERVER}/fallback`, smsMethod: 'GET' }, prefix: 'AP' },
  { name: 'numbers', list: (c) => c.incomingPhoneNumbers, all: (c) => c.incomingPhoneNumbers, one: (c, sid) => c.incomingPhoneNumbers(sid), make: () => ({ phoneNumber: number(), voiceUrl: `${SERVER}/voice` }), change: { friendlyName: 'renamed', voiceFallbackUrl: `${SERVER}/fallback`, voiceCallerIdLookup: true, smsMethod: 'GET' }, prefix: 'PN' },
];
for (const r of resources)
  describe(r.name, () => {
    let sids;
    test('are made, and fetched as they were made', async () => {
      const before = (await r.all(client).list()).length;
      sids = [];
      for (let i = 0; i < 5; i++) {
        const made = await r.list(client).create(r.make(i));
        assert.match(made.sid, new RegExp(`^${r.prefix}[0-9a-f]{32}$`));
        sids.push(made.sid);
        assert.ok(made.dateCreated instanceof Date);
        if (r.prefix === 'SK') {
          assert.match(made.secret, /^[0-9a-f]{32}$/);
          assert.equal((await r.one(client, made.sid).fetch()).secret, undefined, 'only once');
        }
      }
      assert.equal((await r.all(client).list()).length, before + 5);
    });
    test('are listed newest first, in pages', async () => {
      const mine = async (options) => (await r.all(client).list(options)).map((x) => x.sid);
      const all = await mine();
      assert.deepEqual(all.slice(0, 5), [...sids].reverse());
      assert.deepEqual(await mine({ pageSize: 2 }), all);
      assert.deepEqual(await mine({ limit: 3 }), all.slice(0, 3));
      assert.deepEqual(await mine({ pageSize: 2, limit: 3 }), all.slice(0, 3));
      const first = await r.all(client).page({ pageSize: 2 });
      const second = await first.nextPage();
      assert.deepEqual(second.instances.map((x) => x.sid), all.slice(2, 4));
      const again = await second.previousPage();
      assert.deepEqual(again.instances.map((x) => x.sid), all.slice(0, 2));
      const byToken = await r.all(client).page({ pageSize: 2, pageToken: `PA${all[1]}`, pageNumber: 1 });
      assert.deepEqual(byToken.instances.map((x) => x.sid), all.slice(2, 4));
      await fails(r.all(client).page({ pageSize: 1001 }), 400, 20007);
      await fails(r.all(client).page({ pageToken: 'PAnobody' }), 400, 21481);
    });
    test('are all found while each page is taken away', async () => {
      const gone = [];
      for (let i = 0; i < 5; i++) gone.push((await r.list(client).create(r.make(i))).sid);
      const seen = [], kept = (await r.all(client).list()).map((x) => x.sid);
      for (let page = await r.all(client).page({ pageSize: 2 }); page; page = await page.nextPage())
        for (const x of page.instances) {
          seen.push(x.sid);
          if (gone.includes(x.sid)) await r.one(client, x.sid).remove();
        }
      assert.deepEqual(seen, kept);
    });
    test('are changed', async () => {
      const changed = await r.one(client, sids[0]).update(r.change);
      const fetched = await r.one(client, sids[0]).fetch();
      for (const key of Object.keys(r.change)) {
        assert.equal(changed[key], r.change[key], key);
        assert.equal(fetched[key], r.change[key], key);
      }
    });
    test('are taken away', async () => {
      assert.equal(await r.one(client, sids[1]).remove(), true);
      await fails(r.one(client, sids[1]).fetch(), 404, 20404);
      await fails(r.one(client, sids[1]).remove(), 404, 20404);
      assert.ok(!(await r.all(client).list()).some((x) => x.sid === sids[1]));
    });
  });

describe('accounts', () => {
  let sub;
  test('a subaccount has its own token, and its owner opens it', async () => {
    sub = await client.api.v2010.accounts.create({ friendlyName: 'branch' });
    assert.equal(sub.ownerAccountSid, ACCOUNT);
    assert.equal(sub.status, 'active');
    const own = at(sub.sid, sub.authToken), owner = at(ACCOUNT, TOKEN, { accountSid: sub.sid });
    for (const c of [own, owner]) assert.deepEqual(await c.messages.list(), []);
    await fails(own.api.v2010.accounts(ACCOUNT).fetch(), 401, 20003);
    await fails(own.api.v2010.accounts.create({}), 403, 20403);
    const listed = await client.api.v2010.accounts.list({ status: 'active' });
    assert.deepEqual(listed.map((x) => x.sid), [sub.sid, ACCOUNT]);
    assert.deepEqual((await client.api.v2010.accounts.list({ friendlyName: 'branch' })).map((x) => x.sid), [sub.sid]);
  });
  test('a subaccount buys, and a number is handed over', async () => {
    const owner = at(ACCOUNT, TOKEN, { accountSid: sub.sid });
    const bought = await owner.incomingPhoneNumbers.create({ areaCode: '303', smsUrl: `${stage.base}/sub` });
    assert.equal(bought.accountSid, sub.sid);
    const moved = await owner.incomingPhoneNumbers(bought.sid).update({ accountSid: ACCOUNT });
    assert.equal(moved.accountSid, ACCOUNT);
    assert.equal((await client.incomingPhoneNumbers(bought.sid).fetch()).phoneNumber, bought.phoneNumber);
    await fails(owner.incomingPhoneNumbers(bought.sid).fetch(), 404, 20404);
    await client.incomingPhoneNumbers(bought.sid).remove();
  });
  test('suspended it opens nothing and hears nothing; reopened it does; closed it stays closed', async () => {
    const own = at(sub.sid, sub.authToken), owner = at(ACCOUNT, TOKEN, { accountSid: sub.sid });
    const bought = await owner.incomingPhoneNumbers.create({ areaCode: '303', smsUrl: `${stage.base}/sub` });
    await fails(own.api.v2010.accounts(sub.sid).update({ status: 'closed' }), 403, 20403);
    await client.api.v2010.accounts(sub.sid).update({ status: 'suspended', friendlyName: 'shut' });
    await fails(own.messages.list(), 401, 20005);
    await fails(owner.messages.list(), 403, 20005);
    await assert.rejects(stage.text(CUSTOMER, 'anybody', bought.phoneNumber), /no account/);
    await client.api.v2010.accounts(sub.sid).update({ status: 'active' });
    assert.equal((await own.api.v2010.accounts(sub.sid).fetch()).friendlyName, 'shut');
    await stage.text(CUSTOMER, 'and now', bought.phoneNumber);
    await stage.turn(1);
    assert.equal(customer.seen.at(-1).Body, 'and now');
    await client.api.v2010.accounts(sub.sid).update({ status: 'closed' });
    await fails(client.api.v2010.accounts(sub.sid).update({ status: 'active' }), 400, 20001);
    assert.deepEqual((await client.api.v2010.accounts.list({ status: 'closed' })).map((x) => x.sid), [sub.sid]);
  });
  test('a call that waits for its turn is not placed once its account is suspended', async () => {
    const other = await client.api.v2010.accounts.create({ friendlyName: 'other' });
    const owner = at(ACCOUNT, TOKEN, { accountSid: other.sid });
    const bought = await owner.incomingPhoneNumbers.create({ areaCode: '303' });
    const made = [];
    for (let i = 0; i < 2; i++)
      made.push(await owner.calls.create({ to: PRIMARY, from: bought.phoneNumber, twiml: '<Response/>' }));
    await stage.turn(0.2);
    await client.api.v2010.accounts(other.sid).update({ status: 'suspended' });
    await stage.turn(3);
    await client.api.v2010.accounts(other.sid).update({ status: 'active' });
    assert.equal((await owner.calls(made[1].sid).fetch()).status, 'failed');
    const rang = (await stage.phone(PRIMARY)).calls.map((c) => c.sid);
    assert.ok(rang.includes(made[0].sid));
    assert.ok(!rang.includes(made[1].sid));
  });
  test('the balance', async () => {
    const balance = await client.balance.fetch();
    assert.deepEqual([balance.accountSid, balance.currency], [ACCOUNT, 'USD']);
    assert.equal(typeof balance.balance, 'string');
  });
});

describe('the door', () => {
  test('keys open until they are deleted, but manage neither accounts nor keys', async () => {
    const key = await client.newKeys.create({ friendlyName: 'guest' });
    const guest = at(key.sid, key.secret, { accountSid: ACCOUNT });
    assert.ok(Array.isArray(await guest.messages.list({ limit: 1 })));
    await fails(guest.keys.list(), 403, 20403);
    await fails(guest.api.v2010.accounts.create({}), 403, 20403);
    await client.keys(key.sid).remove();
    await fails(guest.messages.list(), 401, 20003);
    const main = at(MAIN_KEY, 'main', { accountSid: 'AC000000000000000000000000000000cc' });
    assert.equal((await main.keys.list()).length, 1);
  });
  test('keys of the other host', async () => {
    const made = await client.iam.v1.newApiKey.create({ accountSid: ACCOUNT, friendlyName: 'elsewhere' });
    assert.ok(made.secret);
    assert.ok(made.dateCreated);
    const all = await client.iam.v1.getApiKeys.list({ accountSid: ACCOUNT, pageSize: 2 });
    assert.equal(all[0].sid, made.sid);
    assert.equal((await client.iam.v1.apiKey(made.sid).fetch()).friendlyName, 'elsewhere');
    assert.equal((await client.iam.v1.apiKey(made.sid).update({ friendlyName: 'x' })).friendlyName, 'x');
    assert.equal(await client.iam.v1.apiKey(made.sid).remove(), true);
    await fails(client.iam.v1.apiKey(made.sid).fetch(), 404, 20404);
  });
  test('wrong credentials: 401 with the real body and header', async () => {
    const error = await fails(at(ACCOUNT, 'wrong').messages.list(), 401, 20003);
    assert.equal(error.message, 'Authenticate');
    const { status, headers, body } = await raw(below('/Messages.json'), { password: 'wrong' });
    assert.equal(status, 401);
    assert.equal(headers['www-authenticate'], 'Basic realm="Twilio API"');
    assert.deepEqual(JSON.parse(body), {
      code: 20003, message: 'Authenticate', more_info: 'https://www.twilio.com/docs/errors/20003',
      status: 401, detail: 'Your AccountSid or AuthToken was incorrect.',
    });
    assert.equal((await raw(below('/Messages.json'), { user: '' })).status, 401);
    assert.equal((await raw(below('/Nonsense.json'), { password: 'wrong' })).status, 401);
    assert.equal((await raw('/v1/Nonsense', { user: '' })).status, 401);
  });
  test('an unknown resource: 404 in the carrier\'s form, and the timeline says so', async () => {
    const error = await fails(client.request({ method: 'get', uri: `http://127.0.0.1:${stage.simPort}${below('/Nonsense.json')}` })
      .then((answer) => { throw new twilio.RestException(answer); }), 404, 20404);
    assert.equal(error.message, `The requested resource ${below('/Nonsense.json')} was not found`);
    await raw(below('/Addresses.json'));
    const notes = (await stage.carrier('GET', '/sim/timeline')).entries.filter((e) => e.kind === 'absent').map((e) => e.words);
    assert.equal(notes[0], `not simulated: GET ${below('/Nonsense.json')}`);
    assert.match(notes[1], /^not simulated: GET .*Addresses\.json: postal addresses/);
    assert.equal((await raw('/v1/Flows', { host: 'studio.twilio.com' })).status, 404);
  });
  test('a wrong method, a malformed form, what is unknown in a form', async () => {
    assert.equal(JSON.parse((await raw(below('/Messages.json'), { method: 'PUT', body: '' })).body).code, 20004);
    const bad = await raw(below('/Messages.json'), { method: 'POST', body: 'To=%zz' });
    assert.deepEqual([bad.status, JSON.parse(bad.body).code], [400, 20001]);
    const key = await raw(below('/Keys.json'), { method: 'POST', body: 'FriendlyName=k&Nonsense=1' });
    assert.equal(key.status, 201);
    await client.keys(JSON.parse(key.body).sid).remove();
  });
  test('more requests at once than the account may: 429', async () => {
    const sid = 'AC000000000000000000000000000000bb', busy = at(sid, 'busy');
    await stage.carrier('POST', '/sim/fault', { what: 'slow', after_ms: 2000, to: PRIMARY });
    const first = busy.messages.create({ to: PRIMARY, from: '+13125550100', body: 'x' });
    for (let looks = 0; (await stage.carrier('GET', '/sim/clock')).held !== 1; looks++) assert.ok(looks < 5000);
    await fails(busy.messages.list(), 429, 20429);
    await stage.turn(3);
    assert.ok((await first).sid);
    assert.ok(await busy.messages.list());
  });
  test('headers: an id, a truthful duration, the rest', async () => {
    const { headers } = await raw(below('/Messages.json'));
    assert.match(headers['twilio-request-id'], /^RQ[0-9a-f]{32}$/);
    assert.equal(headers['twilio-request-duration'], '0.000');
    assert.equal(headers['twilio-concurrent-requests'], '1');
    assert.equal(headers['x-api-domain'], 'api.twilio.com');
    assert.equal(headers['content-type'], 'application/json;charset=utf-8');
    await stage.carrier('POST', '/sim/fault', { what: 'slow', after_ms: 2500, to: PRIMARY });
    const late = raw(below('/Messages.json'), { method: 'POST', body: `To=${encodeURIComponent(PRIMARY)}&From=${encodeURIComponent(LINE)}&Body=x` });
    for (let looks = 0; (await stage.carrier('GET', '/sim/clock')).held !== 1; looks++) assert.ok(looks < 5000);
    await stage.turn(3);
    assert.equal((await late).headers['twilio-request-duration'], '2.500');
  });
  test('without .json the answer is XML', async () => {
    const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false });
    const one = parser.parse((await raw(below(''))).body).TwilioResponse.Account;
    assert.equal(one.Sid, ACCOUNT);
    assert.equal(one.SubresourceUris.Messages, below('/Messages.json'));
    const answer = await raw(below('/IncomingPhoneNumbers?PageSize=1'));
    assert.equal(answer.headers['content-type'], 'application/xml');
    const list = parser.parse(answer.body).TwilioResponse.IncomingPhoneNumbers;
    assert.equal(list['@_pagesize'], '1');
    assert.equal(list['@_page'], '0');
    assert.match(list.IncomingPhoneNumber.Sid, /^PN/);
    const error = parser.parse((await raw(below('/Messages/SMnone'))).body).TwilioResponse.RestException;
    assert.deepEqual([error.Code, error.Status], ['20404', '404']);
  });
  test('a page keeps its filters; the host that was asked is in the addresses', async () => {
    const list = JSON.parse((await raw(below('/Messages.json?PageSize=1&To=%2B16195550111&DateSent%3E=2020-01-01'))).body);
    assert.equal(list.first_page_uri, below('/Messages.json?To=%2B16195550111&DateSent%3E=2020-01-01&PageSize=1&Page=0'));
    const iam = JSON.parse((await raw(`/v1/Keys?AccountSid=${ACCOUNT}`)).body);
    assert.equal(iam.meta.url, `http://127.0.0.1:${stage.simPort}/v1/Keys?AccountSid=${ACCOUNT}&PageSize=50&Page=0`);
    assert.equal(iam.meta.key, 'keys');
    const far = JSON.parse((await raw(`/v1/Keys?AccountSid=${ACCOUNT}`, { host: 'iam.dublin.ie1.twilio.com' })).body);
    assert.match(far.meta.first_page_url, /^https:\/\/iam\.dublin\.ie1\.twilio\.com\/v1\/Keys\?/);
    assert.equal((await raw(`/v1/Keys?AccountSid=${ACCOUNT}`, { host: 'monitor.twilio.com' })).status, 404);
  });
});

describe('what nobody should send', () => {
  const rows = [
    ['a path of dots', 'GET', below('/Messages/../Messages.json'), 404],
    ['a broken escape in a path', 'GET', below('/Messages/%zz.json'), 400],
    ['a NUL in a path', 'GET', below('/Messages/%00.json'), 404],
    ['an empty name', 'GET', below('/Messages/.json'), 404],
    ['a very long name', 'GET', below(`/Keys/${'S'.repeat(4000)}.json`), 404],
    ['markup in a name', 'GET', below('/Keys/%3Cscript%3E'), 404],
    ['a page far away', 'GET', below('/Keys.json?Page=1000000&PageSize=1000'), 200],
    ['a page below zero', 'GET', below('/Keys.json?Page=-1'), 400],
    ['a page that is no number', 'GET', below('/Keys.json?PageSize=many'), 400],
    ['a token of markup', 'GET', below('/Keys.json?PageToken=%3Cb%3E'), 400],
    ['a date that is none', 'GET', below('/Messages.json?DateSent%3E=yesterday'), 200],
    ['a pattern of stars alone', 'GET', below(`/AvailablePhoneNumbers/US/Local.json?Contains=${'%25'.repeat(16)}`), 200],
    ['a pattern that could be anything and is nothing', 'GET', below(`/AvailablePhoneNumbers/US/Local.json?Contains=${'%25'.repeat(15)}!`), 200],
    ['a point that is none', 'GET', below('/AvailablePhoneNumbers/US/Local.json?NearLatLong=nan,inf'), 200],
    ['a short number', 'GET', below('/AvailablePhoneNumbers/US/Local.json?NearNumber=%2B1'), 200],
    ['a form of many fields', 'POST', below('/Keys.json'), 400, 'a=1&'.repeat(300)],
    ['a form of bytes', 'POST', below('/Keys.json'), 400, 'FriendlyName=%ff%fe'],
    ['a name of markup', 'POST', below('/Applications'), 201, `FriendlyName=${encodeURIComponent('<b>&"\'\u202e')}`],
    ['an empty form', 'POST', below('/IncomingPhoneNumbers.json'), 400, ''],
    ['an address of another kind', 'POST', below('/Applications.json'), 400, 'VoiceUrl=javascript%3Aalert(1)'],
  ];
  for (const [name, method, target, status, body] of rows)
    test(`${name}: ${status}`, async () => {
      const answer = await raw(target, { method, body });
      assert.equal(answer.status, status, answer.body.slice(0, 200));
      if (status === 404 && answer.headers['content-type'].includes('json')) assert.equal(JSON.parse(answer.body).code, 20404);
      if (answer.headers['content-type'] === 'application/xml') new XMLParser({}).parse(answer.body, true);
    });
  const setups = [
    ['an owner that is nobody', { sid: 'AC1', auth_token: 'x', owner: 'AC2' }, /is no account before this one/],
    ['a key that is unknown', { sid: 'AC1', auth_token: 'x', numbers: [{ phone_number: LINE, colour: 'red' }] }, /colour.* is unknown/],
    ['an address that is none', { sid: 'AC1', auth_token: 'x', numbers: [{ phone_number: LINE, voice_url: 'nowhere' }] }, /voice_url is not valid: nowhere/],
    ['a method that is none', { sid: 'AC1', auth_token: 'x', numbers: [{ phone_number: LINE, sms_method: 'PUT' }] }, /sms_method is not valid: PUT/],
    ['a member of the wrong kind', { sid: 'AC1', auth_token: 'x', numbers: [{ phone_number: LINE, sms_url: [] }] }, /sms_url is not valid/],
    ['a key without a SID', { sid: 'AC1', auth_token: 'x', api_keys: [{ secret: 'x' }] }, /an API key needs sid and secret/],
    ['a key without a secret', { sid: 'AC1', auth_token: 'x', api_keys: [{ sid: MAIN_KEY }] }, /an API key needs sid and secret/],
    ['requests at once below one', { sid: 'AC1', auth_token: 'x', concurrency: 0 }, /concurrency is not a number from 1/],
  ];
  for (const [name, account, why] of setups)
    test(`a setup with ${name} is refused, and nothing of it taken`, async () => {
      await assert.rejects(stage.carrier('POST', '/sim/setup', { accounts: [account] }), why);
      assert.equal((await raw('/2010-04-01/Accounts/AC1.json', { user: 'AC1', password: 'x' })).status, 401);
    });
  test('a setup again keeps a number\'s SID, and takes away what it does not name', async () => {
    const sid = 'AC000000000000000000000000000000dd', mine = () => at(sid, 'dd');
    const setup = (numbers) => stage.carrier('POST', '/sim/setup', { accounts: [{ sid, auth_token: 'dd', numbers }] });
    await setup([{ phone_number: '+13035550150', friendly_name: 'front' }, { phone_number: '+13035550151', sms: false }]);
    const [second, first] = await mine().incomingPhoneNumbers.list();
    assert.deepEqual([first.friendlyName, first.capabilities.sms, second.capabilities.sms], ['front', true, false]);
    await setup([{ phone_number: '+13035550150', voice_url: `${SERVER}/v`, voice_method: 'GET' }]);
    const [again, ...rest] = await mine().incomingPhoneNumbers.list();
    assert.deepEqual([again.sid, again.voiceMethod, again.friendlyName, rest], [first.sid, 'GET', 'front', []]);
  });
});

describe('numbers for sale', () => {
  const local = (filters = {}) => client.availablePhoneNumbers('US').local.list({ limit: 1000, ...filters });
  test('countries', async () => {
    const all = await client.availablePhoneNumbers.list();
    assert.deepEqual(all.map((c) => c.countryCode).sort(), ['CA', 'US']);
    const us = await client.availablePhoneNumbers('US').fetch();
    assert.equal(us.country, 'United States');
    await fails(client.availablePhoneNumbers('QQ').fetch(), 404, 20404);
    await fails(client.availablePhoneNumbers('QQ').local.list(), 404, 20404);
  });
  const rows = [
    ['AreaCode', { areaCode: 415 }, (n) => n.phoneNumber.startsWith('+1415')],
    ['Contains', { contains: '31255501*7' }, (n) => /^\+131255501\d7$/.test(n.phoneNumber)],
    ['Contains with any number of digits', { contains: '206%42' }, (n) => /206.*42/.test(n.phoneNumber)],
    ['InRegion', { inRegion: 'CA' }, (n) => n.region === 'CA'],
    ['InLocality', { inLocality: 'Seattle' }, (n) => n.locality === 'Seattle'],
    ['InPostalCode', { inPostalCode: '10001' }, (n) => n.postalCode === '10001'],
    ['InLata', { inLata: '732' }, (n) => n.lata === '732'],
    ['InRateCenter', { inRateCenter: 'AUSTIN' }, (n) => n.rateCenter === 'AUSTIN'],
    ['NearNumber', { nearNumber: '+16195550100', distance: 150 }, (n) => ['San Diego', 'Los Angeles'].includes(n.locality)],
    ['NearLatLong', { nearLatLong: '42.36,-71.05' }, (n) => n.locality === 'Boston'],
    ['what they can do', { smsEnabled: true, mmsEnabled: true, voiceEnabled: true }, (n) => n.capabilities.voice],
  ];
  for (const [name, filters, fits] of rows)
    test(name, async () => {
      const found = await local(filters);
      assert.ok(found.length > 0);
      for (const n of found) {
        assert.ok(fits(n), n.phoneNumber);
        assert.match(n.phoneNumber, /^\+1\d{3}55501\d\d$/);
        assert.equal(n.isoCountry, 'US');
      }
    });
  test('none has what none can do; the order stays; what is taken is left out', async () => {
    assert.deepEqual(await local({ faxEnabled: true }), []);
    const one = await local({ areaCode: 212 }), two = await local({ areaCode: 212 });
    assert.deepEqual(one.map((n) => n.phoneNumber), two.map((n) => n.phoneNumber));
    assert.ok(!(await local({ areaCode: 619 })).some((n) => [LINE, PRIMARY, CUSTOMER].includes(n.phoneNumber)));
    const bought = await client.incomingPhoneNumbers.create({ phoneNumber: one[0].phoneNumber });
    assert.equal((await local({ areaCode: 212 }))[0].phoneNumber, one[1].phoneNumber);
    await fails(client.incomingPhoneNumbers.create({ phoneNumber: one[0].phoneNumber }), 400, 21422);
    await client.incomingPhoneNumbers(bought.sid).remove();
    assert.equal((await local({ areaCode: 212 }))[0].phoneNumber, one[0].phoneNumber);
  });
  test('toll-free and mobile ones, other countries', async () => {
    const free = await client.availablePhoneNumbers('US').tollFree.list({ areaCode: 888, limit: 5 });
    assert.ok(free.every((n) => n.phoneNumber.startsWith('+188855501')) && free.length === 5);
    const mobile = await client.availablePhoneNumbers('CA').mobile.list({ limit: 5 });
    assert.ok(mobile.every((n) => n.isoCountry === 'CA') && mobile.length === 5);
    assert.deepEqual(await client.availablePhoneNumbers('US').voip.list(), []);
    await fails(client.availablePhoneNumbers('US').local.list({ contains: 'x' }), 400, 20001);
    const bought = await client.incomingPhoneNumbers.tollFree.create({ phoneNumber: free[0].phoneNumber });
    assert.deepEqual((await client.incomingPhoneNumbers.tollFree.list()).map((n) => n.sid), [bought.sid]);
    assert.ok(!(await client.incomingPhoneNumbers.local.list()).some((n) => n.sid === bought.sid));
    await client.incomingPhoneNumbers(bought.sid).remove();
  });
});

describe('numbers at work', () => {
  test('a bought number takes calls and texts at once, and none once it is given up', async () => {
    const bought = await client.incomingPhoneNumbers.create({ areaCode: '206', voiceUrl: `${stage.base}/new-voice`, smsUrl: `${stage.base}/new-sms` });
    assert.match(bought.phoneNumber, /^\+120655501/);
    await stage.text(CUSTOMER, 'hello', bought.phoneNumber);
    await stage.carrier('POST', '/sim/calls', { from: CUSTOMER, to: bought.phoneNumber, hangup_after_ms: 1000 });
    await stage.turn(2);
    const paths = customer.seen.map((s) => s.path);
    assert.ok(paths.includes('/new-sms') && paths.includes('/new-voice'));
    assert.ok((await client.messages.create({ from: bought.phoneNumber, to: PRIMARY, body: 'x' })).sid);
    await client.incomingPhoneNumbers(bought.sid).remove();
    await assert.rejects(stage.text(CUSTOMER, 'hello', bought.phoneNumber), /no account/);
  });
  test('an application has the last word; without it the number\'s own addresses hold', async () => {
    const app = await client.applications.create({ friendlyName: 'desk', smsUrl: `${stage.base}/app-sms`, voiceUrl: `${stage.base}/app-voice` });
    const bought = await client.incomingPhoneNumbers.create({ areaCode: '206', smsUrl: `${stage.base}/own`, smsApplicationSid: app.sid, voiceApplicationSid: app.sid });
    await stage.text(CUSTOMER, 'by the app', bought.phoneNumber);
    await stage.turn(1);
    assert.equal(customer.seen.at(-1).path, '/app-sms');
    await client.incomingPhoneNumbers(bought.sid).update({ smsApplicationSid: '' });
    await stage.text(CUSTOMER, 'by itself', bought.phoneNumber);
    await stage.turn(1);
    assert.equal(customer.seen.at(-1).path, '/own');
    const trunk = await client.incomingPhoneNumbers(bought.sid).update({ trunkSid: `TK${'0'.repeat(32)}` });
    assert.deepEqual([trunk.trunkSid, trunk.voiceApplicationSid], [`TK${'0'.repeat(32)}`, null]);
    await client.incomingPhoneNumbers(bought.sid).remove();
    await client.applications(app.sid).remove();
  });
  const rows = [
    ['neither number nor area', {}, 21421],
    ['no number', { phoneNumber: '+1555' }, 21421],
    ['somebody\'s number', { phoneNumber: PRIMARY }, 21422],
    ['a strange area', { areaCode: '99' }, 21451],
    ['an area without numbers', { areaCode: '701' }, 21452],
    ['an address that is none', { areaCode: '206', voiceUrl: 'nonsense' }, 21402],
    ['a method that is none', { areaCode: '206', voiceMethod: 'PUT' }, 21403],
    ['a fallback without its address', { areaCode: '206', voiceFallbackUrl: `${SERVER}/f` }, 21405],
    ['the same of texts', { areaCode: '206', smsFallbackUrl: `${SERVER}/f` }, 21406],
    ['a name too long', { areaCode: '206', friendlyName: 'x'.repeat(65) }, 20001],
    ['another\'s kind of SID', { areaCode: '206', smsApplicationSid: `CA${'0'.repeat(32)}` }, 20001],
  ];
  for (const [name, form, code] of rows)
    test(`${name}: refused, and nothing is bought`, async () => {
      const before = (await client.incomingPhoneNumbers.list()).length;
      await fails(client.incomingPhoneNumbers.create(form), 400, code);
      assert.equal((await client.incomingPhoneNumbers.list()).length, before);
    });
  test('the filters of the list', async () => {
    const sids = async (filters) => (await client.incomingPhoneNumbers.list(filters)).map((n) => n.phoneNumber);
    assert.deepEqual(await sids({ phoneNumber: LINE }), [LINE]);
    assert.deepEqual(await sids({ phoneNumber: '619555****' }), [LINE]);
    assert.deepEqual(await sids({ friendlyName: '(619) 555-0100' }), [LINE]);
    assert.deepEqual(await sids({ origin: 'hosted' }), []);
  });
  test('an empty value clears', async () => {
    const [line] = await client.incomingPhoneNumbers.list({ phoneNumber: LINE });
    const { voiceUrl } = line;
    assert.equal((await client.incomingPhoneNumbers(line.sid).update({ voiceUrl: '' })).voiceUrl, '');
    assert.equal((await client.incomingPhoneNumbers(line.sid).update({ friendlyName: '' })).friendlyName, '(619) 555-0100');
    assert.equal((await client.incomingPhoneNumbers(line.sid).update({ voiceUrl })).voiceUrl, voiceUrl);
  });
});

describe('caller ids', () => {
  test('a validation is told of, and the number may be shown after it', async () => {
    const from = '+16195550170';
    await fails(client.calls.create({ to: PRIMARY, from, twiml: '<Response/>' }), 400, 21210);
    const asked = await client.validationRequests.create({ phoneNumber: from, friendlyName: 'shop', statusCallback: `${stage.base}/validated` });
    assert.match(asked.validationCode, /^\d{6}$/);
    assert.match(asked.callSid, /^CA/);
    assert.deepEqual(await client.outgoingCallerIds.list(), []);
    await stage.turn(11);
    const [one] = await client.outgoingCallerIds.list({ phoneNumber: from });
    assert.equal(one.friendlyName, 'shop');
    const told = customer.seen.at(-1);
    assert.deepEqual([told.path, told.VerificationStatus, told.OutgoingCallerIdSid, told.CallSid], ['/validated', 'success', one.sid, asked.callSid]);
    assert.ok((await client.calls.create({ to: PRIMARY, from, twiml: '<Response/>' })).sid);
    await fails(client.validationRequests.create({ phoneNumber: from }), 400, 21450);
    assert.equal((await client.outgoingCallerIds(one.sid).update({ friendlyName: 'till' })).friendlyName, 'till');
    assert.equal((await client.outgoingCallerIds(one.sid).fetch()).friendlyName, 'till');
    await client.outgoingCallerIds(one.sid).remove();
    await fails(client.outgoingCallerIds(one.sid).fetch(), 404, 20404);
  });
  test('a phone that cannot be reached is not validated', async () => {
    await stage.phone('+16195550171', { unreachable: true });
    await client.validationRequests.create({ phoneNumber: '+16195550171', statusCallback: `${stage.base}/validated` });
    await stage.turn(11);
    assert.equal(customer.seen.at(-1).VerificationStatus, 'failed');
    assert.deepEqual(await client.outgoingCallerIds.list(), []);
    await fails(client.validationRequests.create({ phoneNumber: '+1' }), 400, 21401);
  });
});

test('usage is counted from what happened', async () => {
  const of = async (category, more = {}) => (await client.usage.records.list({ category, ...more }))[0];
  const sms = await of('sms-outbound'), calls = await of('calls-inbound');
  await client.messages.create({ to: PRIMARY, from: LINE, body: 'x'.repeat(200) });
  await stage.call(CUSTOMER, { hangup_after_ms: 90000 });
  await stage.turn(120);
  const now = await of('sms-outbound');
  assert.equal(Number(now.count) - Number(sms.count), 2, 'two segments');
  assert.equal(now.usageUnit, 'messages');
  assert.ok(Math.abs(now.price - sms.price - 0.0158) < 1e-9);
  assert.equal(Number((await of('calls-inbound')).count) >= Number(calls.count), true);
  assert.equal((await of('sms', { endDate: new Date('2020-01-01') })).count, '0');
  assert.ok(Number((await of('totalprice')).price) > 0);
  const today = new Date((await stage.carrier('GET', '/sim/clock')).now_ms).toISOString().slice(0, 10);
  const day = (x) => x.startDate.toISOString().slice(0, 10);
  const daily = await client.usage.records.daily.list({ category: 'sms-outbound' });
  assert.equal(day(daily[0]), today);
  assert.equal(daily.reduce((sum, x) => sum + Number(x.count), 0), Number(now.count));
  const [month] = await client.usage.records.thisMonth.list({ category: 'sms-outbound' });
  assert.deepEqual([day(month), month.count], [`${today.slice(0, 7)}-01`, now.count]);
  const [before] = await client.usage.records.lastMonth.list({ category: 'sms-outbound' });
  assert.deepEqual([day(before), before.endDate.toISOString().slice(0, 10), before.count], ['2026-10-01', '2026-10-31', '0']);
  assert.equal((await client.usage.records.yesterday.list({ category: 'sms' }))[0].count, '0');
  assert.equal((await client.usage.records.monthly.list({ category: 'sms', startDate: '2026-09-15' })).length, 3);
  assert.deepEqual((await client.usage.records.yearly.list({ category: 'sms' })).map(day), ['2026-01-01']);
  const paged = await client.usage.records.daily.list({ startDate: '2026-11-20', pageSize: 7 });
  assert.equal(paged.length, 12 * 5);
  assert.equal(new Set(paged.map((x) => x.category + day(x))).size, paged.length);
  assert.equal((await client.usage.records.today.list({ category: 'phonenumbers' }))[0].category, 'phonenumbers');
});

describe('test credentials', () => {
  let magic;
  before(() => { magic = at(TEST_ACCOUNT, TEST_TOKEN); });
  const ok = '+15005550006';
  const rows = [
    ['buys', 'incomingPhoneNumbers', [
      [{ phoneNumber: '+15005550000' }, 21422], [{ phoneNumber: '+15005550001' }, 21421], [{ phoneNumber: ok }, 0],
      [{ areaCode: '533' }, 21452], [{ areaCode: '500' }, 0]]],
    ['texts', 'messages', [
      [{ from: '+15005550001', to: PRIMARY, body: 'x' }, 21212], [{ from: '+15005550007', to: PRIMARY, body: 'x' }, 21606],
      [{ from: '+15005550008', to: PRIMARY, body: 'x' }, 21611], [{ from: LINE, to: PRIMARY, body: 'x' }, 21606],
      [{ from: ok, to: '+15005550001', body: 'x' }, 21211], [{ from: ok, to: '+15005550002', body: 'x' }, 21612],
      [{ from: ok, to: '+15005550003', body: 'x' }, 21408], [{ from: ok, to: '+15005550004', body: 'x' }, 21610],
      [{ from: ok, to: '+15005550009', body: 'x' }, 21614], [{ from: ok, to: PRIMARY, body: 'x' }, 0],
      [{ from: ok, to: '+1', body: 'x' }, 21211], [{ from: ok, to: PRIMARY }, 21602]]],
    ['calls', 'calls', [
      [{ from: '+15005550001', to: PRIMARY, url: SERVER }, 21212], [{ from: LINE, to: PRIMARY, url: SERVER }, 21210],
      [{ from: ok, to: '+15005550001', url: SERVER }, 21217], [{ from: ok, to: '+15005550002', url: SERVER }, 21214],
      [{ from: ok, to: '+15005550003', url: SERVER }, 21215], [{ from: ok, to: '+15005550004', url: SERVER }, 21216],
      [{ from: ok, to: PRIMARY, url: SERVER }, 0]]],
  ];
  for (const [name, list, cases] of rows)
    for (const [form, code] of cases)
      test(`${name} ${JSON.stringify(form)}: ${code || 'good'}`, async () => {
        if (code) await fails(magic[list].create(form), code === 21611 ? 429 : 400, code);
        else assert.ok((await magic[list].create(form)).sid);
      });
  test('they open no account but their own', async () => {
    const sid = 'AC000000000000000000000000000000ee';
    await stage.carrier('POST', '/sim/setup', { accounts: [
      { sid, auth_token: 'ee', owner: TEST_ACCOUNT, numbers: [{ phone_number: '+13035550160' }] }] });
    const below = at(TEST_ACCOUNT, TEST_TOKEN, { accountSid: sid });
    await fails(below.messages.create({ from: '+13035550160', to: PRIMARY, body: 'real' }), 403, 20008);
    await fails(below.messages.list(), 403, 20008);
    assert.deepEqual(await at(sid, 'ee').messages.list(), []);
  });
  test('nothing is sent, nobody is told, and nothing else may be asked', async () => {
    const seen = customer.seen.length, texts = (await stage.texts(PRIMARY)).length;
    const sent = await magic.messages.create({ from: ok, to: PRIMARY, body: 'magic', statusCallback: `${stage.base}/magic` });
    assert.equal(sent.status, 'queued');
    await magic.calls.create({ from: ok, to: PRIMARY, url: `${stage.base}/magic` });
    await stage.turn(60);
    assert.equal(customer.seen.length, seen);
    assert.equal((await stage.texts(PRIMARY)).length, texts);
    await fails(magic.messages.list(), 403, 20008);
    await fails(magic.keys.list(), 403, 20008);
    await fails(magic.api.v2010.accounts(TEST_ACCOUNT).fetch(), 403, 20008);
    assert.equal((await magic.lookups.v2.phoneNumbers(PRIMARY).fetch()).valid, true);
  });
});
