// Call scripts: what callers and operators hear is the business's own, checked before it serves.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { XMLParser } from 'fast-xml-parser';
import { BACKUP, CUSTOMER, LINE, OWNER, PRIMARY, Stage, alwaysOnCall, build, sid } from './stage.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const parser = new XMLParser({ ignoreAttributes: false, preserveOrder: true });
const verbs = (document) => parser.parse(document).at(-1).Response.map((verb) => Object.keys(verb)[0]);
const response = (inside) => `<Response>\n${inside}\n</Response>\n`;
const heard = async (stage, number) =>
  (await stage.phone(number)).calls.at(-1).heard.map((h) => h.words);

describe('scripts of a folder', () => {
  let stage, folder;
  const put = (name, inside) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, `${name}.new`), response(inside));
    fs.renameSync(path.join(folder, `${name}.new`), path.join(folder, name));
  };
  const call = (more = {}) => ({
    CallSid: sid('CA'), From: CUSTOMER, To: LINE, CallStatus: 'ringing', Direction: 'inbound', ...more,
  });
  const ring = async (more) => (await stage.webhook('/webhook/twilio/voice', call(more))).body;
  // Asks until the daemon's watch has seen the change.
  const until = async (holds) => {
    for (let i = 0; i < 2000; i += 1) {
      const got = await ring();
      if (holds(got)) return got;
    }
    return assert.fail('the change was never seen');
  };

  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-scripts-'));
    put('inbound_routing.twiml', '<Say language="en-GB">Welcome to {{business}}.</Say><Step/>');
    stage = await Stage.open({ env: { NEXTRING_SCRIPTS: folder } });
  });
  afterEach(async () => {
    await stage.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test('the caller hears the greeting once, then the chain goes on, and the call knows its version', async () => {
    await stage.phone(PRIMARY, { on_call: [{ do: 'ignore' }] });
    await stage.phone(BACKUP, { on_call: [{ do: 'answer', after_ms: 2000, then: [{ press: '1', after_ms: 5000 }, { talk_ms: 3000 }, { hangup: true }] }] });
    await stage.call(CUSTOMER);
    await stage.turn(120);
    const business = alwaysOnCall().name;
    assert.deepEqual(await heard(stage, CUSTOMER), [`Welcome to ${business}.`]);
    const [one] = await stage.items('/api/v1/calls?limit=1');
    assert.equal(one.outcome, 'answered');
    assert.equal(one.accepted_by, 'backup');
    const arrived = (await stage.items('/api/v1/events')).find((e) => e.kind === 'call.arrived');
    assert.match(arrived.detail, /^scripts [0-9a-f]{12}$/);
  });

  test('a new version serves from the next call on; a bad one is refused whole, with an alarm', async () => {
    put('inbound_routing.twiml', '<Say>Second version</Say><Step/>');
    await until((body) => body.includes('Second version'));
    put('voicemail.twiml', '<Say>{{nobody}}</Say>\n<Stepp/>');
    put('inbound_routing.twiml', '<Say>Third version</Say><Step/>');
    for (let i = 0; i < 2000 && !stage.daemon.said().includes('call scripts refused'); i += 1) await ring();
    const said = stage.daemon.said();
    assert.match(said, /voicemail\.twiml:2:6: there is no field \{\{nobody\}\}/);
    assert.match(said, /voicemail\.twiml:3:1: there is no verb <Stepp>; did you mean <Step>\?/);
    assert.match(said, /voicemail\.twiml:1:1: there is no <Step\/>/);
    assert.ok((await ring()).includes('Second version'), 'the last good version stays in force');
    await stage.turn(1);
    const alarm = (await stage.items('/api/v1/events?limit=200')).find((e) => e.kind === 'scripts.refused');
    assert.equal(alarm?.is_alarm, true);
    put('voicemail.twiml', '<Say>You are recorded</Say><Step/>');
    await until((body) => body.includes('Third version'));
  });

  test('a tenant has his own, file by file', async () => {
    put(`${alwaysOnCall().tenant}/inbound_routing.twiml`, '<Say>His own</Say><Step/>');
    await until((body) => body.includes('His own'));
  });

  test('a key in the menu leads to the voicemail at once', async () => {
    put('inbound_routing.twiml', fs.readFileSync(path.join(root, 'examples/scripts/menu/inbound_routing.twiml'), 'utf8').replace(/^[^]*<Response>|<\/Response>\s*$/g, ''));
    await until((body) => body.includes('press 1'));
    await stage.phone(PRIMARY, { on_call: [{ do: 'ignore' }] });
    const { sid: call_sid } = await stage.call(CUSTOMER, { voicemail_ms: 9000, voicemail_words: 'call me' });
    await stage.turn(1);
    await stage.carrier('POST', `/sim/calls/${call_sid}`, { press: '1' });
    await stage.turn(60);
    const [one] = await stage.items('/api/v1/calls?limit=1');
    assert.equal(one.outcome, 'voicemail');
    const words = await heard(stage, CUSTOMER);
    assert.match(words[0], /^Thank you for calling/);
    assert.match(words[1], /Please leave a message after the tone/);
  });

  test('another key rings on, without the menu', async () => {
    put('inbound_routing.twiml', '<Gather numDigits="1" timeout="3"><Say>Any key rings on</Say></Gather><Step/>');
    const first = await until((body) => body.includes('Any key'));
    assert.deepEqual(verbs(first), ['Gather', 'Dial']);
    const params = call();
    const body = (await stage.webhook('/webhook/twilio/voice', params)).body;
    const action = new URL(body.match(/action="([^"]+)"/)[1].replaceAll('&amp;', '&'));
    const next = await stage.webhook(action.pathname + action.search, { ...params, CallStatus: 'in-progress', Digits: '5' });
    assert.deepEqual(verbs(next.body), ['Dial']);
    assert.ok(next.body.includes(`action="${stage.base}/webhook/twilio/voice?attempt=1`), next.body);
  });

  test('whoever picks up hears his script, and its end never connects', async () => {
    put('screen.twiml', '<Step><Say>{{operator}}, a call from {{caller}}: 1 or 2</Say></Step>');
    await stage.phone(PRIMARY, { on_call: [{ do: 'answer', after_ms: 1000, then: [{ talk_ms: 60000 }] }] });
    for (const n of [BACKUP, OWNER]) await stage.phone(n, { on_call: [{ do: 'busy' }] });
    for (let i = 0; i < 9000; i += 1) {
      await stage.api('/api/v1/lines'); // no call: a flood of them would be read out to people
      if ((stage.daemon.said().match(/in force from now on/g) ?? []).length > 1) break;
    }
    await stage.call(CUSTOMER);
    await stage.turn(120);
    const words = await heard(stage, PRIMARY);
    assert.equal(words.length, 2);
    assert.match(words[0], /^Primary dispatcher, a call from 1 6 1 9 5 5 5 0 1 5 0: 1 or 2$/);
    assert.equal((await stage.phone(PRIMARY)).calls.at(-1).bridged_to ?? null, null);
  });

  test('a name that is markup stays a name', async () => {
    const roster = alwaysOnCall();
    roster.name = `A & B's "<Hangup/>" ]]> Co`;
    fs.writeFileSync(stage.roster, JSON.stringify(roster));
    await stage.api('/api/v1/reload', 'POST', {});
    const body = await until((b) => b.includes('Hangup'));
    assert.deepEqual(verbs(body), ['Say', 'Dial']);
    assert.ok(body.includes('&lt;Hangup/&gt;'));
  });
});

