// Whatever the simulated carrier refuses, over plain HTTP: codes, the form of errors, faults,
// requests that are no good, and who may not ask.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { absents } from './carrier_routes.js';
import { judgeError, judgeList, judgeResource } from './carrier_shapes.js';
import { ROOT, ask, closeStory, create, fetch, good, here, made, openStory, stage, take, xml } from './carrier_story.js';
import { ACCOUNT, LINE, PRIMARY, TOKEN } from './stage.js';

let broken; // parts of the story that could not be told
before(async () => { broken = await openStory(); });
after(closeStory);
test('the story of everything is told', () => assert.deepEqual(broken, {}));

describe('errors', () => {
  const rows = [
    ['a resource nobody knows', 'GET', 'Nonsense.json', {}, 404, 20404],
    ['a resource that is not simulated', 'GET', () => `Calls/${made.Call}/Payments.json`, {}, 404, 20404],
    ['another account', 'GET', '/2010-04-01/Accounts/AC0000000000000000000000000000000f/Messages.json', {}, 401, 20003],
    ['no receiver of a text', 'POST', 'Messages.json', { From: LINE, Body: 'x' }, 400, 21604],
    ['a receiver that is no number', 'POST', 'Messages.json', { To: '+1555', From: LINE, Body: 'x' }, 400, 21211],
    ['no sender of a text', 'POST', 'Messages.json', { To: PRIMARY, Body: 'x' }, 400, 21603],
    ['a sender of somebody else', 'POST', 'Messages.json', { To: PRIMARY, From: '+16195550199', Body: 'x' }, 400, 21606],
    ['no words', 'POST', 'Messages.json', { To: PRIMARY, From: LINE }, 400, 21602],
    ['too many words', 'POST', 'Messages.json', { To: PRIMARY, From: LINE, Body: 'x'.repeat(1601) }, 400, 21617],
    ['a status callback that is no address', 'POST', 'Messages.json', { To: PRIMARY, From: LINE, Body: 'x', StatusCallback: 'nowhere' }, 400, 21609],
    ['a picture that is no address', 'POST', 'Messages.json', { To: PRIMARY, From: LINE, MediaUrl: 'nowhere' }, 400, 21620],
    ['eleven pictures', 'POST', 'Messages.json', { To: PRIMARY, From: LINE, MediaUrl: Array(11).fill('https://shop.example.com/a.png') }, 400, 21623],
    ['a validity out of range', 'POST', 'Messages.json', { To: PRIMARY, From: LINE, Body: 'x', ValidityPeriod: '36001' }, 400, 21624],
    ['no receiver of a call', 'POST', 'Calls.json', { From: LINE, Url: 'https://shop.example.com/' }, 400, 21201],
    ['no caller', 'POST', 'Calls.json', { To: PRIMARY, Url: 'https://shop.example.com/' }, 400, 21213],
    ['a caller of somebody else', 'POST', 'Calls.json', { To: PRIMARY, From: '+16195550199', Url: 'https://shop.example.com/' }, 400, 21210],
    ['no document', 'POST', 'Calls.json', { To: PRIMARY, From: LINE }, 400, 21205],
    ['keys that are none', 'POST', 'Calls.json', { To: PRIMARY, From: LINE, Url: 'https://shop.example.com/', SendDigits: 'xyz' }, 400, 21206],
    ['a fallback alone', 'POST', () => `IncomingPhoneNumbers/${made.bought}.json`, { VoiceUrl: '', VoiceFallbackUrl: 'https://shop.example.com/f' }, 400, 21405],
    ['a text fallback alone', 'POST', () => `IncomingPhoneNumbers/${made.bought}.json`, { SmsUrl: '', SmsFallbackUrl: 'https://shop.example.com/f' }, 400, 21406],
  ];
  for (const [what, method, path, form, status, code] of rows) {
    test(`${what}: ${status}, ${code}`, async () => {
      good(judgeError(await ask(method, path instanceof Function ? path() : path, form), status, code));
    });
  }
  test('429, 500 before and after: by fault, in the carrier\'s form', async () => {
    const form = { To: PRIMARY, From: LINE, Body: 'x' };
    for (const [what, status, code] of [['error_429', 429, 20429], ['error_500_before_accept', 500, 20500], ['error_500_after_accept', 500, 20500]]) {
      await stage.carrier('POST', '/sim/fault', { what, count: 1 });
      good(judgeError(await ask('POST', 'Messages.json', form), status, code));
    }
    const xmlError = await (async () => {
      await stage.carrier('POST', '/sim/fault', { what: 'error_429', count: 1 });
      return ask('POST', 'Messages', form);
    })();
    assert.equal(xmlError.status, 429);
    assert.equal(xml.parse(xmlError.text).TwilioResponse.RestException.Code, '20429');
  });
  test('what is not simulated is 404, and the timeline says so', async () => {
    const list = absents();
    assert.ok(list.length > 20, `${list.length} rows in docs/simulator.md`);
    for (const { host, path = '/v1/Things' } of [...list, { host: 'api.twilio.com', path: `${ROOT}/Nonsense` }]) {
      const target = path.replace('{account}', ACCOUNT).replace(/\{[^}]*\}/g, made.Call) + (host === 'api.twilio.com' ? '.json' : '');
      good(judgeError(await ask('GET', target, undefined, { headers: { Host: host } }), 404, 20404), `${host}${path}`);
      const { entries } = await stage.carrier('GET', '/sim/timeline?after=0');
      assert.ok(entries.some((e) => e.words.startsWith(`not simulated: GET ${target}`)), `${host}${path} is not told`);
    }
  });
  test('an API key opens everything but accounts and keys', async () => {
    const auth = 'SK00000000000000000000000000000001:rehearsal-only-secret';
    assert.equal((await ask('GET', 'Messages.json', undefined, { auth })).status, 200);
    for (const path of ['Keys.json', '/2010-04-01/Accounts.json']) {
      const answer = await ask('GET', path, undefined, { auth });
      assert.ok([401, 403].includes(answer.status), `${path}: ${answer.status}`);
      good(judgeError(answer, answer.status));
    }
  });
});

