// The voice side of the simulated REST API, judged by the carrier's official client through whole
// calls: what a create refuses, live calls, recordings, transcriptions, conferences with
// participants, queues with members, notifications and alerts; accounts see only their own.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { XMLValidator } from 'fast-xml-parser';
import twilio from 'twilio';
import { SimServer } from './sim_server.js';
import { ACCOUNT, BACKUP, CUSTOMER, LINE, OTHERS, OWNER, PRIMARY, TOKEN, closeCarrier, openCarrier, request, sid } from './stage.js';

const VOICE = '/webhook/twilio/voice';
const [SECOND, THIRD] = OTHERS;
const server = new SimServer();
let stage, client, branch, since;
function clientOf(...args) {
  const one = twilio(...args);
  for (const domain of ['api', 'monitor']) one[domain].baseUrl = `http://127.0.0.1:${stage.simPort}`;
  return one;
}
before(async () => {
  await server.open();
  stage = await openCarrier(server.port, ['--call-rate', '100']);
  client = clientOf(ACCOUNT, TOKEN);
  const made = await client.api.v2010.accounts.create({ friendlyName: 'branch' });
  branch = clientOf(made.sid, made.authToken);
});
after(async () => {
  await closeCarrier(stage);
  await server.close();
  assert.equal(stage.how, 0, 'ended cleanly');
});
const stays = { on_call: [{ do: 'answer', then: [{ wait_ms: 3600000 }] }] };
beforeEach(async () => {
  for (const status of ['queued', 'ringing', 'in-progress'])
    for (const call of await client.calls.list({ status })) await client.calls(call.sid).update({ status: 'completed' }).catch(typed(400, 21220)); // with its parent
  await stage.turn(30);
  for (const number of [PRIMARY, BACKUP, OWNER, ...OTHERS]) await stage.phone(number, stays);
  server.clear();
  server.answers['/talk'] = '<Pause length="3600"/>';
  since = (await stage.carrier('GET', '/sim/timeline?after=999999999')).last;
});

const url = (path) => `${stage.base}${path}`;
const place = (more = {}, by = client) => by.calls.create({ to: PRIMARY, from: LINE, ...(more.twiml || more.applicationSid ? {} : { url: url('/talk') }), ...more });
const live = async (to = PRIMARY, path = '/talk', more = {}) => {
  const call = await place({ to, url: url(path), ...more });
  await stage.turn(2);
  return call.sid;
};
const call = (id, by = client) => by.calls(id).fetch();
const last = async (number) => (await stage.phone(number)).calls.at(-1);
const heard = async (number) => (await last(number)).heard.map((h) => h.words);
const pick = (o, ...names) => names.map((n) => o?.[n]);
const typed = (status, code) => (e) => {
  assert.ok(e instanceof twilio.RestException, String(e));
  assert.deepEqual([e.status, e.code, e.moreInfo], [status, code, `https://www.twilio.com/docs/errors/${code}`], e.message);
  return true;
};
const fails = (promise, status, code) => assert.rejects(promise, typed(status, code));
const seconds = async (n) => new Date(Date.parse((await stage.carrier('GET', '/sim/clock')).now) + n * 1000);

describe('a call is refused', () => {
  const rows = [
    ['without To', { to: '' }, 21201],
    ['without From', { from: '' }, 21213],
    ['to what is no number', { to: 'nobody' }, 21217],
    ['to a number of no plan', { to: '+16195' }, 21211],
    ['to a premium number', { to: '+19005550123' }, 21202],
    ['from what is no number', { from: 'me' }, 21212],
    ['from somebody else\'s number', { from: PRIMARY }, 21210],
    ['without a document', { url: undefined }, 21205],
    ['with a relative address', { url: '/talk' }, 21205],
    ['with a document that is too long', { url: undefined, twiml: `<Response>${' '.repeat(4000)}</Response>` }, 21205],
    ['with an odd method', { method: 'PUT' }, 21209],
    ['with an odd method of the fallback', { fallbackUrl: 'https://a.example.com/', fallbackMethod: 'PUT' }, 21209],
    ['with an odd method of the status callback', { statusCallback: 'https://a.example.com/', statusCallbackMethod: 'PUT' }, 21209],
    ['with an odd fallback', { fallbackUrl: 'a b' }, 21205],
    ['with an odd status callback', { statusCallback: 'a b' }, 21609],
    ['with odd keys', { sendDigits: '12x' }, 21206],
    ['with too many keys', { sendDigits: '1'.repeat(33) }, 21206],
    ['with no number as timeout', { timeout: 'soon' }, 21208],
    ['with a timeout above 600', { timeout: 601 }, 21208],
    ['with another account\'s application', { url: undefined, applicationSid: 'AP00000000000000000000000000000099' }, 21218],
    ['with an odd detection', { machineDetection: 'Maybe' }, 21234],
    ['with a detection out of range', { machineDetection: 'Enable', machineDetectionTimeout: 61 }, 21263],
    ['with a detection that tells nobody', { machineDetection: 'Enable', asyncAmd: 'true' }, 21262],
  ];
  for (const [what, change, code] of rows) test(`${what}: ${code}`, () => fails(place({ url: url('/talk'), ...change }), 400, code));
  test('by a trial account to a number that it has not verified: 21219', async () => {
    const trial = { sid: 'AC000000000000000000000000000000aa', auth_token: 'trial' };
    await stage.carrier('POST', '/sim/setup', { accounts: [{ ...trial, trial: true, numbers: [{ phone_number: '+13125550199' }] }] });
    await fails(place({ from: '+13125550199' }, clientOf(trial.sid, trial.auth_token)), 400, 21219);
  });
  test('for a phone that was set up to be refused, under any code', async () => {
    for (const code of [21203, 21214, 21215, 21216]) {
      await stage.phone(OWNER, { ...stays, call_refused: code });
      await fails(place({ to: OWNER }), 400, code);
    }
    await stage.phone(OWNER, stays);
    assert.equal((await place({ to: OWNER })).status, 'queued');
  });
  test('nothing of it is in the list', async () => {
    const before = (await client.calls.list()).length;
    await fails(place({ to: '' }), 400, 21201);
    assert.equal((await client.calls.list()).length, before);
  });
});