describe('without a folder', () => {
  let stage;
  before(async () => { stage = await Stage.open(); });
  after(() => stage.close());

  test('the built-in scripts say what nextring has always said', async () => {
    for (const n of [PRIMARY, BACKUP, OWNER]) await stage.phone(n, { on_call: [{ do: 'busy' }] });
    await stage.call(CUSTOMER, { voicemail_ms: 5000 });
    await stage.turn(120);
    const business = alwaysOnCall().name;
    assert.equal((await heard(stage, CUSTOMER))[0],
      `${business}. Nobody can take your call right now. Please leave a message after the tone. It is recorded and sent to our team. Hang up when you are done.`);
  });
});

describe('nextring twiml', () => {
  const run = (args, input) => spawnSync(path.join(build, 'nextring'), ['twiml', ...args], { input, encoding: 'utf8', env: {} });

  test('every script that comes with nextring is valid', () => {
    for (const top of ['twiml', 'examples/scripts/menu', 'examples/scripts/two-languages'])
      for (const file of fs.readdirSync(path.join(root, top))) {
        const { status, stderr } = run([path.join(root, top, file)]);
        assert.equal(status, 0, stderr);
      }
  });

  test('every mistake comes with its place, and the exit status says no', () => {
    const { status, stderr } = run(['--kind', 'screen', '-'], response('<Step/>\n<Dial>1</Dial>'));
    assert.equal(status, 1);
    assert.match(stderr, /^stdin:3:1: <Dial> may not stand in a script/);
    const json = run(['--json', '--kind', 'closed', '-'], response('<Pause length="0"/>'));
    assert.equal(json.status, 1);
    assert.deepEqual(JSON.parse(json.stdout).mistakes.map((m) => [m.line, m.column]), [[2, 8]]);
  });

  test('nextring check lists the mistakes of the folder', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-scripts-'));
    fs.writeFileSync(path.join(folder, 'closed.twiml'), response('<Sya>a</Sya>'));
    const { status, stderr } = spawnSync(path.join(build, 'nextring'), ['check'], {
      encoding: 'utf8', env: { NEXTRING_SCRIPTS: folder },
    });
    fs.rmSync(folder, { recursive: true, force: true });
    assert.equal(status, 1);
    assert.match(stderr, /closed\.twiml:2:1: there is no verb <Sya>/);
  });

  test('a script of no kind, or none, is wrong usage; a file that is not there could not be read', () => {
    assert.equal(run(['-'], response('')).status, 2);
    assert.equal(run([]).status, 2);
    assert.equal(run([path.join(root, 'twiml/none/closed.twiml')]).status, 3);
  });
});
