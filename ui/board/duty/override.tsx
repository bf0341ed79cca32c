// ui/board/duty/override.tsx - the form of an override or a swap: who, what, from, to.
import { useState } from 'preact/hooks';
import { instantOf } from '../lib/local';
import { operators } from '../lib/people';
import { zoneName } from '../lib/time';
import { Field, Segmented, Select } from '../parts';
import { EditDialog } from './edit';
import type { Change } from './model';

export interface Draft {
  what: 'on' | 'off' | 'swap';
  operator: string;
  instead_of: string;
  from: string; // by the tenant's clocks
  to: string;
}

const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
export function changeOf(d: Draft, note: string): Change | null {
  const from = instantOf(d.from), to = instantOf(d.to);
  if (!d.operator || Number.isNaN(from) || Number.isNaN(to) || (d.what === 'swap' && !d.instead_of)) return null;
  const when = { operator: d.operator, from: instant(from), to: instant(to), ...(note ? { note } : {}) };
  return { method: 'POST', path: 'overrides', body: d.what === 'swap' ? { ...when, instead_of: d.instead_of } : { ...when, is_on: d.what === 'on' } };
}

export function OverrideDialog({ draft, base, close }: { draft: Draft; base: number; close: () => void }) {
  const [d, setDraft] = useState(draft);
  const [note, setNote] = useState('');
  const put = (part: Partial<Draft>): void => setDraft({ ...d, ...part });
  const people = [['', 'Choose…'], ...operators.value.map((o) => [o.id, o.name] as const)] as [string, string][];
  return (
    <EditDialog title={d.what === 'swap' ? 'Somebody stands in' : 'Override'} base={base} close={close} change={changeOf(d, note)}
      words={d.what === 'swap' ? 'The swap is in.' : 'The override is in.'}>
      {(at) => (
        <div class="duty-form">
          <Segmented label="What" value={d.what} set={(what) => put({ what })} options={[['on', 'On duty'], ['off', 'Off duty'], ['swap', 'Stands in']]} />
          <Select label={d.what === 'swap' ? 'Who stands in' : 'Who'} value={d.operator} set={(operator) => put({ operator })} options={people} hint={at('operator')} />
          {d.what === 'swap' && <Select label="Instead of" value={d.instead_of} set={(instead_of) => put({ instead_of })} options={people} hint={at('instead_of')} />}
          <Field label={`From (${zoneName.value})`} type="datetime-local" value={d.from} set={(from) => put({ from })} wrong={at('from')} />
          <Field label={`To (${zoneName.value})`} type="datetime-local" value={d.to} set={(to) => put({ to })} wrong={at('to')} />
          <Field label="Note" value={note} set={setNote} maxLength={120} wrong={at('note')} hint="Kept with the version; for those who look at it later." />
        </div>
      )}
    </EditDialog>
  );
}
