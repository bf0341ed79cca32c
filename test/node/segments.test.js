// nextring segments: the encoding of a text and how many segments it takes, by the carrier's
// own worked cases, through the real command.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { build } from './stage.js';

const YES = 0, NO = 1, USAGE = 2, COULD_NOT = 3;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const { cases } = JSON.parse(fs.readFileSync(path.join(root, 'test/vectors/sms-segments.json'), 'utf8'));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-test-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

function segments(input, ...args) {
  const { status, stdout, stderr, error } = spawnSync(path.join(build, 'nextring'), ['segments', ...args],
    { env: {}, input, cwd: folder, encoding: 'utf8', timeout: 60000 });
  assert.ok(!error || error.code === 'EPIPE', String(error));
  return { status, stdout, stderr, said: `${args.join(' ')}: ${status}\n${stdout}${stderr}` };
}
function did(run) {
  assert.equal(run.status, YES, run.said);
  assert.equal(run.stderr, '', run.said);
  return run.stdout;
}
// Failed with `status`, one line on stderr with `words`, and nothing on stdout.
function failed(run, status, ...words) {
  assert.equal(run.status, status, run.said);
  assert.equal(run.stdout, '', run.said);
  assert.match(run.stderr, /^[^\n]+\n$/, run.said);
  for (const word of words) assert.ok(run.stderr.includes(word), `${word} is not in: ${run.said}`);
}

describe('the worked cases', () => {
  test('are all there', () => {
    assert.equal(cases.length, 30);
    assert.equal(cases.filter((c) => c.smart_encoding).length, 2);
  });
  for (const { id, text, smart_encoding: smart, encoding, units, segments: count } of cases)
    test(id, () => {
      const told = did(segments(text, ...(smart ? ['--smart'] : []), '--json'));
      assert.deepEqual(JSON.parse(told), { encoding, units, segments: count });
    });
});

describe('for people', () => {
  test('one short line', () => {
    assert.equal(did(segments('help needed at the pump house')), 'GSM-7, 29 units, 1 segment\n');
    assert.equal(did(segments('я'.repeat(71))), 'UCS-2, 71 units, 2 segments\n');
    assert.equal(did(segments('a')), 'GSM-7, 1 unit, 1 segment\n');
  });
  test('look-alikes count as what replaces them only when asked', () => {
    assert.equal(did(segments('“ok”')), 'UCS-2, 4 units, 1 segment\n');
    assert.equal(did(segments('“ok”', '--smart')), 'GSM-7, 4 units, 1 segment\n');
  });
  test('a last newline belongs to the text, and so does a NUL', () => {
    assert.equal(did(segments('ok\n')), 'GSM-7, 3 units, 1 segment\n');
    assert.equal(did(segments('o\0k')), 'UCS-2, 3 units, 1 segment\n');
  });
  test('the help says that the bytes are the text', () => {
    const help = did(segments('', '--help'));
    assert.match(help, /^nextring segments - .*\n\nUsage: nextring segments \[--smart\] < TEXT\n/);
    assert.match(help, /exactly the bytes on stdin/);
    assert.match(help, /printf .* \| nextring segments/);
  });
});

describe('bad input', () => {
  test('what is not UTF-8 is named by its byte', () => {
    failed(segments(Buffer.from([0x61, 0xc3, 0xa9, 0xff, 0x62])), NO, 'not UTF-8', 'byte 3');
    failed(segments(Buffer.from([0xf0, 0x9f, 0x98]), '--json'), NO, 'byte 0');
  });
  test('64 KiB are taken, one byte more is not', () => {
    assert.equal(JSON.parse(did(segments('a'.repeat(65536), '--json'))).segments, Math.ceil(65536 / 153));
    failed(segments('a'.repeat(65537)), COULD_NOT, '64 KiB');
    failed(segments('a'.repeat(300000), '--smart'), COULD_NOT, '64 KiB');
  });
  test('a tab is seven spaces, also 64 KiB of them', () => {
    assert.equal(JSON.parse(did(segments('\t'.repeat(65536), '--smart', '--json'))).units, 7 * 65536);
  });
  test('an argument that it does not know', () => {
    failed(segments('ok', '--clever'), USAGE, '--clever');
    failed(segments('ok', '--smart', 'text'), USAGE);
  });
});
