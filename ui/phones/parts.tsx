// ui/phones/parts.tsx - small things that every part of the page is made of.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { now } from './model';
import { initials, lasted } from './words';

const shapes: Record<string, string> = {
  phone: 'M6.6 3.4 9.6 7.6 8 10.2c1.2 2.6 3.2 4.6 5.8 5.8l2.6-1.6 4.2 3-.9 3.2C10.8 20.6 3.4 13.2 3.4 4.3z',
  text: 'M4 5.5h16v11h-9l-4.5 3.5v-3.5H4z',
  sliders: 'M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3M15 5v4M9 10v4M15 15v4',
  plus: 'M12 5v14M5 12h14',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  send: 'M12 19V5.5M6 11l6-6 6 6',
  photo: 'M4 6h16v12H4zM4 15.5l4.5-4 4 3.5 3-2.5 4.5 3.5M15.5 9.5h.01',
  sound: 'M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9.5c1.3 1.5 1.3 3.5 0 5M18 7c2.7 3 2.7 7 0 10',
  mute: 'M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9.5l5 5M21 9.5l-5 5',
  voice: 'M5 18c0-3.3 2.6-5 5.5-5s5.5 1.7 5.5 5M10.5 10.2a2.9 2.9 0 1 0 0-5.8 2.9 2.9 0 0 0 0 5.8M17.5 7c1 1.2 1 2.8 0 4M19.8 5c2 2.4 2 5.6 0 8',
  panel: 'M4 5.5h16v13H4zM14.5 5.5v13',
  next: 'M6 6l8 6-8 6zM17.5 6v12',
  pause: 'M8.5 6v12M15.5 6v12',
  in: 'M17 7 7.5 16.5M7 9.5V17h7.5',
  out: 'M7 17 16.5 7.5M9.5 7H17v7.5',
  tape: 'M6.5 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6M17.5 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6M6.5 15h11',
  keypad: 'M6 5.5h.01M12 5.5h.01M18 5.5h.01M6 12h.01M12 12h.01M18 12h.01M6 18.5h.01M12 18.5h.01M18 18.5h.01',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
};

export function Icon({ name }: { name: keyof typeof shapes }) {
  return <svg class={`icon i-${name}`} viewBox="0 0 24 24" aria-hidden="true"><path d={shapes[name]!} /></svg>;
}

export function Avatar({ name }: { name: string }) {
  return <span class="avatar" aria-hidden="true">{initials(name)}</span>;
}

// Text of strangers: its direction is its own, and no letter of it leaves its box.
export function Words({ children, class: c }: { children: string; class?: string }) {
  return <bdi class={c ?? ''} dir="auto">{children}</bdi>;
}

export function Since({ ms }: { ms: number }) {
  return <span class="figures">{lasted(now.value - ms)}</span>;
}

export function Switch({ label, hint, on, set }: { label: string; hint?: string; on: boolean; set: (on: boolean) => void }) {
  return (
    <label class="switch">
      <span>{label}{hint && <small>{hint}</small>}</span>
      <input type="checkbox" role="switch" checked={on} onChange={(e) => set(e.currentTarget.checked)} />
    </label>
  );
}

export function IconButton({ icon, label, on, press, class: c }: {
  icon: keyof typeof shapes; label: string; on?: boolean; press: () => void; class?: string;
}) {
  return (
    <button type="button" class={`round ${c ?? ''}`} aria-label={label} title={label}
      {...(on === undefined ? {} : { 'aria-pressed': on })} onClick={press}>
      <Icon name={icon} />
    </button>
  );
}

// A list that stays at its end while it grows, unless somebody has scrolled back.
export function Log({ children, count, label, class: c }: { children: ComponentChildren; count: number; label: string; class: string }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const follow = (): void => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  };
  useEffect(follow, [count]);
  return (
    <div ref={box} class={c} role="log" aria-label={label} tabIndex={0} onLoadCapture={follow}
      onScroll={({ currentTarget: b }) => { atEnd.current = b.scrollHeight - b.scrollTop - b.clientHeight < 24; }}>
      {children}
    </div>
  );
}