describe('a call', () => {
  test('is queued, and then told whole', async () => {
    const made = await place({ timeout: 20 });
    assert.deepEqual(pick(made, 'status', 'startTime', 'endTime', 'duration', 'price', 'direction', 'to', 'toFormatted'), ['queued', null, null, null, null, 'outbound-api', PRIMARY, '(619) 555-0111']);
    assert.match(made.phoneNumberSid, /^PN[0-9a-f]{32}$/);
    await stage.turn(62);
    assert.equal((await call(made.sid)).status, 'in-progress');
    await client.calls(made.sid).update({ status: 'completed' });
    await stage.turn(1);
    const done = await call(made.sid);
    assert.deepEqual(pick(done, 'status', 'duration', 'price', 'priceUnit', 'queueTime'), ['completed', '62', '-0.02800', 'USD', '0']);
    assert.deepEqual(Object.keys(done.subresourceUris).sort(), ['events', 'notifications', 'payments', 'recordings', 'siprec', 'streams', 'transcriptions', 'user_defined_message_subscriptions', 'user_defined_messages']);
    assert.equal(done.endTime - done.startTime, 62000);
  });
  test('runs what is written, else fetches: Url goes before Twiml, an application before both', async () => {
    server.answers = { '/talk': '<Say>fetched</Say>', '/app': '<Say>of the application</Say>' };
    await place({ twiml: '<Response><Say>written</Say></Response>' });
    await stage.turn(5);
    assert.deepEqual(await heard(PRIMARY), ['written']);
    await place({ url: url('/talk'), twiml: '<Response><Say>written</Say></Response>', method: 'GET' });
    await stage.turn(5);
    assert.deepEqual([await heard(PRIMARY), server.requests('/talk')[0].method], [['fetched'], 'GET']);
    const app = await client.applications.create({ friendlyName: 'app', voiceUrl: url('/app'), voiceMethod: 'GET', statusCallback: url('/app-status') });
    await place({ applicationSid: app.sid, url: url('/talk'), statusCallback: url('/status') });
    await stage.turn(5);
    assert.deepEqual([await heard(PRIMARY), server.requests('/app')[0].method, server.at('/status').length], [['of the application'], 'GET', 0]);
    assert.deepEqual(server.at('/app-status').map((p) => p.CallStatus), ['completed']);
  });
  test('sends keys before the document, and is told by the events that were asked for', async () => {
    server.answers['/talk'] = '<Say>after the keys</Say>';
    await place({ sendDigits: 'wwww12', statusCallback: url('/status'), statusCallbackEvent: ['answered', 'completed'], statusCallbackMethod: 'GET' });
    await stage.turn(1);
    assert.deepEqual(await heard(PRIMARY), ['[keys wwww12]']);
    await stage.turn(10);
    assert.deepEqual(await heard(PRIMARY), ['[keys wwww12]', 'after the keys']);
    assert.deepEqual(server.requests('/status').map((s) => [s.method, s.params.CallStatus]), [['GET', 'in-progress'], ['GET', 'completed']]);
  });
  test('ends at its TimeLimit, which may be set later as well; rings no longer than its Timeout', async () => {
    const limited = await place({ timeLimit: 7 });
    await stage.turn(20);
    assert.equal((await call(limited.sid)).duration, '7');
    const later = await live();
    await client.calls(later).update({ timeLimit: 12 });
    await stage.turn(30);
    assert.equal((await call(later)).duration, '12');
    await fails(client.calls(await live()).update({ timeLimit: 'x' }), 400, 20001);
    await stage.phone(BACKUP, { on_call: [{ do: 'ignore' }] });
    const ringing = await place({ to: BACKUP, timeout: 9 });
    await stage.turn(8);
    assert.equal((await call(ringing.sid)).status, 'ringing');
    await stage.turn(8);
    assert.deepEqual(pick(await call(ringing.sid), 'status', 'duration', 'price'), ['no-answer', '0', null]);
  });
  test('is recorded whole on request', async () => {
    const { sid: id } = await place({ record: true, recordingChannels: 'dual', recordingStatusCallback: url('/told'), recordingStatusCallbackEvent: ['in-progress', 'completed'], timeLimit: 8 });
    await stage.turn(20);
    assert.deepEqual(server.at('/told').map((p) => pick(p, 'RecordingStatus', 'RecordingSource', 'RecordingChannels')), [['in-progress', 'OutboundAPI', '2'], ['completed', 'OutboundAPI', '2']]);
    const [row] = await client.recordings.list({ callSid: id });
    assert.deepEqual(pick(row, 'status', 'channels', 'duration', 'source'), ['completed', 2, '8', 'OutboundAPI']);
  });
  test('goes elsewhere by Url or Twiml, and is ended; then it cannot be changed any more', async () => {
    server.answers['/away'] = '<Say>Elsewhere.</Say><Pause length="60"/>';
    const id = await live();
    assert.equal((await client.calls(id).update({ url: url('/away'), method: 'GET' })).status, 'in-progress');
    await stage.turn(2);
    assert.deepEqual([await heard(PRIMARY), server.requests('/away')[0].method], [['Elsewhere.'], 'GET']);
    await client.calls(id).update({ twiml: '<Response><Say>Here.</Say><Pause length="60"/></Response>', statusCallback: url('/status') });
    await stage.turn(2);
    assert.equal((await heard(PRIMARY)).at(-1), 'Here.');
    await fails(client.calls(id).update({ url: 'x' }), 400, 21205);
    await fails(client.calls(id).update({ url: url('/away'), method: 'PUT' }), 400, 21209);
    await fails(client.calls(id).update({ twiml: 'x'.repeat(4001) }), 400, 21205);
    await fails(client.calls(id).update({ status: 'busy' }), 400, 20001);
    assert.equal((await client.calls(id).update({ status: 'canceled' })).status, 'in-progress', 'only what rings is canceled');
    await fails(client.calls(id).remove(), 409, 20009);
    assert.equal((await client.calls(id).update({ status: 'completed' })).status, 'completed');
    await stage.turn(1);
    assert.deepEqual(server.at('/status').map((p) => p.CallStatus), ['completed']);
    for (const change of [{ url: url('/away') }, { twiml: '<Response/>' }, { status: 'completed' }]) await fails(client.calls(id).update(change), 400, 21220);
    assert.equal(await client.calls(id).remove(), true);
    await fails(call(id), 404, 20404);
  });
  test('that rings cannot go elsewhere, and is canceled', async () => {
    await stage.phone(BACKUP, { on_call: [{ do: 'ignore' }] });
    const id = await live(BACKUP);
    await fails(client.calls(id).update({ url: url('/talk') }), 400, 21220);
    assert.equal((await client.calls(id).update({ status: 'canceled' })).status, 'canceled');
  });
  test('that was dialled by a document names its parent, and its number', async () => {
    server.answers[VOICE] = `<Dial>${OWNER}</Dial>`;
    const { sid: parent } = await stage.call(CUSTOMER);
    await stage.turn(5);
    const [child] = await client.calls.list({ parentCallSid: parent });
    assert.deepEqual(pick(child, 'direction', 'to', 'from', 'status'), ['outbound-dial', OWNER, CUSTOMER, 'in-progress']);
    const inbound = await call(parent);
    assert.deepEqual([inbound.direction, inbound.parentCallSid], ['inbound', null]);
    const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: LINE });
    assert.equal(inbound.phoneNumberSid, number.sid);
  });
  test('is found by every filter, newest first, page by page', async () => {
    await stage.phone(BACKUP, { on_call: [{ do: 'busy' }] });
    const begun = await seconds(0);
    const ids = [await live(OWNER), await live(BACKUP), await live(OWNER)];
    await client.calls(ids[0]).update({ status: 'completed' });
    const mine = async (filter) => (await client.calls.list(filter)).map((c) => c.sid).filter((s) => ids.includes(s));
    assert.deepEqual(await mine({}), [...ids].reverse());
    assert.deepEqual(await mine({ pageSize: 1 }), [...ids].reverse());
    assert.deepEqual(await mine({ to: OWNER }), [ids[2], ids[0]]);
    assert.deepEqual(await mine({ to: OWNER, status: 'in-progress' }), [ids[2]]);
    assert.deepEqual(await mine({ status: 'busy' }), [ids[1]]);
    assert.deepEqual(await mine({ from: PRIMARY }), []);
    assert.equal((await mine({ startTime: begun })).length, 3, 'of that day');
    assert.equal((await mine({ startTimeAfter: begun })).length, 3);
    assert.equal((await mine({ startTimeBefore: new Date(begun - 10000) })).length, 0);
    assert.deepEqual(await mine({ endTimeAfter: begun }), [ids[1], ids[0]]);
    const page = await client.calls.page({ pageSize: 2 });
    assert.equal((await (await page.nextPage()).previousPage()).instances[0].sid, page.instances[0].sid);
    const waiting = await place({ to: THIRD });
    assert.deepEqual((await client.calls.list({ status: 'queued' })).map((c) => c.sid), [waiting.sid]);
  });
  test('tells what was asked and answered in it', async () => {
    server.answers['/talk'] = '<Say>Hello.</Say><Redirect method="GET">/next</Redirect>';
    const { sid: id } = await place({ statusCallback: url('/status') });
    await stage.turn(20);
    const events = await client.calls(id).events.list();
    assert.deepEqual(events.map((e) => [e.request.method, new URL(e.request.url).pathname, e.response.response_code]), [['POST', '/talk', 200], ['GET', '/next', 200], ['POST', '/status', 200]]);
    assert.deepEqual([events[0].request.parameters.CallSid, events[0].request.parameters.To], [id, PRIMARY]);
    assert.match(events[0].response.response_body, /<Say>Hello/);
    assert.equal((await client.calls(id).events.list({ pageSize: 1 })).length, 3);
    const app = await client.applications.create({ friendlyName: 'hostile', voiceUrl: url('/next') });
    server.answers['/talk'] = `<Dial><Application><ApplicationSid>${app.sid}</ApplicationSid><Parameter name="1 a&lt;b&gt;/ é&quot;" value="x"/><Parameter name="/" value="y"/></Application></Dial>`;
    await place({});
    await stage.turn(20);
    for (const c of await client.calls.list({ limit: 3 })) {
      const answer = await request({ port: stage.simPort, target: `/2010-04-01/Accounts/${ACCOUNT}/Calls/${c.sid}/Events`, headers: { Authorization: `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}` } });
      assert.equal(XMLValidator.validate(answer.body), true, answer.body);
    }
    await app.remove();
    await fails(client.calls(sid('CA')).events.list(), 404, 20404);
  });
});

