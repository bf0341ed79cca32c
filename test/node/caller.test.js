// Who the caller is: the name by the carrier's word or by a lookup, landlines, the caller id that the
// carrier refuses, and voicemails that it writes down.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { ACCOUNT, CUSTOMER, LINE, OTHERS, OWNER, BACKUP, PRIMARY, Stage, TOKEN, alwaysOnCall, request, sid } from './stage.js';

let stage;
const open = async (more = {}, options = {}) => { stage = await Stage.open({ roster: { ...alwaysOnCall(), ...more }, ...options }); };
afterEach(async () => { await stage.close(); assert.equal(stage.how, 0, 'ended cleanly'); });

// The account anew, with these ways.
const account = (ways, number = {}) => stage.carrier('POST', '/sim/setup', {
  accounts: [{
    sid: ACCOUNT, auth_token: TOKEN, ...ways,
    api_keys: [{ sid: 'SK00000000000000000000000000000001', secret: 'rehearsal-only-secret' }],
    numbers: [{
      phone_number: LINE, voice_url: `${stage.base}/webhook/twilio/voice`, sms_url: `${stage.base}/sms/inbound`,
      status_callback: `${stage.base}/webhook/twilio/call-status`, ...number,
    }],
  }],
});
const entries = async (kind) => (await stage.carrier('GET', '/sim/timeline')).entries.filter((e) => e.kind === kind);
const lookups = async () => (await entries('lookup')).map((e) => e.words);
const answering = (press) => ({ on_call: [{ do: 'answer', after_ms: 2000, then: [{ press, after_ms: 3000 }, { talk_ms: 10000 }, { hangup: true }] }] });
const secret = (text) => text.match(/\/j\/([A-Za-z0-9_-]{22})/)[1];
const page = async (text) => (await request({ port: stage.port, target: `/j/${secret(text)}` })).body;

describe('a name', () => {
  test('that comes with the call is in the pre-alert, the screening, the relay, the page and the API', async () => {
    await open();
    await account({}, { caller_name: true });
    await stage.phone(CUSTOMER, { caller_name: 'ROE <JANE> & CO' });
    await stage.phone(PRIMARY, { on_call: [{ do: 'answer', after_ms: 2000, then: [] }] });
    await stage.call(CUSTOMER, { hangup_after_ms: 30000 });
    await stage.turn(12);
    const [alert] = await stage.texts(PRIMARY);
    assert.match(alert, new RegExp(`call from ROE <JANE> & CO \\${CUSTOMER}`));
    const heard = JSON.stringify((await stage.phone(PRIMARY)).calls);
    assert.match(heard, /Call from ROE <JANE> & CO\./);
    await stage.turn(60);
    const missed = (await stage.texts(PRIMARY)).find((t) => t.includes('Missed call'));
    assert.match(missed, new RegExp(`Missed call from ROE <JANE> & CO \\${CUSTOMER}`));
    assert.match(await page(missed), /A missed call from ROE &lt;JANE&gt; &amp; CO, \+/);
    for (const list of ['threads', 'relays', 'calls', 'messages'])
      assert.equal((await stage.items(`/api/v1/${list}`)).find((r) => r.customer_phone === CUSTOMER).customer_name, 'ROE <JANE> & CO', list);
    assert.deepEqual(await lookups(), []);
    assert.deepEqual(await entries('warning'), []);
  });

  test('is looked up in the background, once, and known from then on', async () => {
    await open({ lookup: ['caller_name', 'line_type'] });
    await stage.phone(CUSTOMER, { caller_name: 'Jane Roe' });
    await stage.text(CUSTOMER, 'the heat is out');
    await stage.turn(5);
    assert.match((await stage.texts(PRIMARY))[0], new RegExp(` \\${CUSTOMER}: the heat`), 'the text waits for nothing');
    await stage.text(CUSTOMER, 'still out');
    await stage.turn(5);
    assert.match((await stage.texts(PRIMARY)).at(-1), new RegExp(`Jane Roe \\${CUSTOMER}: still out`));
    const asked = await lookups();
    assert.equal(asked.length, 1, asked.join('\n'));
    assert.match(asked[0], /^GET \/v2\/PhoneNumbers\/%2B16195550150\?Fields=caller_name,line_type_intelligence -> 200$/);
    assert.equal((await stage.items('/api/v1/threads'))[0].customer_name, 'Jane Roe');
  });

  test('is by the name of his latest job where the carrier knows none', async () => {
    await open();
    for (const [job_id, customer_name] of [['job-1', 'Jane'], ['job-2', 'Jane Roe'], ['job-3', null]])
      await stage.api('/api/v1/jobs', 'POST', { job_id, customer_phone: CUSTOMER, customer_name, state: 'pending' });
    await stage.api('/api/v1/jobs', 'POST', { job_id: 'job-4', customer_phone: OTHERS[0], customer_name: 'Somebody else' });
    await stage.text(CUSTOMER, 'the heat is out');
    await stage.text(OTHERS[1], 'a stranger');
    await stage.turn(2);
    for (const list of ['threads', 'relays'])
      assert.deepEqual((await stage.items(`/api/v1/${list}`)).map((r) => [r.customer_phone, r.customer_name]).sort(), [[CUSTOMER, 'Jane Roe'], [OTHERS[1], null]], list);
  });

  test('is not asked for of operators, of who hides the number, and unless it is paid for', async () => {
    await open({ lookup: ['caller_name'] });
    await stage.text(PRIMARY, 'who');
    await stage.call('anonymous', { hangup_after_ms: 4000 });
    await stage.turn(10);
    assert.deepEqual(await lookups(), []);
    await stage.close();
    await open();
    await stage.text(CUSTOMER, 'hello');
    await stage.turn(5);
    assert.deepEqual(await lookups(), []);
  });

  test('that could not be had is asked for again after a day, and texts go on', async () => {
    await open({ lookup: ['caller_name'] });
    // Until it is cleared: on a connection that was used before, the client library tries twice.
    await stage.carrier('POST', '/sim/fault', { what: 'rest_down', resource: 'Lookups', count: 0 });
    await stage.text(CUSTOMER, 'hello');
    await stage.turn(10);
    await stage.text(CUSTOMER, 'hello again');
    await stage.turn(10);
    assert.deepEqual(await lookups(), []);
    assert.equal((await stage.texts(PRIMARY)).length, 2);
    await stage.carrier('DELETE', '/sim/fault?what=rest_down');
    await stage.turn(24 * 3600);
    await stage.text(CUSTOMER, 'a day later');
    await stage.turn(10);
    assert.equal((await lookups()).length, 1);
  });

  test('of many is asked for one after the other, again where the carrier is busy', async () => {
    await open({ lookup: ['line_type'] });
    await stage.carrier('POST', '/sim/fault', { what: 'error_429', resource: 'Lookups', count: 2 });
    for (const other of OTHERS) await stage.text(other, `hello from ${other}`);
    await stage.turn(30);
    const asked = await lookups();
    assert.equal(asked.filter((w) => w.endsWith('200')).length, OTHERS.length);
    assert.equal(asked.filter((w) => w.endsWith('429')).length, 2);
  });

  test('is known after a kill', async () => {
    await open({ lookup: ['caller_name'] });
    await stage.phone(CUSTOMER, { caller_name: 'Jane Roe' });
    await stage.text(CUSTOMER, 'hello');
    await stage.turn(5);
    await stage.kill();
    await stage.startDaemon();
    await stage.text(CUSTOMER, 'hello again');
    await stage.turn(5);
    assert.match((await stage.texts(PRIMARY)).at(-1), /Jane Roe/);
    assert.equal((await lookups()).length, 1);
  });
});

