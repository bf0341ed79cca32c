// Call scripts by the API: which are in force, what is wrong with those that are not, and how one
// would be heard, whatever its fields hold.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Stage } from './stage.js';

let stage;
let folder;
before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-scripts-'));
  fs.writeFileSync(path.join(folder, 'closed.twiml'),
    '<Response><Say>We are closed, {{caller_name}}.</Say><Hangup/></Response>');
  fs.mkdirSync(path.join(folder, 'other'));
  stage = await Stage.open({ env: { NEXTRING_SCRIPTS: folder } });
});
after(async () => {
  await stage.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const preview = (body) => stage.api('/api/v1/scripts/preview', 'POST', body);
const heard = async (name, inner, fields) => (await preview({ name, text: `<Response>${inner}</Response>`, fields })).words;

describe('the scripts in force', () => {
  test('come from the folder where it has them, else they are built in', async () => {
    const answer = await stage.api('/api/v1/scripts');
    assert.deepEqual(answer.items.map((s) => [s.name, s.source, s.is_own]), [
      ['inbound_routing', 'built-in', false], ['screen', 'built-in', false],
      ['voicemail', 'built-in', false], ['closed', 'file', false]]);
    assert.match(answer.items[3].text, /^<Response><Say>We are closed/);
    assert.match(answer.version, /^[0-9a-f]{12}$/);
    assert.deepEqual(answer.mistakes, []);
  });

  test('stay in force when a reload finds mistakes, which are told with their place', async () => {
    const before = await stage.api('/api/v1/scripts');
    fs.writeFileSync(path.join(folder, 'voicemail.twiml'), '<Response>\n  <Sey>hello</Sey>\n</Response>');
    fs.writeFileSync(path.join(folder, 'other', 'closed.twiml'), '<Response><Nothing/></Response>');
    let answer;
    do answer = await stage.api('/api/v1/scripts'); while (answer.mistakes.length === 0);
    assert.deepEqual(answer.items, before.items);
    assert.deepEqual(answer.mistakes.map((m) => m.file), Array(answer.mistakes.length).fill('voicemail.twiml'),
      'what is wrong in another business\'s scripts is not told');
    assert.equal(answer.mistakes[0].line, 2);
    assert.match(answer.mistakes[0].message, /Sey/);
    fs.rmSync(path.join(folder, 'voicemail.twiml'));
    fs.rmSync(path.join(folder, 'other'), { recursive: true });
    do answer = await stage.api('/api/v1/scripts'); while (answer.mistakes.length > 0);
  });
});

describe('a preview', () => {
  test('tells what is heard, in order', async () => {
    assert.deepEqual(
      await heard('inbound_routing', `<Say>Hello from <break/> {{business}}.</Say><Play>https://a.example/b.mp3</Play>
        <Pause length="2"/><Gather numDigits="1"><Say>Press 1 for the mailbox.</Say></Gather><Step/>`),
      ['Hello from Acme Hauling.', '[plays https://a.example/b.mp3]', '[silence, 2 s]', 'Press 1 for the mailbox.',
        '[waits for keys: 1]', '[rings Primary dispatcher, then Backup dispatcher, then Owner]']);
    assert.deepEqual(await heard('closed', '<Reject/>'), ['[turns the call away]']);
    assert.deepEqual((await heard('screen', '<Step><Say>{{caller}} calls. Press 1.</Say></Step>'))[1],
      '[waits for a key: 1 takes the call, 2 passes it on]');
  });

  test('of a script without a text is of the one in force', async () => {
    const answer = await preview({ name: 'closed', fields: { caller_name: 'Jane' } });
    assert.deepEqual([answer.words, answer.mistakes], [['We are closed, Jane.', '[hangs up]'], []]);
  });

  test('puts fields in as text, whatever they hold', async () => {
    const hostile = '</Say><Dial>+19005550100</Dial><Say>& "x" \u0007 \u202e {{business}}';
    const answer = await preview({ name: 'closed', text: '<Response><Say>{{caller_name}}</Say></Response>', fields: { caller_name: hostile } });
    assert.equal(answer.status, 200);
    assert.doesNotMatch(answer.twiml, /<Dial/);
    assert.match(answer.twiml, /&lt;Dial&gt;/);
    assert.equal(answer.words.length, 1);
    assert.match(answer.words[0], /<Dial>\+19005550100<\/Dial>/);
  });

  test('tells each mistake with line and column, and says nothing then', async () => {
    const answer = await preview({ name: 'closed', text: '<Response>\n<Say>{{nobody}}</Say>\n<Dial/>\n</Response>' });
    assert.deepEqual([answer.status, answer.words, answer.twiml], [200, [], null]);
    assert.deepEqual(answer.mistakes.map((m) => m.line), [2, 3]);
    assert.ok(answer.mistakes.every((m) => m.column >= 1 && m.message.length > 5));
    const broken = await preview({ name: 'closed', text: '<Response><Say>' });
    assert.equal(broken.mistakes.length, 1);
    const long = await preview({ name: 'closed', text: `<Response><Say>${'x'.repeat(20000)}</Say></Response>` });
    assert.ok(long.mistakes.length >= 1);
  });

  const wrong = [
    [{ name: 'greeting' }, 'name'], [{}, 'name'], [{ name: 'closed', text: 7 }, 'text'], [{ name: 'closed', fields: 'x' }, 'fields'],
    [{ name: 'closed', fields: { colour: 'red' } }, 'fields.colour'], [{ name: 'closed', fields: { job: 7 } }, 'fields.job'],
    [{ name: 'closed', fields: { job: 'x'.repeat(201) } }, 'fields.job'], [{ name: 'closed', url: 'https://a.example' }, 'url'],
    [[1], null],
  ];
  for (const [body, field] of wrong)
    test(`that cannot be is refused by name: ${JSON.stringify(body).slice(0, 60)}`, async () => {
      const refused = await preview(body);
      assert.deepEqual([refused.status, refused.code, refused.field], [400, 'bad_input', field]);
    });
});
