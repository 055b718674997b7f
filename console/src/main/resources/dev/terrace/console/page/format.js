// Numbers and words as the page shows them.

const grouped = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const fine = new Intl.NumberFormat('en', {minimumFractionDigits: 1, maximumFractionDigits: 1});

/** 0, 3.2, 48, 1,240: what happens per second. */
export function rate(perSecond) {
  if (perSecond === 0) return '0';
  return perSecond < 10 ? fine.format(perSecond) : grouped.format(perSecond);
}

export const count = (n) => grouped.format(n);

/** 0.42 ms, 3.1 ms, 120 ms, 1.2 s. */
export function millis(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

export function bytes(n) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  return `${n < 10 && unit > 0 ? n.toFixed(1) : Math.round(n)} ${units[unit]}`;
}

export function percent(ratio) {
  if (ratio === null || ratio === undefined) return '–';
  const hundredth = ratio * 100;
  return `${hundredth === 100 ? '100' : hundredth.toFixed(1)} %`;
}

const two = (big, bigUnit, small, smallUnit) => (Math.floor(small) === 0
  ? `${Math.floor(big)} ${bigUnit}` : `${Math.floor(big)} ${bigUnit} ${Math.floor(small)} ${smallUnit}`);

/** 42 s, 3 min 12 s, 5 h 3 min, 2 d 4 h. */
export function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return two(s / 60, 'min', s % 60, 's');
  if (s < 86400) return two(s / 3600, 'h', (s % 3600) / 60, 'min');
  return two(s / 86400, 'd', (s % 86400) / 3600, 'h');
}

export const clock = (millisSinceEpoch) =>
  new Date(millisSinceEpoch).toLocaleTimeString('en', {hour12: false});
