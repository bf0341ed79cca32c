// ui/board/duty/week_page.tsx - a week of a line: who is on duty, why, and where nobody is. On a desk a
// picture in which one draws; on a phone the days one below the other. Every act is a dialog.
import { useState } from 'preact/hooks';
import { instantOf, localOf } from '../lib/local';
import { useLoad } from '../lib/load';
import { lines } from '../lib/people';
import { go, link, route } from '../lib/route';
import { may } from '../lib/session';
import { clockTime, dayName, isoDay, now, zoneName } from '../lib/time';
import { pretty } from '../lib/number';
import { Button, Chip, Dialog, Empty, Failed, Loading, Select } from '../parts';
import { EditDialog } from './edit';
import { OverrideDialog, type Draft } from './override';
import { Picture } from './picture';
import { isOn, reasonWords, spanWords, type Chosen, type Override, type Week } from './words';
import { addDays, DAYS, daysFrom, mondayOf, stretched, within, type Day } from './week';

const HOUR_MS = 3600000;

// The override that a stretch is there for.
const overrideOf = (week: Week, c: Chosen): Override | undefined =>
  week.overrides.find((o) => Date.parse(o.from) < c.shift.b && Date.parse(o.to) > c.shift.a
    && (c.shift.reason === 'swapped' ? o.instead_of === c.operator : o.operator === c.operator)
    && ['override_on', 'override_off', 'stands_in', 'swapped'].includes(c.shift.reason));

function Told({ chosen, week, base, close, draft }: { chosen: Chosen; week: Week; base: number; close: () => void; draft: (d: Draft) => void }) {
  const [isGoing, setGoing] = useState(false);
  const { shift } = chosen;
  const override = overrideOf(week, chosen);
  const span = { from: localOf(shift.a), to: localOf(shift.b) };
  if (override && isGoing) {
    return <EditDialog title="Delete this override" base={base} close={close} words="The override is gone." change={{ method: 'DELETE', path: `overrides/${override.n}` }} />;
  }
  return (
    <Dialog title={chosen.name} close={close}>
      <p class="duty-told"><b>{spanWords(shift.a, shift.b)}</b> <span>{zoneName.value}</span><br />{isOn(shift.reason) ? 'On duty' : 'Off duty'}: {reasonWords(shift.reason)}.</p>
      {may('dispatcher') && (
        <div class="duty-acts">
          {override && <Button kind="danger" press={() => setGoing(true)}>Delete the override</Button>}
          {isOn(shift.reason) && <Button press={() => draft({ what: 'swap', operator: '', instead_of: chosen.operator, ...span })}>Give to somebody else…</Button>}
          {isOn(shift.reason)
            ? <Button press={() => draft({ what: 'off', operator: chosen.operator, instead_of: '', ...span })}>Take off duty then…</Button>
            : <Button press={() => draft({ what: 'on', operator: chosen.operator, instead_of: '', ...span })}>Put on duty then…</Button>}
        </div>
      )}
    </Dialog>
  );
}

function Agenda({ week, days, choose, acts, add }: { week: Week; days: Day[]; choose: (c: Chosen) => void; acts: boolean; add: (from: number, to: number) => void }) {
  const past = (day: Day): boolean => day.to <= now.value;
  const first = days.every(past) ? days : [...days.filter((d) => !past(d)), ...days.filter(past)]; // on a phone it begins with today
  return (
    <ol class="duty-agenda">
      {first.map((day) => {
        const rows = week.operators.flatMap((o) => o.shifts.map((s) => ({ operator: o.operator, name: o.name, shift: stretched(s) })))
          .flatMap((c) => { const part = within(c.shift, day); return part ? [{ ...c, part }] : []; })
          .sort((x, y) => x.part.a - y.part.a);
        const gaps = week.gaps.flatMap((g) => within({ a: Date.parse(g.from), b: g.to ? Date.parse(g.to) : Infinity }, day) ?? []);
        return (
          <li key={day.date} class={past(day) ? 'duty-past' : ''} aria-current={now.value >= day.from && now.value < day.to ? 'date' : undefined}>
            <h4><span>{dayName(day.from)}{past(day) && <small> over</small>}</span>{acts && <button type="button" class="duty-plus" aria-label={`Add an override on ${dayName(day.from)}`} onClick={() => add(day.from, day.to)}>Add</button>}</h4>
            {gaps.map((g) => <button key={g.a} type="button" class="duty-gapline" disabled={!acts} onClick={() => add(g.a, g.b)}><span>{range(g, day)}</span><b>Nobody is on duty</b></button>)}
            {rows.map((c) => (
              <button key={c.operator + c.part.a} type="button" class={`duty-item duty-is-${c.shift.reason}`} onClick={() => choose(c)}>
                <span>{range(c.part, day)}</span><bdi>{c.name}</bdi><small>{reasonWords(c.shift.reason)}</small>
              </button>
            ))}
            {!rows.length && !gaps.length && <p class="quiet">Nothing planned.</p>}
          </li>
        );
      })}
    </ol>
  );
}
const range = (s: { a: number; b: number }, day: Day): string =>
  s.a === day.from && s.b === day.to ? 'all day' : `${clockTime(s.a)}–${s.b === day.to ? '24:00' : clockTime(s.b)}`;