describe('recordings', () => {
  test('of a live call are started, paused, resumed and stopped, by SID and as Twilio.CURRENT', async () => {
    const id = await live();
    const made = await client.calls(id).recordings.create({ recordingStatusCallback: url('/told'), recordingStatusCallbackEvent: ['in-progress', 'completed'], recordingChannels: 'dual', recordingTrack: 'inbound' });
    assert.deepEqual(pick(made, 'status', 'source', 'channels', 'track', 'callSid', 'duration'), ['in-progress', 'StartCallRecordingAPI', 2, 'inbound', id, null]);
    await stage.turn(5);
    assert.equal((await client.calls(id).recordings(made.sid).update({ status: 'paused' })).status, 'paused');
    await fails(client.calls(id).recordings(made.sid).update({ status: 'paused' }), 400, 21220);
    await stage.turn(10);
    assert.equal((await client.calls(id).recordings('Twilio.CURRENT').update({ status: 'in-progress' })).status, 'in-progress');
    await stage.turn(2);
    await client.calls(id).recordings('Twilio.CURRENT').update({ status: 'paused', pauseBehavior: 'silence' });
    await stage.turn(3);
    await fails(client.calls(id).recordings('Twilio.CURRENT').update({ status: 'odd' }), 400, 20001);
    await fails(client.calls(id).recordings(made.sid).remove(), 409, 20009);
    assert.equal((await client.calls(id).recordings('Twilio.CURRENT').update({ status: 'stopped' })).status, 'stopped');
    await fails(client.calls(id).recordings('Twilio.CURRENT').update({ status: 'stopped' }), 404, 20404);
    await stage.turn(5);
    assert.deepEqual(pick(await client.calls(id).recordings(made.sid).fetch(), 'status', 'duration', 'price'), ['completed', '10', '-0.00250']);
    assert.deepEqual(server.at('/told').map((p) => pick(p, 'RecordingStatus', 'RecordingSid', 'RecordingDuration', 'RecordingTrack')), [['in-progress', made.sid, undefined, 'inbound'], ['completed', made.sid, '10', 'inbound']]);
    await fails(client.calls(id).recordings.create({ recordingStatusCallback: 'x' }), 400, 20001);
    await fails(client.calls(id).recordings.create({ recordingChannels: 'triple' }), 400, 20001);
    await fails(client.calls(id).recordings.create({ recordingTrack: 'sideways' }), 400, 20001);
    await client.calls(id).update({ status: 'completed' });
    await fails(client.calls(id).recordings.create({}), 400, 21220);
  });
  test('are found by filters, heard, and deleted; what they were is kept for 40 days', async () => {
    const id = await live();
    const { sid: row } = await client.calls(id).recordings.create({});
    await stage.turn(5);
    await client.calls(id).update({ status: 'completed' });
    await stage.turn(5);
    const now = await seconds(0);
    for (const [filter, n] of [[{ callSid: id }, 1], [{ callSid: id, dateCreated: now }, 1], [{ callSid: id, dateCreatedBefore: await seconds(-86400) }, 0], [{ callSid: id, dateCreatedAfter: await seconds(-86400) }, 1], [{ callSid: sid('CA') }, 0], [{ conferenceSid: sid('CF') }, 0]])
      assert.equal((await client.recordings.list(filter)).length, n, JSON.stringify(filter));
    const fetched = await client.recordings(row).fetch();
    for (const [end, type] of [['', 'audio/x-wav'], ['.wav', 'audio/x-wav'], ['.mp3', 'audio/mpeg']]) {
      const answer = await request({ port: stage.simPort, target: new URL(fetched.mediaUrl).pathname + end, headers: { Authorization: `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}` } });
      assert.deepEqual([answer.status, answer.headers['content-type']], [200, type]);
    }
    assert.equal(await client.recordings(row).remove(), true);
    await fails(client.recordings(row).fetch(), 404, 20404);
    assert.equal((await client.recordings(row).fetch({ includeSoftDeleted: true })).status, 'deleted');
    assert.deepEqual((await client.recordings.list({ callSid: id, includeSoftDeleted: true })).map((r) => r.sid), [row]);
    assert.deepEqual(await client.recordings.list({ callSid: id }), []);
    assert.deepEqual(await client.calls(id).recordings.list(), []);
    await stage.turn(41 * 86400);
    assert.deepEqual(await client.recordings.list({ callSid: id, includeSoftDeleted: true }), []);
  });
  test('are understood: transcriptions, of all and of one', async () => {
    server.answers['/record'] = '<Record maxLength="30" transcribe="true" transcribeCallback="/words" action="/bye"/>';
    await stage.phone(PRIMARY, { on_call: [{ do: 'answer', then: [{ say: 'please call me back, the boiler leaks and it is cold in here', after_ms: 1000 }, { wait_ms: 4000 }, { press: '#' }] }] });
    const id = await live(PRIMARY, '/record');
    await stage.turn(6);
    const [recording] = await client.recordings.list({ callSid: id });
    const [begun] = await client.recordings(recording.sid).transcriptions.list();
    assert.deepEqual(pick(begun, 'status', 'transcriptionText', 'recordingSid', 'type'), ['in-progress', null, recording.sid, 'fast']);
    await stage.turn(20);
    const done = await client.transcriptions(begun.sid).fetch();
    assert.deepEqual(pick(done, 'status', 'transcriptionText', 'duration'), ['completed', 'please call me back, the boiler leaks and it is cold in here', recording.duration]);
    assert.equal(server.last('/words').TranscriptionText, 'please call me back, the boiler leaks and it is cold in here');
    assert.equal((await client.recordings(recording.sid).transcriptions(begun.sid).fetch()).sid, begun.sid);
    assert.ok((await client.transcriptions.list({ limit: 1 })).length);
    await fails(branch.transcriptions(begun.sid).fetch(), 404, 20404);
    assert.equal(await client.recordings(recording.sid).transcriptions(begun.sid).remove(), true);
    await fails(client.transcriptions(begun.sid).fetch(), 404, 20404);
  });
});

