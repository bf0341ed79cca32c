// The rules of a call's documents in the simulated carrier: what is taken as one, where addresses
// lead, what is kept, and what happens when there is none to run.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import twilio from 'twilio';
import { SimServer, closeBoth, openBoth, wav } from './sim_server.js';
import { CUSTOMER, LINE, PRIMARY } from './stage.js';

const VOICE = '/webhook/twilio/voice';
const SORRY = 'We are sorry. An application error has occurred. Goodbye.';
const server = new SimServer();
let stage, client, since;
before(async () => {
  ({ stage, client } = await openBoth(server, ['--call-rate', '100']));
});
after(() => closeBoth(server, stage));
beforeEach(async () => {
  await stage.turn(120);
  server.clear();
  since = (await stage.carrier('GET', '/sim/timeline?after=999999999')).last;
});

const url = (path) => `${stage.base}${path}`;
const codes = async () => (await stage.carrier('GET', `/sim/warnings?after=${since}`)).warnings.map((w) => w.code);
const play = async (answer, seconds = 60) => {
  if (answer !== undefined) server.answers[VOICE] = answer;
  await stage.call(CUSTOMER);
  await stage.turn(seconds);
  return (await stage.phone(CUSTOMER)).calls.at(-1).heard.map((h) => h.words);
};
const SAID = '<Response><Say>Yes.</Say></Response>';

describe('what is taken as a document', () => {
  const rows = [
    ['text/xml', SAID, ['Yes.']], ['application/xml; charset=utf-8', SAID, ['Yes.']], ['text/html', SAID, ['Yes.']], ['text/plain', SAID, ['Yes.']],
    ['text/plain', 'Hello <you>', ['Hello <you>']], ['text/xml', `<?xml version="1.0" encoding="UTF-8"?>${SAID}`, ['Yes.']], ['text/xml', '<Response><!-- a --><Say>Yes.</Say></Response>', ['Yes.']],
    ['application/json', '{}', [SORRY], 12300], ['', SAID, [SORRY], 12300], ['text/xml', '', [SORRY], 11770], ['text/xml', '<Response>', [SORRY], 12100], ['text/xml', ` <?xml version="1.0"?>${SAID}`, [SORRY], 12100],
    ['text/xml', `<?xml version="1.1"?>${SAID}`, [SORRY], 12101], ['text/xml', '<Answer/>', [SORRY], 12102], ['text/xml', `<Response><Say>${'x'.repeat(66000)}</Say></Response>`, [SORRY], 11750],
  ];
  for (const [type, body, words, code] of rows)
    test(`${type || 'no type'}: ${body.slice(0, 40)}`, async () => {
      assert.deepEqual(await play({ type, body }, 10), words);
      assert.deepEqual(await codes(), code ? [code] : []);
    });
  test('a sound is played, and then the call ends; it is not asked for again', async () => {
    assert.deepEqual(await play({ type: 'audio/mpeg', body: wav(2) }), [`[play ${url(VOICE)}]`]);
    assert.deepEqual([server.requests(VOICE).length, (await stage.phone(CUSTOMER)).calls.at(-1).status], [1, 'completed']);
  });
  test('verbs and attributes that do not exist are warned of, and the document goes on', async () => {
    assert.deepEqual(await play('<say>x</say><Jump/><Say voices="a">Yes.</Say>'), ['Yes.']);
    assert.deepEqual(await codes(), [12200, 12200, 12200]);
  });
});

describe('addresses', () => {
  test('are relative to the document, wherever that came from', async () => {
    server.answers = { [VOICE]: '<Redirect>/a/b/first?x=1</Redirect>', '/a/b/first': '<Redirect>second</Redirect>', '/a/b/second': '<Redirect>../third</Redirect>', '/a/third': '<Say>Here.</Say>' };
    assert.deepEqual(await play(undefined), ['Here.']);
    assert.deepEqual(server.seen.slice(0, 4).map((s) => s.path), [VOICE, '/a/b/first', '/a/b/second', '/a/third']);
  });
  test('3xx are followed ten times, without the parameters', async () => {
    server.answers[VOICE] = { status: 302, headers: { Location: '/hop/1' }, body: '' };
    for (let i = 1; i <= 10; i++) server.answers[`/hop/${i}`] = { status: 302, headers: { Location: `/hop/${i + 1}` }, body: '' };
    server.answers['/hop/10'] = '<Say>Here.</Say>';
    assert.deepEqual(await play(undefined), ['Here.']);
    assert.deepEqual([server.last('/hop/1').CallSid, server.requests('/hop/1')[0].method], [undefined, 'GET']);
    server.answers['/hop/10'] = { status: 302, headers: { Location: '/hop/11' }, body: '' };
    assert.deepEqual([await play(undefined), await codes()], [[SORRY], [11215]]);
  });
  test('a call started with Twiml has none: its actions must be absolute', async () => {
    await stage.phone(PRIMARY, { on_call: [{ do: 'answer', then: [{ press: '1', after_ms: 1000 }] }] });
    server.answers['/got'] = '<Say>Yes.</Say>';
    const start = async (action) => {
      await client.calls.create({ to: PRIMARY, from: LINE, twiml: `<Response><Gather numDigits="1" ${action}/></Response>` });
      await stage.turn(10);
      return (await stage.phone(PRIMARY)).calls.at(-1).heard.map((h) => h.words);
    };
    assert.deepEqual(await start(`action="${url('/got')}"`), ['Yes.']);
    assert.deepEqual(await codes(), []);
    for (const action of ['action="/got"', '']) assert.deepEqual(await start(action), [SORRY]);
    assert.deepEqual(await codes(), [11100, 11100]);
  });
});

