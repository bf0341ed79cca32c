// `nextring who` beside the daemon: what operators said of themselves counts, and the answer says
// by what it was made.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { PRIMARY, Stage, alwaysOnCall, build } from './stage.js';

// Not spawnSync: the stage's own requests go on meanwhile.
function who(stage, ...args) {
  return new Promise((resolve) => {
    const child = spawn(path.join(build, 'nextring'), ['who', ...args], {
      env: { NEXTRING_ROSTER: stage.roster, NEXTRING_DATA: path.join(stage.folder, 'data'),
        TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001' },
    });
    let said = '';
    child.stdout.on('data', (part) => { said += part; });
    child.stderr.on('data', (part) => { said += part; });
    child.on('exit', (status) => resolve({ status, said }));
  });
}

test('what an operator said counts while the daemon runs, and not by the files alone', { timeout: 60000 }, async () => {
  const roster = alwaysOnCall();
  roster.dispatchers[0].on_call = '01:00-02:00';
  const stage = await Stage.open({ roster });
  const at = ['--at', '2026-11-24T02:10:00Z'];
  const primary = async () => {
    const { said } = await who(stage, '--json', ...at);
    const answer = JSON.parse(said);
    return [answer.source, answer.plan.find((r) => r.operator === 'primary').is_taken];
  };
  assert.deepEqual(await primary(), ['daemon', false], 'his hours');
  assert.match((await who(stage, ...at)).said, /knows of nothing that operators said/);
  await stage.text(PRIMARY, 'on');
  await stage.turn(2);
  assert.deepEqual(await primary(), ['daemon', true], 'what he said');
  assert.match((await who(stage, ...at)).said, /what operators said to the daemon/);
  const week = await who(stage, '--week', ...at);
  assert.equal(week.status, 0, week.said);
  assert.ok(week.said.split('\n').every((line) => line.length <= 80), week.said);
  assert.ok(!week.said.includes('\x1b'), 'no colour but on a terminal');
  assert.match(week.said, /times of America\/Los_Angeles/);
  await stage.kill('SIGTERM');
  assert.deepEqual(await primary(), ['files', false], 'the files alone');
  assert.match((await who(stage, ...at)).said, /No daemon answers: by the files alone/);
  await stage.close();
});
