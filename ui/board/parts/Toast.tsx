// ui/board/parts/Toast.tsx - a short word at the edge of the page, with at most one way back.
import { signal } from '@preact/signals';
import { why } from '../lib/api';
import { Button } from './Button';

interface Told {
  words: string;
  bad: boolean;
  undo: (() => unknown) | undefined;
}
const told = signal<Told | null>(null);
let timer = 0;

function show(next: Told): void {
  told.value = next;
  clearTimeout(timer);
  timer = window.setTimeout(() => { told.value = null; }, next.bad || next.undo ? 9000 : 5000);
}
export const say = (words: string, undo?: () => unknown): void => show({ words, bad: false, undo });
export const oops = (e: unknown): void => show({ words: why(e), bad: true, undo: undefined });

export function Toast() {
  const t = told.value;
  return (
    <div class={`toast ${t ? 'on' : ''} ${t?.bad ? 'bad' : ''}`} role={t?.bad ? 'alert' : 'status'}>
      <span dir="auto">{t?.words}</span>
      {t?.undo && <Button kind="quiet" press={() => { told.value = null; return t.undo!(); }}>Undo</Button>}
      {t && <Button icon="close" label="Dismiss" kind="quiet" press={() => { told.value = null; }} />}
    </div>
  );
}
