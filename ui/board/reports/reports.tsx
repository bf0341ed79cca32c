// ui/board/reports/reports.tsx - how it went: figures, pictures and lists of a range of days.
import { useState } from 'preact/hooks';
import { address } from '../lib/api';
import { useLoad } from '../lib/load';
import { pretty } from '../lib/number';
import { lines } from '../lib/people';
import { go, link, route } from '../lib/route';
import { isoDay, now, zone } from '../lib/time';
import { Chip, Empty, Failed, Field, Loading, Phone, Segmented, Select, When, Words } from '../parts';
import { time, type OperatorRow, type Report } from './figures';
import { Days, HeatMap } from './pictures';
import './reports.css';

const DAY_MS = 86400000;
const moved = (day: string, days: number): string => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
const daysOf = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
const isDay = (text: string | null): text is string => !!text && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
const ranges = [['1', 'Today'], ['7', '7 days'], ['30', '30'], ['90', '90'], ['own', 'Own']] as const;

const share = (of: number | null): string => (of === null ? '–' : `${Math.round(of * 100)} %`);

// A figure, and how it differs from the period before: better, worse or neither.
function Figure({ name, value, was, show, better }: { name: string; value: number | null; was: number | null | undefined; show: (n: number | null) => string; better: 'more' | 'less' }) {
  const by = value === null || was === null || was === undefined ? null : value - was;
  const words = value === null ? 'none in this time' : by === null ? 'none before' : show(was!) === show(value) ? 'as before' : `${by > 0 ? '▲' : '▼'} was ${show(was!)}`;
  const tone = by === null || words === 'as before' ? '' : (by > 0) === (better === 'more') ? 'reports-good' : 'reports-bad';
  return <div class="reports-figure"><dt>{name}</dt><dd><strong>{show(value)}</strong><small class={tone}>{words}{tone && <span class="hush">{tone === 'reports-good' ? ', better' : ', worse'}</span>}</small></dd></div>;
}

function Csv({ table, query }: { table: string; query: Record<string, string> }) {
  return <a class="button quiet reports-csv" href={address('reports', { ...query, format: 'csv', table })} download={`${table}_${query['from']}_${query['to']}.csv`}>CSV<span class="hush"> of {table.replace(/_/g, ' ')}</span></a>;
}

