// ui/board/parts/Tabs.tsx - the parts of a page, as links; the one shown is in sight.
import { useEffect, useRef } from 'preact/hooks';
import { link } from '../lib/route';

export function Tabs({ page, label, tabs, current }: { page: string; label: string; tabs: readonly (readonly [string, string])[]; current: string }) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current!.querySelector('[aria-current]')?.scrollIntoView({ inline: 'nearest', block: 'nearest' }), [current]);
  return (
    <nav class="tabs" aria-label={label} ref={box}>
      {tabs.map(([key, words]) => <a key={key} href={link(page, [key])} {...(key === current ? { 'aria-current': 'page' as const } : {})}>{words}</a>)}
    </nav>
  );
}
