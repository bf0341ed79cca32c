// test/cluster/collect.js - brings together what a round left: the history of the exchange, the
// rows in the database, the logs' chains and the spools.
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { firms } from './world.js';

// Ids come as texts: they are beyond what a number of JavaScript holds.
const SELECTS = {
  messages: `SELECT CAST(id AS text) AS id, direction, kind, sid, recipient, customer_phone, delivery, is_duplicate, is_late,
    CASE WHEN direction = 'in' THEN body END AS body FROM message`,
  cascades: 'SELECT CAST(id AS text) AS id, call_sid, state, outcome, accepted_by FROM cascade',
  relays: 'SELECT CAST(id AS text) AS id, state, step, due_at FROM relay',
  // Who is gone before the caller came to him gives the call back, and the next one may take it.
  accepts: `SELECT CAST(subject_id AS text) AS subject,
    sum(CASE kind WHEN 'call.accepted' THEN 1 ELSE -1 END) AS count FROM event
    WHERE kind IN ('call.accepted', 'call.not-connected') GROUP BY subject_id`,
  claims: `SELECT key, count(*) AS count FROM claim WHERE key LIKE 'm:%' GROUP BY key`,
  outbox: 'SELECT CAST(id AS text) AS id, kind, state FROM outbox',
};

export async function rows(database) {
  const out = {};
  for (const [name, select] of Object.entries(SELECTS)) out[name] = await database.rows(select);
  return out;
}

// Whether anything is still to be done, besides what waits for people.
export async function isSettled(database) {
  const [left] = await database.rows(`SELECT (SELECT count(*) FROM outbox) AS outbox,
    (SELECT count(*) FROM cascade WHERE state <> 'over') AS calls,
    (SELECT count(*) FROM relay WHERE state = 'open') AS relays`);
  return left.outbox + left.calls + left.relays === 0;
}

export async function entries(file) {
  const out = [];
  for await (const line of readline.createInterface({ input: fs.createReadStream(file) })) if (line) out.push(JSON.parse(line));
  return out;
}

// The log of every firm, exported by a node and proven by the same program from the file.
export async function logs(nodes, node, folder) {
  const out = [];
  for (const firm of firms) {
    const file = path.join(folder, `log-${firm.slug}.jsonl`);
    try {
      const from = new Date(Date.now() - 86400000).toISOString().slice(0, 10);
      const to = new Date(Date.now() + 86400000).toISOString().slice(0, 10);
      fs.writeFileSync(file, await nodes.tool(node, ['export', '--tenant', firm.slug, '--from', from, '--to', to]));
      out.push({ tenant: firm.slug, whole: true, words: (await nodes.tool(node, ['export', '--verify', file])).trim() });
    } catch (error) {
      out.push({ tenant: firm.slug, whole: false, words: `${error.stdout ?? ''}${error.stderr ?? error.message}`.trim() });
    }
  }
  return out;
}