export function WeekPage({ version, isEditable, seen }: { version: number; isEditable: boolean; seen: number }) {
  const { query } = route.value;
  const line = query.get('line') ?? lines.value[0]?.number ?? '';
  const from = mondayOf(/^\d{4}-\d\d-\d\d$/.test(query.get('from') ?? '') ? query.get('from')! : isoDay(now.value));
  const { data: week, error, isLoading, again } = useLoad<Week>(line ? 'duty/week' : null, { line, from }, seen);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [draft, setDraft] = useState<Draft | null>(null);
  const acts = isEditable && may('dispatcher');
  const at = (date: string | null): void => go(link('duty', ['week'], { line: query.get('line'), from: date }), true);
  const days = daysFrom(from, instantOf);
  const nextHour = Math.ceil(now.value / HOUR_MS) * HOUR_MS;
  const begin = (d: Draft): void => {
    setChosen(null);
    if (acts) setDraft(d);
  };
  const add = (a: number, b: number): void => begin({ what: 'on', operator: '', instead_of: '', from: localOf(a), to: localOf(b) });
  return (
    <>
      <div class="bar">
        <div class="duty-moves">
          <Button label="The week before" press={() => at(addDays(from, -DAYS))}>‹</Button>
          <Button press={() => at(null)}>This week</Button>
          <Button label="The week after" press={() => at(addDays(from, DAYS))}>›</Button>
        </div>
        <h3>{dayName(days[0]!.from)} – {dayName(days[DAYS - 1]!.from)} <small>{zoneName.value}</small></h3>
        {lines.value.length > 1 && (
          <Select label="Line" hush value={line} set={(l) => go(link('duty', ['week'], { line: l, from: query.get('from') }), true)} options={lines.value.map((l) => [l.number, pretty(l.number)])} />
        )}
        {acts && <Button kind="strong" press={() => add(nextHour, nextHour + 4 * HOUR_MS)}>Add an override</Button>}
      </div>
      {error && !week ? <Failed error={error} again={again} />
        : !week ? (line ? <Loading /> : <Empty title="No line yet">A roster with a line and a chain comes first.</Empty>)
        : (
          <div class={isLoading ? 'duty-week duty-stale' : 'duty-week'}>
            {!week.gaps.length && <p class="quiet">Somebody is on duty all week.</p>}
            <Picture week={week} days={days} acts={acts} choose={setChosen} begin={begin} />
            <Agenda week={week} days={days} choose={setChosen} acts={acts} add={add} />
            <ul class="duty-legend" aria-label="What the colours mean">
              {['on_duty', 'turn', 'override_on', 'stands_in', 'override_off'].map((r) => <li key={r}><i class={`duty-is-${r}`} aria-hidden="true" />{r === 'override_off' ? 'off duty: taken off, away, swapped' : reasonWords(r)}</li>)}
              <li><i class="duty-nobody" aria-hidden="true" />nobody</li>
            </ul>
            {week.gaps.length > 0 && (
              <ul class="list duty-gaps" aria-label="When nobody is on duty">
                {week.gaps.map((g) => {
                  const a = Math.max(Date.parse(g.from), days[0]!.from), b = Math.min(g.to ? Date.parse(g.to) : Infinity, days[DAYS - 1]!.to);
                  return <li key={a}><Chip tone="bad">nobody</Chip><span class="grow">{spanWords(a, b)}</span>{acts && <Button press={() => add(a, b)}>Put somebody on duty…</Button>}</li>;
                })}
              </ul>
            )}
          </div>
        )}
      {chosen && week && <Told chosen={chosen} week={week} base={version} close={() => setChosen(null)} draft={begin} />}
      {draft && <OverrideDialog draft={draft} base={version} close={() => setDraft(null)} />}
    </>
  );
}
