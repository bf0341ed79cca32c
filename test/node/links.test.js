// The links in texts, and the other pages that anybody may open: message apps fetch links by
// themselves, so only a press acts, once; and what people wrote is text on every page.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BACKUP, CUSTOMER, OTHERS, OWNER, PRIMARY, Stage, freePort, request } from './stage.js';

const DESK = 'https://desk.example.com', FOREIGN = 'https://foreign.example.com';
const PREVIEW = 'WhatsApp/2.23.20.0 facebookexternalhit/1.1 Facebot Twitterbot/1.0';
const NASTY = `<script>alert("x")</script> & 'it' </blockquote> {{business}}`;
const NASTY_ESCAPED = /&lt;script&gt;alert\((&quot;|")x(&quot;|")\)&lt;\/script&gt; &amp; (&apos;|&#39;|')it(&apos;|&#39;|') &lt;\/blockquote&gt; \{\{business\}\}/;

let stage;
const get = (target, headers = {}, method = 'GET') => request({ method, port: stage.port, target, headers });
const press = (target, action = 'take', headers = {}) => request({
  method: 'POST', port: stage.port, target,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers }, body: action && `action=${action}`,
});
const linkIn = (text) => {
  const found = text.match(/(http:\/\/127\.0\.0\.1:\d+)(\/j\/[A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])/);
  assert.ok(found, `no link in: ${text}`);
  assert.equal(found[1], stage.base);
  return found[2];
};
async function linkTo(operator, words) {
  const text = (await stage.texts(operator)).find((t) => t.includes(words));
  assert.ok(text, `${operator} got no "${words}"`);
  return linkIn(text);
}
const relayOf = async (customer) => (await stage.items('/api/v1/relays')).find((r) => r.customer_phone === customer);
// All that a press could change.
const everything = async () => ({
  relays: await stage.items('/api/v1/relays'),
  events: (await stage.items('/api/v1/events')).length,
  texts: await Promise.all([PRIMARY, BACKUP, OWNER, CUSTOMER, ...OTHERS].map((n) => stage.texts(n))),
});

