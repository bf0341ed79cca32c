// Scenario files: those of examples/ hold with the daemon and come out the same each time; mistakes
// name their place; any server that speaks the webhooks can be played against.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, freePort } from './stage.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const examples = path.join(root, 'examples/scenarios');
const files = fs.readdirSync(examples).filter((f) => f.endsWith('.play')).sort().map((f) => path.join(examples, f));

let folder;
before(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-play-')); });
after(() => fs.rmSync(folder, { recursive: true, force: true }));

function play(args, { more = 0 } = {}) { // more: descriptors that are open already
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 'pipe', 'pipe', ...Array(more).fill(process.stdin.fd)];
    const child = spawn(path.join(build, 'nextring-sim'), ['play', ...args], { stdio });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    let out = '', err = '';
    child.stdout.on('data', (part) => { out += part; });
    child.stderr.on('data', (part) => { err += part; });
    child.on('error', reject);
    child.on('close', (status) => {
      process.off('exit', kill);
      resolve({ status, out, err });
    });
  });
}
function write(name, text) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
}
const people = 'line business +16195550100\nphone customer +16195550150\nphone primary +16195550111\n';

describe('the scenarios of the examples', () => {
  let first, again, timelines;
  before(async () => {
    timelines = [0, 1].map((i) => path.join(folder, `timeline.${i}`));
    const load = spawn(process.execPath, ['-e', 'for (;;);']); // the machine has other things to do
    try {
      [first, again] = await Promise.all(
        timelines.map((file) => play([...files, '--json', '--timeline', file])));
    } finally {
      load.kill('SIGKILL');
    }
  });

  test('there are twenty or more', () => assert.ok(files.length >= 20));

  for (const file of files)
    test(path.basename(file, '.play'), () => {
      const told = JSON.parse(first.out).scenarios.find((s) => s.file === file);
      assert.ok(told.about.length > 20, 'its first line says what it shows');
      assert.equal(told.stopped, null);
      assert.deepEqual(told.expectations.filter((e) => !e.ok), []);
      assert.ok(told.expectations.length > 0);
    });

  test('all hold', () => {
    assert.equal(first.status, 0, first.err);
    assert.equal(JSON.parse(first.out).ok, true);
  });

  test('the same seed gives the same timeline, byte for byte', () => {
    const [one, two] = timelines.map((file) => fs.readFileSync(file, 'utf8'));
    assert.equal(again.status, 0);
    assert.ok(one.length > 100000);
    assert.ok(one === two, 'the timelines differ');
    assert.ok(!/127\.0\.0\.1|\+1619555/.test(one), 'names stand for numbers and addresses');
  });

  test('another seed gives other tags, and all holds as well', async () => {
    const at = (name) => path.join(folder, name);
    const one = files.filter((f) => /text_escalates|lost_answer_accept_then_reset/.test(f));
    const [a, b] = await Promise.all([play([...one, '--seed', '7', '--timeline', at('seven')]), play([...one, '--seed', '8', '--timeline', at('eight')])]);
    assert.deepEqual([a.status, b.status], [0, 0], a.out + b.out);
    assert.notEqual(fs.readFileSync(at('seven'), 'utf8'), fs.readFileSync(at('eight'), 'utf8'));
  });
});

