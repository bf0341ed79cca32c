// ui/board/jobs/job.tsx - one job: its fields, who has it, its links and its log.
import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { get } from '../lib/api';
import { nameOf, pretty } from '../lib/number';
import { operatorName, operators } from '../lib/people';
import { go, link } from '../lib/route';
import type { Job, JobPerson, List } from '../lib/rows';
import { may } from '../lib/session';
import { isLive, onChange } from '../lib/stream';
import { inWords } from '../lib/time';
import { kindWords } from '../log/words';
import { Button, Chip, Clock, Failed, Icon, JobId, Loading, Menu, oops, Phone, say, When, Words } from '../parts';
import { deliveryWords, hasFailed } from '../threads/words';
import { holderWords, moveChoices } from './board';
import { JobForm } from './form';
import { EXCEPTIONS, STATE_WORDS } from './moves';
import { change, changedWords, jobs, put } from './store';

interface Entry { id: string; kind: string; created_at: string; operator: string | null; detail: string | null; is_alarm: boolean; recipient: string | null; delivery: string | null; error: string | null; body: string | null }

function entryWords(e: Entry, job: Job): string {
  const named = (number: string | null): string => [...(job.crew ?? []), ...(job.stakeholders ?? [])].find((p) => p.phone === number)?.name || (number === job.customer_phone ? 'the customer' : pretty(number));
  if (e.kind === 'text.reply') return `${e.operator ? operatorName(e.operator) : 'The office'} to the customer`;
  if (e.kind.startsWith('text.')) return e.delivery && e.delivery !== 'none' ? `A text to ${e.operator ? operatorName(e.operator) : named(e.recipient)}` : 'A text came in';
  if (e.kind.startsWith('call.')) return e.operator ? `A call, ${operatorName(e.operator)} answered` : 'A call came in';
  return kindWords(e.kind, e.operator ? operatorName(e.operator) : '');
}

function Story({ job, log }: { job: Job; log: Signal<readonly Entry[] | undefined> }) {
  const trouble = useSignal<unknown>(undefined);
  const load = (): void => {
    get<List<Entry>>(`jobs/${encodeURIComponent(job.job_id)}/log`, { limit: 500 }).then((l) => { log.value = l.items; trouble.value = undefined; }, (e) => { trouble.value = e; });
  };
  useEffect(load, [job.job_id, job.version]);
  useEffect(() => onChange((c) => { if (c.event?.subject_id === job.id || (c.message && (c.message as { job_id?: string }).job_id === job.job_id)) load(); }), [job.job_id]);
  if (trouble.value && !log.value) return <Failed error={trouble.value} again={load} />;
  if (!log.value) return <Loading label="Loading its log" />;
  return (
    <ol class="jobs-log">
      {[...log.value].reverse().map((e) => (
        <li key={e.kind + e.id} class={e.is_alarm || hasFailed(e.delivery ?? '') ? 'loud' : ''}>
          <When at={e.created_at} />
          <span><Words>{entryWords(e, job)}</Words>{e.delivery && e.delivery !== 'none' && ` · ${deliveryWords(e.delivery, e.error)}`}
            {e.detail && e.kind.startsWith('job.') && <small><Words>{e.detail}</Words></small>}{e.body && <small><Words>{e.body}</Words></small>}</span>
        </li>
      ))}
    </ol>
  );
}

// With what became of the latest text to each: that of the crew has the link.
const PeopleList = ({ label, all, log }: { label: string; all: JobPerson[] | null; log: readonly Entry[] }) => (all?.length ? (
  <><dt>{label}</dt><dd>{all.map((p) => {
    const told = log.filter((e) => e.kind === 'text.job' && e.recipient === p.phone && e.delivery).at(-1);
    return (
      <div key={p.phone}>{p.name && <><Words>{p.name}</Words> </>}<Phone number={p.phone} />
        <small class={hasFailed(told?.delivery ?? '') ? 'bad' : ''}> {told ? `text ${deliveryWords(told.delivery!, told.error)}` : 'not told yet'}</small></div>
    );
  })}</dd></>
) : null);

