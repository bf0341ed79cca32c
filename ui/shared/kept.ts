// ui/shared/kept.ts - what this browser remembers of a page, under the page's own name.
import { effect, signal, type Signal } from '@preact/signals';

export function kept<T>(page: string, name: string, otherwise: T): Signal<T> {
  const key = `${page}.${name}`;
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
