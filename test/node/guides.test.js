// The papers, followed: every command that stands in README.md and in docs/guides is run as it
// stands there, in its order, against a simulated carrier, or is named here with the reason why not.
// What is not run here runs elsewhere: packages in script/package --try, proxies in script/proxies.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { describe, test } from 'node:test';
import twilio from 'twilio';
import { Guide, PATIENCE_MS, World, commands, root, spoken } from './guide.js';
import { ACCOUNT, KEY, SECRET, TOKEN, build } from './stage.js';

const LINE = '+16195550100', SECOND = '+16195550101';
const PEOPLE = { Customer: '+16195550150', Primary: '+16195550111', Backup: '+16195550112', Owner: '+16195550113' };
const PACKAGES = 'script/package --try installs it';
const SERVICE = 'wants systemd as process 1';
const PROXIES = 'script/proxies runs the proxies';
const REHEARSAL = `nextring-sim serve --quiet --listen 127.0.0.1:8082`;

// A business of two lines whose numbers point to an old system; nextring is not running yet.
async function twoLines(world) {
  const old = (phone_number) => ({ phone_number, voice_url: 'https://old.example.com/voice', sms_url: 'https://old.example.com/sms' });
  world.write('setup.json', world.setup([old(LINE), old(SECOND)], PEOPLE));
  world.write('env', world.credentials(), 0o600);
  Object.assign(world.env, { NEXTRING_PUBLIC_URL: world.base, NEXTRING_ENV_FILE: path.join(world.cwd, 'env') });
}
const roster = (...lines) => JSON.stringify({
  name: 'Acme Hauling', time_zone: 'America/Los_Angeles',
  dispatchers: [
    { id: 'ana', name: 'Ana', phone: PEOPLE.Primary },
    { id: 'ben', name: 'Ben', phone: PEOPLE.Backup, last_resort: true },
  ],
  fallback_chain: ['ana', 'ben'], lines,
}, null, 2);
const startSim = (world) => world.spawn(`${REHEARSAL} --setup setup.json`, 'listening on');
const startDaemon = (world, more = '') => world.spawn(`nextring serve ${more}`, 'ready');
const isUrl = /^http:\/\/\S+\/\S+\n$/;

// Asks again until `is` says yes to what came: another process is at work meanwhile.
async function until(ask, is) {
  for (const end = Date.now() + PATIENCE_MS; ;) {
    const got = await ask();
    if (is(got)) return got;
    await new Promise((done) => { setImmediate(done); });
    assert.ok(Date.now() < end, `it never came: ${JSON.stringify(got)}`);
  }
}
const textsOf = async (world, number) => (await world.carrier('GET', `/sim/phones/${number}`)).texts.map((t) => t.body);

// One paper's walk, on a machine of its own.
function walk(name, steps) {
  test(name, { timeout: 60000 }, async () => {
    const world = await World.open();
    try {
      const guide = await Guide.open(name, world);
      await steps(guide, world);
      guide.end();
    } finally {
      await world.close();
    }
  });
}

