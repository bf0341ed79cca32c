// ui/board/threads/segments.ts - how many segments a text takes, as model/segments.c counts. Pure.
const ONCE = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const TWICE = '^{}\\[~]|€\f';
const septets = new Map([...[...ONCE].map((c) => [c, 1] as const), ...[...TWICE].map((c) => [c, 2] as const)]);

export interface Segments {
  plain: boolean; // GSM-7; else UCS-2
  units: number;
  count: number;
  odd: string; // what makes it UCS-2: its first such character
}

// What a reader sees as one character is never torn apart.
function clusters(text: string): string[] {
  return 'Segmenter' in Intl ? [...new Intl.Segmenter().segment(text)].map((s) => s.segment) : [...text];
}

export function segmentsOf(text: string): Segments {
  const odd = [...text].find((c) => !septets.has(c)) ?? '';
  const plain = !odd;
  const sizes = clusters(text).map((c) => (plain ? [...c].reduce((n, x) => n + septets.get(x)!, 0) : c.length));
  const units = sizes.reduce((a, b) => a + b, 0);
  if (units <= (plain ? 160 : 70)) return { plain, units, count: 1, odd };
  let count = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > (plain ? 153 : 67)) {
      count++;
      used = 0;
    }
    used += size;
  }
  return { plain, units, count, odd };
}
