// ui/board/jobs/form.tsx - a new job, and the fields of one that is there.
import { useSignal, type Signal } from '@preact/signals';
import { ApiError, freshKey, send, why } from '../lib/api';
import { pretty } from '../lib/number';
import { lines, operators } from '../lib/people';
import { go, link } from '../lib/route';
import type { Job, JobPerson } from '../lib/rows';
import { Button, Dialog, Field, Select, say } from '../parts';
import { change, differences, put } from './store';

const PEOPLE = 8;
type Person = { name: string; phone: string };
interface Draft { customer_phone: string; customer_name: string; title: string; address: string; notes: string; line: string; operator: string; priority: string; language: string; claim: string; crew: Person[]; stakeholders: Person[] }

const people = (list: JobPerson[] | null | undefined): Person[] => (list ?? []).map(({ name, phone }) => ({ name: name ?? '', phone }));
const draftOf = (j: Job | undefined): Draft => ({
  customer_phone: j?.customer_phone ?? '', customer_name: j?.customer_name ?? '', title: j?.title ?? '', address: j?.address ?? '', notes: j?.notes ?? '',
  line: j?.line ?? '', operator: j?.operator ?? '', priority: j?.priority ?? 'normal', language: j?.language ?? 'en', claim: String(Math.round((j?.claim_seconds ?? 900) / 60)),
  crew: people(j?.crew), stakeholders: people(j?.stakeholders),
});

// What goes out: of an edit only what is another; a person keeps the language that he had.
function bodyOf(d: Draft, job: Job | undefined): Record<string, unknown> {
  const was = draftOf(job);
  const body: Record<string, unknown> = {};
  const list = (now: Person[], old: JobPerson[] | null | undefined): unknown[] =>
    now.filter((p) => p.name.trim() || p.phone.trim()).map((p) => {
      const language = old?.find((o) => o.phone === p.phone)?.language;
      return { phone: p.phone.trim(), ...(p.name.trim() ? { name: p.name.trim() } : {}), ...(language ? { language } : {}) };
    });
  for (const k of ['customer_phone', 'customer_name', 'title', 'address', 'notes', 'line', 'operator', 'priority', 'language'] as const)
    if (d[k] !== was[k] || (k === 'priority' && !job)) body[k] = d[k].trim();
  if (d.claim !== was.claim) body['claim_seconds'] = Math.round(Number(d.claim) * 60);
  for (const k of ['crew', 'stakeholders'] as const) if (JSON.stringify(d[k]) !== JSON.stringify(was[k])) body[k] = list(d[k], job?.[k]);
  return body;
}

type Wrong = Record<string, string>;
function wrongOf(e: unknown): Wrong {
  if (!(e instanceof ApiError)) return { '': why(e) };
  const all = (e.body as { mistakes?: { field: string | null; message: string }[] } | null)?.mistakes ?? [{ field: e.field, message: e.message }];
  const wrong: Wrong = {};
  for (const m of all) wrong[m.field ?? ''] ??= m.message;
  if (!Object.keys(wrong).length) wrong[''] = why(e);
  return wrong;
}

function People({ label, list, name, wrong }: { label: string; list: Signal<Draft>; name: 'crew' | 'stakeholders'; wrong: Wrong }) {
  const all = list.value[name];
  const set = (next: Person[]): void => { list.value = { ...list.value, [name]: next }; };
  const edit = (i: number, to: Partial<Person>): void => set(all.map((p, k) => (k === i ? { ...p, ...to } : p)));
  const its = Object.entries(wrong).find(([k]) => k.startsWith(name));
  return (
    <fieldset class="jobs-people">
      <legend>{label}</legend>
      {all.map((p, i) => (
        <div key={i}>
          <Field label={`${label}, name of person ${i + 1}`} hush placeholder="Name" value={p.name} set={(v) => edit(i, { name: v })} maxLength={63} autocomplete="off" />
          <Field label={`${label}, phone of person ${i + 1}`} hush placeholder="Phone" type="tel" value={p.phone} set={(v) => edit(i, { phone: v })} maxLength={40} autocomplete="off" />
          <Button icon="close" label={`Remove person ${i + 1}`} kind="quiet" press={() => set(all.filter((_, k) => k !== i))} />
        </div>
      ))}
      {its && <small class="bad" role="alert">{its[1]}</small>}
      {all.length < PEOPLE && <Button icon="plus" kind="quiet" press={() => set([...all, { name: '', phone: '' }])}>Add a person</Button>}
    </fieldset>
  );
}

