/**
 * The chart of attempts over time.
 *
 * uPlot draws it: 50 KB, no dependencies, and a hundred thousand bars in a few milliseconds.
 * Observable Plot and ECharts take three to twenty times as much, and a report holds its library.
 */
import uPlot from 'uplot';
import type { Bars, Stretch } from './selection';
import { DAY, MINUTE, span } from './time';
import { type Finding, OUTCOMES } from './trail';

/** Room for the marks of findings. */
const PADDING_TOP = 18;
/** Keeps the room of a line. */
const NO_TEXT = '\u00a0';

export class Chart {
  readonly element = document.createElement('div');
  #plot: uPlot | undefined;
  #bars: Bars = { interval: 1, begins: [], counts: [] };
  #findings: Finding[] = [];
  #selection: Stretch | undefined;
  readonly #zoom: (from: number, to: number) => void;
  readonly #height: number;
  /** The counts below the pointer. */
  readonly #pointed = document.createElement('p');

  /** `zoom` is called when a stretch is chosen. */
  constructor(zoom: (from: number, to: number) => void, height = 220) {
    this.#zoom = zoom;
    this.#height = height;
    this.element.className = 'chart';
    // The table below it says the same.
    this.element.setAttribute('aria-hidden', 'true');
    this.element.style.minHeight = `${height}px`;
    this.#pointed.className = 'below-pointer';
    new ResizeObserver(() => this.#fit()).observe(this.element);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.redraw());
    addEventListener('beforeprint', () => this.redraw());
    addEventListener('afterprint', () => this.redraw());
  }

  show(bars: Bars, selection: Stretch, findings: Finding[] = []) {
    const isSame = this.#bars === bars && this.#selection === selection;
    this.#bars = bars;
    this.#findings = findings;
    this.#selection = selection;
    if (!this.#plot) {
      this.#plot = new uPlot(this.#options(), this.#data(), this.element);
      this.element.append(this.#pointed);
    } else if (!isSame) this.#plot.setData(this.#data());
    this.#fit();
  }

  /** Draws it again, because colours have changed. */
  redraw() {
    this.#plot?.redraw(false, true);
  }

  #fit() {
    const width = this.element.clientWidth;
    if (this.#plot && width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: this.#height });
  }

  /** Each series is what is below and at its outcome; the highest is drawn first. */
  #data(): uPlot.AlignedData {
    const { begins, counts } = this.#bars;
    const below = begins.map(() => 0);
    const stacked = counts.map((series) => series.map((count, place) => (below[place]! += count)));
    return [begins, ...stacked.reverse()];
  }

  #options(): uPlot.Options {
    const axis: uPlot.Axis = {
      stroke: () => colour('--faint'),
      grid: { stroke: () => colour('--line'), width: 1 },
      ticks: { stroke: () => colour('--line'), width: 1 },
      font: '12px system-ui, sans-serif',
    };
    return {
      width: Math.max(this.element.clientWidth, 300),
      height: this.#height,
      padding: [PADDING_TOP, 8, 0, 0],
      legend: { show: false },
      tzDate: (seconds) => this.#date(seconds),
      scales: {
        x: { time: true, range: () => this.#range() },
        y: { range: (_, __, most) => [0, Math.max(most, 4) * 1.05] },
      },
      axes: [
        { ...axis, space: 80, values: (_, ticks, __, ___, step) => ticks.map((tick, place) => this.#tick(tick, place, step)) },
        { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000, 1_000_000] },
      ],
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
      series: [
        {},
        ...[...OUTCOMES].reverse().map((name): uPlot.Series => ({
          label: name,
          fill: () => colour(`--bar-${name}`),
          width: 0,
          points: { show: false },
          paths: uPlot.paths.bars!({ size: [0.9, 40], align: 1 }),
        })),
      ],
      hooks: {
        draw: [(plot) => this.#drawFindings(plot)],
        setSelect: [(plot) => this.#select(plot)],
        setCursor: [({ cursor }) => (this.#pointed.textContent = this.#below(cursor.idx ?? undefined))],
      },
    };
  }

  #date(seconds: number) {
    const date = new Date(seconds * 1000);
    return this.#selection?.zone === 'local' ? date : uPlot.tzDate(date, 'Etc/UTC');
  }

  /** The text of a tick: the hour, and the date where a day begins. */
  #tick(seconds: number, place: number, step: number) {
    const date = this.#date(seconds);
    const [day, hour] = [uPlot.fmtDate('{YYYY}-{MM}-{DD}')(date), uPlot.fmtDate(step < MINUTE ? '{HH}:{mm}:{ss}' : '{HH}:{mm}')(date)];
    if (step >= DAY) return day;
    return place === 0 || hour.startsWith('00:00') ? `${hour}\n${day}` : hour;
  }

  #range(): uPlot.Range.MinMax {
    const { begins, interval } = this.#bars;
    return [begins[0] ?? 0, (begins.at(-1) ?? 0) + interval];
  }

  #select(plot: uPlot) {
    const { left, width } = plot.select;
    if (width < 3) return;
    const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#zoom(Math.floor(from), Math.ceil(to));
  }

  /** The text for the bar below the pointer. */
  #below(place: number | undefined) {
    const begin = place === undefined ? undefined : this.#bars.begins[place];
    if (begin === undefined || !this.#selection) return NO_TEXT;
    const { counts, interval } = this.#bars;
    const parts = OUTCOMES.flatMap((name, outcome) => {
      const count = counts[outcome]![place!]!;
      return count > 0 ? [`${name} ${count.toLocaleString('en')}`] : [];
    });
    const when = span(begin, begin + interval - 1, this.#selection.zone);
    return `${when}: ${parts.join(', ') || 'none'}`;
  }

  /** A triangle above each finding, and a line while it lasts. */
  #drawFindings({ ctx, bbox, valToPos }: uPlot) {
    const size = 5 * devicePixelRatio;
    const bottom = bbox.top - 3 * devicePixelRatio;
    ctx.save();
    ctx.fillStyle = colour('--finding');
    for (const { first, last } of this.#findings) {
      const [from, to] = [first, last].map((time) => valToPos(time, 'x', true)) as [number, number];
      if (to < bbox.left || from > bbox.left + bbox.width || first < 0) continue;
      const [left, right] = [Math.max(from, bbox.left), Math.min(to, bbox.left + bbox.width)];
      ctx.fillRect(left, bottom - devicePixelRatio, Math.max(right - left, devicePixelRatio), 2 * devicePixelRatio);
      ctx.beginPath();
      ctx.moveTo(left - size, bottom - 2 * size);
      ctx.lineTo(left + size, bottom - 2 * size);
      ctx.lineTo(left, bottom);
      ctx.fill();
    }
    ctx.restore();
  }
}

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
