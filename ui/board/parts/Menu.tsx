// ui/board/parts/Menu.tsx - a button that opens a short list of choices.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, type ButtonProps } from './Button';
import { oops } from './told';

export interface Choice {
  words: ComponentChildren;
  hint?: ComponentChildren;
  press: () => unknown;
  on?: boolean; // the one that is chosen
  danger?: boolean;
}

export function Menu({ choices, head, side = 'start', ...button }: { choices: readonly Choice[]; head?: string; side?: 'start' | 'end' } & Omit<ButtonProps, 'press'>) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const items = (): HTMLElement[] => [...box.current!.querySelectorAll<HTMLElement>('[role^=menuitem]')];
  const back = (): void => {
    setOpen(false);
    box.current?.querySelector<HTMLElement>('button')?.focus();
  };
  useEffect(() => {
    if (!open) return undefined;
    const list = box.current!.querySelector<HTMLElement>('.menu-list')!;
    const at = list.getBoundingClientRect();
    if (at.bottom > innerHeight - 8 && at.height < box.current!.getBoundingClientRect().top) list.classList.add('above');
    if (at.left < 8) list.classList.add('from-start');
    else if (at.right > innerWidth - 8) list.classList.add('from-end');
    (items().find((i) => i.getAttribute('aria-checked') === 'true') ?? items()[0])?.focus();
    const outside = (e: Event): void => { if (!box.current?.contains(e.target as Node)) setOpen(false); };
    addEventListener('pointerdown', outside);
    return () => removeEventListener('pointerdown', outside);
  }, [open]);
  const onKey = (e: KeyboardEvent): void => {
    if (!open) return;
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = e.key === 'ArrowDown' ? at + 1 : e.key === 'ArrowUp' ? at - 1 : e.key === 'Home' ? 0 : e.key === 'End' ? all.length - 1 : null;
    if (to !== null) all[(to + all.length) % all.length]?.focus();
    else if (e.key === 'Escape') back();
    else if (e.key === 'Tab') setOpen(false);
    else return;
    if (e.key !== 'Tab') {
      e.preventDefault();
      e.stopPropagation();
    }
  };
  return (
    <div class={`menu ${open ? 'open' : ''}`} ref={box} onKeyDown={onKey}>
      <Button {...button} {...(open ? { pressed: true } : {})} press={() => setOpen(!open)} />
      {open && (
        <div class={`menu-list ${side}`} role="menu" aria-label={head ?? button.label ?? ''}>
          {head && <p class="menu-head">{head}</p>}
          {choices.map((c, i) => (
            <button key={i} type="button" role={c.on === undefined ? 'menuitem' : 'menuitemradio'} {...(c.on === undefined ? {} : { 'aria-checked': c.on })} tabIndex={-1}
              class={`menu-item ${c.danger ? 'danger' : ''}`} onClick={() => { back(); Promise.resolve(c.press()).catch(oops); }}>
              <span>{c.words}</span>{c.hint && <small>{c.hint}</small>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
