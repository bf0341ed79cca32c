// test/cluster/report.js - the figures of a round as a table, and what is wrong with it.
const SHOWN = 10; // of a kind
const seconds = (ms) => (ms ? (ms / 1000).toFixed(1) : '0');

const COLUMNS = [
  ['fault', (p) => p.name],
  ['load', (p) => p.load ?? ''],
  ['watched s', (p) => p.seconds],
  ['webhooks', (p) => p.asked],
  ['p50 ms', (p) => p.p50],
  ['p99 ms', (p) => p.p99],
  ['max ms', (p) => p.max],
  ['no answer', (p) => p.unanswered],
  ['5xx', (p) => p.errors],
  ['no writes s', (p) => seconds(p.outage)],
  ['texts late s', (p) => seconds(p.textLate)],
  ['calls late s', (p) => seconds(p.callLate)],
];

export function table({ phases }) {
  const lines = [COLUMNS.map(([head]) => head), COLUMNS.map(() => '---'), ...phases.map((p) => COLUMNS.map(([, of]) => of(p)))];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

export function words({ figures, findings }) {
  const f = figures;
  const out = [
    table(f),
    '',
    `answered: ${f.texts} texts, ${f.calls} calls, ${f.callbacks} receipts and ends of calls`,
    `sent: ${f.sent} texts, and ${f.repeats} of them once more, marked as a possible duplicate`,
    `accepted: ${f.accepted} calls; in ${f.races} several people pressed 1`,
    `found in the carrier's log: ${f.caughtUp} texts that nobody had answered`,
  ];
  for (const { kind, words: all } of findings) {
    out.push(`WRONG ${kind}: ${all.length}`);
    for (const each of all.slice(0, SHOWN)) out.push(`    ${each}`);
  }
  out.push(findings.length ? 'The history is WRONG.' : 'The history is right: nothing lost, nothing doubled, nothing late.');
  return out.join('\n');
}
