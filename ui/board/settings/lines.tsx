// ui/board/settings/lines.tsx - the numbers at the carrier: what each may do, and whether the
// carrier tells of it.
import { useState } from 'preact/hooks';
import { EditDialog } from '../duty/edit';
import { edition, type Roster } from '../duty/model';
import { useLoad } from '../lib/load';
import { pretty } from '../lib/number';
import { link } from '../lib/route';
import type { List } from '../lib/rows';
import { may } from '../lib/session';
import { Button, Empty, Failed, Field, Loading, Phone, Select, Switch, When, Words } from '../parts';

interface Line {
  number: string;
  chain: string;
  texts_per_second: number;
  relays_per_minute: number;
  is_mms: boolean;
  help?: string | null;
  last_webhook_at?: string | null;
}
const chainWords = (id: string): string => (id === 'fallback_chain' ? 'fallback chain' : id);

function LineDialog({ line, base, close }: { line: Line; base: number; close: () => void }) {
  const { data: chains } = useLoad<List<{ id: string }>>('chains');
  const [form, setForm] = useState(line);
  const put = (part: Partial<Line>): void => setForm({ ...form, ...part });
  const fresh = (['chain', 'texts_per_second', 'relays_per_minute', 'is_mms', 'help'] as const).filter((k) => form[k] !== line[k]);
  const body = Object.fromEntries(fresh.map((k) => [k === 'is_mms' ? 'mms' : k, form[k] === '' || (k === 'chain' && form.chain === 'fallback_chain') ? null : form[k]]));
  return (
    <EditDialog title={pretty(line.number)} base={base} close={close} words="The line is changed." change={fresh.length ? { method: 'PATCH', path: `lines/${encodeURIComponent(line.number)}`, body } : null}>
      {(at) => (
        <>
          <Select label="Chain" value={form.chain} set={(chain) => put({ chain })} options={(chains?.items ?? [{ id: form.chain }]).map((c) => [c.id, chainWords(c.id)] as const)} hint={at('chain')} />
          <Field label="Texts a second" type="number" min="1" max="1000" value={String(form.texts_per_second)} set={(v) => put({ texts_per_second: Number(v) })} wrong={at('texts_per_second')} />
          <Field label="Relays a minute" type="number" min="0" value={String(form.relays_per_minute)} set={(v) => put({ relays_per_minute: Number(v) })} wrong={at('relays_per_minute')} hint="More begin a little later. 0: no bound." />
          <Field label="Answer to HELP" rows={2} maxLength={320} value={form.help ?? ''} set={(help) => put({ help })} wrong={at('help')} hint="Empty: the carrier's own." />
          <Switch label="Photos" on={form.is_mms} set={(is_mms) => put({ is_mms })} />
        </>
      )}
    </EditDialog>
  );
}

export function Lines() {
  const { data, error, again } = useLoad<List<Line>>('lines', { limit: 100 }, edition.value);
  const { data: roster } = useLoad<Roster>('roster', {}, edition.value);
  const [open, setOpen] = useState<Line | null>(null);
  if (error && !data) return <Failed error={error} again={again} />;
  if (!data) return <Loading />;
  if (!data.items.length) return <Empty icon="phone" title="No line yet">A line is a number at the carrier. It is named in the roster.</Empty>;
  return (
    <>
      <ul class="list">
        {data.items.map((l) => (
          <li key={l.number} class="settings-line">
            <div class="grow"><b><Phone number={l.number} /></b>{l.last_webhook_at !== undefined && <small>{l.last_webhook_at ? <>the carrier last told of it <When at={l.last_webhook_at} /></> : 'the carrier has not told of it yet'}</small>}</div>
            <dl>
              <div><dt>Chain</dt><dd><a href={link('duty', ['chains'])}><bdi>{chainWords(l.chain)}</bdi></a></dd></div>
              <div><dt>Texts a second</dt><dd>{l.texts_per_second}</dd></div>
              <div><dt>Relays a minute</dt><dd>{l.relays_per_minute || 'no bound'}</dd></div>
              <div><dt>Photos</dt><dd>{l.is_mms ? 'yes' : 'no'}</dd></div>
              {l.help && <div><dt>Answer to HELP</dt><dd><Words>{l.help}</Words></dd></div>}
            </dl>
            {roster?.source.is_editable && may('admin') && <Button icon="edit" label={`Edit ${pretty(l.number)}`} kind="quiet" press={() => setOpen(l)} />}
          </li>
        ))}
      </ul>
      {open && roster && <LineDialog line={open} base={roster.version} close={() => setOpen(null)} />}
    </>
  );
}
