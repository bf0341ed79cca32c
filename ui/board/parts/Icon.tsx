// ui/board/parts/Icon.tsx - the pictures on what one presses.
const shapes = {
  now: 'M12 3v3M12 18v3M3 12h3M18 12h3M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8',
  threads: 'M4 5.5h16v11h-9l-4.5 3.5v-3.5H4z',
  jobs: 'M5 5h4v14H5zM10.5 5h4v9h-4zM16 5h4v12h-4z',
  duty: 'M5 6.5h14V20H5zM5 10.5h14M9 4v4M15 4v4M9 14.5h2.5',
  reports: 'M5 19V11M10 19V5M15 19v-6M20 19V8',
  log: 'M5 6h14M5 10h14M5 14h14M5 18h8',
  settings: 'M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3M15 5v4M9 10v4M15 15v4',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  phone: 'M6.6 3.4 9.6 7.6 8 10.2c1.2 2.6 3.2 4.6 5.8 5.8l2.6-1.6 4.2 3-.9 3.2C10.8 20.6 3.4 13.2 3.4 4.3z',
  text: 'M4 5.5h16v11h-9l-4.5 3.5v-3.5H4z',
  voicemail: 'M6.5 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6M17.5 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6M6.5 15h11',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  next: 'M6 6l8 6-8 6zM17.5 6v12',
  reply: 'M10 6 4.5 11.5 10 17M5 11.5h8.5c3.5 0 6 2 6 6',
  send: 'M12 19V5.5M6 11l6-6 6 6',
  open: 'M9.5 5.5 16 12l-6.5 6.5',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  down: 'M5.5 9 12 15.5 18.5 9',
  up: 'M5.5 15 12 8.5 18.5 15',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  plus: 'M12 5v14M5 12h14',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.5 15.5 20 20',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  alarm: 'M12 4 21 19.5H3zM12 10v4.5M12 17h.01',
  sound: 'M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9.5c1.3 1.5 1.3 3.5 0 5M18 7c2.7 3 2.7 7 0 10',
  mute: 'M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9.5l5 5M21 9.5l-5 5',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20.5c0-4 3.4-6 7.5-6s7.5 2 7.5 6',
  out: 'M10 5H5v14h5M14 8l4 4-4 4M18 12H9',
  undo: 'M9 6 4.5 10.5 9 15M5 10.5h9a5 5 0 0 1 0 9h-3',
  edit: 'M5 19h3.5L19 8.5 15.5 5 5 15.5z',
  trash: 'M5 7h14M9.5 7V4.5h5V7M7 7l1 13h8l1-13',
  grip: 'M9 7h.01M15 7h.01M9 12h.01M15 12h.01M9 17h.01M15 17h.01',
  keys: 'M4 7h16v10H4zM8 10.5h.01M12 10.5h.01M16 10.5h.01M8.5 14h7',
  play: 'M8 5.5 18.5 12 8 18.5z',
  download: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
};
export type IconName = keyof typeof shapes;

export function Icon({ name }: { name: IconName }) {
  return <svg class={`icon i-${name}`} viewBox="0 0 24 24" aria-hidden="true"><path d={shapes[name]} /></svg>;
}