describe('a missed call', () => {
  const misses = async (from) => { await stage.call(from, { hangup_after_ms: 4000 }); await stage.turn(20); };
  const told = async (from) => (await stage.texts(from)).filter((t) => t.includes('we missed your call')).length;

  test('of a landline is not texted, by a lookup', async () => {
    await open({ lookup: ['line_type'] });
    await stage.phone(CUSTOMER, { landline: true });
    await misses(CUSTOMER);
    const sent = (await stage.items('/api/v1/messages')).filter((m) => m.recipient === CUSTOMER);
    assert.deepEqual(sent, []);
    assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes('Missed call')));
  });

  test('of a landline is texted once, and the refusal is remembered', async () => {
    await open();
    await stage.phone(CUSTOMER, { landline: true });
    await misses(CUSTOMER);
    await misses(CUSTOMER);
    const sent = (await stage.items('/api/v1/messages')).filter((m) => m.recipient === CUSTOMER);
    assert.equal(sent.length, 1);
    assert.equal(sent[0].error_code, 30006);
    const mark = (await stage.texts(PRIMARY)).find((t) => t.includes('Missed call')).slice(0, 3);
    await stage.text(PRIMARY, `${mark} on my way`); // an operator may still try, and hears why not
    await stage.turn(20);
    assert.ok((await stage.texts(PRIMARY)).some((t) => t.includes('a landline takes no texts')));
  });

  test('of who hides the number or has opted out is not texted', async () => {
    await open();
    await misses('anonymous');
    await stage.text(CUSTOMER, 'STOP');
    await stage.turn(5);
    await misses(CUSTOMER);
    assert.equal(await told(CUSTOMER), 0);
    const posts = (await entries('rest')).filter((e) => e.method === 'POST' && new URLSearchParams(e.form).get('To') === CUSTOMER);
    assert.deepEqual(posts, [], 'the carrier is not even asked');
    await misses(OTHERS[0]);
    assert.equal(await told(OTHERS[0]), 1);
  });
});

