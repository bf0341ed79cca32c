// ui/board/duty/chains.tsx - who is asked in which order: a chain as a list of steps, moved by
// drag or by keys, with its seconds. What is changed here is a draft until it is saved.
import { useState } from 'preact/hooks';
import { useLoad } from '../lib/load';
import { pretty } from '../lib/number';
import { operatorName, operators } from '../lib/people';
import type { List } from '../lib/rows';
import { may } from '../lib/session';
import { inWords } from '../lib/time';
import { Button, Empty, Failed, Field, Icon, Loading, Select, Words } from '../parts';
import { EditDialog } from './edit';
import type { Chain, Step } from './model';

const hows = [['strict', 'one after the other'], ['parallel', 'all at once'], ['overlap', 'one more after each, those before ring on']] as const;
const howWords = (how: string): string => hows.find(([key]) => key === how)?.[1] ?? how;
const seconds = (step: Step): number => step.ring_seconds * (step.how === 'parallel' ? 1 : step.operators.length);
const person = (id: string): string => (id.startsWith('rotation:') ? `whose turn it is in ${id.slice(9)}` : operatorName(id));
// A step as the roster is to have it: as it stood there, but for what is new about it.
interface Draft extends Step {
  was?: Step;
  raw?: unknown;
}
const aliases = ['operators', 'operator', 'dispatcher', 'id', 'name', 'rotation'];
export function rawOf({ was, raw, ...step }: Draft): unknown {
  if (!was) return step.how === 'strict' ? { operators: step.operators, ring_seconds: step.ring_seconds, ack_seconds: step.ack_seconds } : step;
  const fresh = (['operators', 'how', 'ring_seconds', 'ack_seconds'] as const).filter((k) => JSON.stringify(step[k]) !== JSON.stringify(was[k]));
  if (!fresh.length) return raw;
  const base: Record<string, unknown> = raw && typeof raw === 'object' ? { ...raw } : { operators: was.operators };
  if (fresh.includes('operators')) for (const alias of aliases) delete base[alias];
  for (const key of fresh) base[key] = step[key];
  return base;
}
const moved = <T,>(list: T[], from: number, to: number): T[] => {
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
};

function People({ step, put, wrong }: { step: Step; put: (operators: string[]) => void; wrong: boolean }) {
  const others = operators.value.filter((o) => !step.operators.includes(o.id));
  return (
    <div class="duty-people">
      {step.operators.map((id) => (
        <span key={id} class="chip"><Words>{person(id)}</Words>
          <button type="button" class="duty-x" aria-label={`Take ${person(id)} out of this step`} onClick={() => put(step.operators.filter((o) => o !== id))}><Icon name="close" /></button>
        </span>
      ))}
      {others.length > 0 && (
        <Select label="Add somebody to this step" hush value="" set={(id) => { if (id) put([...step.operators, id]); }} options={[['', '+ Add…'], ...others.map((o) => [o.id, o.name] as const)]} />
      )}
      {wrong && <small class="bad" role="alert">A step needs somebody.</small>}
    </div>
  );
}

function StepRow({ step, index, count, put, move, remove, drag }: {
  step: Step; index: number; count: number; put: (part: Partial<Step>) => void; move: (to: number) => void; remove: () => void; drag: (from: number | null, over?: number) => void;
}) {
  const keys = (e: KeyboardEvent): void => {
    const to = e.key === 'ArrowUp' ? index - 1 : e.key === 'ArrowDown' ? index + 1 : -1;
    if (to < 0 || to >= count) return;
    e.preventDefault();
    move(to);
  };
  const number = (text: string): number => Math.max(0, Math.floor(Number(text) || 0));
  return (
    <li class="duty-step" onDragOver={(e) => { e.preventDefault(); drag(-1, index); }} onDrop={(e) => { e.preventDefault(); drag(null); }}>
      <button type="button" class="duty-grip" draggable aria-label={`Step ${index + 1} of ${count}: move it with the arrow keys`} data-step={index}
        onKeyDown={keys} onDragStart={(e) => { e.dataTransfer!.setData('text/plain', ''); e.dataTransfer!.effectAllowed = 'move'; drag(index); }} onDragEnd={() => drag(null)}>
        <Icon name="grip" /><b>{index + 1}</b>
      </button>
      <People step={step} put={(people) => put({ operators: people })} wrong={!step.operators.length} />
      {step.operators.length > 1 && <Select label="How they ring" value={step.how} set={(how) => put({ how: how as Step['how'] })} options={hows} />}
      <Field label="Rings, s" type="number" min="5" max="60" value={String(step.ring_seconds)} set={(v) => put({ ring_seconds: number(v) })} />
      <Field label="Text waits, s" type="number" min="1" max="86400" value={String(step.ack_seconds)} set={(v) => put({ ack_seconds: number(v) })} hint={inWords(step.ack_seconds * 1000)} />
      <span class="duty-step-acts">
        <Button icon="up" class="narrow-only" label={`Step ${index + 1} up`} kind="quiet" disabled={index === 0} press={() => move(index - 1)} />
        <Button icon="down" class="narrow-only" label={`Step ${index + 1} down`} kind="quiet" disabled={index === count - 1} press={() => move(index + 1)} />
        <Button icon="trash" label={`Take step ${index + 1} away`} kind="quiet" disabled={count === 1} press={remove} />
      </span>
    </li>
  );
}