const columns: [keyof OperatorRow, string, (n: number | null) => string][] = [
  ['rung', 'Rung', String], ['accepted', 'Took', String], ['passed_on', 'Passed on', String], ['not_answered', 'Not answered', String],
  ['answer_p50', 'Answers, p50', time], ['answer_p90', 'p90', time], ['relays', 'Texts', String], ['acked', 'Acknowledged', String], ['ack_p50', 'Acknowledges, p50', time], ['ack_p90', 'p90', time],
];
function ByOperator({ rows }: { rows: OperatorRow[] }) {
  const [by, setBy] = useState<{ key: keyof OperatorRow; down: boolean }>({ key: 'rung', down: true });
  const sorted = [...rows].sort((a, b) => {
    const x = a[by.key], y = b[by.key];
    const order = typeof x === 'string' ? x.localeCompare(String(y)) : Number(x ?? -1) - Number(y ?? -1);
    return by.down ? -order : order;
  });
  const head = (key: keyof OperatorRow, words: string) => (
    <th key={key} scope="col" aria-sort={by.key === key ? (by.down ? 'descending' : 'ascending') : 'none'}>
      <button type="button" onClick={() => setBy({ key, down: by.key === key ? !by.down : key !== 'name' })}>{words}<span aria-hidden="true">{by.key === key ? (by.down ? ' ↓' : ' ↑') : ''}</span></button>
    </th>
  );
  return (
    <div class="reports-scroll" tabIndex={0} role="region" aria-label="By operator">
      <table class="reports-table">
        <thead><tr>{head('name', 'Operator')}{columns.map(([key, words]) => head(key, words))}</tr></thead>
        <tbody>{sorted.map((r) => <tr key={r.operator}><th scope="row"><Words>{r.name}</Words></th>{columns.map(([key, , show]) => <td key={key}>{show(r[key] as number | null)}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}

function Missed({ rows }: { rows: Report['missed'] }) {
  if (!rows.length) return <p class="quiet">Nothing was missed.</p>;
  return (
    <ul class="list">
      {rows.map((m) => (
        <li key={m.id}>
          <Chip tone="bad">{m.kind}</Chip>
          <span class="grow"><Phone number={m.customer_phone} name={m.customer_name} both /><small><Words>{m.why}</Words></small></span>
          <When at={m.at} />
          {m.thread_id && <a href={link('threads', [m.thread_id])}>Thread</a>}
        </li>
      ))}
    </ul>
  );
}

function Spend({ report }: { report: Report }) {
  const last = report.spend[report.spend.length - 1];
  if (!last || !report.budget) return <p class="quiet">Nothing left in this time.</p>;
  const row = (name: string, used: number, of: number | null) => (
    <div class="reports-spend" key={name}>
      <span>{name}</span><b>{used}{of ? ` of ${of}` : ''}</b>
      {of ? <meter min={0} max={of} high={of * 0.8} value={used} aria-label={`${name}: ${used} of ${of}`} /> : <small>without bound</small>}
    </div>
  );
  const most = report.spend.reduce((a, b) => (b.texts > a.texts ? b : a));
  return (
    <>
      <p class="quiet">On {last.day}, against the budget of a day. The most was {most.texts} texts on {most.day}.</p>
      {row('Texts', last.texts, report.budget.texts_per_day)}{row('Calls that we made', last.calls, report.budget.calls_per_day)}
    </>
  );
}

export function Reports() {
  const { query } = route.value;
  const today = isoDay(now.value);
  const to = isDay(query.get('to')) ? query.get('to')! : today;
  const from = isDay(query.get('from')) ? query.get('from')! : moved(to, -6);
  const days = daysOf(from, to);
  const isOwn = query.get('own') === '1' || to !== today || !ranges.some(([key]) => key === String(days));
  const line = query.get('line') ?? '';
  const ask = { from, to, line };
  const { data: report, error, isLoading, again } = useLoad<Report>(days > 0 ? 'reports' : null, ask);
  const { data: before } = useLoad<Report>(days > 0 ? 'reports' : null, { from: moved(from, -days), to: moved(from, -1), line });
  const at = (next: Record<string, string>): void => go(link('reports', [], { from, to, line, own: isOwn ? '1' : '', ...next }), true);
  const wrong = days <= 0 ? 'It ends before it begins.' : null;
  const [c, was] = [report?.calls, before?.calls];
  return (
    <section class="page reports">
      <header><h2>Reports</h2></header>
      <div class="bar">
        <Segmented label="Range" value={isOwn ? 'own' : String(days)} options={ranges} set={(key) => at(key === 'own' ? { own: '1' } : { own: '', to: today, from: moved(today, 1 - Number(key)) })} />
        {isOwn && <><Field label="From" type="date" value={from} max={today} set={(v) => { if (isDay(v)) at({ from: v }); }} /><Field label="To" type="date" value={to} max={today} wrong={wrong} set={(v) => { if (isDay(v)) at({ to: v }); }} /></>}
        {lines.value.length > 1 && <Select label="Line" hush value={line} set={(v) => at({ line: v })} options={[['', 'All lines'], ...lines.value.map((l) => [l.number, pretty(l.number)] as const)]} />}
        <small class="quiet">Days of {zone.value}</small>
      </div>
      {error && !report ? <Failed error={error} again={again} /> : wrong ? null : !report || !c ? <Loading />
        : !c.total && !report.texts.in && !report.texts.relays ? <Empty icon="reports" title="Nothing in this time">No call and no text from {from} to {to}{line && ` on ${pretty(line)}`}.</Empty>
        : (
          <div class={isLoading ? 'reports-all reports-stale' : 'reports-all'} aria-busy={isLoading}>
            <dl class="reports-figures">
              <Figure name="Answered" value={c.answered_share} was={was?.answered_share} show={share} better="more" />
              <Figure name="Half answered within" value={c.answer_seconds.p50} was={was?.answer_seconds.p50} show={time} better="less" />
              <Figure name="9 in 10 answered within" value={c.answer_seconds.p90} was={was?.answer_seconds.p90} show={time} better="less" />
              <Figure name="Half acknowledged within" value={report.texts.ack_seconds.p50} was={before?.texts.ack_seconds.p50} show={time} better="less" />
              <Figure name="9 in 10 acknowledged within" value={report.texts.ack_seconds.p90} was={before?.texts.ack_seconds.p90} show={time} better="less" />
              <Figure name="Missed" value={c.missed + report.texts.exhausted} was={before && before.calls.missed + before.texts.exhausted} show={String} better="less" />
            </dl>
            <section class="card" aria-label="Day by day"><header><h3>Day by day</h3><Csv table="by_day" query={ask} /></header><Days rows={report.by_day} /></section>
            <section class="card" aria-label="Hour and weekday"><header><h3>Hour and weekday</h3></header><HeatMap by={report.by_hour} /></section>
            <section class="card" aria-label="By operator"><header><h3>By operator</h3><Csv table="by_operator" query={ask} /></header><ByOperator rows={report.by_operator} /></section>
            <section class="card" aria-label="Missed, and why"><header><h3>Missed, and why</h3><Csv table="missed" query={ask} /></header><Missed rows={report.missed} /></section>
            <section class="card" aria-label="Spend"><header><h3>Spend</h3><Csv table="spend" query={ask} /></header><Spend report={report} /></section>
          </div>
        )}
    </section>
  );
}
