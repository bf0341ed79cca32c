// ui/board/parts/states.tsx - a page without rows: nothing there, not there yet, gone wrong.
import type { ComponentChildren } from 'preact';
import { why } from '../lib/api';
import { Button } from './Button';
import { Icon, type IconName } from './Icon';

export function Empty({ icon, title, children }: { icon?: IconName; title: string; children?: ComponentChildren }) {
  return <div class="empty">{icon && <Icon name={icon} />}<p>{title}</p>{children && <div class="empty-more">{children}</div>}</div>;
}

export function Failed({ error, again }: { error: unknown; again?: () => unknown }) {
  return (
    <div class="empty failed" role="alert">
      <Icon name="alarm" /><p>This could not be loaded</p>
      <div class="empty-more">{why(error)}</div>
      {again && <Button press={again}>Try again</Button>}
    </div>
  );
}

export function Loading({ rows = 4, label = 'Loading' }: { rows?: number; label?: string }) {
  return <div class="loading" role="status" aria-label={label}>{Array.from({ length: rows }, (_, i) => <span key={i} aria-hidden="true" />)}</div>;
}
