// ui/board/lib/prefs.ts - what this browser remembers.
import { effect, signal, type Signal } from '@preact/signals';

export function kept<T>(name: string, otherwise: T): Signal<T> {
  const key = `board.${name}`;
  let start = otherwise;
  try {
    const text = localStorage.getItem(key);
    if (text !== null) start = JSON.parse(text) as T;
  } catch { /* private windows have no storage: it is forgotten with the page */ }
  const value = signal(start);
  effect(() => {
    const text = JSON.stringify(value.value);
    try {
      localStorage.setItem(key, text);
    } catch { /* as above */ }
  });
  return value;
}

export const sound = kept('sound', false);
export const notices = kept('notices', false);
export const tenantKept = kept<string | null>('tenant', null);
