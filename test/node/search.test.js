// test/node/search.test.js - finding a customer: by number in any form, by its last digits, by name,
// by words that were said; and questions that want to break something.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { CUSTOMER, LINE, OTHERS, Stage, request } from './stage.js';

const SAID = [
  [CUSTOMER, 'The boiler leaks 100% of the time'],
  [OTHERS[0], "it's a_trap \\ \"quoted\" 'here'; DROP TABLE thread; --"],
  [OTHERS[1], 'Привет, труба течёт'],
  [OTHERS[2], '水が漏れています 🚿'],
  [OTHERS[3], 'مرحبا، الماء لا يعمل'],
];
let stage;
before(async () => {
  stage = await Stage.open();
  for (const [from, body] of SAID) {
    await stage.text(from, body);
    await stage.turn(3);
  }
  await stage.call(OTHERS[2], { caller_name: 'MIRA STONE' });
  await stage.turn(100);
});
after(() => stage.close());

const find = async (q, more = '') => {
  const answer = await stage.api(`/api/v1/threads?q=${encodeURIComponent(q)}${more}`);
  assert.equal(answer.status, 200, `${q}: ${JSON.stringify(answer)}`);
  return answer.items.map((t) => t.customer_phone);
};

describe('a customer is found', () => {
  const rows = [
    ['by words', 'boiler leaks', [CUSTOMER]],
    ['whatever their case', 'BOILER', [CUSTOMER]],
    ['by a number', CUSTOMER, [CUSTOMER]],
    ['by a number as people write it', '(619) 555-0150', [CUSTOMER]],
    ['by a number with spaces', '619 555 0150', [CUSTOMER]],
    ['by its last digits', '0150', [CUSTOMER]],
    ['by its last digits with a dash', '55-0161', [OTHERS[1]]],
    ['in Cyrillic', 'труба', [OTHERS[1]]],
    ['in Japanese', '漏れて', [OTHERS[2]]],
    ['by a picture', '🚿 '.trim(), null],
    ['in Arabic', 'الماء', [OTHERS[3]]],
    ['by a percent sign as it is', '100%', [CUSTOMER]],
    ['by an underscore as it is', 'a_trap', [OTHERS[0]]],
    ['by a backslash as it is', '\\ "', [OTHERS[0]]],
    ['by quotes', "'here'; DROP", [OTHERS[0]]],
    ['and nobody by what nobody said', 'zzzz', []],
    ['and nobody by a pattern', 'b%r', []],
    ['and nobody by another one', 'b_iler', []],
    ['and nobody by three digits in no text', '999', []],
  ];
  for (const [says, q, want] of rows)
    test(says, async () => {
      if (want) assert.deepEqual(await find(q), want);
      else assert.equal((await stage.api(`/api/v1/threads?q=${encodeURIComponent(q)}`)).status, 400, 'one character');
    });

  test('with a plus that was not escaped', async () => {
    assert.deepEqual((await stage.items(`/api/v1/threads?q=${CUSTOMER}`)).map((t) => t.customer_phone), [CUSTOMER]);
  });

  test('by the name of a job\'s customer, and by the job', async () => {
    await stage.api('/api/v1/jobs', 'POST', { job_id: 'HVAC-77', title: 'x', customer_phone: OTHERS[1], customer_name: 'Olga Pipe' });
    await stage.text(OTHERS[1], 'any news?');
    await stage.turn(3);
    assert.deepEqual(await find('olga pi'), [OTHERS[1]]);
    assert.deepEqual(await find('hvac-77'), [OTHERS[1]]);
  });

  test('with the words that were found, though others came later', async () => {
    await stage.text(CUSTOMER, 'thanks');
    await stage.turn(3);
    const [row] = await stage.items('/api/v1/threads?q=boiler');
    assert.equal(row.last.body, 'thanks');
    assert.equal(row.found.body, 'The boiler leaks 100% of the time');
    assert.ok(row.found.at < row.last.at);
    assert.ok(!('found' in (await stage.items('/api/v1/threads'))[0]));
    assert.ok(!('found' in (await stage.items('/api/v1/threads?q=0150'))[0]), 'by the number alone');
  });

  test('by state too', async () => {
    assert.deepEqual(await find('boiler', '&state=waiting'), [CUSTOMER]);
    assert.deepEqual(await find('boiler', '&state=closed'), []);
    assert.deepEqual(await find('boiler', `&line=${encodeURIComponent(LINE)}`), [CUSTOMER]);
  });

  test('not by what we told operators', async () => {
    assert.deepEqual(await find('ok to take it'), []);
  });

  test('latest first, each once, over pages', async () => {
    for (let i = 0; i < 5; i++) await stage.text(OTHERS[3], `common word ${i}`);
    await stage.turn(3);
    await stage.text(CUSTOMER, 'common word too');
    await stage.turn(3);
    assert.deepEqual(await find('common word'), [CUSTOMER, OTHERS[3]]);
    const first = await stage.api('/api/v1/threads?q=common%20word&limit=1');
    assert.equal(first.items[0].customer_phone, CUSTOMER);
    const second = await stage.api(`/api/v1/threads?q=common%20word&limit=1&after=${first.next}`);
    assert.deepEqual([second.items[0].customer_phone, second.next], [OTHERS[3], null]);
  });
});

describe('odd questions', () => {
  const refused = {
    'one character': 'x', 'one wide character': '水', 'too long': 'x'.repeat(401), 'much too long': 'y'.repeat(6000),
  };
  for (const [says, q] of Object.entries(refused))
    test(`${says} is refused`, async () => {
      const answer = await stage.api(`/api/v1/threads?q=${encodeURIComponent(q)}`);
      assert.ok([400, 414, 431].includes(answer.status), `${answer.status}`);
    });

  test('ten kilobytes break nothing', async () => {
    const answer = await request({ socketPath: `${stage.folder}/data/control.sock`, target: `/api/v1/threads?q=${'%25_%27'.repeat(1400)}` }).catch(() => ({ status: 431 }));
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`);
    assert.deepEqual(await find('boiler'), [CUSTOMER]);
  });

  const harmless = [
    "' OR 1=1 --", '"; DELETE FROM message; --', '%%%%', '____', '\\\\\\\\', '%\\', '\\%', '*?[a-z]', '[', '(((', '{{body}}', '<script>alert(1)</script>',
    'a\nb', 'a\tb', 'tab\u0001bell\u0007', '\u202eright to left', '\u200b\u200b\u200b', '\ufeffbom', 'e\u0301', '\u{1f469}\u200d\u{1f527}', 'NULL', 'null', '0x41', '-1', '1e9', '+', '++++', '-----', '().()', '+1', '+0000', '999999999999999999999999', 'ß'.repeat(199),
  ];
  for (const q of harmless)
    test(`${JSON.stringify(q).slice(0, 40)} finds nobody by mistake`, async () => {
      const answer = await stage.api(`/api/v1/threads?q=${encodeURIComponent(q)}`);
      if (answer.status === 400) return assert.equal(answer.field, 'q');
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.items, []);
    });

  test('what is no text is refused', async () => {
    for (const q of ['%00', 'ab%00cd', '%ff%fe', '%', '%zz'])
      assert.equal((await request({ socketPath: `${stage.folder}/data/control.sock`, target: `/api/v1/threads?q=${q}` })).status, 400, q);
  });
});