function isGuarded(answer) {
  const h = answer.headers;
  assert.match(h['content-type'], /^text\/html; charset=utf-8$/);
  assert.equal(h['cache-control'], 'no-store');
  assert.equal(h['referrer-policy'], 'no-referrer');
  assert.match(h['x-robots-tag'], /noindex/);
  assert.equal(h['x-content-type-options'], 'nosniff');
  assert.match(h['content-security-policy'], /default-src 'none'/);
  assert.match(h['content-security-policy'], /frame-ancestors 'none'/);
  assert.ok(!h['content-security-policy'].includes('unsafe'), h['content-security-policy']);
  assert.equal(h['set-cookie'], undefined);
  assert.ok(!/<script|\son[a-z]+=|javascript:|style="/i.test(answer.body), answer.body);
}

describe('pages', () => {
  before(async () => {
    stage = await Stage.open({ env: { NEXTRING_CORS_ORIGINS: `${DESK}, https://other.example.com`, NEXTRING_ADMIN_LISTEN: `127.0.0.1:${await freePort()}` } });
  });
  after(() => stage.close());

  describe('the link of a forwarded text', () => {
    let mine, backups;
    before(async () => {
      await stage.text(CUSTOMER, NASTY);
      await stage.turn(905); // the primary is silent, the backup has it too
      mine = await linkTo(PRIMARY, NASTY);
      backups = await linkTo(BACKUP, NASTY);
    });

    test('each operator has his own', () => assert.notEqual(mine, backups));

    test('GET and HEAD never act, however often and whoever asks', async () => {
      const before = await everything();
      for (const headers of [{}, {}, { 'User-Agent': PREVIEW }, { 'User-Agent': PREVIEW, Purpose: 'prefetch' }])
        for (const method of ['GET', 'HEAD']) {
          const answer = await get(mine, headers, method);
          assert.equal(answer.status, 200);
          assert.equal(answer.body === '', method === 'HEAD');
        }
      assert.equal((await get(`${mine}?action=take`)).status, 200);
      await stage.turn(5);
      assert.deepEqual(await everything(), before);
      assert.equal((await relayOf(CUSTOMER)).final_status, 'backup_triggered');
    });

    test('the page shows who wrote what, as text, and has buttons', async () => {
      const page = await get(mine);
      isGuarded(page);
      assert.match(page.body, NASTY_ESCAPED);
      assert.ok(page.body.includes(CUSTOMER));
      assert.ok(page.body.includes('Primary dispatcher'), 'whose link it is');
      assert.match(page.body, /<form method="post">.*value="take"/s);
      assert.match(page.body, new RegExp(`href="tel:\\${CUSTOMER}"`));
      assert.match(page.body, /name="robots" content="noindex"/);
      assert.ok(!page.body.includes(mine.slice(3)), 'the secret is not on the page');
    });

    test('other methods and other forms do nothing', async () => {
      const before = await everything();
      assert.equal((await get(mine, {}, 'PUT')).status, 405);
      assert.equal((await get(mine, {}, 'DELETE')).status, 405);
      assert.equal((await press(mine, 'explode')).status, 400);
      assert.equal((await press(mine, '%zz')).status, 400);
      assert.deepEqual(await everything(), before);
    });

    test('a press acts: the relay is his, and the others are told', async () => {
      const answer = await press(mine);
      assert.equal(answer.status, 200, answer.body);
      isGuarded(answer);
      assert.match(answer.body, /Taken by Primary dispatcher/);
      await stage.turn(5);
      const relay = await relayOf(CUSTOMER);
      assert.deepEqual([relay.final_status, relay.acked_by], ['acked', 'primary']);
      assert.equal((await stage.texts(BACKUP)).filter((t) => t.includes('is with Primary dispatcher')).length, 1);
      assert.equal((await stage.texts(CUSTOMER)).length, 0, 'the customer is not told');
    });

    test('a second press says who has it and changes nothing, by his link and by another\'s', async () => {
      const before = await everything();
      for (const link of [mine, backups])
        for (const action of ['take', 'pass']) {
          const answer = await press(link, action);
          isGuarded(answer);
          assert.match(answer.body, /Primary dispatcher has it/, `${action} by ${link === mine ? 'his' : 'the other'}`);
        }
      await stage.turn(5);
      assert.deepEqual(await everything(), before);
    });

    test('the page of a taken relay says who has it, and only he may still call back', async () => {
      for (const link of [mine, backups]) {
        const page = await get(link);
        isGuarded(page);
        assert.match(page.body, /Primary dispatcher has it/);
        assert.equal(page.body.includes('<form'), link === mine);
        assert.ok(!/value="(take|pass)"/.test(page.body));
      }
    });
  });

  describe('a link pressed', () => {
    test('by two at once is taken by one', async () => {
      await stage.text(OTHERS[0], 'two at once');
      await stage.turn(905);
      const links = [await linkTo(PRIMARY, 'two at once'), await linkTo(BACKUP, 'two at once')];
      const answers = await Promise.all([...links, ...links].map((link) => press(link)));
      const relay = await relayOf(OTHERS[0]);
      const taken = answers.filter((a) => a.body.includes('Taken by'));
      assert.equal(taken.length, 1, answers.map((a) => `${a.status} ${/<p>(.*?)<\/p>/.exec(a.body)?.[1]}`).join('; '));
      assert.ok(taken[0].body.includes(relay.acked_by === 'primary' ? 'Primary' : 'Backup'));
    });

    test('to pass on goes to the next at once', async () => {
      await stage.text(OTHERS[1], 'pass it on');
      await stage.turn(5);
      const link = await linkTo(PRIMARY, 'pass it on');
      assert.match((await press(link, 'pass')).body, /Passed on/);
      await stage.turn(5);
      await linkTo(BACKUP, 'pass it on');
      const before = await everything();
      const again = await press(link, 'pass');
      assert.equal(again.status, 409);
      assert.match(again.body, /has been used/);
      await stage.turn(5);
      assert.deepEqual(await everything(), before);
    });

    test('after the last step still counts', async () => {
      await stage.text(OTHERS[2], 'nobody answers');
      await stage.turn(900 + 900 + 1800 + 5);
      assert.equal((await relayOf(OTHERS[2])).final_status, 'failed');
      assert.match((await press(await linkTo(OWNER, 'nobody answers'))).body, /Taken by Owner/);
      assert.equal((await relayOf(OTHERS[2])).acked_by, 'owner');
    });

    test('when it has expired says so and changes nothing', async () => {
      await stage.text(OTHERS[3], 'too late');
      await stage.turn(5);
      const link = await linkTo(PRIMARY, 'too late');
      await stage.kill('SIGTERM'); // a daemon that runs looks around every minute of these days
      await stage.turn(4 * 86400);
      await stage.startDaemon();
      await stage.turn(5); // what was overdue has been done
      const before = await everything();
      const page = await get(link);
      assert.match(page.body, /has expired/);
      assert.ok(!page.body.includes('<form'));
      const answer = await press(link);
      assert.equal(answer.status, 409);
      assert.match(answer.body, /has expired/);
      assert.deepEqual(await everything(), before);
    });

    const unknown = ['/j/AAAAAAAAAAAAAAAAAAAAAA', '/j/short', `/j/${'A'.repeat(500)}`, '/j/AAAAAAAAAAAAAAAAAAAA%2F', '/j/AAAAAAAAAAAAAAAAAAAAA=', '/j/AAAAAAAAAAAAAAAAAAAAAB'];
    for (const link of unknown)
      test(`that is none: ${link.slice(0, 30)}`, async () => {
        for (const answer of [await get(link), await press(link)]) {
          assert.equal(answer.status, 404);
          isGuarded(answer);
          assert.match(answer.body, /does not exist/);
        }
      });
    for (const target of ['/j/', '/j', '/j/AAAAAAAAAAAAAAAAAAAAAA/x'])
      test(`no path at all: ${target}`, async () => assert.equal((await get(target)).status, 404));
  });

  describe('the link to the whole of a long reply', () => {
    const long = `${'We come on Monday & bring "everything". '.repeat(39)}THE END`;
    const writer = '+16195550171';
    let link;
    before(async () => {
      await stage.phone(writer, {});
      await stage.text(writer, 'when do you come');
      await stage.turn(5);
      const tag = (await stage.texts(PRIMARY)).findLast((t) => t.includes(writer)).match(/\b[A-Z][2-9][A-Z]\b/)[0];
      await stage.text(PRIMARY, `${tag} ${long}`);
      await stage.turn(5);
      const text = (await stage.texts(writer)).at(-1);
      assert.ok(!text.includes('THE END'), 'the text is only its beginning');
      link = linkIn(text);
    });

    test('shows all of it as text, nothing to press, and names nobody', async () => {
      const page = await get(link);
      assert.equal(page.status, 200);
      isGuarded(page);
      assert.match(page.body, /THE END/);
      assert.match(page.body, /Monday &amp; bring (&quot;|")everything/);
      assert.ok(!page.body.includes('<form'));
      for (const hidden of [PRIMARY, 'Primary dispatcher', writer]) assert.ok(!page.body.includes(hidden), hidden);
    });
    test('does nothing when it is pressed', async () => {
      const before = await everything();
      const answer = await press(link);
      assert.equal(answer.status, 409);
      isGuarded(answer);
      assert.match(answer.body, /nothing to press/);
      assert.deepEqual(await everything(), before);
    });
  });

  describe('the link to a text that did not act, as its number is locked', () => {
    const writer = '+16195550172', words = 'we are on our way <now>';
    let link;
    const replies = async () => (await stage.texts(writer)).filter((t) => t.includes('on our way')).length;
    before(async () => {
      await stage.phone(writer, {});
      await stage.text(writer, 'are you coming');
      await stage.turn(5);
      const text = (await stage.texts(BACKUP)).concat(await stage.texts(PRIMARY)).findLast((t) => t.includes('are you coming'));
      const tag = text.match(/\b[A-Z][2-9][A-Z]\b/)[0];
      for (let i = 0; i < 5; i++) {
        await stage.text(PRIMARY, `Z9Z guess ${i}`);
        await stage.turn(5);
      }
      await stage.text(PRIMARY, `${tag} ${words}`);
      await stage.turn(5);
      assert.equal(await replies(), 0);
      link = linkIn((await stage.texts(PRIMARY)).at(-1));
    });

    test('shows the text, whose it is, and a button; looking does nothing', async () => {
      const page = await get(link);
      assert.equal(page.status, 200);
      isGuarded(page);
      assert.match(page.body, /we are on our way &lt;now&gt;/);
      assert.match(page.body, /<button[^>]*>Do it<\/button>/);
      assert.ok(page.body.includes('Primary dispatcher'));
      await stage.turn(5);
      assert.equal(await replies(), 0);
    });
    test('a press acts, once', async () => {
      const answer = await press(link);
      assert.equal(answer.status, 200, answer.body);
      isGuarded(answer);
      await stage.turn(5);
      assert.equal(await replies(), 1);
      const again = await press(link);
      assert.equal(again.status, 409);
      assert.match(again.body, /has been used/);
      assert.ok(!(await get(link)).body.includes('<form'));
      await stage.turn(5);
      assert.equal(await replies(), 1);
    });
  });

  describe('the link of a pre-alert', () => {
    let link;
    const caller = '+16195550155';
    const call = async () => (await stage.items('/api/v1/calls?limit=1'))[0];
    before(async () => {
      await stage.phone(PRIMARY, { on_call: [{ do: 'ignore' }] });
      await stage.phone(BACKUP, { on_call: [{ do: 'answer', after_ms: 2000, then: [{ press: '1', after_ms: 2000 }, { talk_ms: 20000 }, { hangup: true }] }] });
      await stage.call(caller);
      await stage.turn(4);
      link = linkIn((await stage.texts(PRIMARY)).at(-1));
    });

    test('while it rings: who calls, and what can be done', async () => {
      assert.equal((await call()).state, 'ringing');
      const page = await get(link);
      isGuarded(page);
      assert.match(page.body, new RegExp(`A call from \\${caller}`));
      assert.match(page.body, /Ringing you now: press 1/);
      assert.match(page.body, /value="take".*value="pass"/s);
    });
    test('a press while it rings is no accept', async () => {
      const before = await call();
      const answer = await press(link);
      assert.match(answer.body, /answer it, that decides/);
      const { state, accepted_by, plan } = await call();
      assert.deepEqual([state, accepted_by, plan], [before.state, before.accepted_by, before.plan]);
    });
    test('when another has taken the call there is nothing to press', async () => {
      await stage.turn(75); // he is rung once more before
      assert.deepEqual([(await call()).outcome, (await call()).accepted_by], ['answered', 'backup']);
      const page = await get(link);
      isGuarded(page);
      assert.ok(!page.body.includes('<form'));
      assert.match(page.body, /Backup dispatcher/, 'who took it');
      assert.equal((await press(link)).status, 409);
    });
  });

  describe('other pages', () => {
    test('their style', async () => {
      const style = await get('/style.css');
      assert.equal(style.status, 200);
      assert.match(style.headers['content-type'], /^text\/css/);
    });
    test('health', async () => {
      const live = await get('/healthz');
      assert.deepEqual([live.status, live.body], [200, 'ok\n']);
      const ready = await get('/readyz');
      assert.equal(ready.status, 200);
      assert.deepEqual(JSON.parse(ready.body), { ready: true, store: 'ok', roster: 'ok', waiting: 0, spooled: 0 });
    });

    for (const target of ['/api/v1/relays', '/api/jobs/job-1001/call-status', '/sms/dispatch-status/job-1001', '/sms/reply', '/api/sms/inbound'])
      test(`CORS on ${target}`, async () => {
        const ask = (origin) => get(target, { Origin: origin, 'Access-Control-Request-Method': 'GET' }, 'OPTIONS');
        const ours = await ask(DESK);
        assert.equal(ours.status, 204);
        assert.equal(ours.headers['access-control-allow-origin'], DESK);
        assert.match(ours.headers['access-control-allow-methods'], /GET|POST/);
        assert.match(ours.headers['access-control-allow-headers'], /Authorization/);
        assert.equal(ours.headers['access-control-allow-credentials'], undefined);
        assert.match(ours.headers.vary, /Origin/);
        for (const origin of [FOREIGN, `${DESK}.evil.example.com`, 'null', '*']) {
          const foreign = await ask(origin);
          assert.equal(foreign.status, 204);
          assert.ok(!Object.keys(foreign.headers).some((h) => h.startsWith('access-control-')), origin);
          assert.match(foreign.headers.vary, /Origin/);
        }
      });
    test('CORS on an answer', async () => {
      const ours = await get('/api/v1/relays', { Origin: DESK });
      assert.deepEqual([ours.status, ours.headers['access-control-allow-origin']], [401, DESK]);
      assert.equal((await get('/api/v1/relays', { Origin: FOREIGN })).headers['access-control-allow-origin'], undefined);
      assert.equal((await get('/', { Origin: DESK })).headers['access-control-allow-origin'], undefined);
    });
    test('OPTIONS on a path that is not there', async () =>
      assert.equal((await get('/api/v1/nothing', { Origin: DESK }, 'OPTIONS')).status, 404));

    describe('the admin address', () => {
      const admin = (target) => request({ port: Number(stage.env.NEXTRING_ADMIN_LISTEN.split(':')[1]), target });
      test('metrics as Prometheus reads them', async () => {
        await stage.webhook('/sms/inbound', { MessageSid: 'SMx' }, { sign: false });
        const answer = await admin('/metrics');
        assert.equal(answer.status, 200);
        assert.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4/);
        assert.ok(answer.body.endsWith('\n'));
        const types = new Map(), values = new Map();
        for (const line of answer.body.trimEnd().split('\n')) {
          const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram|summary)$/.exec(line);
          const sample = /^([a-z_]+)(?:\{[a-z_]+="[^"\\]*"(?:,[a-z_]+="[^"\\]*")*\})? (-?\d+(?:\.\d+)?)$/.exec(line);
          if (type) {
            assert.ok(!types.has(type[1]), `${type[1]} twice`);
            types.set(type[1], type[2]);
          } else if (sample) {
            const times = sample[1].replace(/_(bucket|sum|count)$/, '');
            assert.ok(types.has(sample[1]) || types.get(times) === 'histogram', `${sample[1]} has no type before it`);
            values.set(sample[1], Number(sample[2]));
          } else {
            assert.match(line, /^# HELP [a-z_]+ \S.*$/);
          }
        }
        for (const [name, type] of types) if (type === 'counter') assert.match(name, /_total$/);
        assert.ok(values.get('nextring_signatures_refused_total') >= 1);
        assert.ok(values.get('nextring_events_total') > 0);
        assert.equal(values.get('nextring_roster_good'), 1);
      });
      test('health answers there too, the API and the pages do not', async () => {
        assert.equal((await admin('/healthz')).status, 200);
        assert.equal((await admin('/readyz')).status, 200);
        for (const target of ['/', '/api/v1/relays', '/sms/inbound', '/j/AAAAAAAAAAAAAAAAAAAAAA'])
          assert.equal((await admin(target)).status, 404, target);
      });
      test('metrics are not on the public address, whatever it is told', async () => {
        for (const headers of [{}, { Host: stage.env.NEXTRING_ADMIN_LISTEN }, { 'X-Forwarded-For': '127.0.0.1' }])
          assert.equal((await get('/metrics', headers)).status, 404);
      });
    });
  });
});