// Bytes as they are, on a connection of their own; the status, and the body when it is JSON.
function raw(bytes) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(stage.simPort, '127.0.0.1', () => socket.write(bytes));
    let said = '';
    socket.on('data', (part) => {
      said += part;
      const [head, body = ''] = said.split('\r\n\r\n');
      if (body.length >= Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Infinity)) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const [head, body = ''] = said.split('\r\n\r\n');
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
      resolve({ status, body: /application\/json/.test(head) ? JSON.parse(body) : undefined });
    });
  });
}

describe('hostile requests', () => {
  const basic = Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64');
  const head = (method, path, more = '') =>
    `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic ${basic}\r\n${more}`;
  const post = (path, body, type = 'application/x-www-form-urlencoded') =>
    `${head('POST', `${ROOT}/${path}`)}Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const get = (path) => `${head('GET', path)}\r\n`;
  const rows = [
    ['a path with a broken escape', get(`${ROOT}/Messages/%zz.json`), [400, 404]],
    ['a path with a NUL', get(`${ROOT}/Messages/SM%00.json`), [400, 404]],
    ['a path that climbs', get(`${ROOT}/../../../../etc/passwd`), [400, 404]],
    ['a path of ten thousand parts', get(`${ROOT}${'/x'.repeat(10000)}`), [400, 404, 414, 431]],
    ['an empty SID', get(`${ROOT}/Messages/.json`), [404]],
    ['slashes', get(`${ROOT}//Messages.json`), [400, 404]],
    ['no account', get('/2010-04-01/Accounts//Messages.json'), [401, 404]],
    ['a page below nothing', get(`${ROOT}/Messages.json?Page=-1`), [400]],
    ['a page of words', get(`${ROOT}/Messages.json?PageSize=many`), [400]],
    ['a page beyond numbers', get(`${ROOT}/Messages.json?Page=99999999999999999999`), [400]],
    ['a page token of another', () => get(`${ROOT}/Messages.json?PageToken=PA${made.Call}`), [400]],
    ['a query that is broken', get(`${ROOT}/Messages.json?To=%zz&=&&a`), [200, 400]],
    ['a form with a broken escape', post('Messages.json', 'To=%zz&From=1&Body=x'), [400]],
    ['a form of ten thousand fields', post('Messages.json', Array(10000).fill('MediaUrl=https%3A%2F%2Fshop.example.com').join('&')), [400, 413]],
    ['a form of three megabytes', post('Messages.json', `Body=${'x'.repeat(3 << 20)}`), [0, 400, 413]],
    ['JSON instead of a form', post('Messages.json', '{"To":"+16195550111"}', 'application/json'), [400, 415]],
    ['bytes that are no UTF-8', post('Messages.json', 'To=%2B16195550111&From=%2B16195550100&Body=%ff%fe'), [201, 400]],
    ['a NUL in words', post('Messages.json', 'To=%2B16195550111&From=%2B16195550100&Body=a%00b'), [201, 400]],
    ['a document that is none', post('Calls.json', 'To=%2B16195550111&From=%2B16195550100&Twiml=%3CResponse%3E%3C'), [201, 400]],
    ['a document too long', post('Calls.json', `To=%2B16195550111&From=%2B16195550100&Twiml=${'x'.repeat(4001)}`), [400]],
    ['a name too long', post('Queues.json', `FriendlyName=${'x'.repeat(100000)}`), [400]],
    ['markup as a name', post('Queues.json', 'FriendlyName=%3Cscript%3E%26%22%27'), [201]],
    ['a method that is none', `${head('BREW', `${ROOT}/Messages.json`)}\r\n`, [400, 405, 501]],
    ['credentials that are no base64', `GET ${ROOT}/Messages.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic !!!\r\n\r\n`, [401]],
    ['credentials without end', `GET ${ROOT}/Messages.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic ${'QUFB'.repeat(1500)}\r\n\r\n`, [400, 401, 431]],
  ];
  for (const [what, bytes, wanted] of rows) {
    test(`${what}: ${wanted.join(' or ')}`, async () => {
      const answer = await raw(bytes instanceof Function ? bytes() : bytes);
      assert.ok(wanted.includes(answer.status), `${answer.status} ${JSON.stringify(answer.body)}`);
      if (answer.body && answer.status >= 400) good(judgeError(answer, answer.status));
    });
  }
  test('markup is text in XML too', async () => {
    const { queues } = await fetch('Queues.json');
    const row = queues.find((q) => q.friendly_name.includes('script'));
    assert.equal(row.friendly_name, '<script>&"\'');
    const told = xml.parse((await ask('GET', `Queues/${row.sid}`)).text).TwilioResponse.Queue;
    assert.equal(told.FriendlyName, '<script>&"\'');
  });
  test('the carrier goes on', async () => good(judgeList('Message', 'account', await fetch('Messages.json'), here())));
});

