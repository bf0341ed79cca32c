// ui/board/reports/charts.ts - pictures over days, drawn by uPlot. A file of its own, which is
// loaded when the first one is shown. The table beside a picture says the same in words.
import uPlot from 'uplot';

export interface Picture {
  labels: string[];
  series: { name: string; colour: string; values: (number | null)[]; is_dashed?: boolean }[];
  is_stacked: boolean;
  format: (value: number) => string;
}

const HEIGHT = 200;
const TIMES = [5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800]; // seconds

// Each on top of those before it; the tallest is drawn first.
function stacked(picture: Picture): (number | null)[][] {
  const sums = picture.labels.map(() => 0);
  return picture.series.map((s) => s.values.map((v, i) => (sums[i] = sums[i]! + (v ?? 0)))).reverse();
}

// Draws into `box` until the function that it returns is called. `onPoint` hears which day the
// pointer is at.
export function draw(box: HTMLElement, picture: Picture, onPoint: (index: number | null) => void): () => void {
  const style = getComputedStyle(box);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const series = picture.is_stacked ? [...picture.series].reverse() : picture.series;
  const rows = picture.is_stacked ? stacked(picture) : picture.series.map((s) => s.values);
  const bars = uPlot.paths.bars!({ size: [0.72, 36], align: 0 });
  const axis = { stroke: colour('--mute'), font: `11px ${style.fontFamily}`, ticks: { show: false } };

  const plot = new uPlot({
    width: box.clientWidth,
    height: HEIGHT,
    padding: [12, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: false, range: () => [-0.6, picture.labels.length - 0.4] }, y: { range: (_, __, max) => [0, Math.max(max * 1.05, 1)] } },
    axes: [
      { ...axis, grid: { show: false }, incrs: [1, 2, 5, 7, 14, 30], space: 56, size: 28, values: (_, at) => at.map((i) => picture.labels[i] ?? '') },
      { ...axis, grid: { stroke: colour('--line'), width: 1 }, size: 52, space: 36, incrs: picture.is_stacked ? [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] : TIMES, values: (_, at) => at.map(picture.format) },
    ],
    series: [{}, ...series.map((s) => ({
      label: s.name,
      stroke: colour(s.colour),
      points: { show: !picture.is_stacked && picture.labels.length < 40, size: 5, fill: colour(s.colour) },
      ...(picture.is_stacked ? { fill: colour(s.colour), paths: bars, width: 0 } : { width: 2, spanGaps: false, ...(s.is_dashed ? { dash: [6, 4] } : {}) }),
    }))],
    hooks: { setCursor: [(u) => onPoint(u.cursor.idx ?? null)] },
  }, [picture.labels.map((_, i) => i), ...rows] as uPlot.AlignedData, box);

  const watch = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT }));
  watch.observe(box);
  return () => {
    watch.disconnect();
    plot.destroy();
  };
}