function Facts({ job, log }: { job: Job; log: readonly Entry[] }) {
  const rows: [string, string | null | undefined][] = [['Address', job.address], ['Notes', job.notes], ['Rung first', operatorName(job.operator)], ['Priority', job.priority === 'normal' ? '' : job.priority]];
  return (
    <dl class="jobs-facts">
      {job.customer_phone && <><dt>Customer</dt><dd>{job.customer_name && <><Words>{job.customer_name}</Words> </>}<Phone number={job.customer_phone} />{job.thread_id && <> <a href={link('threads', [job.thread_id])}>Thread</a></>}</dd></>}
      <dt>With</dt><dd><Words>{holderWords(job)}</Words>{job.due_at && job.state === 'assigned' && <> <small>to be claimed in <Clock until={job.due_at} /></small></>}</dd>
      {rows.map(([k, v]) => v && <><dt>{k}</dt><dd class="jobs-long"><Words>{v}</Words></dd></>)}
      <PeopleList label="Crew" all={job.crew} log={log} />
      <PeopleList label="Hears when done" all={job.stakeholders} log={log} />
      <dt>To claim</dt><dd>{job.claim_seconds ? `within ${inWords(job.claim_seconds * 1000)}` : 'any time'}</dd>
      <dt>Made</dt><dd><When at={job.created_at} />{job.created_by && <> by <Words>{job.created_by}</Words></>}</dd>
    </dl>
  );
}

export function JobView({ id }: { id: string }) {
  const trouble = useSignal<unknown>(undefined);
  const edits = useSignal(false);
  const log = useSignal<readonly Entry[] | undefined>(undefined);
  const job = jobs.value.get(id);
  const load = (): void => {
    trouble.value = undefined;
    get<Job>(`jobs/${encodeURIComponent(id)}`).then((j) => {
      put(j);
      if (j.job_id !== id) go(link('jobs', [j.job_id]), true); // the log names it by its row
    }, (e) => { trouble.value = e; });
  };
  useEffect(load, [id]);
  useEffect(() => { if (isLive.value && trouble.peek()) load(); }, [isLive.value]);
  const back = <a class="jobs-back" href={link('jobs')} aria-label="All jobs"><Icon name="back" /></a>;
  if (!job) return <section class="jobs-one"><header>{back}</header>{trouble.value ? <Failed error={trouble.value} again={load} /> : <Loading label="Loading the job" />}</section>;
  const over = job.state === 'completed' || job.state === 'cancelled';
  const hand = (to: string) => (): void => void change(job, { action: 'hand over', to }).then(({ job: now, was }) => { if (was) say(changedWords(was, now)); }, oops);
  const takers = [...(job.crew ?? []).map((p) => ({ words: p.name || pretty(p.phone), press: hand(p.phone) })), ...operators.value.map((o) => ({ words: o.name, press: hand(o.id) }))];
  return (
    <section class="jobs-one" aria-label={job.title || `Job ${job.job_id}`}>
      <header>
        {back}
        <div><h2><Words>{job.title || nameOf(job.customer_name, job.customer_phone)}</Words></h2><p><JobId id={job.job_id} /> <Chip tone={job.exception && !over ? 'bad' : over ? 'plain' : 'accent'}>{STATE_WORDS[job.state]}</Chip> {job.exception && !over && <span class="jobs-wrong">{EXCEPTIONS[job.exception] ?? job.exception}</span>}</p></div>
        {may('dispatcher') && (
          <div class="jobs-acts">
            <Menu choices={moveChoices(job)} icon="jobs">Move</Menu>
            {!over && <Menu choices={takers} icon="person">Hand over</Menu>}
            <Button icon="edit" press={() => { edits.value = true; }}>Edit</Button>
          </div>
        )}
      </header>
      <div class="jobs-two">
        <Facts job={job} log={log.value ?? []} />
        <div><h3>What happened</h3><Story job={job} log={log} /></div>
      </div>
      {edits.value && <JobForm job={job} close={() => { edits.value = false; }} />}
    </section>
  );
}
