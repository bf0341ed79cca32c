// ui/board/reports/pictures.tsx - the figures as pictures: days by uPlot, hours and weekdays as a
// map of our own. Each is a table too, for whoever does not see pictures.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Segmented } from '../parts';
import type { Picture } from './charts';
import { time, type DayRow, type Report } from './figures';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const outcomes = [['answered', 'Answered', '--c-answered'], ['voicemail', 'Voicemail', '--c-voicemail'], ['missed', 'Missed', '--c-missed'], ['abandoned', 'Gave up', '--c-abandoned'], ['refused', 'Refused', '--c-refused']] as const;
const spreads = [['answer_p50', 'Half answered within', '--c-answered'], ['answer_p90', '9 in 10', '--c-answered'], ['ack_p50', 'Half acknowledged within', '--c-abandoned'], ['ack_p90', '9 in 10', '--c-abandoned']] as const;

const shortDay = (day: string): string => new Date(day).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const dark = matchMedia('(prefers-color-scheme: dark)');

function Chart({ picture, label }: { picture: Picture; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [index, setIndex] = useState<number | null>(null);
  const [isBroken, setBroken] = useState(false);
  const [theme, setTheme] = useState(dark.matches);
  const key = JSON.stringify([picture.labels, picture.series]);
  useEffect(() => {
    const turn = (): void => setTheme(dark.matches);
    dark.addEventListener('change', turn);
    return () => dark.removeEventListener('change', turn);
  }, []);
  useEffect(() => {
    let end: (() => void) | null = null, isGone = false;
    import('./charts').then(({ draw }) => { if (!isGone) end = draw(box.current!, picture, setIndex); }, () => setBroken(true));
    return () => {
      isGone = true;
      end?.();
    };
  }, [key, theme]);
  const value = (s: Picture['series'][number]): string => {
    const v = index === null ? null : s.values[index];
    return v === null || v === undefined ? '' : ` ${picture.format(v)}`;
  };
  return (
    <figure class="reports-chart">
      <figcaption>
        <b>{label}</b> <span>{index === null ? '' : picture.labels[index]}</span>
        <ul>{picture.series.map((s) => <li key={s.name}><i class={`reports-c${s.colour.slice(3)} ${s.is_dashed ? 'reports-dashed' : ''}`} />{s.name}<b>{value(s)}</b></li>)}</ul>
      </figcaption>
      {isBroken ? <p class="quiet">The picture could not be loaded; the table says the same.</p> : <div ref={box} class="reports-plot" role="img" aria-label={`${label}; the table below says the same`} />}
    </figure>
  );
}

export function Days({ rows }: { rows: DayRow[] }) {
  const labels = rows.map((r) => shortDay(r.day));
  const hasTimes = rows.some((r) => spreads.some(([key]) => (r[key] ?? null) !== null));
  const calls: Picture = { labels, is_stacked: true, format: (v) => String(Math.round(v)), series: outcomes.map(([key, name, colour]) => ({ name, colour, values: rows.map((r) => Number(r[key] ?? 0)) })) };
  const times: Picture = { labels, is_stacked: false, format: time, series: spreads.map(([key, name, colour]) => ({ name, colour, is_dashed: key.endsWith('90'), values: rows.map((r) => r[key] ?? null) })) };
  return (
    <>
      <div class="reports-charts">
        <Chart label="Calls" picture={calls} />
        {hasTimes && <Chart label="Times" picture={times} />}
      </div>
      <details>
        <summary>As a table</summary>
        <div class="reports-scroll" tabIndex={0} role="region" aria-label="Day by day, as a table">
          <table class="reports-table">
            <thead><tr><th scope="col">Day</th><th scope="col">Calls</th>{outcomes.map(([key, name]) => <th key={key} scope="col">{name}</th>)}{spreads.map(([, name]) => <th key={name} scope="col">{name}</th>)}</tr></thead>
            <tbody>{rows.map((r) => <tr key={r.day}><th scope="row">{r.day}</th><td>{r.calls}</td>{outcomes.map(([key]) => <td key={key}>{r[key]}</td>)}{spreads.map(([key]) => <td key={key}>{time(r[key])}</td>)}</tr>)}</tbody>
          </table>
        </div>
      </details>
    </>
  );
}

export function HeatMap({ by }: { by: Report['by_hour'] }) {
  const [what, setWhat] = useState<keyof Report['by_hour']>('calls');
  const [told, setTold] = useState('');
  const rows = by[what];
  const most = Math.max(1, ...rows.flat());
  return (
    <>
      <div class="bar">
        <Segmented label="What" value={what} set={setWhat} options={[['calls', 'Calls'], ['texts', 'Texts'], ['missed', 'Missed']]} />
        <span class="quiet" aria-hidden="true">{told || `The most in an hour: ${Math.max(0, ...rows.flat())}`}</span>
      </div>
      <div class="reports-scroll" tabIndex={0} role="region" aria-label={`${what} by hour and weekday`}>
        <table class={`reports-heat reports-heat-${what}`} onPointerLeave={() => setTold('')}>
          <thead><tr><td />{Array.from({ length: 24 }, (_, h) => <th key={h} scope="col"><span class={h % 3 ? 'hush' : ''}>{h}</span></th>)}</tr></thead>
          <tbody>
            {rows.map((hours, d) => (
              <tr key={d}><th scope="row">{weekdays[d]}</th>
                {hours.map((n, h) => <td key={h} style={{ '--share': `${n ? Math.round(12 + 88 * (n / most)) : 0}%` }} onPointerEnter={() => setTold(`${weekdays[d]}, ${h} to ${h + 1}: ${n}`)}><span class="hush">{n}</span></td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
