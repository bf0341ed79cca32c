// ui/board/parts/Dialog.tsx - one thing asked above the page. Esc or a press beside it closes it,
// unless it must be answered; the focus goes in and comes back.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Button } from './Button';

export function Dialog({ title, close, children, foot, wide }: {
  title: string; close?: (() => void) | undefined; children: ComponentChildren; foot?: ComponentChildren; wide?: boolean;
}) {
  const box = useRef<HTMLDialogElement>(null);
  const name = useId();
  useEffect(() => {
    const before = document.activeElement;
    const dialog = box.current!;
    dialog.showModal();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={box} class={`dialog ${wide ? 'wide' : ''}`} aria-labelledby={name}
      onCancel={(e) => { e.preventDefault(); close?.(); }}
      onMouseDown={(e) => { if (e.target === box.current) close?.(); }}>
      <div class="dialog-in">
        <header><h2 id={name}>{title}</h2>{close && <Button icon="close" label="Close" kind="quiet" press={close} />}</header>
        <div class="dialog-body">{children}</div>
        {foot && <footer>{foot}</footer>}
      </div>
    </dialog>
  );
}
