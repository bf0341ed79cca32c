// The log: text, JSON lines or entries of the journal, with whom a line is about; never message
// text and no phone number in full.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { BACKUP, CUSTOMER, OWNER, PRIMARY, Stage, build, request } from './stage.js';

const WORDS = 'Our purple boiler leaks';
let stage;

// A customer writes, nobody answers: an alarm about one relay.
async function alarm(env) {
  stage = await Stage.open({ env });
  await stage.text(CUSTOMER, WORDS);
  await stage.carrier('POST', '/sim/fault', { what: 'caller_id_refused', count: 1 });
  for (const phone of [PRIMARY, BACKUP, OWNER]) await stage.phone(phone, { on_call: [{ do: 'busy' }] });
  await stage.call(CUSTOMER);
  await stage.turn(3 * 3600);
  return stage.daemon.said().split('\n').filter(Boolean);
}

describe('the log', { timeout: 120000 }, () => {
  afterEach(async () => {
    if (!stage) return;
    const said = stage.daemon.said();
    for (const word of [WORDS, CUSTOMER, CUSTOMER.slice(1), PRIMARY.slice(1), OWNER.slice(1)])
      assert.ok(!said.includes(word), `${word} is in the log:\n${said}`);
    await stage.close();
    stage = undefined;
  });

  test('is text, with tenant and event behind the words', async () => {
    const lines = await alarm({});
    const [line] = lines.filter((l) => l.includes('alarm relay.exhausted'));
    assert.match(line, /^warn alarm relay\.exhausted subject [0-9a-z]{13} tenant=1 event=[0-9a-z]{13}$/);
    const event = line.match(/event=(\S+)/)[1];
    const items = await stage.items('/api/v1/events?alarm=1&limit=20');
    assert.equal(items.find((e) => e.id === event)?.kind, 'relay.exhausted', 'it leads to the event');
  });

  test('is JSON lines', async () => {
    const lines = (await alarm({ NEXTRING_LOG: 'json' })).map((l) => JSON.parse(l));
    for (const line of lines) {
      assert.match(line.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.ok(['debug', 'info', 'warn', 'error'].includes(line.level));
      assert.equal(typeof line.text, 'string');
    }
    const line = lines.find((l) => l.kind === 'relay.exhausted');
    assert.deepEqual([line.level, line.tenant], ['warn', 1]);
    assert.match(line.event, /^[0-9a-z]{13}$/);
  });

  test('leaves out what weighs less than it is told to keep', async () => {
    stage = await Stage.open({ env: { NEXTRING_ROSTER: 'database', NEXTRING_LOG_LEVEL: 'warn' }, ready: 'there is no roster yet' });
    const ready = () => request({ port: stage.port, target: '/healthz' }).then((a) => a.status === 200, () => false);
    while (!(await ready())); // what it would have said is said by now
    assert.match(stage.daemon.said(), /^warn there is no roster yet/);
    assert.doesNotMatch(stage.daemon.said(), /^(info|debug)/m);
  });

  test('refuses a form and a level that there are not', () => {
    for (const [name, value, wanted] of [
      ['NEXTRING_LOG', 'xml', /NEXTRING_LOG: xml is none of: auto text json journal; give e\.g\. json/],
      ['NEXTRING_LOG_LEVEL', 'loud', /NEXTRING_LOG_LEVEL: loud is none of: debug info warn error; give e\.g\. warn/],
      ['NEXTRING_EMF', 'http://127.0.0.1', /NEXTRING_EMF: http:\/\/127\.0\.0\.1 is neither stdout nor udp:\/\/host:port; give e\.g\. udp:/],
    ]) {
      const run = spawnSync(path.join(build, 'nextring'), ['check', '--settings'], { env: { [name]: value }, encoding: 'utf8' });
      assert.equal(run.status, 2, run.stderr);
      assert.match(run.stderr, wanted);
    }
    const shown = execFileSync(path.join(build, 'nextring'), ['check', '--settings'], { env: {}, encoding: 'utf8' });
    assert.match(shown, /NEXTRING_LOG\b.*auto/);
  });
});
