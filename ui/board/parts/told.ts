// ui/board/parts/told.ts - the short word that the page tells now; Toast shows it.
import { signal } from '@preact/signals';
import { why } from '../lib/api';

interface Told {
  words: string;
  bad: boolean;
  undo: (() => unknown) | undefined;
}
export const told = signal<Told | null>(null);
let timer = 0;

function show(next: Told): void {
  told.value = next;
  clearTimeout(timer);
  timer = window.setTimeout(() => { told.value = null; }, next.bad || next.undo ? 9000 : 5000);
}
export const say = (words: string, undo?: () => unknown): void => show({ words, bad: false, undo });
export const oops = (e: unknown): void => show({ words: why(e), bad: true, undo: undefined });