describe('a caller id that the carrier refuses', () => {
  test('gives way to the line, for that call and the next ones of an hour', async () => {
    await open();
    await account({ caller_id_refused: true });
    await stage.phone(PRIMARY, answering('1'));
    await stage.call(CUSTOMER);
    await stage.turn(60);
    const warned = async () => (await entries('warning')).filter((e) => e.code === 13214).length;
    assert.equal(await warned(), 1);
    assert.deepEqual((await stage.phone(PRIMARY)).calls.map((c) => [c.from, c.status]).at(-1), [LINE, 'completed']);
    assert.equal((await stage.items('/api/v1/calls'))[0].outcome, 'answered');
    assert.ok((await stage.items('/api/v1/events')).some((e) => e.kind === 'call.caller-id-refused'));
    await stage.phone(PRIMARY, answering('1'));
    await stage.call(OTHERS[0]);
    await stage.turn(60);
    assert.equal(await warned(), 1, 'it is not tried again');
    await stage.turn(3600);
    await stage.phone(PRIMARY, answering('1'));
    await stage.call(OTHERS[1]);
    await stage.turn(60);
    assert.equal(await warned(), 2, 'until an hour has passed');
    assert.deepEqual((await stage.items('/api/v1/calls')).map((c) => c.outcome), ['answered', 'answered', 'answered']);
  });

  test('gives way where phones ring together', async () => {
    const roster = alwaysOnCall();
    roster.chains.dispatch = [{ operators: ['primary', 'backup'], how: 'parallel', ring_seconds: 20 }, { operators: ['owner'] }];
    await open(roster);
    await account({ caller_id_refused: true });
    await stage.phone(BACKUP, answering('1'));
    await stage.call(CUSTOMER);
    await stage.turn(60);
    const [call] = await stage.items('/api/v1/calls');
    assert.deepEqual([call.outcome, call.accepted_by], ['answered', 'backup']);
    assert.equal((await stage.phone(OWNER)).calls.length, 0);
  });
});

describe('a voicemail that is written down', () => {
  const speaks = { voicemail_ms: 12000, voicemail_words: 'my heat is <out> & cold' };

  test('is sent to whoever holds it, shown on the page and given by the API', async () => {
    await open({ voicemail: { transcribe: true } });
    await stage.call(CUSTOMER, speaks);
    await stage.turn(120);
    const text = (await stage.texts(PRIMARY)).find((t) => t.includes('my heat is'));
    assert.match(text, /the voicemail says: my heat is <out> & cold/);
    const [call] = await stage.items('/api/v1/calls');
    assert.equal(call.transcript, 'my heat is <out> & cold');
    const link = (await stage.texts(PRIMARY)).find((t) => t.includes('/j/') && t.includes('voicemail'))
      ?? (await stage.texts(PRIMARY)).findLast((t) => t.includes('/j/'));
    const shown = await page(link);
    assert.equal(shown.split('my heat is &lt;out&gt; &amp; cold').length, 2, 'once');
    assert.deepEqual(await entries('warning'), []);
    assert.equal((await stage.items('/api/v1/relays')).length, 1);
  });

  test('repeated, late, forged and failed ones change nothing', async () => {
    await open({ voicemail: { transcribe: true } });
    await stage.carrier('POST', '/sim/fault', { what: 'duplicate_callbacks', count: 0 });
    await stage.call(CUSTOMER, speaks);
    await stage.turn(120);
    const texts = await stage.texts(PRIMARY);
    assert.equal(texts.filter((t) => t.includes('voicemail says')).length, 1);
    const [told] = (await entries('webhook')).filter((e) => e.url.includes('/voice/transcribed'));
    const target = told.url.slice(stage.base.length);
    const again = (more, at = target) => stage.webhook(at, { ...told.params, TranscriptionText: 'another', ...more });
    assert.equal((await again({})).status, 204);
    assert.equal((await again({ TranscriptionStatus: 'failed' })).status, 204);
    assert.equal((await again({}, target.replace(/k=.{16}/, 'k=0000000000000000'))).status, 403);
    await stage.turn(5);
    assert.equal((await stage.items('/api/v1/calls'))[0].transcript, 'my heat is <out> & cold');
    assert.deepEqual(await stage.texts(PRIMARY), texts);
  });

  test('without words is a voicemail like others', async () => {
    await open({ voicemail: { transcribe: true } });
    await stage.call(CUSTOMER, { voicemail_ms: 12000 });
    await stage.turn(120);
    const [call] = await stage.items('/api/v1/calls');
    assert.deepEqual([call.outcome, call.transcript], ['voicemail', null]);
  });

  test('is not asked for unless the tenant pays', async () => {
    await open();
    await stage.call(CUSTOMER, speaks);
    await stage.turn(120);
    assert.equal((await entries('webhook')).filter((e) => e.url.includes('/voice/transcribed')).length, 0);
    assert.equal((await stage.items('/api/v1/calls'))[0].transcript, null);
  });
});
