// ui/board/parts/Button.tsx - what one presses. One that works on something says so and cannot be
// pressed twice.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Icon, type IconName } from './Icon';
import { oops } from './told';

export interface ButtonProps {
  children?: ComponentChildren;
  icon?: IconName;
  label?: string; // for a button that is a picture alone
  kind?: 'strong' | 'plain' | 'quiet' | 'danger';
  press?: (() => unknown) | undefined; // a promise: busy until it ends; what it throws is told
  submit?: boolean;
  busy?: boolean;
  disabled?: boolean;
  pressed?: boolean;
  wide?: boolean;
  class?: string;
  describedBy?: string;
}

export function Button({ children, icon, label, kind = 'plain', press, submit, busy, disabled, pressed, wide, class: c, describedBy }: ButtonProps) {
  const [works, setWorks] = useState(false);
  const waits = works || busy === true;
  const onClick = async (): Promise<void> => {
    if (waits || !press) return;
    const done = press();
    if (!(done instanceof Promise)) return;
    setWorks(true);
    try {
      await done;
    } catch (e) {
      oops(e);
    } finally {
      setWorks(false);
    }
  };
  return (
    <button type={submit ? 'submit' : 'button'} class={`${children ? 'button' : 'round'} ${kind} ${wide ? 'wide' : ''} ${c ?? ''}`}
      disabled={disabled} aria-busy={waits} aria-disabled={waits} {...(label ? { 'aria-label': label, title: label } : {})}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })} {...(describedBy ? { 'aria-describedby': describedBy } : {})}
      onClick={submit ? (e) => { if (waits) e.preventDefault(); } : () => void onClick()}>
      {icon && <Icon name={icon} />}{children && <span>{children}</span>}
    </button>
  );
}
