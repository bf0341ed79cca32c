// ui/board/parts/Field.tsx - something to fill in, with its name, a hint and what is wrong with it.
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

type Rest = Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'label' | 'value' | 'onInput' | 'size'>;
interface Props extends Rest {
  label: string;
  value: string;
  set: (value: string) => void;
  hint?: ComponentChildren;
  wrong?: string | null | undefined;
  rows?: number; // more than one: a text area
  hush?: boolean; // the label is for screen readers alone
}

export function Field({ label, value, set, hint, wrong, rows, hush, class: c, ...rest }: Props) {
  const id = useId();
  const common = {
    ...rest, id, value, class: 'input', 'aria-invalid': !!wrong, 'aria-describedby': wrong || hint ? `${id}-more` : undefined,
    onInput: (e: JSX.TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) => set(e.currentTarget.value),
  };
  return (
    <div class={`field ${c ?? ''}`}>
      <label for={id} class={hush ? 'hush' : ''}>{label}</label>
      {rows ? <textarea {...(common as unknown as JSX.TextareaHTMLAttributes<HTMLTextAreaElement>)} rows={rows} /> : <input {...(common as JSX.InputHTMLAttributes<HTMLInputElement>)} />}
      {(wrong || hint) && <small id={`${id}-more`} class={wrong ? 'bad' : ''} {...(wrong ? { role: 'alert' } : {})}>{wrong || hint}</small>}
    </div>
  );
}

export function Select({ label, value, set, options, hush, hint }: {
  label: string; value: string; set: (value: string) => void; options: readonly (readonly [string, string])[]; hush?: boolean; hint?: ComponentChildren;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id} class={hush ? 'hush' : ''}>{label}</label>
      <select id={id} class="input" value={value} onChange={(e) => set(e.currentTarget.value)}>
        {options.map(([key, words]) => <option key={key} value={key}>{words}</option>)}
      </select>
      {hint && <small>{hint}</small>}
    </div>
  );
}

export function Switch({ label, hint, on, set }: { label: string; hint?: string; on: boolean; set: (on: boolean) => void }) {
  return (
    <label class="switch">
      <span>{label}{hint && <small>{hint}</small>}</span>
      <input type="checkbox" role="switch" checked={on} onChange={(e) => set(e.currentTarget.checked)} />
    </label>
  );
}
