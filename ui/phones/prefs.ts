// ui/phones/prefs.ts - what this browser remembers: switches, and which phones it does not show.
import { effect, signal, type Signal } from '@preact/signals';

function kept<T>(name: string, otherwise: T): Signal<T> {
  const key = `phones.${name}`;
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

export const sound = kept('sound', true);
export const voice = kept('voice', false);
export const clockWaits = kept('clockWaits', true);
export const hidden = kept<string[]>('hidden', []);
export const panelOpen = kept('panel', true);
