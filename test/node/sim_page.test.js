// The pages of phones and of the board in a build without Node or without ui/node_modules: the build says so aloud,
// and so does the page.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

// Runs tools/embed-page on a copy of ui/ without packages, with a PATH of the folder `bin`.
function embed(t, version, page) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nextring-page-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const [ui, bin, out] = ['ui', 'bin', 'page.c'].map((name) => path.join(folder, name));
  fs.cpSync(path.join(root, 'ui', page), path.join(ui, page), { recursive: true });
  fs.mkdirSync(bin);
  if (version) fs.writeFileSync(path.join(bin, 'node'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
  const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout.trim();
  const run = spawnSync(python, [path.join(root, 'tools/embed-page'), ui, page, 'some/page.h', 'some_page', out, `${out}.d`],
    { env: { PATH: bin }, encoding: 'utf8' });
  const code = fs.readFileSync(out, 'utf8');
  const html = Buffer.from(code.match(/plain_0\[\] = \{([\d,\s]+)\}/)[1].split(',').map(Number)).toString();
  return { ...run, code, html };
}

const rows = [
  ['no Node', undefined, /There is no Node 18/],
  ['an old Node', 'v16.20.2', /There is no Node 18/],
  ['no packages', 'v20.11.0', /packages are not in ui\/node_modules/],
];
const pages = [
  ['phones', 'NO PHONES IN THIS BUILD', /nextring-sim phone --help/],
  ['board', 'NO BOARD IN THIS BUILD', /nextring token add/],
];
for (const [what, version, why] of rows)
  for (const [page, title, help] of pages)
    test(`${what}, ${page}: the build goes on, and warns in a frame; the page tells the mend`, (t) => {
      const made = embed(t, version, page);
      assert.equal(made.status, 0, made.stderr);
      assert.match(made.stderr, new RegExp(`\\*{40}\\n.*WARNING: ${title}`));
      assert.match(made.stderr, why);
      assert.match(made.code, /some_page_is_left_out = true/);
      assert.match(made.html, new RegExp(`<h1>${title}</h1>`, 'i'));
      assert.match(made.html, /script\/bootstrap/);
      assert.match(made.html, help);
    });