describe('followed to the letter', () => {
  walk('README.md', async (g, w) => {
    for (const one of ['script/demo', 'script/test', 'script/guides', 'script/check', 'script/asan', 'script/fault', 'script/fuzz', 'script/bench']) g.left(one, 'itself a run of minutes');
    g.left(g.commands.find((c) => c.command.startsWith('script/cluster')).command, 'wants root');
    g.left('script/package && sudo apt install ./build/package/nextring_*.deb', PACKAGES);
    const conf = '/etc/nextring/nextring.conf';
    w.write(conf, w.here(fs.readFileSync(path.join(root, 'packaging/nextring.conf'), 'utf8')));
    fs.symlinkSync(w.path(conf), w.path('nextring.conf'));
    for (const name of ['NEXTRING_LISTEN', 'NEXTRING_ADMIN_LISTEN']) delete w.env[name];
    w.env.NEXTRING_DATA = w.path('/var/lib/nextring');
    w.write('setup.json', w.setup([{ phone_number: LINE }], PEOPLE));
    await startSim(w);

    g.run('sudo install -m 600 -o nextring -g nextring /dev/null /etc/nextring/env');
    assert.ok(g.block('TWILIO_API_SECRET=...').includes('TWILIO_ACCOUNT_SID=AC...'));
    fs.writeFileSync(w.path('/etc/nextring/env'), w.credentials());
    assert.equal(fs.statSync(w.path('/etc/nextring/env')).mode & 0o777, 0o600);
    g.file('/etc/nextring/roster.json', '"fallback_chain"');
    fs.appendFileSync(w.path(conf), w.here(g.block('public-url = ')));
    g.run('sudo -u nextring nextring check', { says: ['roster.json: good. 1 line, 2 operators', 'AC...0001'] });
    g.left('sudo systemctl enable --now nextring', SERVICE);
    await startDaemon(w);
    g.run('sudo -u nextring nextring provision', { status: 1, says: `${LINE}  on the roster, ` });
    g.run('sudo -u nextring nextring provision --apply', { says: ' set' });
    g.run('sudo -u nextring nextring doctor', { says: ' 0 wrong, '.trimStart() });
    const link = g.run('sudo -u nextring nextring user add mara --role admin --link').out;
    assert.match(link, isUrl);
    assert.equal((await fetch(link.trim())).status, 200);
    const tail = await g.start('sudo -u nextring nextring tail', '');
    await w.carrier('POST', '/sim/calls', { from: PEOPLE.Customer, to: LINE });
    await tail.says(/\+?16195550150|0150/);
    await until(() => w.carrier('GET', `/sim/phones/${PEOPLE.Primary}`), (phone) => phone.calls.length > 0);
  });

  walk('docs/guides/roster.md', async (g, w) => {
    for (const c of g.commands.filter((one) => one.command.startsWith('export '))) g.exports(c.command);
    assert.equal(w.env.TWILIO_AUTH_TOKEN, TOKEN);
    const least = g.file('roster.json', '"name": "Acme Hauling"');
    g.run('nextring check', { says: 'roster.json: good. 1 line, 2 operators' });
    g.run('nextring who', { says: [/Ana[^]*Ben/] });
    // The pieces that stand in the paper take the place of those that they are about.
    const pieces = (words) => JSON.parse(`{${g.block(words).trim().replace(/,$/, '')}}`);
    const people = (words) => JSON.parse(`[${g.block(words).trim().replace(/,$/, '')}]`);
    const document = JSON.parse(least);
    const put = (more) => w.write('roster.json', JSON.stringify(Object.assign(document, more), null, 2));
    put({ dispatchers: people('"on_call": "mon-fri') });
    g.run('nextring who --week', { status: 1, says: /^Nobody is on duty from Mon .* 00:00 to Mon .* 07:00\.$/m });
    document.dispatchers[1].on_call = JSON.parse(g.text.match(/`(\["daily [^`]*\])`/)[1]);
    put({});
    g.run('nextring who --week', { says: 'omebody always is' });
    put({ dispatchers: [...document.dispatchers, ...people('"last_resort": true')], ...JSON.parse(`{${g.text.match(/`("fallback_chain": [^`]*\])`/)[1]}}`) });
    g.run('nextring check', { says: '3 operators' });
    put({ ...pieces('"chains": {') });
    g.run('nextring check', { says: '2 lines, 3 operators' });
    g.run('nextring who --line +16195550101', { says: [/Ben[^]*Cleo/] });
    g.run('nextring who', { status: 2, says: '--line' });
    const turns = JSON.parse(least);
    Object.assign(turns, { dispatchers: document.dispatchers }, pieces('"rotations": {'));
    w.write('roster.json', JSON.stringify(turns));
    g.run('nextring who --at 2026-12-25T03:00', { says: /Ana|Ben/ });

    w.write('roster.json', least);
    await g.start('nextring-sim --sms-url http://127.0.0.1:8080/sms/inbound --voice-url http://127.0.0.1:8080/webhook/twilio/voice', 'listening on', [['nextring-sim ', 'nextring-sim --listen 127.0.0.1:8082 ']]);
    g.place('mkdir -p rehearsal && nextring serve');
    w.run('mkdir -p rehearsal');
    const daemon = await startDaemon(w);
    const tail = await g.start('nextring tail --data rehearsal', '');
    assert.match(await (await fetch(`${w.sim}/phones`)).text(), /<html/i);
    g.run('nextring-sim phone Customer text "The gate is open"', { as: [['phone ', `phone --sim ${w.sim} `]] });
    await tail.says(/relay\.forwarded +Sent to Ana/);
    await until(() => textsOf(w, PEOPLE.Primary), (texts) => texts.some((t) => t.includes('The gate is open')));
    g.run('nextring-sim phone Customer call', { as: [['phone ', `phone --sim ${w.sim} `]] });
    const first = () => w.carrier('GET', `/sim/phones/${PEOPLE.Primary}`);
    await until(first, (phone) => phone.calls.length > 0);
    g.run('nextring-sim phone "First person" answer', { as: [['phone ', `phone --sim ${w.sim} `]] });
    await until(() => w.run(`nextring-sim phone --sim ${w.sim} "First person" show`).out, (text) => text.includes('Press 1 to take it'));
    assert.equal(w.run(`nextring-sim phone --sim ${w.sim} "First person" press 1`).status, 0);
    await tail.says(/accepted|takes|took/);
    await daemon.stop();

    assert.ok(g.text.includes('`unset NEXTRING_ROSTER`'));
    delete w.env.NEXTRING_ROSTER; // from here on the database keeps it
    await startDaemon(w);
    w.write('roster.json', least.replace('Acme Hauling', 'Acme Hauling and Sons'));
    g.run('nextring roster put roster.json --dry-run', { says: 'Sons' });
    g.run("nextring roster put roster.json --note 'first'", { says: 'version 2 is in force' });
    g.run('nextring roster list', { says: 'first' });
    g.run('nextring roster restore 1', { says: 'version 3 is in force' });
  });

  walk('docs/guides/call-scripts.md', async (g, w) => {
    g.run('sudo mkdir -p /etc/nextring/twiml');
    const script = (name, words) => g.file(`/etc/nextring/twiml/${name}.twiml`, words);
    script('closed', 'We are closed until seven');
    g.run('nextring twiml /etc/nextring/twiml/closed.twiml');
    w.write('/etc/nextring/twiml/closed.twiml', g.block('We are closed until seven').replace('{{business}}', '{{busines}}'));
    g.run('nextring twiml /etc/nextring/twiml/closed.twiml', { status: 1, says: /closed\.twiml:\d+:\d+: .*busines/ });
    script('closed', 'We are closed until seven');
    script('inbound_routing', 'We are looking for somebody');
    script('screen', 'One takes it, two passes it on');
    script('voicemail', 'Leave a message after the tone');
    w.write('roster.json', roster(LINE));
    Object.assign(w.env, { NEXTRING_ROSTER: 'roster.json', NEXTRING_PUBLIC_URL: w.base, ...Object.fromEntries(w.credentials().trim().split('\n').map((l) => l.split('='))) });
    g.run('nextring check --scripts /etc/nextring/twiml', { says: /good/ });

    // "To hear it as a caller does": on the phones of the simulator.
    w.write('setup.json', w.setup([{ phone_number: LINE, voice_url: `${w.base}/webhook/twilio/voice`, sms_url: `${w.base}/sms/inbound` }], PEOPLE));
    await startSim(w);
    await startDaemon(w, '--scripts /etc/nextring/twiml');
    w.run(`nextring-sim phone --sim ${w.sim} Customer call`);
    const shown = await until(() => w.run(`nextring-sim phone --sim ${w.sim} Customer show`).out, (text) => text.includes('We are looking for somebody for you'));
    assert.match(shown, /Acme Hauling/);
    await until(() => w.run(`nextring-sim phone --sim ${w.sim} Primary answer`), (how) => how.status === 0);
    await until(() => w.run(`nextring-sim phone --sim ${w.sim} Primary show`).out, (text) => /One takes it, two passes it on/.test(text));
  });

  walk('docs/guides/simulator.md', async (g, w) => {
    const heard = [];
    const server = http.createServer((rq, rs) => {
      let body = '';
      rq.on('data', (part) => { body += part; });
      rq.on('end', () => {
        const params = Object.fromEntries(new URLSearchParams(body));
        heard.push({ path: rq.url, params, isSigned: twilio.validateRequest(TOKEN, rq.headers['x-twilio-signature'], `http://127.0.0.1:${w.ports[3000]}${rq.url}`, params) });
        rs.setHeader('Content-Type', 'text/xml').end('<Response><Gather><Say>Press one.</Say></Gather></Response>');
      });
    });
    await new Promise((done) => { server.listen(w.ports[3000], '127.0.0.1', done); });
    try {
      const sim = (more) => [['nextring-sim ', `nextring-sim --listen 127.0.0.1:8082 ${more}`]];
      const carrier = await g.start('nextring-sim --sms-url http://127.0.0.1:3000/sms --voice-url http://127.0.0.1:3000/voice', 'TWILIO_API_SECRET', sim(''));
      for (const part of [ACCOUNT, TOKEN, KEY, SECRET, LINE, `${w.sim}/phones`]) assert.ok(carrier.said().includes(part), part);
      const hand = { as: [['phone ', `phone --sim ${w.sim} `]] };
      g.run('nextring-sim phone Customer text "We are at the gate"', hand);
      await until(() => heard, () => heard.some((h) => h.path === '/sms' && h.params.Body === 'We are at the gate' && h.isSigned));
      g.run('nextring-sim phone Customer call', hand);
      await until(() => heard, () => heard.some((h) => h.path === '/voice' && h.params.From === PEOPLE.Customer && h.isSigned));
      await until(() => w.run(`nextring-sim phone --sim ${w.sim} '+1 619 555 0150' press 1`).status, (status) => status === 0);
      g.place("nextring-sim phone '+1 619 555 0150' press 1");
      g.run('nextring-sim phone Customer show', { ...hand, says: ['Press one.', 'We are at the gate'] });
      const load = g.spoken.find((c) => c.command.startsWith('nextring-sim load')).command;
      const measured = await g.start(load, 'p99.99', [['--rate 500', '--rate 100 --count 50']]);
      assert.equal(await measured.ended, 0, measured.said());
      await carrier.stop();

      const still = await w.spawn('nextring-sim --listen 127.0.0.1:8082 --rate 0', 'listening on');
      for (const m of g.text.matchAll(/`(curl -[^`]+)`/g)) {
        if (m[1].includes('--proxy')) continue;
        const how = w.run(m[1].replaceAll(/\s+/g, ' '));
        assert.equal(how.status, 0, how.text);
        assert.doesNotMatch(how.out, /not known|unknown|404/i, m[1]);
      }
      const client = twilio(KEY, SECRET, { accountSid: ACCOUNT });
      for (const one of ['api', 'messaging', 'lookups', 'monitor']) client[one].baseUrl = w.sim;
      await w.carrier('DELETE', '/sim/fault');
      assert.match((await client.messages.create({ from: LINE, to: PEOPLE.Customer, body: 'Hello' })).sid, /^SM/);
      await still.stop();
      await g.start('nextring-sim --https-proxy 127.0.0.1:8083 --ca-file carrier.pem', 'listening on', sim(''));
      const through = w.here('curl -s --proxy http://127.0.0.1:8083 --cacert carrier.pem');
      assert.ok(g.text.includes(through.slice(0, 5)));
      const how = w.run(`${through} -u ${KEY}:${SECRET} https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}.json`);
      assert.equal(how.status, 0, how.text);
      assert.equal(JSON.parse(how.out).sid, ACCOUNT);
      // One of the stories, as the paper has them in any number.
      assert.ok(g.text.includes('nextring-sim play examples/scenarios/*.play'));
      assert.equal(w.run(`cd ${root} && nextring-sim play examples/scenarios/text_is_acknowledged.play`).status, 0);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  walk('docs/guides/go-live.md', async (g, w) => {
    await twoLines(w);
    await g.start('nextring-sim serve --listen 127.0.0.1:8082 --setup setup.json', 'listening on');
    g.run('nextring provision --all --json > before.json', { status: 1 });
    assert.deepEqual(JSON.parse(fs.readFileSync(w.path('before.json'))).items.map((i) => i.number).sort(), [LINE, SECOND]);
    w.write('roster.json', roster(LINE));
    g.run('nextring check --roster roster.json', { says: ['roster.json: good. 1 line, 2 operators', 'AC...0001'] });
    await g.start('nextring serve --public-url http://127.0.0.1:8080 --carrier-api http://127.0.0.1:8082 --env-file env', 'ready');
    g.run('nextring roster put roster.json --note "the first line"', { says: 'version 1 is in force' });
    g.run('nextring provision', { status: 1, says: 'old.example.com' });
    g.run('nextring provision +16195550100 --apply', { says: ['+16195550100  on the roster, ', 'VoiceUrl'] });
    g.run('nextring provision --undo +16195550100', { says: 'as it was before' });
    g.run('nextring provision +16195550100 --apply', { says: '/webhook/twilio/voice#' });
    const hand = { as: [['phone ', `phone --sim ${w.sim} `]] };
    g.run('nextring-sim phone Customer text --to +16195550100 "Is anybody there?"', hand);
    await until(() => textsOf(w, PEOPLE.Primary), (texts) => texts.some((t) => /^\w\d\w \+16195550150: Is anybody there\?/.test(t)));
    g.run('nextring-sim phone Primary show', { ...hand, says: 'Is anybody there?' });
    w.run(`nextring-sim phone --sim ${w.sim} Primary text --to ${LINE} "We come at nine"`);
    await until(() => textsOf(w, PEOPLE.Customer), (texts) => texts.includes('We come at nine'));
    g.run('nextring line report-only +16195550100', { says: ['+16195550100  report-only until ', ': 0 right, 0 would have been refused'] });
    w.run(`nextring-sim phone --sim ${w.sim} Customer text --to ${LINE} "And now?"`);
    await until(() => w.run('nextring line list'), (how) => /: [1-9]\d* right, 0 would have been refused/.test(how.out));
    g.run('nextring line list', { says: '0 would have been refused' });
    g.run('nextring line report-only +16195550100 --off', { says: '+16195550100  refuses wrong signatures' });
    g.run('nextring fallback --plain --out fallback');
    assert.equal(fs.readdirSync(w.path('fallback')).length, 2);
    g.run('nextring provision --apply --fallback-url https://static.example.com/fallback', { says: 'static.example.com' });
    g.run('nextring doctor', { says: ['Every webhook since the start had a right signature.', `${LINE} points here.`, /^0 wrong, /m] });
    w.write('roster.json', roster(LINE, SECOND));
    g.run('nextring roster put roster.json --note "the second line"', { says: ['+ lines[+16195550101]', 'version 2 is in force'] });
    g.run('nextring provision +16195550101 --apply', { says: '+16195550101' });
    g.run('nextring provision', { says: 'points here' });
    g.run('nextring provision --undo +16195550101', { says: 'as it was before' });
    g.run('nextring roster restore 1', { says: 'version 3' });
  });

  walk('docs/guides/provision.md', async (g, w) => {
    await twoLines(w);
    await startSim(w);
    w.write('roster.json', roster(LINE, SECOND));
    w.env.NEXTRING_ROSTER = 'roster.json';
    g.run('nextring provision', { status: 1, says: ['+16195550100  on the roster, ', 'nothing is changed yet; --apply sets 2 numbers'] });
    await startDaemon(w);
    const tried = 'nextring provision --apply --test-number +16195550101';
    g.run(tried, { says: SECOND });
    w.run(`nextring-sim phone --sim ${w.sim} Customer text --to ${SECOND} "A trial"`);
    await until(() => w.run(`${tried} --yes`), (how) => how.status === 0);
    g.run('nextring fallback --plain --out fallback');
    g.run('nextring provision --apply --fallback-url https://static.example.com/fallback', { says: 'static.example.com' });
    g.run('nextring provision --undo', { says: 'as it was before' });
    g.run('nextring provision --undo +16195550101', { says: 'as it was before' });
    g.run('nextring provision --buy --area-code 619', { status: 1 });
    g.run('nextring provision --buy --area-code 619 --yes --apply', { says: /\+1619\d{7}/ });
  });

  walk('docs/guides/doctor.md', async (g, w) => {
    await twoLines(w);
    await startSim(w);
    w.write('roster.json', roster(LINE));
    w.env.NEXTRING_ROSTER = 'roster.json';
    fs.writeFileSync(path.join(w.folder, 'bin/systemd-cat'), '#!/bin/sh\necho "to the journal: $*"\n', { mode: 0o755 });
    const command = "nextring doctor || systemd-cat -p err echo 'nextring doctor has found something'";
    g.run(command, { says: ['to the journal:', 'WRONG'] }); // no daemon, and the number points elsewhere
    await startDaemon(w);
    assert.equal(w.run('nextring provision --apply').status, 0);
    const { out } = g.run(command, { says: 'The carrier knows the auth token.' });
    assert.doesNotMatch(out, /to the journal:/);
    const items = JSON.parse(w.run('nextring doctor --json').out).items;
    const told = new Set([...g.text.matchAll(/^\| (`[^|]*) \|/gm)].flatMap((m) => [...m[1].matchAll(/`([a-z-]+)`/g)].map((n) => n[1])));
    assert.deepEqual([...new Set(items.map((i) => i.check))].filter((c) => !told.has(c)), [], 'checks that the paper does not name');
  });

  walk('docs/guides/credentials.md', async (g, w) => {
    await twoLines(w);
    await startSim(w);
    w.write('roster.json', roster(LINE));
    w.env.NEXTRING_ROSTER = 'roster.json';
    const { out } = w.run('nextring check');
    for (const line of g.block('TWILIO_AUTH_TOKEN_2 -').trim().split('\n')) assert.ok(out.includes(line.split(' ')[0]), line);
    await startDaemon(w);
    fs.appendFileSync(w.path('env'), `TWILIO_AUTH_TOKEN_2=${TOKEN.replace('0', 'f')}\n`);
    g.run('nextring reload', { says: 'credentials read again, others in force: TWILIO_AUTH_TOKEN_2' });
    w.write('env', w.credentials().replace(TOKEN, TOKEN.replace('0', 'f')), 0o600);
    g.run('nextring reload', { says: 'credentials read again' });
    fs.chmodSync(w.path('env'), 0o644);
    g.run('nextring reload', { status: 1, says: 'chmod 600' });
  });

  walk('docs/guides/operators.md', async (g, w) => {
    await twoLines(w);
    await startSim(w);
    w.write('roster.json', roster(LINE));
    w.env.NEXTRING_ROSTER = 'roster.json';
    await startDaemon(w);
    assert.equal(w.run('nextring provision --apply').status, 0);
    const tail = await g.start('nextring tail --color always', '');
    w.run(`nextring-sim phone --sim ${w.sim} Customer call --to ${LINE}`);
    await tail.says('0150');
    const thread = (await until(() => JSON.parse(w.run('nextring thread --json').out), (all) => (all.items ?? all).length > 0));
    const { id } = (thread.items ?? thread)[0];
    g.run('nextring thread ID --texts', { as: [['ID', id]], says: 'prealert' });
    const { out } = g.run('nextring call --json');
    assert.match(out, /CA[0-9a-f]{32}/);
    g.run('nextring tail --kind relay.lapsed,call.missed --since 2026-11-28T18:00 --no-follow', { as: [['2026-11-28', '2026-01-01']] });
  });

  walk('docs/guides/read-the-board.md', async (g, w) => {
    await twoLines(w);
    await startSim(w);
    w.write('roster.json', roster(LINE));
    w.env.NEXTRING_ROSTER = 'roster.json';
    await startDaemon(w);
    assert.equal(w.run('nextring provision --apply').status, 0);
    w.run(`nextring-sim phone --sim ${w.sim} Customer text --to ${LINE} "The gate is open"`);
    await until(() => textsOf(w, PEOPLE.Primary), (texts) => texts.length > 0);
    g.run('nextring relay --state waiting', { says: '0150' });
    g.run('nextring call --state live');
    const relays = JSON.parse(w.run('nextring relay --state waiting --json').out);
    g.run('nextring ack ID --operator ben', { as: [['ID', (relays.items ?? relays)[0].id]] });
    assert.equal((JSON.parse(w.run('nextring relay --state waiting --json').out).items ?? []).length, 0);
    const tail = await g.start('nextring tail --alarms', '');
    await tail.stop();
  });

  walk('docs/guides/recover.md', async (g, w) => {
    await twoLines(w);
    await startSim(w);
    w.write('roster.json', roster(LINE));
    w.env.NEXTRING_ROSTER = 'roster.json';
    w.env.NEXTRING_DATA = w.path('/var/lib/nextring');
    const daemon = await startDaemon(w);
    assert.equal(w.run('nextring provision --apply').status, 0);
    w.run(`nextring-sim phone --sim ${w.sim} Customer text --to ${LINE} "The gate is open"`);
    await until(() => textsOf(w, PEOPLE.Primary), (texts) => texts.length > 0);
    g.run('nextring backup --to /srv/backup --keep 14');
    const [made] = fs.readdirSync(w.path('/srv/backup')).filter((name) => name.endsWith('.json'));
    const there = [['nextring-20261122T013000Z.json', made]];
    g.run('nextring backup --verify /srv/backup/nextring-20261122T013000Z.json', { as: there });
    g.left('systemctl stop nextring', SERVICE);
    await daemon.stop();
    fs.rmSync(w.path('/var/lib/nextring/nextring.db'));
    for (const more of ['-wal', '-shm']) fs.rmSync(w.path(`/var/lib/nextring/nextring.db${more}`), { force: true });
    const lost = new Date().toISOString().replace(/\.\d+Z/, 'Z');
    g.run('sudo -u nextring nextring restore /srv/backup/nextring-20261122T013000Z.json --lost 2026-11-22T09:12:00Z', { as: [...there, ['2026-11-22T09:12:00Z', lost]] });
    g.left('systemctl start nextring', SERVICE);
    await startDaemon(w);
    const tail = await g.start('nextring tail --kind text.', '');
    await tail.stop();
    assert.match(w.run('nextring thread').out, /0150/);
    for (const c of g.commands.filter((one) => one.command.startsWith('pg_'))) g.left(c.command, 'of PostgreSQL, which has manuals and tests of its own');
    g.left('nextring backup --verify', 'of a database of PostgreSQL; backup.test.js');
    g.left('nextring restore --mark --made 2026-11-22T01:30:00Z', 'likewise');
    const forget = 'nextring forget +16195550123';
    const him = [['+16195550123', PEOPLE.Customer]];
    const relays = JSON.parse(w.run('nextring relay --state waiting --json').out);
    g.run(forget, { as: him, says: 'not yet: somebody still waits' });
    assert.equal(w.run(`nextring ack ${(relays.items ?? relays)[0].id} --operator ana`).status, 0);
    await until(() => w.run(forget.replace('+16195550123', PEOPLE.Customer)), (how) => how.status !== 3); // "try again in a moment"
    g.run(forget, { as: him });
    g.run(`${forget} --yes`, { as: him });
    assert.doesNotMatch(w.run('nextring thread').out, /0150/);
  });

  walk('docs/guides/watch.md', async (g, w) => {
    await twoLines(w);
    w.write('roster.json', roster(LINE));
    Object.assign(w.env, { NEXTRING_ROSTER: 'roster.json', NEXTRING_DATA: w.path('/var/lib/nextring') });
    await startSim(w);
    await startDaemon(w);
    g.run('curl -s http://127.0.0.1:9580/metrics | head', { says: '# HELP nextring_' });
    const { out } = g.run('curl -s --unix-socket /var/lib/nextring/control.sock http://nextring/metrics', { says: '# HELP nextring_' });
    const named = new Set(fs.readFileSync(path.join(root, 'docs/metrics.md'), 'utf8').match(/nextring_[a-z_]+[a-z]/g));
    for (const [, name] of out.matchAll(/^# TYPE (\w+)/gm)) assert.ok(named.has(name) || !name.startsWith('nextring_'), name);
    for (const name of new Set(g.text.match(/nextring_[a-z_]+[a-z]/g))) assert.ok(named.has(name.replace(/_count$/, '')), `${name} is no metric`);
    for (const one of ['promtool check config /etc/prometheus/prometheus.yml', 'cd packaging/prometheus', 'promtool check rules nextring.rules.yml', 'promtool test rules nextring.rules.test.yml'])
      g.left(one, 'script/check runs it');
    g.left('systemctl reload prometheus', SERVICE);
    for (const c of g.commands.filter((one) => one.command.startsWith('journalctl '))) g.left(c.command, SERVICE);
    const tail = await g.start('nextring tail', '');
    await tail.stop();
  });

  walk('docs/guides/alarms.md', async (g, w) => {
    await twoLines(w);
    w.write('roster.json', roster(LINE, SECOND));
    w.env.NEXTRING_ROSTER = 'roster.json';
    // Its settings are taken as they stand, but for the numbers, which are lines of the roster.
    const set = g.blocks.filter((b) => /^NEXTRING_\w+=/.test(b.text)).map((b) => b.text).join('').replaceAll('+15035550100', LINE).replaceAll('+15035550101', SECOND);
    const names = set.match(/^NEXTRING_\w+/gm);
    assert.ok(names.length >= 6, set);
    for (const line of set.trim().split('\n')) w.env[line.split('=')[0]] = line.slice(line.indexOf('=') + 1).replace(/^"(.*)"$/, '$1');
    w.env.NEXTRING_ALARM_COMMAND = '/bin/cat'; // msmtp is not on every machine
    const how = w.run('nextring check');
    assert.equal(how.status, 0, how.text);
  });

  walk('docs/guides/install.md', async (g) => {
    for (const one of ['script/package', 'sudo apt install ./build/package/nextring_*.deb', 'sudo apt install ./nextring_NEW_ARCH.deb']) g.left(one, PACKAGES);
    for (const c of g.commands.filter((one) => one.command.startsWith('sudo systemctl '))) g.left(c.command, SERVICE);
    fs.mkdirSync(g.world.path('/etc/nextring'), { recursive: true });
    g.run('sudo install -m 600 -o nextring -g nextring /dev/null /etc/nextring/env');
  });

  walk('docs/guides/proxy.md', async (g, w) => {
    for (const c of g.commands.filter((one) => /^sudo (apt|cp|nginx|certbot|systemctl) /.test(one.command))) g.left(c.command, PROXIES);
    const made = 'openssl req -x509 -newkey rsa:2048 -nodes -keyout privkey.pem -out fullchain.pem -days 90 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1';
    assert.equal(w.run(made).status, 0);
    w.env.RENEWED_LINEAGE = w.cwd;
    for (const name of ['fullchain', 'privkey']) {
      const { command } = g.commands.find((c) => c.command.startsWith('install ') && c.command.includes(name));
      g.run(command);
    }
    await twoLines(w);
    w.write('roster.json', roster(LINE));
    w.env.NEXTRING_ROSTER = 'roster.json';
    for (const line of g.block('NEXTRING_TLS_CERT=').trim().split('\n')) {
      const [name, value] = w.here(line).split('=');
      w.env[name] = value.replace('0.0.0.0:443', `127.0.0.1:${w.ports[8080]}`).replace(/^http:/, 'https:');
    }
    await startDaemon(w);
    const how = w.run('curl -s --cacert fullchain.pem https://127.0.0.1:8080/healthz -o /dev/null -w "%{http_code}"');
    assert.equal(how.out, '200', how.text);
  });

  test('every guide has a walk', () => {
    const text = fs.readFileSync(path.join(root, 'test/node/guides.test.js'), 'utf8');
    for (const name of fs.readdirSync(path.join(root, 'docs/guides'))) assert.ok(text.includes(`walk('docs/guides/${name}'`), name);
  });
});