describe('what is kept', () => {
  test('a document asked for by GET and answered with an ETag', async () => {
    server.answers = {
      [VOICE]: '<Say>a</Say><Redirect method="GET">/kept</Redirect>',
      '/kept': (params, { headers }) => (headers['if-none-match'] === '"v1"' ? { status: 304, type: '', body: '' } : { headers: { ETag: '"v1"' }, body: '<Response><Say>Kept.</Say><Pause/><Redirect method="GET">/kept</Redirect></Response>' }),
    };
    await stage.call(CUSTOMER, { hangup_after_ms: 4000 });
    await stage.turn(10);
    const asked = server.requests('/kept').map((r) => r.headers['if-none-match']);
    assert.ok(asked.length >= 3);
    assert.deepEqual([asked[0], ...new Set(asked.slice(1))], [undefined, '"v1"']);
    assert.equal((await stage.phone(CUSTOMER)).calls.at(-1).heard.at(-1).words, 'Kept.');
  });
  test('an answer to POST never is; cookies are, for the call', async () => {
    server.answers = { [VOICE]: { headers: { ETag: '"v1"', 'Set-Cookie': 'visit=7; Path=/' }, body: '<Response><Say>a</Say><Redirect>/next</Redirect></Response>' }, '/next': '<Say>b</Say>' };
    await play(undefined);
    await play(undefined);
    assert.deepEqual(server.requests(VOICE).map((r) => r.headers['if-none-match']), [undefined, undefined]);
    assert.deepEqual([server.requests('/next')[0].headers.cookie, server.requests(VOICE)[1].headers.cookie], ['visit=7', undefined]);
  });
});

describe('a document that is not there', () => {
  test('an error is heard, the call ends, and it is listed with its address', async () => {
    assert.deepEqual(await play({ status: 500, body: '' }), [SORRY]);
    const [warning] = (await stage.carrier('GET', `/sim/warnings?after=${since}`)).warnings;
    assert.deepEqual([warning.code, warning.level, warning.url], [11200, 'error', url(VOICE)]);
  });
  test('so it is in the middle of a call', async () => {
    server.answers['/next'] = { status: 404, body: '' };
    assert.deepEqual(await play('<Say>a</Say><Redirect>/next</Redirect>'), ['a', SORRY]);
  });
  test('a document that asks for itself for ever ends after five hundred', async () => {
    assert.deepEqual(await play('<Redirect/>'), [SORRY]);
  });
});

describe('a document as large as may be', () => {
  test('thousands of verbs that take no time are passed, one after the other', async () => {
    for (const verb of ['<Dial/>', '<Pay/>', '<Say/>', '<Start/>', '<Leave/>', '<Sms/>', '<Enqueue/>']) {
      const count = Math.floor(60000 / verb.length);
      assert.deepEqual(await play(`${verb.repeat(count)}<Say>Here.</Say>`, 5), ['Here.'], verb);
    }
  });
  test('elements nested as deep as may be, and deeper', async () => {
    assert.deepEqual(await play(`${'<Say>'.repeat(200)}deep${'</Say>'.repeat(200)}`), ['deep']);
    assert.deepEqual(await play(`${'<Say>'.repeat(5000)}deep${'</Say>'.repeat(5000)}`), [SORRY]);
  });
  test('attributes and names of any bytes', async () => {
    const wild = '\u202e&lt;script&gt;%s%n\'&quot;'.repeat(100);
    for (const document of [`<Dial callerId="${wild}" timeout="${wild}">${wild}</Dial>`, `<Gather action="${wild}" numDigits="99999999999999999999" timeout="1"/>`, `<Enqueue waitUrl="${wild}">${wild}</Enqueue>`, `<Play digits="${wild}" loop="-9223372036854775809"/>`, `<Dial><Conference waitUrl="${wild}" coach="${wild}" participantLabel="${wild}">${wild}</Conference></Dial>`, `<Record finishOnKey="${wild}" maxLength="${wild}" action="${wild}"/>`, `<Redirect>${wild}</Redirect>`]) {
      server.answers[VOICE] = `<Pause/>${document}`;
      await stage.call(CUSTOMER, { hangup_after_ms: 20000, voicemail_ms: 2000 });
      await stage.turn(40);
      assert.ok((await stage.phone(CUSTOMER)).calls.at(-1).ended_at, document.slice(0, 60));
    }
  });
});