describe('a conference', () => {
  const told = 'statusCallback="/told" statusCallbackEvent="start end join leave mute hold modify announcement"';
  const rooms = (name = 'K7F') => ({ To }) => `<Dial action="/out"><Conference ${told} participantLabel="${To}" endConferenceOnExit="${To === OWNER}">${name}</Conference></Dial>`;
  const events = () => server.at('/told').map((p) => p.StatusCallbackEvent);
  const participants = (c) => client.conferences(c).participants;
  const three = async () => {
    server.answers['/room'] = rooms();
    server.answers['/out'] = '<Say>Out.</Say><Pause length="600"/>';
    const ids = [];
    for (const to of [PRIMARY, BACKUP, OWNER]) ids.push(await live(to, '/room'));
    const [room] = await client.conferences.list({ status: 'in-progress' });
    server.seen = [];
    return { room: room.sid, ids };
  };

  test('is listed by name, state and day, and fetched', async () => {
    const begun = await seconds(0);
    const { room, ids } = await three();
    const one = await client.conferences(room).fetch();
    assert.deepEqual(pick(one, 'friendlyName', 'status', 'region', 'reasonConferenceEnded', 'callSidEndingConference'), ['K7F', 'in-progress', 'us1', null, null]);
    assert.deepEqual(Object.keys(one.subresourceUris).sort(), ['participants', 'recordings']);
    const mine = async (filter) => (await client.conferences.list(filter)).filter((c) => c.sid === room).length;
    for (const [filter, n] of [[{ friendlyName: 'K7F' }, 1], [{ friendlyName: 'K7' }, 0], [{ status: 'init' }, 0], [{ dateCreated: begun }, 1], [{ dateCreatedAfter: begun }, 1], [{ dateUpdated: begun }, 1]])
      assert.equal(await mine({ status: 'in-progress', ...filter }), n, JSON.stringify(filter));
    assert.deepEqual((await participants(room).list()).map((p) => [p.callSid, p.label, p.endConferenceOnExit, p.status]), [[ids[2], OWNER, true, 'connected'], [ids[1], BACKUP, false, 'connected'], [ids[0], PRIMARY, false, 'connected']]);
    assert.equal((await participants(room).list({ pageSize: 1 })).length, 3);
    assert.equal((await participants(room)(BACKUP).fetch()).callSid, ids[1], 'by label');
    await fails(participants(room)(sid('CA')).fetch(), 404, 20404);
    await fails(branch.conferences(room).participants.list(), 404, 20404);
    assert.deepEqual(await branch.conferences.list(), []);
  });

  test('mutes, holds and lets coach; each is told, listed by, and undone', async () => {
    const { room, ids } = await three();
    const one = participants(room)(ids[1]);
    server.answers['/hold'] = '<Say>You are on hold.</Say><Pause length="30"/>';
    const steps = [
      [{ muted: true }, { muted: true }, 'participant-mute'],
      [{ muted: false }, { muted: false }, 'participant-unmute'],
      [{ hold: true, holdUrl: url('/hold'), holdMethod: 'GET' }, { hold: true }, 'participant-hold'],
      [{ hold: false }, { hold: false }, 'participant-unhold'],
      [{ coaching: true, callSidToCoach: ids[0] }, { coaching: true, callSidToCoach: ids[0] }, 'participant-modify'],
      [{ coaching: false }, { coaching: false }, 'participant-modify'],
      [{ endConferenceOnExit: true }, { endConferenceOnExit: true }, 'participant-modify'],
    ];
    for (const [change, shown, event] of steps) {
      server.seen = [];
      const now = await one.update(change);
      await stage.turn(3);
      const [key, value] = Object.entries(shown)[0];
      assert.deepEqual(pick(now, ...Object.keys(shown)), Object.values(shown));
      assert.deepEqual(events(), [event], JSON.stringify(change));
      if (key !== 'endConferenceOnExit') {
        assert.equal((await participants(room).list({ [key]: value })).some((p) => p.callSid === ids[1]), true);
        assert.equal((await participants(room).list({ [key]: !value })).some((p) => p.callSid === ids[1]), false);
      }
      if (change.hold) assert.deepEqual([server.requests('/hold')[0].method, (await heard(BACKUP)).at(-1)], ['GET', 'You are on hold.']);
      assert.ok((await one.fetch()).dateUpdated > (await one.fetch()).dateCreated);
    }
    server.seen = [];
    await one.update({ muted: false });
    await stage.turn(1);
    assert.deepEqual(events(), [], 'what holds already is not told');
    await fails(one.update({ coaching: true, callSidToCoach: sid('CA') }), 400, 20001);
    await fails(one.update({ hold: true, holdUrl: 'x' }), 400, 21205);
    await fails(one.update({ hold: true, holdUrl: url('/hold'), holdMethod: 'PUT' }), 400, 21209);
    await fails(one.update({ announceUrl: 'x' }), 400, 21205);
    await fails(one.update({ muted: 'maybe' }), 400, 20001);
  });

  test('announces to one and to all', async () => {
    const { room, ids } = await three();
    server.answers['/news'] = '<Say>News.</Say>';
    await participants(room)(ids[0]).update({ announceUrl: url('/news'), announceMethod: 'GET' });
    await stage.turn(5);
    assert.deepEqual([(await heard(PRIMARY)).at(-1), (await heard(BACKUP)).includes('News.'), server.requests('/news').map((s) => s.method)], ['News.', false, ['GET']]);
    await client.conferences(room).update({ announceUrl: url('/news') });
    await stage.turn(5);
    for (const number of [PRIMARY, BACKUP, OWNER]) assert.equal((await heard(number)).at(-1), 'News.');
    assert.ok(events().includes('announcement-end'));
    await fails(client.conferences(room).update({ announceUrl: 'x' }), 400, 21205);
    await fails(client.conferences(room).update({ announceUrl: url('/news'), announceMethod: 'PUT' }), 400, 21209);
  });

  test('lets one go, whose document goes on, and ends with the one who ends it', async () => {
    const { room, ids } = await three();
    assert.equal(await participants(room)(ids[0]).remove(), true);
    await stage.turn(2);
    assert.deepEqual([events(), (await heard(PRIMARY)).at(-1), (await call(ids[0])).status], [['participant-leave'], 'Out.', 'in-progress']);
    await fails(participants(room)(ids[0]).fetch(), 404, 20404);
    await participants(room)(ids[2]).remove();
    await stage.turn(2);
    const ended = await client.conferences(room).fetch();
    assert.deepEqual(pick(ended, 'status', 'reasonConferenceEnded', 'callSidEndingConference'), ['completed', 'participant-with-end-conference-on-exit-kicked', ids[2]]);
    assert.equal((await heard(BACKUP)).at(-1), 'Out.');
    assert.deepEqual(await participants(room).list(), []);
  });

  test('ends when it is told to, or when the last is put out', async () => {
    const { room, ids } = await three();
    assert.equal((await client.conferences(room).update({ status: 'completed' })).status, 'completed');
    await fails(client.conferences(room).update({ status: 'init' }), 400, 20001);
    await stage.turn(2);
    for (const id of ids) assert.equal((await call(id)).status, 'in-progress', 'their documents go on');
    assert.equal((await client.conferences(room).fetch()).reasonConferenceEnded, 'conference-ended-via-api');
    assert.equal(server.at('/told').at(-1).ReasonConferenceEnded, 'conference-ended-via-api');
    await client.calls(ids[0]).update({ url: url('/room') });
    await stage.turn(2);
    const [again] = await client.conferences.list({ status: 'init' });
    assert.notEqual(again.sid, room);
    await participants(again.sid)(ids[0]).remove();
    assert.equal((await client.conferences(again.sid).fetch()).reasonConferenceEnded, 'last-participant-kicked');
  });

  test('calls somebody in, who is listed while it rings; by SID, or by a name that opens one', async () => {
    await stage.phone(SECOND, { on_call: [{ do: 'answer', after_ms: 5000, then: [{ wait_ms: 600000 }] }] });
    const { room } = await three();
    const made = await participants(room).create({ from: LINE, to: SECOND, label: 'guest', muted: true, beep: 'false', endConferenceOnExit: true, timeout: 20, statusCallback: url('/status'), statusCallbackEvent: ['ringing', 'answered', 'completed'] });
    assert.deepEqual(pick(made, 'status', 'label', 'muted', 'hold', 'coaching', 'endConferenceOnExit', 'conferenceSid'), ['queued', 'guest', true, false, false, true, room]);
    await stage.turn(3);
    assert.equal((await participants(room)(made.callSid).fetch()).status, 'ringing');
    assert.deepEqual((await participants(room).list()).map((p) => p.label), ['guest', OWNER, BACKUP, PRIMARY], 'newest first');
    assert.equal((await participants(room)('guest').update({ muted: false })).muted, false);
    await stage.turn(5);
    const inside = await participants(room)('guest').fetch();
    assert.deepEqual(pick(inside, 'callSid', 'status', 'muted'), [made.callSid, 'connected', false]);
    assert.equal((await participants(room).list()).length, 4);
    assert.deepEqual(server.at('/status').map((p) => p.CallStatus), ['ringing', 'in-progress']);
    await client.calls(made.callSid).update({ status: 'completed' });
    await stage.turn(2);
    assert.deepEqual(pick(await client.conferences(room).fetch(), 'reasonConferenceEnded', 'callSidEndingConference'), ['participant-with-end-conference-on-exit-left', made.callSid]);
    const first = await participants('board').create({ from: LINE, to: THIRD, conferenceStatusCallback: url('/board'), conferenceRecord: 'true', timeLimit: 30 });
    const [board] = await client.conferences.list({ friendlyName: 'board' });
    assert.deepEqual([first.conferenceSid, board.status], [board.sid, 'init']);
    await stage.turn(2);
    await participants('board').create({ from: LINE, to: SECOND, timeLimit: 20 });
    await stage.turn(60);
    assert.deepEqual(server.at('/board').map((p) => p.StatusCallbackEvent), ['conference-start', 'conference-end']);
    assert.equal((await client.conferences(board.sid).recordings.list()).length, 1);
  });

  test('refuses whom no call could reach; one who is ringing is let go, one who does not come is gone', async () => {
    const { room } = await three();
    await fails(participants(room).create({ from: PRIMARY, to: SECOND }), 400, 21210);
    await fails(participants(room).create({ from: LINE, to: 'nobody' }), 400, 21217);
    await fails(participants(room).create({ from: LINE, to: SECOND, timeout: 700 }), 400, 21208);
    await fails(participants(room).create({ from: LINE, to: SECOND, conferenceStatusCallback: 'x' }), 400, 21609);
    await fails(participants('x'.repeat(129)).create({ from: LINE, to: SECOND }), 400, 20001);
    await fails(participants(room).create({ from: LINE, to: SECOND, waitUrl: `https://a.example.com/${'x'.repeat(5000)}` }), 400, 20001);
    await fails(participants(sid('CF')).create({ from: LINE, to: SECOND }), 404, 20404);
    await stage.phone(SECOND, { on_call: [{ do: 'ignore' }] });
    const rings = await participants(room).create({ from: LINE, to: SECOND });
    await stage.turn(2);
    assert.equal(await participants(room)(rings.callSid).remove(), true);
    assert.equal((await call(rings.callSid)).status, 'canceled');
    await participants(room).create({ from: LINE, to: SECOND, timeout: 5 });
    await stage.turn(20);
    assert.equal((await participants(room).list()).length, 3);
  });

  test('is recorded; its recordings are paused, stopped and heard of there', async () => {
    server.answers['/room'] = '<Dial><Conference record="record-from-start" recordingStatusCallback="/told">K9</Conference></Dial>';
    const ids = [await live(PRIMARY, '/room'), await live(BACKUP, '/room')];
    const [room] = await client.conferences.list({ friendlyName: 'K9' });
    const [row] = await client.conferences(room.sid).recordings.list();
    assert.deepEqual(pick(row, 'status', 'conferenceSid', 'source'), ['in-progress', room.sid, 'Conference']);
    await stage.turn(4);
    assert.equal((await client.conferences(room.sid).recordings(row.sid).update({ status: 'paused' })).status, 'paused');
    await stage.turn(4);
    await client.conferences(room.sid).recordings('Twilio.CURRENT').update({ status: 'in-progress' });
    await stage.turn(4);
    await client.calls(ids[0]).update({ status: 'completed' });
    await client.calls(ids[1]).update({ status: 'completed' });
    await stage.turn(4);
    assert.deepEqual(pick(await client.conferences(room.sid).recordings(row.sid).fetch(), 'status', 'duration'), ['completed', '9']);
    assert.deepEqual((await client.recordings.list({ conferenceSid: room.sid })).map((r) => r.sid), [row.sid]);
    assert.deepEqual(server.at('/told').map((p) => pick(p, 'RecordingStatus', 'RecordingDuration')), [['completed', '9']]);
    assert.equal(await client.conferences(room.sid).recordings(row.sid).remove(), true);
    assert.deepEqual(await client.conferences(room.sid).recordings.list(), []);
  });
});

