// Photos and the like: fetched from the carrier by the ids in their address, credentials on the
// first hop only, one redirect to the carrier's storage, nothing that could run in a browser.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { ACCOUNT, CUSTOMER, LINE, OTHERS, PRIMARY, Stage, freePort, request, sid } from './stage.js';

const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const MEBI = 1 << 20;
const AUTHORIZATION = `Basic ${Buffer.from('SK00000000000000000000000000000001:rehearsal-only-secret').toString('base64')}`;

// Answers whatever is asked, and remembers it.
class Host {
  static async open(answer) {
    const host = new Host();
    host.port = await freePort();
    host.asked = [];
    host.server = http.createServer((rq, rs) => {
      host.asked.push({ method: rq.method, url: rq.url, authorization: rq.headers.authorization });
      answer(rq, rs);
    });
    await new Promise((done) => host.server.listen(host.port, '127.0.0.1', done));
    return host;
  }
  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}

// A carrier with media, each of which has its own way to be given.
class Carrier {
  ways = new Map();
  sent = [];

  static async open() {
    const carrier = new Carrier();
    carrier.host = await Host.open((rq, rs) => carrier.answer(rq, rs));
    carrier.base = `http://127.0.0.1:${carrier.host.port}`;
    return carrier;
  }
  answer(rq, rs) {
    const way = this.ways.get(rq.url.split('/').at(-1).split('?')[0]);
    if (rq.method === 'POST') this.take(rq, rs);
    else if (way) way(rq, rs);
    else if (rq.url.includes('.json')) this.list(rs);
    else rs.writeHead(404).end();
  }
  take(rq, rs) {
    let body = '';
    rq.on('data', (part) => (body += part));
    rq.on('end', () => {
      this.sent.push(new URLSearchParams(body));
      rs.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify({ sid: sid('SM'), status: 'queued' }));
    });
  }
  list(rs) {
    rs.writeHead(200, { 'Content-Type': 'application/json' });
    rs.end(JSON.stringify({ messages: [], calls: [], next_page_uri: null, page: 0, page_size: 50 }));
  }
  medium(way) {
    const id = sid('ME');
    this.ways.set(id, way);
    return id;
  }
}

const give = (type, body = PIXEL) => (rq, rs) => rs.writeHead(200, { 'Content-Type': type }).end(body);
const lead = (status, to) => (rq, rs) => rs.writeHead(status, { Location: typeof to === 'function' ? to() : to }).end();

let stage, carrier, other;

// A text with these media; resolves to the secret of the link that the operator got with it.
async function text(media, { from = CUSTOMER, body = 'look', message = sid('MM') } = {}) {
  const about = { MessageSid: message, From: from, To: LINE, Body: body, NumMedia: String(media.length) };
  media.forEach((id, i) => {
    about[`MediaContentType${i}`] = 'image/jpeg';
    about[`MediaUrl${i}`] = id.includes('/') ? id : `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Messages/${message}/Media/${id}`;
  });
  const sentBefore = carrier.sent.length;
  assert.equal((await stage.webhook('/sms/inbound', about)).status, 200);
  await stage.turn(5);
  const forward = carrier.sent.slice(sentBefore).find((f) => f.get('To') === PRIMARY && f.get('Body').includes('/j/'));
  assert.ok(forward, 'the operator got no text');
  return { secret: forward.get('Body').match(/\/j\/([A-Za-z0-9_-]{22})/)[1], forward };
}
const get = (target, method = 'GET') => new Promise((resolve, reject) => {
  http.request({ method, host: '127.0.0.1', port: stage.port, path: target, agent: false }, (answer) => {
    const parts = [];
    answer.on('data', (part) => parts.push(part));
    answer.on('error', reject);
    answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(parts) }));
  }).on('error', reject).end();
});
// What becomes of one medium that the carrier gives in this way.
let customers = 0;
async function one(way) {
  customers += 1;
  const from = `+1619555${String(customers + 120).padStart(4, '0')}`;
  const { secret } = await text([carrier.medium(way)], { from });
  carrier.host.asked.length = other.asked.length = 0;
  const answer = await get(`/m/${secret}/0`);
  return { ...answer, secret, asked: carrier.host.asked.filter((a) => !a.url.includes('.json')) };
}

// What the daemon has logged of media; the line after that many others, once it is there.
const lines = () => stage.daemon.said().split('\n').slice(0, -1).filter((l) => l.includes('media: '));
async function line(index) {
  while (lines().length <= index) await new Promise(setImmediate);
  return lines()[index];
}