export function JobForm({ job, close }: { job?: Job | undefined; close: () => void }) {
  const base = useSignal(job);
  const d = useSignal(draftOf(job));
  const wrong = useSignal<Wrong>({});
  const theirs = useSignal<Job | undefined>(undefined);
  const key = useSignal(freshKey());
  const set = (k: keyof Draft) => (v: string): void => {
    d.value = { ...d.value, [k]: v };
    wrong.value = {};
    key.value = freshKey(); // another job than the one that was sent
  };
  const save = async (): Promise<void> => {
    wrong.value = {};
    try {
      if (!base.value) {
        const made = await send<Job>('POST', 'jobs', bodyOf(d.value, undefined), { key: key.value });
        put(made);
        close();
        go(link('jobs', [made.job_id]));
        return;
      }
      const body = bodyOf(d.value, base.value);
      if (Object.keys(body).length) {
        const { job: now, was } = await change(base.value, body);
        if (was) {
          theirs.value = now;
          return;
        }
        say('Saved.');
      }
      close();
    } catch (e) {
      wrong.value = wrongOf(e);
    }
  };
  // Their change stays; mine goes on top of it, or not.
  const onTop = (): void => {
    const mine = bodyOf(d.value, base.value);
    const now = draftOf(theirs.value);
    for (const k of Object.keys(mine)) {
      const field = k === 'claim_seconds' ? 'claim' : k;
      (now as unknown as Record<string, unknown>)[field] = (d.value as unknown as Record<string, unknown>)[field];
    }
    base.value = theirs.value;
    d.value = now;
    theirs.value = undefined;
  };
  const w = wrong.value;
  const known = ['customer_phone', 'customer_name', 'title', 'address', 'notes', 'line', 'operator', 'priority', 'claim_seconds'];
  const rest = Object.entries(w).filter(([k]) => !known.includes(k) && !/^(crew|stakeholders)/.test(k));
  if (theirs.value && base.value) {
    return (
      <Dialog title="Somebody changed it meanwhile" close={close} foot={<><Button press={close}>Leave theirs</Button><Button kind="strong" press={async () => { onTop(); await save(); }}>Save mine on top</Button></>}>
        <dl class="jobs-differs">{differences(base.value, theirs.value).map((x) => <div key={x.field}><dt>{x.field}</dt><dd><del>{x.before}</del> <ins>{x.after}</ins></dd></div>)}</dl>
      </Dialog>
    );
  }
  return (
    <Dialog title={job ? `Edit job ${job.job_id}` : 'New job'} close={close} wide foot={<><Button press={close}>Cancel</Button><Button kind="strong" press={save}>{job ? 'Save' : 'Make it'}</Button></>}>
      <form class="jobs-form" onSubmit={(e) => { e.preventDefault(); void save(); }}>
        {rest.map(([k, words]) => <p key={k} class="bad wide" role="alert">{k ? `${k}: ${words}` : words}</p>)}
        <Field class="wide" label="What is to be done" value={d.value.title} set={set('title')} wrong={w['title']} maxLength={200} autofocus />
        <Field label="Customer’s number" type="tel" hint="In any form" value={d.value.customer_phone} set={set('customer_phone')} wrong={w['customer_phone']} maxLength={40} autocomplete="off" />
        <Field label="Customer’s name" value={d.value.customer_name} set={set('customer_name')} wrong={w['customer_name']} maxLength={63} autocomplete="off" />
        <Field class="wide" label="Address" value={d.value.address} set={set('address')} wrong={w['address']} maxLength={200} autocomplete="off" />
        <Field class="wide" label="Notes" rows={3} value={d.value.notes} set={set('notes')} wrong={w['notes']} maxLength={2000} />
        <People label="Crew" name="crew" list={d} wrong={w} />
        <People label="Who hears when it is done" name="stakeholders" list={d} wrong={w} />
        {lines.value.length > 1 && <Select label="Line" value={d.value.line} set={set('line')} options={[['', 'The first'], ...lines.value.map((l) => [l.number, l.name || pretty(l.number)] as const)]} />}
        <Select label="Rung first about it" value={d.value.operator} set={set('operator')} options={[['', 'As the chain says'], ...operators.value.map((o) => [o.id, o.name] as const)]} />
        <Select label="Priority" value={d.value.priority} set={set('priority')} options={[['low', 'Low'], ['normal', 'Normal'], ['high', 'High'], ['urgent', 'Urgent']]} />
        <Select label="Texts about it in" value={d.value.language} set={set('language')} options={[['en', 'English'], ['es', 'Spanish'], ['de', 'German'], ['fr', 'French']]} />
        <Field label="Minutes to claim it" type="number" min={0} max={43200} hint="0: without end" value={d.value.claim} set={set('claim')} wrong={w['claim_seconds']} />
        <button type="submit" class="hush" tabIndex={-1} aria-hidden="true">Save</button>
      </form>
    </Dialog>
  );
}