describe('queues', () => {
  test('are made, renamed, resized and deleted; what cannot be is refused', async () => {
    const made = await client.queues.create({ friendlyName: 'orders' });
    assert.deepEqual(pick(made, 'friendlyName', 'maxSize', 'currentSize', 'averageWaitTime'), ['orders', 1000, 0, 0]);
    for (const [change, code] of [[{ friendlyName: '' }, 20001], [{ friendlyName: 'x'.repeat(65) }, 20001], [{ friendlyName: 'orders' }, 20001], [{ friendlyName: 'b', maxSize: 0 }, 20001], [{ friendlyName: 'b', maxSize: 5001 }, 20001]])
      await fails(client.queues.create(change), 400, code);
    assert.deepEqual(pick(await client.queues(made.sid).update({ friendlyName: 'sales', maxSize: 2 }), 'friendlyName', 'maxSize'), ['sales', 2]);
    await branch.queues.create({ friendlyName: 'sales' });
    await fails(branch.queues(made.sid).fetch(), 404, 20404);
    assert.equal((await branch.queues.list()).length, 1);
    assert.equal(await client.queues(made.sid).remove(), true);
    await fails(client.queues(made.sid).fetch(), 404, 20404);
  });

  test('have members, who wait, hear, and are taken out by REST or by Dial Queue', async () => {
    const queue = await client.queues.create({ friendlyName: 'support', maxSize: 3 });
    server.answers = {
      '/line-up': '<Enqueue waitUrl="/wait" action="/left">support</Enqueue>', '/wait': '<Say>Please wait.</Say><Pause length="60"/>',
      '/out': '<Say>Your turn.</Say><Pause length="60"/>', '/agent': '<Dial action="/taken"><Queue>support</Queue></Dial>',
    };
    const ids = [];
    for (const to of [PRIMARY, BACKUP, OWNER]) ids.push(await live(to, '/line-up'));
    await live(SECOND, '/line-up');
    assert.equal(server.last('/left').QueueResult, 'queue-full');
    const members = client.queues(queue.sid).members;
    const all = await members.list();
    assert.deepEqual(all.map((m) => [m.callSid, m.position, m.queueSid]), ids.map((id, i) => [id, i + 1, queue.sid]));
    assert.ok(all[0].waitTime > all[1].waitTime && all[0].dateEnqueued instanceof Date);
    assert.deepEqual(pick(await client.queues(queue.sid).fetch(), 'currentSize', 'averageWaitTime'), [3, Math.floor(all.reduce((n, m) => n + m.waitTime, 0) / 3)]);
    assert.equal((await members('Front').fetch()).callSid, ids[0]);
    assert.equal((await members.list({ pageSize: 1 })).length, 3);
    await fails(client.queues(queue.sid).remove(), 400, 20001);
    await fails(members('Front').update({ url: 'x' }), 400, 21205);
    await fails(members('Front').update({ url: url('/out'), method: 'PUT' }), 400, 21209);
    await fails(members(sid('CA')).fetch(), 404, 20404);
    assert.equal((await members(ids[1]).update({ url: url('/out'), method: 'GET' })).callSid, ids[1]);
    await stage.turn(2);
    assert.deepEqual([(await heard(BACKUP)).at(-1), server.last('/left').QueueResult, server.requests('/out')[0].method], ['Your turn.', 'redirected', 'GET']);
    assert.equal((await members('Front').update({ url: url('/out') })).position, 1);
    await stage.turn(2);
    const agent = await live(THIRD, '/agent');
    assert.deepEqual(await members.list(), []);
    assert.equal((await call(ids[2])).status, 'in-progress');
    await fails(members('Front').fetch(), 404, 20404);
    await client.calls(agent).update({ status: 'completed' });
    await stage.turn(2);
    assert.equal(server.last('/taken').DequeueResult, 'bridged');
    assert.equal(await client.queues(queue.sid).remove(), true);
  });
});

