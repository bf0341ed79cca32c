// ui/phones/prefs.ts - what this browser remembers: switches, and which phones it does not show.
import { kept } from '../shared/kept';

export const sound = kept('phones', 'sound', true);
export const voice = kept('phones', 'voice', false);
export const clockWaits = kept('phones', 'clockWaits', true);
export const hidden = kept<string[]>('phones', 'hidden', []);
export const panelOpen = kept('phones', 'panel', true);
