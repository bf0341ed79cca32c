#!/usr/bin/env node
// bench/stream.mjs - how soon a webhook is on the stream: from the signed request to the event that
// tells of it, with one reader and with many.
//
//   node bench/stream.mjs [--texts N] [--readers N]      NEXTRING_BUILD: the build folder
//
// One text at a time; the program, the simulated carrier and this one share the machine.
import { performance } from 'node:perf_hooks';
import fs from 'node:fs';
import { LINE, Stage, sid } from '../test/node/stage.js';
import { Stream } from '../test/node/stream_client.js';

const option = (name, value) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? value : Number(process.argv[at + 1]);
};
const TEXTS = option('texts', 300), READERS = option('readers', 200);
const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.floor(list.length * q)].toFixed(1);

const stage = await Stage.open();
const { token } = await stage.api('/api/v1/tokens', 'POST', { tenant: 'acme', role: 'viewer', name: 'bench' });
const open = () => Stream.open({ port: stage.port, headers: { Authorization: `Bearer ${token}` } });
const memory = () => Number(/RssAnon:\s+(\d+)/.exec(fs.readFileSync(`/proc/${stage.daemon.pid}/status`, 'utf8'))[1]);

async function run(streams) {
  const answered = [], told = [], last = [];
  for (let n = 0; n < TEXTS; n++) {
    const body = `bench ${streams.length} ${n}`;
    const has = (s) => s.events.some((e) => e.data.message?.body === body);
    for (const s of streams) s.events.length = 0;
    const began = performance.now();
    const waits = streams.map((s) => s.until(has).then(() => performance.now() - began));
    await stage.webhook('/sms/inbound', { MessageSid: sid('SM'), To: LINE, From: `+1619555015${n % 10}`, NumMedia: '0', Body: body });
    answered.push(performance.now() - began);
    const times = await Promise.all(waits);
    told.push(times[0]);
    last.push(Math.max(...times));
  }
  console.log(`${streams.length} readers: answered p50 ${quantile(answered, 0.5)} ms; on the stream p50 ${quantile(told, 0.5)} ms, `
    + `p99 ${quantile(told, 0.99)} ms; the last of them p50 ${quantile(last, 0.5)} ms`);
}

const one = await open();
await one.until((s) => s.last);
await run([one]);
const before = memory();
const many = await Promise.all(Array.from({ length: READERS }, open));
await Promise.all(many.map((s) => s.until((x) => x.last)));
console.log(`${((memory() - before) / READERS).toFixed(1)} kB a stream`);
await run(many);
for (const s of [one, ...many]) s.close();
await stage.close();
