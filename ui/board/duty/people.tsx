// ui/board/duty/people.tsx - the operators: who is on duty now, put on, off or away by hand; and
// what the roster says of each.
import { useState } from 'preact/hooks';
import { send } from '../lib/api';
import { useLoad } from '../lib/load';
import { instantOf, localOf } from '../lib/local';
import type { List } from '../lib/rows';
import { may } from '../lib/session';
import { now, soonWhen } from '../lib/time';
import { Button, Chip, Empty, Failed, Field, Loading, Menu, oops, Phone, say, Select, Switch, Words } from '../parts';
import { EditDialog } from './edit';
import { edition, type Change, type Operator } from './model';
import { addDays } from './week';

const HOUR_MS = 3600000;
const accepts = [['press 1', 'presses 1'], ['speech', 'presses 1 or says anything'], ['none', 'picks up, that is enough']] as const;
const prealerts = [['always', 'always'], ['missed only', 'only of missed calls'], ['never', 'never']] as const;
const callerIds = [['customer', "the customer's number"], ['line', "the line's number"]] as const;

// Hours as the roster has them, and as one writes them here: a shift a line, or the JSON itself.
const hoursText = (value: unknown): string => {
  if (value === null || value === undefined || value === true) return '';
  const list = Array.isArray(value) ? value : [value];
  return list.every((v) => typeof v === 'string') ? list.join('\n') : JSON.stringify(value, null, 1);
};
const hoursOf = (text: string): unknown => {
  const trimmed = text.trim();
  if (!trimmed) return null;
  if (/^[[{]/.test(trimmed)) {
    try {
      return JSON.parse(trimmed);
    } catch { /* then the server says what is wrong with it */ }
  }
  const rows = trimmed.split('\n').map((l) => l.trim()).filter(Boolean);
  return rows.length === 1 ? rows[0] : rows;
};

// Members may bear other names in the roster: what is there is what is changed.
const others: Record<string, string[]> = { phone: ['phone_number', 'number'], time_zone: ['timezone'], on_call: ['on_call_hours', 'hours'] };
const keyOf = (o: Operator | null, key: string): string => [key, ...(others[key] ?? [])].find((k) => o?.document && k in o.document) ?? key;
const written = (o: Operator | null, key: string): unknown => o?.document?.[keyOf(o, key)];

const fields = ['name', 'phone', 'time_zone', 'ring_seconds', 'accept', 'prealert', 'caller_id'] as const;
type Form = Record<(typeof fields)[number] | 'id' | 'hours', string> & { last_resort: boolean };
const formOf = (o: Operator | null): Form => ({
  ...(Object.fromEntries(fields.map((f) => [f, written(o, f) === undefined || written(o, f) === null ? '' : String(written(o, f))])) as unknown as Form),
  id: o?.id ?? '', hours: hoursText(written(o, 'on_call')), last_resort: o?.is_last_resort === true,
});
// Of somebody who is there only what is new about him.
function changeOf(o: Operator | null, form: Form): Change | null {
  if (!form.name.trim() || !form.phone.trim()) return null;
  const was = formOf(o);
  const body: Record<string, unknown> = {};
  for (const f of fields) if (form[f] !== was[f] || (!o && form[f])) body[keyOf(o, f)] = form[f] === '' ? null : f === 'ring_seconds' ? Number(form[f]) : form[f];
  if (form.hours !== was.hours) body[keyOf(o, 'on_call')] = hoursOf(form.hours);
  if (form.last_resort !== was.last_resort) body['last_resort'] = form.last_resort;
  if (o) return { method: 'PATCH', path: `operators/${encodeURIComponent(o.id)}`, body };
  return { method: 'POST', path: 'operators', body: { ...(form.id.trim() ? { id: form.id.trim() } : {}), ...body } };
}

function OperatorDialog({ operator, base, close }: { operator: Operator | null; base: number; close: () => void }) {
  const [form, setForm] = useState(formOf(operator));
  const set = (field: keyof Form) => (value: string): void => setForm({ ...form, [field]: value });
  return (
    <EditDialog title={operator ? operator.name : 'Add an operator'} base={base} close={close} words={operator ? 'The operator is changed.' : 'The operator is added.'} change={changeOf(operator, form)}>
      {(at) => (
        <div class="duty-form">
          <Field label="Name" value={form.name} set={set('name')} maxLength={63} wrong={at('name')} />
          <Field label="Phone" type="tel" value={form.phone} set={set('phone')} maxLength={32} wrong={at('phone')} hint="The number that rings." />
          {!operator && <Field label="Id" value={form.id} set={set('id')} maxLength={31} wrong={at('id')} hint="For chains and records; made from the name when left empty." />}
          <Field label="On call" rows={3} value={form.hours} set={set('hours')} wrong={at('on_call')} hint="A shift a line: mon-fri 07:00-19:00. Empty: always." />
          <Field label="Time zone of these hours" value={form.time_zone} set={set('time_zone')} maxLength={63} wrong={at('time_zone')} hint="Empty: the business's." />
          <Field label="Rings, seconds" type="number" min="5" max="60" value={form.ring_seconds} set={set('ring_seconds')} wrong={at('ring_seconds')} hint="Empty: what the step says." />
          <Select label="Takes a call when he" value={form.accept || 'press 1'} set={set('accept')} options={accepts} />
          <Select label="A text before it rings" value={form.prealert || 'always'} set={set('prealert')} options={prealerts} />
          <Select label="His phone shows" value={form.caller_id || 'customer'} set={set('caller_id')} options={callerIds} />
          <Switch label="last resort" hint="Is told when nobody else can be." on={form.last_resort} set={(last_resort) => setForm({ ...form, last_resort })} />
        </div>
      )}
    </EditDialog>
  );
}

function DutyMenu({ operator }: { operator: Operator }) {
  const set = async (state: string, until: number | null, words: string): Promise<void> => {
    try {
      await send('POST', `operators/${encodeURIComponent(operator.id)}/duty`, { state, ...(until ? { until: new Date(until).toISOString() } : {}) });
      edition.value++;
      say(`${operator.name} ${words}.`);
    } catch (e) {
      oops(e);
    }
  };
  const morning = instantOf(`${addDays(localOf(now.peek()).slice(0, 10), 1)}T07:00`);
  const state = operator.said?.state ?? 'hours';
  return (
    <Menu label={`Duty of ${operator.name} now`} side="end" head="From now on" kind="plain" choices={[
      { words: 'By the hours', on: state === 'hours', press: () => set('hours', null, 'is on duty by the hours again') },
      { words: 'On duty', on: state === 'on', press: () => set('on', null, 'is on duty') },
      { words: 'Off duty', on: state === 'off', press: () => set('off', null, 'is off duty') },
      { words: 'Away for 1 hour', on: false, press: () => set('away', now.peek() + HOUR_MS, 'is away for an hour') },
      { words: 'Away for 4 hours', on: false, press: () => set('away', now.peek() + 4 * HOUR_MS, 'is away for 4 hours') },
      { words: 'Away until 7 tomorrow', on: false, press: () => set('away', morning, 'is away until 7 tomorrow') },
    ]}>Duty</Menu>
  );
}

export function PeoplePage({ version, isEditable }: { version: number; isEditable: boolean }) {
  const { data, error, again } = useLoad<List<Operator>>('operators', { limit: 200 }, edition.value + version);
  const [open, setOpen] = useState<Operator | 'new' | null>(null);
  const [going, setGoing] = useState<Operator | null>(null);
  const edits = isEditable && may('admin');
  if (error && !data) return <Failed error={error} again={again} />;
  if (!data) return <Loading />;
  return (
    <>
      {edits && <div class="bar"><Button icon="plus" kind="strong" press={() => setOpen('new')}>Add an operator</Button></div>}
      {!data.items.length && <Empty icon="person" title="No operators yet">They are the people whose phones ring.</Empty>}
      <ul class="list">
        {data.items.map((o) => (
          <li key={o.id}>
            <div class="grow"><b><Words>{o.name}</Words></b><small><Phone number={o.phone} /> · <bdi>{o.id}</bdi></small></div>
            <div class="duty-state">{o.is_on !== undefined && <Chip tone={o.is_on ? 'good' : 'plain'}>{o.is_on ? 'on duty' : 'off duty'}</Chip>}<small>{/^(on|off) duty$/.test(o.words ?? '') ? '' : o.words}{o.said?.until && `, until ${soonWhen(o.said.until)}`}</small></div>
            {may('dispatcher') && <DutyMenu operator={o} />}
            {edits && !o.is_contact && <><Button icon="edit" label={`Edit ${o.name}`} kind="quiet" press={() => setOpen(o)} /><Button icon="trash" label={`Delete ${o.name}`} kind="quiet" press={() => setGoing(o)} /></>}
          </li>
        ))}
      </ul>
      {open && <OperatorDialog operator={open === 'new' ? null : open} base={version} close={() => setOpen(null)} />}
      {going && <EditDialog title={`Delete ${going.name}`} base={version} close={() => setGoing(null)} words={`${going.name} is no longer an operator.`} change={{ method: 'DELETE', path: `operators/${encodeURIComponent(going.id)}` }} />}
    </>
  );
}