describe('notifications and alerts', () => {
  test('a document that fails is an error, with what was sent and answered', async () => {
    server.answers['/broken'] = { status: 503, type: 'text/plain', headers: { 'X-Why': 'out of order' }, body: 'come back later' };
    const begun = await seconds(0);
    const id = await live(PRIMARY, '/broken?a=1');
    const [listed] = await client.calls(id).notifications.list();
    assert.deepEqual(pick(listed, 'errorCode', 'log', 'callSid', 'requestMethod', 'requestUrl', 'moreInfo', 'requestVariables'), ['11200', '0', id, 'POST', url('/broken?a=1'), 'https://www.twilio.com/docs/errors/11200', undefined]);
    for (const one of [await client.notifications(listed.sid).fetch(), await client.calls(id).notifications(listed.sid).fetch()]) {
      const sent = new URLSearchParams(one.requestVariables);
      assert.deepEqual([sent.get('CallSid'), sent.get('To'), one.responseBody], [id, PRIMARY, 'come back later']);
      assert.match(one.responseHeaders, /X-Why: out of order/i);
      assert.equal(new URLSearchParams(one.messageText).get('ErrorCode'), '11200');
      assert.ok(one.messageDate >= begun);
    }
    const alert = await client.monitor.v1.alerts(listed.sid).fetch();
    assert.deepEqual(pick(alert, 'resourceSid', 'errorCode', 'logLevel', 'requestMethod', 'responseBody'), [id, '11200', 'error', 'POST', 'come back later']);
    assert.match(alert.requestHeaders, /X-Twilio-Signature: /);
    assert.equal(new URLSearchParams(alert.requestVariables).get('CallSid'), id);
    assert.equal((await branch.monitor.v1.alerts.list()).length, 0);
    await fails(branch.notifications(listed.sid).fetch(), 404, 20404);
    await fails(branch.monitor.v1.alerts(listed.sid).fetch(), 404, 20404);
  });
  test('warnings of documents, failed status callbacks and texts are there; filters part them', async () => {
    server.answers['/talk'] = '<Whistle/><Pause length="1"/>';
    server.answers['/status'] = { status: 500, body: '' };
    await stage.turn(5);
    const begun = await seconds(0);
    const { sid: id } = await place({ statusCallback: url('/status') });
    await stage.turn(10);
    server.answers['/sms/inbound'] = { status: 404, body: 'nobody' };
    const text = await stage.text(CUSTOMER, 'hello');
    await stage.turn(10);
    const codes = async (filter) => (await client.notifications.list(filter)).filter((n) => n.callSid === id).map((n) => n.errorCode);
    assert.deepEqual((await codes({})).sort(), ['11200', '12200']);
    assert.deepEqual([await codes({ log: 0 }), await codes({ log: 1 })], [['11200'], ['12200']]);
    assert.equal((await codes({ messageDateAfter: begun })).length, 2);
    assert.equal((await codes({ messageDate: begun })).length, 2);
    assert.equal((await codes({ messageDateBefore: await seconds(-2 * 86400) })).length, 0);
    const alerts = async (filter) => (await client.monitor.v1.alerts.list(filter)).filter((a) => a.dateGenerated >= begun).map((a) => a.errorCode).sort();
    assert.deepEqual(await alerts({}), ['11200', '11200', '12200']);
    assert.deepEqual([await alerts({ logLevel: 'warning' }), await alerts({ logLevel: 'error' })], [['12200'], ['11200', '11200']]);
    assert.deepEqual([await alerts({ startDate: begun }), await alerts({ endDate: await seconds(-3600) })], [['11200', '11200', '12200'], []]);
    assert.equal((await client.monitor.v1.alerts.list({ startDate: begun })).filter((a) => a.resourceSid === text.sid).length, 1);
    assert.equal((await client.notifications.list()).filter((n) => n.messageDate >= begun).length, 3, 'those of texts too');
    assert.equal((await client.monitor.v1.alerts.list({ pageSize: 1, startDate: begun })).length, 3);
    await stage.turn(31 * 86400);
    assert.deepEqual(await client.monitor.v1.alerts.list(), [], 'for 30 days');
  });
});