describe('what was not as it should be', () => {
  test('is told with what was seen instead, and the status is 1', async () => {
    const file = write('missed.play', `# Not so.\n${people}roster ${path.relative(folder, path.join(examples, 'roster.json'))}\n` +
      'customer texts business "Hello?"\nexpect within 5s primary gets text "Good-bye"\nexpect primary rings never\n');
    const told = await play([file]);
    assert.equal(told.status, 1, told.err);
    assert.match(told.out, /^FAILED .*missed\.play  1 of 2 expectations/);
    assert.match(told.out, /MISSED .*missed\.play:7  0:00:05\.000  expect within 5s primary gets text "Good-bye"\n +instead: 0 of it; got: .*Hello\?/);
    assert.ok(!told.out.includes('ok      '));
    const all = JSON.parse((await play([file, '--json'])).out).scenarios[0];
    assert.deepEqual(all.expectations.map((e) => [e.line, e.ok]), [[7, false], [8, true]]);
  });

  const mistakes = [
    ['a misspelt word', 'customer calsl business\n', /:4:10: "calsl" is not understood; is "calls" meant\?; expected: /],
    ['a misspelt name', 'custmer calls business\n', /:4:1: "custmer" is not understood; is "customer" meant\?/],
    ['a misspelt line', 'customer calls busines\n', /:4:16: "busines" is not understood; is "business" meant\?; expected: the name of a line/],
    ['a misspelt name in an expectation', 'expect within 5s primry rings\n', /:4:18: "primry" is not understood; is "primary" meant\?/],
    ['no duration', 'turn soon\n', /:4:6: "soon" is not understood; expected: a duration/],
    ['too long a duration', 'turn 40d\n', /:4:6: "40d" is not understood/],
    ['something missing', 'customer texts business\n', /:4:24: something is missing; expected: text in "quotes"/],
    ['something too much', 'turn 5s please\n', /:4:9: "please" is not understood; expected: the end of the statement/],
    ['an open quote', 'customer texts business "Hello\n', /:4:25: the quote is not closed on this line/],
    ['a step where none may follow', 'turn 5s, presses 1\n', /:4:8: nothing may follow this statement after a comma/],
    ['an unknown step', 'primary answers after 2s, prseses 1\n', /:4:27: "prseses" is not understood; is "presses" meant\?/],
    ['keys that no phone has', 'primary presses x\n', /:4:17: "x" is not understood: keys are 0 to 9, \* and #/],
    ['a name that is given already', 'phone customer +16195550151\n', /:4:7: .*that name is given already/],
    ['a name that is a word', 'phone server +16195550151\n', /:4:7: that name is a word of the language/],
    ['no phone number', 'phone other 12\n', /:4:13: .*a phone number like \+16195550111 is expected/],
    ['a misspelt fault', 'fault eror_429\n', /:4:7: "eror_429" is not understood; is "error_429" meant\?; expected: the name of a fault/],
    ['a state that no call has', 'expect customer call ends as complete\n', /:4:30: "complete" is not understood; is "completed" meant\?/],
    ['a number beyond all', 'fault error_429 4294967297 times\n', /:4:17: "4294967297" is not understood; expected: .*a number/],
    ['a number that has a name', 'phone other +16195550111\n', /:4:13: .*that number is primary's already/],
    ['an instant that is none', 'clock tomorrow\n', /:4:7: "tomorrow" is not understood; expected: an instant/],
  ];
  for (const [says, line, want] of mistakes)
    test(`${says} is a mistake with its place`, async () => {
      const told = await play([write('mistake.play', people + line)]);
      assert.equal(told.status, 2, told.err);
      assert.match(told.out, want);
    });

  test('all mistakes of a file are told, up to twenty', async () => {
    const told = await play([write('many.play', people + 'nonsense\n'.repeat(50))]);
    assert.equal(told.out.match(/many\.play:\d+:1: "nonsense"/g).length, 20);
  });

  for (const [says, bytes] of [['no text', Buffer.from([0, 1, 2, 255, 10, 0])], ['too large', Buffer.alloc(300 << 10, 'a ')], ['one endless line', Buffer.alloc(9000, 'turn ')]])
    test(`a file that is ${says} is refused`, async () => {
      const told = await play([write('odd.play', bytes)]);
      assert.equal(told.status, 2);
      assert.match(told.out, /odd\.play:1:1: /);
    });

  test('a file that is not there, no file, an unknown option', async () => {
    assert.equal((await play([path.join(folder, 'none.play')])).status, 2);
    assert.equal((await play([])).status, 2);
    assert.equal((await play(['--nonsense'])).status, 2);
    assert.equal((await play(['x.play', '--server', 'nowhere'])).status, 2);
    assert.equal((await play(['--help'])).status, 0);
  });

  test('what cannot be done stops the scenario with its line, status 3', async () => {
    const file = write('stops.play', `${people}roster ${path.relative(folder, path.join(examples, 'roster.json'))}\nprimary replies "ok"\n`);
    const told = await play([file]);
    assert.equal(told.status, 3);
    assert.match(told.out, /STOPPED .*stops\.play:5: no text came to primary: there is nothing to reply to/);
  });

  test('a roster is named from the root, too; what was taken stands in expectations', async () => {
    const file = write('root.play', `# By its whole path.\n${people}roster ${path.join(examples, 'roster.json')}\ncustomer texts business "Hello 47?"\n` +
      'expect within 5s primary gets text "Hello"\ntake count from primary by "Hello ([0-9]+)"\nexpect primary gets text "lo {count}?" once\n');
    const told = await play([file]);
    assert.equal(told.status, 0, told.out + told.err);
  });

  test('whatever descriptors are open already, the server has its clock and its log', async () => {
    const file = files.find((f) => f.endsWith('help_is_relayed_too.play'));
    for (let more = 0; more <= 8; more++) {
      const keep = path.join(folder, `open.${more}`);
      const told = await play([file, '--keep', keep], { more });
      assert.equal(told.status, 0, `${more}: ${told.out}${told.err}`);
      assert.match(fs.readFileSync(path.join(keep, path.basename(file), 'server.log'), 'utf8'), /ready/, String(more));
    }
  });

  test('a roster may be named for all', async () => {
    const file = write('bare.play', `# Bare.\n${people}customer texts business "Hello?"\nexpect within 5s primary gets text "Hello?"\n`);
    const told = await play([file, '--roster', path.join(examples, 'roster.json')]);
    assert.equal(told.status, 0, told.out + told.err);
  });

  test('the folder of the server may stay, and is a new one', async () => {
    const file = files.find((f) => f.endsWith('help_is_relayed_too.play')), keep = path.join(folder, 'kept');
    assert.equal((await play([file, '--keep', keep])).status, 0);
    const kept = path.join(keep, 'help_is_relayed_too.play');
    assert.ok(fs.readFileSync(path.join(kept, 'server.log'), 'utf8').includes('ready'));
    assert.ok(fs.existsSync(path.join(kept, 'data/nextring.db')));
    const again = await play([file, '--keep', keep]);
    assert.equal(again.status, 3);
    assert.match(again.out, /cannot be made: File exists; name another folder/);
  });

  test('what a server does as it starts is over before the next statement', async () => {
    const file = write('begins.play', `# It looks into the log.\n${people}carrier is down\nserver is killed\nserver starts\nserver starts\n`);
    const told = await play([file, '--roster', path.join(examples, 'roster.json'), '--timeline', '-']);
    assert.equal(told.status, 3);
    assert.match(told.out, /STOPPED .*begins\.play:8: the server runs already/);
    assert.match(told.out, /server starts\n.*GET .*Messages\.json.* reset\n.*server starts\n/);
  });

  test('a server that does not start says why', async () => {
    const told = await play([write('start.play', `${people}env NEXTRING_ACK_SECONDS none\nturn 5s\n`)]);
    assert.equal(told.status, 3);
    assert.match(told.out, /the server ended as it started; its last words: .*ACK_SECONDS/s);
  });
});

// Another server altogether: it answers texts, and forwards calls.
const other = `
import http from 'node:http';
const port = Number(process.argv[2]);
http.createServer((rq, answer) => {
  let body = '';
  rq.on('data', (part) => { body += part; });
  rq.on('end', () => {
    const form = new URLSearchParams(body);
    answer.setHeader('Content-Type', 'text/xml');
    if (rq.url === '/text') answer.end('<Response><Message>You said: ' + form.get('Body') + ' ' + (process.env.GREETING ?? '') + '</Message></Response>');
    else if (rq.url === '/voice') answer.end('<Response><Say>Good day.</Say><Dial>+16195550111</Dial></Response>');
    else answer.end('<Response/>');
  });
}).listen(port, '127.0.0.1');
`;
const story = `# Another server.
line business +16195550100 voice /voice text /text status /status fallback /fallback
phone customer +16195550150
phone primary +16195550111
env GREETING "from {line}"

primary answers after 3s, talks 10s, hangs up
customer texts business "Hello"
expect within 5s customer gets text "You said: Hello" once
customer calls business
expect within 5s customer hears "Good day."
expect within 10s customer talks with primary once
turn 1m
expect customer call ends as completed once
expect warning "1" never
`;

describe('another server', () => {
  test('is started for each scenario', async () => {
    const server = write('other.mjs', other);
    const file = write('other.play', story + 'expect customer gets text "from +16195550100" once\n');
    const told = await play([file, '--all', '--', process.execPath, server, '{port}']);
    assert.equal(told.status, 0, told.out + told.err);
  });

  test('that ends by itself stops the scenario: what comes never then proves nothing', async () => {
    const server = write('ends.mjs', other.replace("answer.end('<Response/>')", "process.exit(7)"));
    const file = write('ends.play', `# It ends.\n${story.split('\n').slice(1, 5).join('\n')}\nprimary opens "/bye"\nturn 1m\nexpect customer rings never\n`);
    const told = await play([file, '--', process.execPath, server, '{port}']);
    assert.equal(told.status, 3, told.out);
    assert.match(told.out, /ends\.play:\d+: the server ended by itself, with status 7; its last words: /);
  });

  test('may connect the same two callers again and again, or one with several: each talk counts', async () => {
    const server = write('several.mjs', other.replace('<Dial>+16195550111</Dial>',
      '<Dial>+16195550111</Dial><Dial>+16195550112</Dial><Dial>+16195550111</Dial>'));
    const file = write('several.play', story.slice(0, story.indexOf('primary answers')) + `phone backup +16195550112
primary answers after 1s, talks 5s, hangs up
backup answers after 1s, talks 5s, hangs up
customer calls business
turn 1m
expect customer talks with primary twice
expect primary talks with customer twice
expect backup talks with customer once
expect primary talks with backup never
expect primary rings from customer twice
expect backup rings from customer once
expect backup rings from business never
`);
    const told = await play([file, '--', process.execPath, server, '{port}']);
    assert.equal(told.status, 0, told.out + told.err);
  });

  test('or runs elsewhere, and can then be neither stopped nor started', async () => {
    const port = await freePort();
    const child = spawn(process.execPath, [write('other.mjs', other), String(port)], { stdio: 'ignore' });
    process.on('exit', () => child.kill('SIGKILL'));
    try {
      for (let up = false; !up;) // until it takes connections
        up = await new Promise((done) => http.get({ host: '127.0.0.1', port }, (a) => { a.resume(); done(true); }).on('error', () => done(false)));
      const file = write('elsewhere.play', story);
      const told = await play([file, '--server', `http://127.0.0.1:${port}/`]);
      assert.equal(told.status, 0, told.out + told.err);
      const stopped = await play([write('stopped.play', `${people}server is killed\n`), '--server', `http://127.0.0.1:${port}`]);
      assert.equal(stopped.status, 3);
      assert.match(stopped.out, /a server that runs elsewhere can be neither stopped nor started here/);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