function Wait({ cap, steps }: { cap: number; steps: Step[] }) {
  const all = steps.reduce((sum, s) => sum + seconds(s), 0);
  return (
    <p class={all > cap ? 'duty-wait duty-over' : 'duty-wait'}>
      Rings {inWords(all * 1000)} in all when everybody is on duty; a caller waits at most {inWords(cap * 1000)}.
      {all > cap && ' What is beyond that is cut, and the last steps may not ring.'}
    </p>
  );
}

function ChainCard({ chain, version, wait, isEditable }: { chain: Chain; version: number; wait: number; isEditable: boolean }) {
  const [draft, setDraft] = useState<{ steps: Draft[]; base: number } | null>(null);
  const [isChecked, setChecked] = useState(false);
  const [from, setFrom] = useState<number | null>(null);
  const steps: Draft[] = draft?.steps ?? chain.steps.map((s, i) => ({ ...s, was: s, raw: chain.document[i] }));
  const put = (next: Draft[]): void => setDraft({ steps: next, base: draft?.base ?? version });
  const move = (a: number, b: number): void => {
    put(moved(steps, a, b));
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`#chain-${CSS.escape(chain.id)} [data-step="${b}"]`)?.focus());
  };
  const drag = (start: number | null, over?: number): void => {
    if (over === undefined) setFrom(start);
    else if (from !== null && over !== from) {
      put(moved(steps, from, over));
      setFrom(over);
    }
  };
  const title = chain.id === 'fallback_chain' ? 'Fallback chain' : chain.id;
  return (
    <section class="card duty-chain" id={`chain-${chain.id}`} aria-label={title}>
      <header><h3><Words>{title}</Words></h3><small>{chain.lines.length ? `of ${chain.lines.map(pretty).join(', ')}` : 'of no line'}</small></header>
      {isEditable ? (
        <ol class="duty-steps">
          {steps.map((s, i) => <StepRow key={i} step={s} index={i} count={steps.length} put={(part) => put(steps.map((x, j) => (j === i ? { ...x, ...part } : x)))}
            move={(to) => move(i, to)} remove={() => put(steps.filter((_, j) => j !== i))} drag={drag} />)}
        </ol>
      ) : (
        <ol class="duty-plan">{steps.map((s, i) => <li key={i}><b>{i + 1}</b><span><Words>{s.operators.map(person).join(', ')}</Words>{s.operators.length > 1 && <small>{howWords(s.how)}</small>}</span><span class="quiet">rings {s.ring_seconds} s, a text waits {inWords(s.ack_seconds * 1000)}</span></li>)}</ol>
      )}
      <Wait cap={wait} steps={steps} />
      {isEditable && (
        <footer>
          <Button icon="plus" disabled={steps.length >= 16} press={() => put([...steps, { operators: [], how: 'strict', ring_seconds: 15, ack_seconds: 900 }])}>Add a step</Button>
          {draft && <><Button kind="quiet" press={() => setDraft(null)}>Leave it as it was</Button><Button kind="strong" disabled={steps.some((s) => !s.operators.length)} press={() => setChecked(true)}>Look at the change…</Button></>}
        </footer>
      )}
      {isChecked && draft && <EditDialog title={`Chain ${title}`} base={draft.base} words="The chain is saved." close={() => setChecked(false)} saved={() => setDraft(null)} change={{ method: 'PUT', path: `chains/${encodeURIComponent(chain.id)}`, body: { steps: steps.map(rawOf) } }} />}
    </section>
  );
}

export function ChainsPage({ version, isEditable, wait }: { version: number; isEditable: boolean; wait: number }) {
  const { data, error, again } = useLoad<List<Chain>>('chains', {}, version);
  if (error && !data) return <Failed error={error} again={again} />;
  if (!data) return <Loading />;
  if (!data.items.length) return <Empty icon="duty" title="No chain yet">A chain says who is asked, in which order. It begins in the document.</Empty>;
  return <>{[...data.items].sort((a, b) => b.lines.length - a.lines.length).map((c) => <ChainCard key={c.id} chain={c} version={version} wait={wait} isEditable={isEditable && may('admin')} />)}</>;
}