test('early deletes are refused by the status that the world is set to', async () => {
  const id = await live();
  await stage.carrier('POST', '/sim/setup', { early_delete_status: 400 });
  await fails(client.calls(id).remove(), 400, 20009);
  await stage.carrier('POST', '/sim/setup', { early_delete_status: 409 });
  await fails(client.calls(id).remove(), 409, 20009);
});

test('whatever is asked at any instant, the carrier stands, and nobody is left behind', async () => {
  let seed = 7;
  const dice = (n) => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor(seed / 65536) % n; };
  const one = (list) => list[dice(list.length)];
  const told = `statusCallback="/told" statusCallbackEvent="start end join leave mute hold modify speaker announcement"`;
  server.answers = {
    '/room': ({ To }) => `<Dial action="/room2"><Conference ${told} waitUrl="/wait" endConferenceOnExit="${To === OWNER}" record="record-from-start">R</Conference></Dial>`,
    '/room2': '<Enqueue waitUrl="/wait" action="/talk">Q</Enqueue>', '/wait': '<Say>Wait.</Say><Pause length="2"/>',
    '/agent': '<Dial timeout="5"><Queue url="/news">Q</Queue></Dial>', '/talk': '<Pause length="20"/>', '/news': '<Say>News.</Say>', '/broken': { status: 500, body: '' },
  };
  const paths = ['/room', '/room2', '/agent', '/talk', '/news', '/broken'].map(url);
  const numbers = [PRIMARY, BACKUP, OWNER, ...OTHERS];
  for (const number of numbers) await stage.phone(number, { on_call: [{ do: 'answer', after_ms: 500 * dice(5), then: [{ wait_ms: 1000 * dice(40) }, { say: 'hm' }, { press: one(['1', '*']) }, { wait_ms: 1000 * dice(60) }, { hangup: true }] }] });
  const rows = { calls: [], rooms: [], queues: [] };
  const refresh = async () => {
    rows.calls = (await client.calls.list({ limit: 30 })).map((c) => c.sid);
    rows.rooms = (await client.conferences.list({ limit: 3 })).map((c) => c.sid);
    rows.queues = (await client.queues.list({ limit: 3 })).map((q) => q.sid);
  };
  const flag = () => dice(2) === 1;
  const acts = [
    () => place({ to: one(numbers), url: one(paths), ...(flag() ? { sendDigits: 'w1' } : {}), ...(flag() ? { machineDetection: 'Enable' } : {}), ...(flag() ? { record: true } : {}), timeLimit: 5 + dice(60) }),
    () => client.conferences(flag() ? 'R' : one(rows.rooms)).participants.create({ from: LINE, to: one(numbers), muted: flag(), endConferenceOnExit: flag(), label: `l${dice(5)}` }),
    () => client.calls(one(rows.calls)).update({ url: one(paths) }),
    () => client.calls(one(rows.calls)).update({ status: one(['completed', 'canceled']) }),
    () => client.calls(one(rows.calls)).update({ timeLimit: 1 + dice(30) }),
    () => client.calls(one(rows.calls)).recordings.create({}),
    () => client.calls(one(rows.calls)).recordings('Twilio.CURRENT').update({ status: one(['paused', 'in-progress', 'stopped']) }),
    () => client.conferences(one(rows.rooms)).update(one([{ status: 'completed' }, { announceUrl: url('/news') }, { announceUrl: url('/broken') }])),
    () => client.conferences(one(rows.rooms)).participants(one(rows.calls)).update(one([{ muted: flag() }, { hold: flag() }, { hold: flag(), holdUrl: url('/wait') }, { announceUrl: url('/news') }, { endConferenceOnExit: flag() }, { coaching: flag(), callSidToCoach: one(rows.calls) }])),
    () => client.conferences(one(rows.rooms)).participants(`l${dice(5)}`).update(one([{ muted: flag() }, { hold: flag() }, { announceUrl: url('/news') }])),
    () => client.conferences(one(rows.rooms)).participants(one(rows.calls)).remove(),
    () => client.conferences(one(rows.rooms)).recordings('Twilio.CURRENT').update({ status: one(['paused', 'in-progress', 'stopped']) }),
    () => client.queues(one(rows.queues)).members(flag() ? 'Front' : one(rows.calls)).update({ url: one(paths) }),
    () => client.queues(one(rows.queues)).remove(),
    () => stage.turn(dice(4)),
  ];
  for (let i = 0; i < 400; i++) {
    if (i % 10 === 0) await refresh();
    await (async () => one(acts)())().catch((e) => { if (!(e instanceof twilio.RestException && e.status < 500) && !/missing|is not valid/.test(e.message)) throw new Error(`step ${i}: ${e}`); });
  }
  server.answers = {};
  await stage.turn(4000);
  for (const status of ['queued', 'ringing', 'in-progress']) assert.deepEqual(await client.calls.list({ status }), []);
  for (const c of await client.conferences.list()) {
    assert.equal(c.status, 'completed', c.sid);
    assert.deepEqual(await client.conferences(c.sid).participants.list(), []);
  }
  for (const q of await client.queues.list()) assert.equal(q.currentSize, 0);
  assert.deepEqual((await client.recordings.list()).filter((r) => r.status !== 'completed'), []);
});

test('a subaccount sees nothing of it all, and its owner sees what is its own', async () => {
  for (const list of [branch.calls, branch.recordings, branch.transcriptions, branch.conferences, branch.notifications]) assert.deepEqual(await list.list(), []);
  const id = await live();
  await fails(branch.calls(id).fetch(), 404, 20404);
  await fails(branch.calls(id).update({ status: 'completed' }), 404, 20404);
  await fails(branch.calls(id).recordings.create({}), 404, 20404);
  await fails(branch.calls(id).notifications.list(), 404, 20404);
});
