// bench/growth_svg.mjs - draws how cost grows with the number of threads: CPU a text, and room on
// disk, over a logarithmic axis. Legible on white and on black.
const WIDTH = 760, HEIGHT = 330, LEFT = 58, TOP = 44, PLOT = 262, BOTTOM = 262, GAP = 100;
const colours = ['a', 'b', 'c'];

const style = `text{font:12px system-ui,sans-serif;fill:#24292f}.grid{stroke:#d0d7de}.head{font-weight:600}
.a{stroke:#0a5fb4;fill:#0a5fb4}.b{stroke:#b45309;fill:#b45309}.c{stroke:#1a7f37;fill:#1a7f37}
polyline{fill:none!important;stroke-width:2}.guess{stroke-dasharray:5 4}circle.guess{fill:none!important}text.a,text.b,text.c{stroke:none}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#3d444d}.a{stroke:#6cb6ff;fill:#6cb6ff}.b{stroke:#f0a35e;fill:#f0a35e}.c{stroke:#57ab5a;fill:#57ab5a}}`;

/** Round numbers from 0 to a little above the greatest. */
function ticks(most) {
  const raw = most / 4, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= raw);
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => i * step);
}

function panel(x0, title, series, pick, show) {
  const all = series.flatMap((s) => s.points);
  const least = Math.log10(Math.min(...all.map((p) => p.size))), most = Math.log10(Math.max(...all.map((p) => p.size)));
  const marks = ticks(Math.max(...all.map(pick)));
  const x = (p) => x0 + (Math.log10(p.size) - least) / (most - least || 1) * PLOT;
  const y = (v) => BOTTOM - v / marks.at(-1) * (BOTTOM - TOP);
  const parts = [`<text class="head" x="${x0}" y="24">${title}</text>`];
  for (const m of marks) {
    parts.push(`<line class="grid" x1="${x0}" x2="${x0 + PLOT}" y1="${y(m).toFixed(1)}" y2="${y(m).toFixed(1)}"/>`
      + `<text x="${x0 - 8}" y="${(y(m) + 4).toFixed(1)}" text-anchor="end">${show(m)}</text>`);
  }
  for (let e = Math.ceil(least); e <= most; e++) {
    parts.push(`<text x="${(x0 + (e - least) / (most - least || 1) * PLOT).toFixed(1)}" y="${BOTTOM + 18}" text-anchor="middle">10<tspan dy="-5" font-size="9">${e}</tspan></text>`);
  }
  parts.push(`<text x="${x0 + PLOT / 2}" y="${BOTTOM + 38}" text-anchor="middle">threads</text>`);
  series.forEach((s, i) => {
    const known = s.points.filter((p) => !p.isGuess), guess = s.points.slice(known.length - 1);
    const at = (list) => list.map((p) => `${x(p).toFixed(1)},${y(pick(p)).toFixed(1)}`).join(' ');
    parts.push(`<polyline class="${colours[i]}" points="${at(known)}"/>`);
    if (guess.length > 1) parts.push(`<polyline class="${colours[i]} guess" points="${at(guess)}"/>`);
    for (const p of s.points) {
      parts.push(`<circle class="${colours[i]}${p.isGuess ? ' guess' : ''}" cx="${x(p).toFixed(1)}" cy="${y(pick(p)).toFixed(1)}" r="3.5"/>`);
    }
  });
  return parts.join('\n');
}

/** `series`: a list of {label, points: [{size, cpu, server, bytes, isGuess}]}. */
export function drawGrowth(series) {
  const legend = series.map((s, i) => `<text class="${colours[i]}" x="${LEFT + i * 120}" y="${HEIGHT - 8}">${s.label}</text>`).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="CPU a text and room on disk by the number of threads">
<style>${style}</style>
${panel(LEFT, 'CPU a text, microseconds, daemon and server', series, (p) => p.cpu + p.server, (v) => v)}
${panel(LEFT + PLOT + GAP, 'on disk, bytes a thread', series, (p) => p.bytes / p.size, (v) => v)}
${legend}
<text x="${WIDTH - 12}" y="${HEIGHT - 8}" text-anchor="end">dashed: extrapolated</text>
</svg>
`;
}
