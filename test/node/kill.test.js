// G1 and G8: twenty kills at random moments under load lose no answered webhook and send no
// text twice.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BACKUP, LINE, OWNER, PRIMARY, Stage, sid } from './stage.js';

const KILLS = 20;
const AT_ONCE = 16;

let stage;
before(async () => { stage = await Stage.open(); });
after(() => stage.close());

// A small generator of its own, so that a seed repeats the moments as well as it can.
let seed = Number(process.env.SEED ?? Date.now() % 1000000);
const random = (n) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % n; };

test(`${KILLS} kills (SEED=${seed})`, async () => {
  const answered = new Map();
  let serial = 0;

  for (let kill = 0; kill < KILLS; kill++) {
    const until = answered.size + 5 + random(60);
    let dead = false;
    const sender = async () => {
      while (!dead) {
        const n = serial++;
        const params = {
          MessageSid: sid('SM'), To: LINE, NumMedia: '0', Body: `load ${n} end`,
          From: `+1619555${String(1000 + (n % 100)).padStart(4, '0').replace(/^10/, '01')}`,
        };
        try {
          const answer = await stage.webhook('/sms/inbound', params);
          if (answer.status === 200) answered.set(params.MessageSid, params.Body);
        } catch {
          dead = true; // the connection broke: not answered
        }
        if (answered.size >= until && !dead) {
          dead = true;
          stage.kill();
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
    await stage.kill();
    await stage.startDaemon();
  }
  await stage.turn(60);

  const stored = new Set();
  for (let next = ''; next !== null;) {
    const page = await stage.api(`/api/v1/messages?limit=500${next ? `&after=${next}` : ''}`);
    for (const m of page.items) if (m.direction === 'in') stored.add(m.sid);
    next = page.next ?? null;
  }
  const lost = [...answered.keys()].filter((s) => !stored.has(s));
  assert.deepEqual(lost, [], 'answered, but not stored');

  for (const number of [PRIMARY, BACKUP, OWNER]) {
    const bodies = (await stage.texts(number)).filter((t) => t.includes('load '));
    const twice = bodies.filter((t, i) => bodies.indexOf(t) !== i);
    assert.deepEqual(twice, [], `sent twice to ${number}`);
  }
});