describe('who may not', () => {
  const TESTS = 'AC000000000000000000000000000000fe';
  const SLOW = 'AC000000000000000000000000000000fd';
  const as = (user, token = TOKEN) => ({ auth: `${user}:${token}` });
  const below = (user, path) => `/2010-04-01/Accounts/${user}/${path}`;
  before(() => stage.carrier('POST', '/sim/setup', { accounts: [
    { sid: TESTS, auth_token: TOKEN, test: true },
    { sid: SLOW, auth_token: TOKEN, concurrency: 1, numbers: [{ phone_number: '+16195550188' }] },
  ] }));
  const magic = [
    ['Messages.json', { From: '+15005550006', To: PRIMARY, Body: 'x' }, 201],
    ['Messages.json', { From: '+15005550001', To: PRIMARY, Body: 'x' }, 21212],
    ['Messages.json', { From: '+15005550007', To: PRIMARY, Body: 'x' }, 21606],
    ['Messages.json', { From: '+15005550008', To: PRIMARY, Body: 'x' }, 21611],
    ['Messages.json', { From: '+15005550006', To: '+15005550001', Body: 'x' }, 21211],
    ['Messages.json', { From: '+15005550006', To: '+15005550002', Body: 'x' }, 21612],
    ['Messages.json', { From: '+15005550006', To: '+15005550003', Body: 'x' }, 21408],
    ['Messages.json', { From: '+15005550006', To: '+15005550004', Body: 'x' }, 21610],
    ['Messages.json', { From: '+15005550006', To: '+15005550009', Body: 'x' }, 21614],
    ['Messages.json', { From: '+16195550100', To: PRIMARY, Body: 'x' }, 21606],
    ['Calls.json', { From: '+15005550006', To: PRIMARY, Url: 'https://shop.example.com/v' }, 201],
    ['Calls.json', { From: '+15005550001', To: PRIMARY, Url: 'https://shop.example.com/v' }, 21212],
    ['Calls.json', { From: '+16195550100', To: PRIMARY, Url: 'https://shop.example.com/v' }, 21210],
    ['Calls.json', { From: '+15005550006', To: '+15005550001', Url: 'https://shop.example.com/v' }, 21217],
    ['Calls.json', { From: '+15005550006', To: '+15005550002', Url: 'https://shop.example.com/v' }, 21214],
    ['Calls.json', { From: '+15005550006', To: '+15005550003', Url: 'https://shop.example.com/v' }, 21215],
    ['Calls.json', { From: '+15005550006', To: '+15005550004', Url: 'https://shop.example.com/v' }, 21216],
    ['IncomingPhoneNumbers.json', { PhoneNumber: '+15005550006' }, 201],
    ['IncomingPhoneNumbers.json', { PhoneNumber: '+15005550000' }, 21422],
    ['IncomingPhoneNumbers.json', { PhoneNumber: '+15005550001' }, 21421],
    ['IncomingPhoneNumbers.json', { AreaCode: '533' }, 21452],
    ['IncomingPhoneNumbers.json', { AreaCode: '500' }, 201],
  ];
  for (const [path, form, outcome] of magic) {
    test(`test credentials: ${path} ${Object.values(form).join(' ')}: ${outcome}`, async () => {
      const answer = await ask('POST', below(TESTS, path), form, as(TESTS));
      if (outcome !== 201) return good(judgeError(answer, outcome === 21611 ? answer.status : 400, outcome));
      assert.equal(answer.status, 201, answer.text);
      return good(judgeResource({ Me: 'Message', Ca: 'Call', In: 'Number' }[path.slice(0, 2)], answer.body));
    });
  }
  test('test credentials elsewhere: 403, 20008', async () => {
    for (const path of ['Messages.json', 'Calls.json', 'Queues.json']) {
      good(judgeError(await ask('GET', below(TESTS, path), undefined, as(TESTS)), 403, 20008));
    }
  });
  test('more at once than the account may: 429, 20429', async () => {
    await stage.carrier('POST', '/sim/fault', { what: 'slow', resource: 'Messages', after_ms: 5000, count: 1 });
    const form = { From: '+16195550188', To: PRIMARY, Body: 'x' };
    const first = ask('POST', below(SLOW, 'Messages.json'), form, as(SLOW));
    for (let looks = 0; (await stage.carrier('GET', '/sim/clock')).held !== 1; looks++) assert.ok(looks < 5000, 'nothing is kept back');
    good(judgeError(await ask('GET', below(SLOW, 'Messages.json'), undefined, as(SLOW)), 429, 20429));
    await stage.turn(10);
    assert.equal((await first).status, 201);
    assert.equal((await ask('GET', below(SLOW, 'Messages.json'), undefined, as(SLOW))).status, 200);
  });
  test('an account that is suspended: 20005', async () => {
    const branch = await create('/2010-04-01/Accounts.json', { FriendlyName: 'branch' });
    await take(200, 'POST', `/2010-04-01/Accounts/${branch.sid}.json`, { Status: 'suspended' });
    const answer = await ask('POST', below(branch.sid, 'Messages.json'), { To: PRIMARY, From: LINE, Body: 'x' }, as(branch.sid, branch.auth_token));
    assert.ok([401, 403].includes(answer.status), answer.text);
    good(judgeError(answer, answer.status, 20005));
  });
});
