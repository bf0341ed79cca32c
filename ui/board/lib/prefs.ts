// ui/board/lib/prefs.ts - what this browser remembers.
import { kept } from '../../shared/kept';

export const sound = kept('board', 'sound', false);
export const notices = kept('board', 'notices', false);
export const tenantKept = kept<string | null>('board', 'tenant', null);
