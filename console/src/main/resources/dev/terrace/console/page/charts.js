// The last five minutes as lines.

import uPlot from './uplot/uPlot.esm.js';
import {clock, percent, rate} from './format.js';

const TIERS = [['dns', 'DNS'], ['http', 'HTTP'], ['kv', 'Cache'], ['sql', 'SQL']];
const POINTS_MAX = 300;
const HEIGHT = 168;

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const points = [];

const KINDS = [
  {
    title: 'Work per second',
    series: TIERS.map(([key, label]) => ({label, color: `--${key}`, of: (p) => p.perSecond[key]})),
    show: rate,
    top: (max) => Math.max(10, max * 1.15),
  },
  {
    title: 'Errors per second',
    series: TIERS.map(([key, label]) => ({label, color: `--${key}`, of: (p) => p.errorsPerSecond[key]})),
    show: rate,
    top: (max) => Math.max(1, max * 1.15),
  },
  {
    title: 'Cache hit ratio',
    series: [{label: 'hits per read', color: '--kv', of: (p) => p.hitRatio}],
    show: percent,
    top: () => 1,
  },
];

const show = (kind) => (u, value) => (value === null || value === undefined ? '–' : kind.show(value));

function options(kind, width) {
  const axis = {
    stroke: () => css('--quiet'),
    grid: {stroke: () => css('--hair'), width: 1},
    ticks: {show: false},
    font: '11px system-ui, sans-serif',
  };
  return {
    width,
    height: HEIGHT,
    cursor: {sync: {key: 'terrace'}, points: {size: 6}, drag: {x: false, y: false}},
    scales: {x: {time: true}, y: {range: (u, min, max) => [0, kind.top(max ?? 0)]}},
    axes: [
      {...axis, size: 26, space: 70, values: (u, at) => at.map((s) => clock(s * 1000))},
      {...axis, size: 48, space: 32, values: (u, at) => at.map((v) => (kind.show === percent
        ? `${Math.round(v * 100)} %` : rate(v)))},
    ],
    series: [
      {label: '', value: (u, s) => (s ? clock(s * 1000) : '–')},
      ...kind.series.map((s) => ({
        label: s.label,
        stroke: () => css(s.color),
        width: 1.6,
        points: {show: false},
        value: show(kind),
      })),
    ],
  };
}

const columns = (kind) => [points.map((p) => p.timeMillis / 1000),
  ...kind.series.map((s) => points.map((p) => s.of(p) ?? null))];

class Chart {
  constructor(kind, parent) {
    this.kind = kind;
    const figure = document.createElement('figure');
    const caption = document.createElement('figcaption');
    caption.textContent = kind.title;
    this.box = document.createElement('div');
    figure.append(caption, this.box);
    parent.append(figure);
    this.plot = new uPlot(options(kind, this.box.clientWidth), columns(kind), this.box);
    new ResizeObserver(() =>
      this.plot.setSize({width: this.box.clientWidth, height: HEIGHT})).observe(this.box);
  }

  draw() {
    this.plot.setData(columns(this.kind));
    // The legend tells the newest values while no cursor picks others.
    if (this.plot.cursor.idx === null || this.plot.cursor.idx === undefined) {
      this.plot.setLegend({idx: points.length - 1}, false);
    }
  }

  recolor() {
    this.plot.redraw(false, true);
  }
}

let charts = [];

/** Draws the charts into the section; to be called once. */
export function start(section) {
  charts = KINDS.map((kind) => new Chart(kind, section));
  matchMedia('(prefers-color-scheme: dark)')
    .addEventListener('change', () => charts.forEach((chart) => chart.recolor()));
}

/** Replaces all points by what the server remembers. */
export function past(history) {
  points.splice(0, points.length, ...history);
  charts.forEach((chart) => chart.draw());
}

/** Adds the present, unless that second has its point: health changes come between. */
export function now(system) {
  const last = points.at(-1);
  if (last && system.timeMillis - last.timeMillis < 900) return;
  const of = (key) => Object.fromEntries(system.tiers.map((t) => [t.name, t[key]]));
  points.push({
    timeMillis: system.timeMillis,
    perSecond: of('perSecond'),
    errorsPerSecond: of('errorsPerSecond'),
    hitRatio: system.cache.hitRatio,
  });
  if (points.length > POINTS_MAX) points.shift();
  charts.forEach((chart) => chart.draw());
}