// ---- what any paper says of commands, options and settings is so ----

const run = (...args) => spawnSync(path.join(build, args[0]), args.slice(1), { encoding: 'utf8', cwd: '/', env: { PATH: process.env.PATH } });
const helps = new Map();
function helpOf(program, command) {
  const key = `${program} ${command}`;
  if (!helps.has(key)) {
    const how = run(program, command, '--help');
    helps.set(key, how.status === 0 ? how.stdout : undefined);
  }
  return helps.get(key);
}
function papers(folder) {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return ['adr', 'screenshots'].includes(entry.name) ? [] : papers(name);
    return /\.(md|scd)$/.test(name) ? [name] : [];
  });
}
const all = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', ...papers('docs'), 'packaging/Containerfile', ...['nextring.conf', 'nextring.service', 'nextring-backup.service'].map((n) => `packaging/${n}`)];

test('every command and option that a paper names is there', () => {
  const settings = JSON.parse(run('nextring', 'check', '--settings', '--json').stdout).settings.map((s) => s.name.replace('NEXTRING_', '').toLowerCase().replaceAll('_', '-'));
  const wrong = [];
  let count = 0;
  for (const name of all) {
    const text = fs.readFileSync(path.join(root, name), 'utf8');
    for (const { line, command } of [...commands(text), ...spoken(text)])
      for (const [, program, words] of ` ${command}`.matchAll(/(?:^|[ ;|&(])(nextring(?:-sim)?) ([^|;&]*)/g)) {
        if (/^(-u |nextring )/.test(words) || /\bnextring:nextring\b/.test(words)) continue;
        const [, sub, rest] = words.match(/^([a-z][a-z-]*)?(.*)$/);
        const help = helpOf(program, sub ?? (program === 'nextring-sim' ? 'serve' : 'serve'));
        count += 1;
        if (!help) wrong.push(`${name}:${line}: there is no command ${program} ${sub}`);
        else
          for (const [, option] of rest.matchAll(/ --([a-z][a-z-]*)/g))
            if (option !== 'help' && !new RegExp(`--${option}\\b`).test(help) && !(program === 'nextring' && settings.includes(option))) wrong.push(`${name}:${line}: ${program} ${sub} has no --${option}`);
      }
  }
  assert.deepEqual(wrong, []);
  assert.ok(count > 200, String(count));
});

test('every setting that a paper names is there', () => {
  const settings = new Set(JSON.parse(run('nextring', 'check', '--settings', '--json').stdout).settings.map((s) => s.name));
  // The fields of the journal, and what the tests and the build are told.
  for (const name of ['TENANT', 'EVENT', 'SID', 'KIND', 'BUILD', 'TEST_DATABASE']) settings.add(`NEXTRING_${name}`);
  const wrong = [];
  for (const name of all)
    fs.readFileSync(path.join(root, name), 'utf8').split('\n').forEach((line, i) => {
      for (const [setting] of line.matchAll(/NEXTRING_[A-Z][A-Z_]*[A-Z]/g)) if (!settings.has(setting)) wrong.push(`${name}:${i + 1}: ${setting}`);
    });
  assert.deepEqual(wrong, []);
});
