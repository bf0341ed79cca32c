// ui/board/parts/Rows.tsx - a long list of which only what is seen stands in the document. It
// scrolls in its own box, or with the nearest one that does. Rows may differ in height: each is
// measured as it comes into sight, and guessed before.
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

interface Props<T> {
  items: readonly T[];
  id: (item: T) => string;
  row: (item: T, index: number) => ComponentChildren;
  guess: number | ((item: T) => number); // px, with the gap
  label: string;
  class?: string;
  end?: (() => void) | undefined; // the last rows are near: fetch more
  foot?: VNode | null;
  current?: number; // the row to be kept in sight
}

const AROUND_PX = 600;

function scrollerOf(box: HTMLElement): HTMLElement {
  for (let at: HTMLElement | null = box; at; at = at.parentElement)
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  return document.documentElement;
}

export function Rows<T>({ items, id, row, guess, label, class: c, end, foot, current }: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const heights = useRef(new Map<string, number>()).current;
  const view = useRef({ from: 0, to: 900 }).current;
  const [version, setVersion] = useState(0);
  const again = (): void => setVersion((n) => n + 1);

  const guessed = (item: T): number => (typeof guess === 'number' ? guess : guess(item));
  const tops = useMemo(() => {
    const made = new Float64Array(items.length + 1);
    for (let i = 0; i < items.length; i++) made[i + 1] = made[i]! + (heights.get(id(items[i]!)) ?? guessed(items[i]!));
    return made;
  }, [items, version]);
  const find = (y: number): number => {
    let low = 0, high = items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tops[middle + 1]! <= y) low = middle + 1; else high = middle;
    }
    return low;
  };

  useEffect(() => {
    const scroller = scrollerOf(box.current!);
    const target: HTMLElement | Window = scroller === document.documentElement ? window : scroller;
    const look = (): void => {
      if (!box.current) return;
      const top = box.current.getBoundingClientRect().top - (scroller === document.documentElement ? 0 : scroller.getBoundingClientRect().top);
      const from = Math.max(0, -top - AROUND_PX), to = -top + scroller.clientHeight + AROUND_PX;
      if (Math.abs(from - view.from) > AROUND_PX / 3 || Math.abs(to - view.to) > AROUND_PX / 3) {
        view.from = from;
        view.to = to;
        again();
      }
    };
    look();
    const sized = new ResizeObserver(look);
    sized.observe(scroller);
    target.addEventListener('scroll', look, { passive: true });
    return () => {
      sized.disconnect();
      target.removeEventListener('scroll', look);
    };
  }, []);

  const first = find(view.from);
  const last = Math.min(items.length, find(view.to) + 1);

  useLayoutEffect(() => {
    let changed = false;
    for (const child of box.current!.children) {
      const key = (child as HTMLElement).dataset['row'];
      if (!key) continue;
      const height = child.getBoundingClientRect().height;
      if (height && Math.abs((heights.get(key) ?? -1) - height) > 0.5) { // 0: it is out of sight
        heights.set(key, height);
        changed = true;
      }
    }
    if (changed) again();
    if (heights.size > items.length * 2 + 200) {
      const here = new Set(items.map(id));
      for (const key of heights.keys()) if (!here.has(key)) heights.delete(key);
    }
  });
  useEffect(() => {
    if (end && last >= items.length - 5) end();
  }, [last, items.length]);
  useEffect(() => {
    if (current === undefined || current < 0) return;
    const scroller = scrollerOf(box.current!);
    const top = box.current!.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
    const from = top + tops[current]!, to = top + tops[current + 1]!;
    if (from < scroller.scrollTop) scroller.scrollTop = from - 8;
    else if (to > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = to - scroller.clientHeight + 8;
  }, [current]);

  return (
    <div ref={box} class={`rows ${c ?? ''}`} role="list" aria-label={label}>
      <div class="rows-gap" aria-hidden="true" style={{ height: `${tops[first] ?? 0}px` }} />
      {items.slice(first, last).map((item, i) => {
        const key = id(item);
        return <div key={key} data-row={key} class="rows-row" role="listitem" aria-setsize={items.length} aria-posinset={first + i + 1}>{row(item, first + i)}</div>;
      })}
      <div class="rows-gap" aria-hidden="true" style={{ height: `${tops[items.length]! - (tops[last] ?? 0)}px` }} />
      {foot}
    </div>
  );
}