describe('media', () => {
  before(async () => {
    carrier = await Carrier.open();
    other = await Host.open((rq, rs) => rs.writeHead(200, { 'Content-Type': 'image/png' }).end(PIXEL));
    stage = await Stage.open({ env: { NEXTRING_CARRIER_API: carrier.base } });
  });
  after(async () => {
    await stage.close();
    assert.ok(!stage.daemon.said().includes('/m/'), 'no path is in the log');
    await carrier.host.close();
    await other.close();
  });

  test('a photo is fetched from the API and given on', async () => {
    const got = await one(give('image/png'));
    assert.equal(got.status, 200);
    assert.deepEqual(got.bytes, PIXEL);
    assert.equal(got.headers['content-type'], 'image/png');
    assert.equal(got.headers['x-content-type-options'], 'nosniff');
    assert.match(got.headers['content-security-policy'], /^sandbox; default-src 'none'/);
    assert.match(got.headers['cache-control'], /^private/);
    assert.equal(got.headers['content-disposition'], 'inline; filename="photo.png"');
    assert.equal(got.headers['referrer-policy'], 'no-referrer');
    assert.deepEqual(got.asked.map((a) => a.authorization), [AUTHORIZATION]);
    assert.match(got.asked[0].url, new RegExp(`^/2010-04-01/Accounts/${ACCOUNT}/Messages/MM[0-9a-f]{32}/Media/ME[0-9a-f]{32}$`));
  });

  test('HEAD tells the same without the bytes', async () => {
    const { secret } = await one(give('image/png'));
    const got = await get(`/m/${secret}/0`, 'HEAD');
    assert.deepEqual([got.status, got.headers['content-type'], got.bytes.length], [200, 'image/png', 0]);
    assert.equal(got.headers['content-length'], String(PIXEL.length));
  });

  for (const status of [301, 302, 303, 307, 308])
    test(`a redirect (${status}) to storage is followed once, without credentials`, async () => {
      const stored = carrier.medium(give('image/jpeg'));
      const got = await one(lead(status, `${carrier.base}/storage/${stored}?Signature=x`));
      assert.equal(got.status, 200);
      assert.deepEqual(got.bytes, PIXEL);
      assert.deepEqual(got.asked.map((a) => a.authorization), [AUTHORIZATION, undefined]);
      assert.equal(got.asked[1].url, `/storage/${stored}?Signature=x`);
    });

  test('a relative redirect is one to the API itself', async () => {
    const stored = carrier.medium(give('image/jpeg'));
    const got = await one(lead(302, `/storage/${stored}`));
    assert.equal(got.status, 200);
    assert.equal(got.asked[1].authorization, undefined);
  });

  const places = {
    'another port of this machine': () => `http://127.0.0.1:${other.port}/x`,
    'this machine by name': () => `http://localhost:${carrier.host.port}/x`,
    'the API with a user in front': () => `http://u:p@127.0.0.1:${carrier.host.port}/x`,
    'the network': () => 'https://10.0.0.1/x',
    'a cloud\'s metadata': () => 'http://169.254.169.254/latest/meta-data',
    'anybody': () => 'https://media.example.com/x',
    'a name that looks like the carrier\'s': () => 'https://media.twiliocdn.com.example.com/x',
    'a file': () => 'file:///etc/passwd',
    'nowhere': () => '',
  };
  for (const [name, to] of Object.entries(places))
    test(`a redirect to ${name} is refused`, async () => {
      const logged = lines().length;
      const got = await one(lead(302, to));
      assert.equal(got.status, 502);
      assert.equal(got.asked.length, 1);
      assert.equal(other.asked.length, 0);
      assert.match(await line(logged), /redirects to where no medium can be/, 'it is not even tried');
    });

  test('a second redirect is not followed', async () => {
    const stored = carrier.medium(give('image/jpeg'));
    const half = carrier.medium(lead(302, `${carrier.base}/storage/${stored}`));
    const got = await one(lead(302, `${carrier.base}/storage/${half}`));
    assert.equal(got.status, 502);
    assert.equal(got.asked.length, 2);
  });

  test('of the address that a webhook brings the ids count, not the host', async () => {
    const id = carrier.medium(give('image/jpeg')), message = sid('MM');
    const { secret } = await text([`http://127.0.0.1:${other.port}/2010-04-01/Accounts/${ACCOUNT}/Messages/${message}/Media/${id}`], { message, from: '+16195550190' });
    other.asked.length = 0;
    assert.equal((await get(`/m/${secret}/0`)).status, 200);
    assert.equal(other.asked.length, 0);
  });
  test('an address without ids leads nowhere', async () => {
    const { secret } = await text([`http://127.0.0.1:${other.port}/photo.jpg`], { from: '+16195550191' });
    other.asked.length = 0;
    assert.ok([404, 502].includes((await get(`/m/${secret}/0`)).status));
    assert.equal(other.asked.length, 0);
  });

  const sizes = { 'as large as may be': [10 * MEBI, 200], 'one byte too large': [10 * MEBI + 1, 502] };
  for (const [name, [bytes, status]] of Object.entries(sizes))
    for (const announced of [true, false])
      test(`${name}, ${announced ? 'announced' : 'told by chunks'}`, async () => {
        const got = await one((rq, rs) => {
          rs.writeHead(200, { 'Content-Type': 'image/jpeg', ...(announced ? { 'Content-Length': bytes } : {}) });
          rs.end(Buffer.alloc(bytes, 1));
        });
        assert.equal(got.status, status);
        if (status === 200) assert.equal(got.bytes.length, bytes);
        else assert.match(got.bytes.toString(), /larger than 10 MB/);
      });

  const types = {
    'image/JPEG; name=a.jpg': ['image/jpeg', 'inline; filename="photo.jpg"'],
    'video/mp4': ['video/mp4', 'inline; filename="video.mp4"'],
    'text/plain': ['text/plain; charset=utf-8', 'inline; filename="text.txt"'],
    'application/pdf': ['application/pdf', 'attachment; filename="paper.pdf"'],
    'text/x-vcard': ['text/vcard', 'attachment; filename="contact.vcf"'],
    'text/html': ['application/octet-stream', 'attachment; filename="file.bin"'],
    'image/svg+xml': ['application/octet-stream', 'attachment; filename="file.bin"'],
    'application/javascript': ['application/octet-stream', 'attachment; filename="file.bin"'],
    '': ['application/octet-stream', 'attachment; filename="file.bin"'],
  };
  for (const [type, [want, how]] of Object.entries(types))
    test(`the type "${type}" is given on as ${want}`, async () => {
      const got = await one((rq, rs) => rs.writeHead(200, type ? { 'Content-Type': type } : {}).end('<script>'));
      assert.deepEqual([got.status, got.headers['content-type'], got.headers['content-disposition']], [200, want, how]);
    });

  test('what the carrier does not give is 502, and in the log once', async () => {
    for (const way of [(rq, rs) => rs.writeHead(404).end(), (rq, rs) => rs.writeHead(500).end(), (rq) => rq.socket.destroy()]) {
      const logged = lines().length;
      const got = await one(way);
      assert.equal(got.status, 502);
      assert.ok(!(await line(logged)).includes(got.secret));
      assert.equal(lines().length, logged + 1);
    }
  });

  test('what is no link, and no number, is 404', async () => {
    const { secret } = await one(give('image/png'));
    for (const target of ['/m/AAAAAAAAAAAAAAAAAAAAAA/0', '/m/short/0', `/m/${secret}/1`, `/m/${secret}/-1`, `/m/${secret}/x`, `/m/${secret}/99999999999`, `/m/${secret}`, `/m/${secret}/0/0`])
      assert.equal((await get(target)).status, 404, target);
    for (const method of ['POST', 'DELETE'])
      assert.equal((await get(`/m/${secret}/0`, method)).status, 405);
  });

  test('of many at once a few are fetched, some wait, the rest are told to come again', async () => {
    const held = [];
    let isOpen = true, turnedAway = 0;
    const { secret } = await one((rq, rs) => {
      if (isOpen) give('image/png')(rq, rs);
      else held.push(rs);
    });
    isOpen = false;
    const answers = Array.from({ length: 40 }, () => get(`/m/${secret}/0`).then((answer) => {
      turnedAway += answer.status === 503 ? 1 : 0;
      return answer;
    }));
    while (held.length + turnedAway < 8) await new Promise(setImmediate);
    const fetches = held.length;
    isOpen = true;
    for (const rs of held) give('image/png')(null, rs);
    assert.equal(fetches, 4);
    const statuses = (await Promise.all(answers)).map((a) => a.status);
    assert.equal(statuses.filter((s) => s === 200).length, 36);
    for (const a of await Promise.all(answers))
      if (a.status !== 200) assert.ok(a.headers['retry-after']);
    assert.equal((await get(`/m/${secret}/0`)).status, 200);
  });

  test('the page of the text shows each, and only this page may', async () => {
    const { secret } = await text([carrier.medium(give('image/png')), carrier.medium(give('video/mp4'))], { from: '+16195550192', body: 'two of them' });
    const page = await request({ port: stage.port, target: `/j/${secret}` });
    assert.equal(page.status, 200);
    assert.match(page.body, /two of them/);
    for (const n of [0, 1])
      assert.ok(page.body.includes(`<a href="/m/${secret}/${n}"><img src="/m/${secret}/${n}" alt="Open attachment ${n + 1}">`), page.body);
    assert.ok(!page.body.includes(`/m/${secret}/2`));
    assert.match(page.headers['content-security-policy'], /img-src 'self'/);
    const other = await request({ port: stage.port, target: `/j/${'A'.repeat(secret.length)}` });
    assert.ok(!other.headers['content-security-policy'].includes('img-src'));
  });

  test('a photo without words is passed on by an address that gives it', async () => {
    const { secret, forward } = await text([carrier.medium(give('image/jpeg'))], { from: '+16195550193', body: '' });
    const urls = forward.getAll('MediaUrl');
    assert.equal(urls.length, 1);
    const passed = new RegExp(`^${stage.base}(/m/([A-Za-z0-9_-]{22})/0)$`).exec(urls[0]);
    assert.ok(passed, urls[0]);
    assert.notEqual(passed[2], secret, 'the carrier\'s address acknowledges nothing');
    const got = await get(passed[1]);
    assert.deepEqual([got.status, got.bytes], [200, PIXEL]);
    const page = await request({ port: stage.port, target: `/j/${passed[2]}` });
    assert.equal(page.status, 200);
    assert.ok(!page.body.includes('+1619'), 'no number is on the page');
    assert.ok(!page.body.includes('<form'));
    const press = await request({ method: 'POST', port: stage.port, target: `/j/${passed[2]}`, headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'action=take' });
    assert.ok(press.status >= 400);
  });

  test('an expired link gives nothing more', async () => {
    const { secret } = await one(give('image/png'));
    assert.equal((await get(`/m/${secret}/0`)).status, 200);
    await stage.kill('SIGTERM');
    await stage.turn(8 * 86400);
    await stage.startDaemon();
    carrier.host.asked.length = 0;
    assert.equal((await get(`/m/${secret}/0`)).status, 410);
    assert.equal(carrier.host.asked.filter((a) => !a.url.includes('.json')).length, 0);
    const page = await request({ port: stage.port, target: `/j/${secret}` });
    assert.ok(!page.body.includes('<img'));
  });
});

describe('media through the pretend carrier', () => {
  const photo = { type: 'image/png', base64: PIXEL.toString('base64') };
  const write = (from, body, media) => stage.carrier('POST', '/sim/texts', { from, to: LINE, body, media });
  const textsOf = async (number) => (await stage.phone(number)).texts;
  // Resolves to the last text to the number that has those words, and its media.
  async function arrived(number, words) {
    await stage.turn(5);
    const found = (await textsOf(number)).findLast((t) => t.body.includes(words));
    assert.ok(found, `${number} got no "${words}"`);
    return found;
  }
  const secretIn = (found) => found.body.match(/\/j\/([A-Za-z0-9_-]{22})/)[1];

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  test('a customer\'s photo reaches the operator\'s phone, and his page', async () => {
    await write(CUSTOMER, 'water under the sink', [photo]);
    const found = await arrived(PRIMARY, 'water under the sink');
    assert.deepEqual(found.media.map((m) => [m.type, m.bytes]), [['image/png', PIXEL.length]]);
    const got = await get(`/m/${secretIn(found)}/0`);
    assert.deepEqual([got.status, got.headers['content-type'], got.bytes], [200, 'image/png', PIXEL]);
  });

  test('an operator\'s photo reaches the customer, and shows no number', async () => {
    await write(PRIMARY, 'like this one', [photo]);
    const found = await arrived(CUSTOMER, 'like this one');
    assert.deepEqual(found.media.map((m) => [m.type, m.bytes]), [['image/png', PIXEL.length]]);
    const secret = /\/m\/([A-Za-z0-9_-]{22})\/0$/.exec(found.media[0].url)[1];
    const page = await request({ port: stage.port, target: `/j/${secret}` });
    assert.ok(!page.body.includes('+1619'), page.body);
  });

  test('a photo alone is a text too', async () => {
    await write(OTHERS[0], '', [photo, { type: 'audio/amr', bytes: 900 }]);
    const found = await arrived(PRIMARY, OTHERS[0]);
    assert.deepEqual(found.media.map((m) => [m.type, m.bytes]), [['image/png', PIXEL.length], ['audio/amr', 900]]);
  });

  const faults = {
    'a redirect into the network': { from: OTHERS[1], what: 'media_redirect', location: 'http://10.0.0.1/x' },
    'a medium that is too large': { from: OTHERS[2], what: 'media_bytes', bytes: 11 * MEBI },
  };
  for (const [name, { from, ...fault }] of Object.entries(faults))
    test(`${name} is not given on`, async () => {
      await write(from, name, [photo]);
      const secret = secretIn(await arrived(PRIMARY, name));
      assert.equal((await get(`/m/${secret}/0`)).status, 200);
      await stage.carrier('POST', '/sim/fault', { ...fault, count: 1 });
      assert.equal((await get(`/m/${secret}/0`)).status, 502);
      assert.equal((await get(`/m/${secret}/0`)).status, 200);
    });
});
