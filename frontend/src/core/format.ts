const number = new Intl.NumberFormat("en");
const dateTime = new Intl.DateTimeFormat("en", {
  dateStyle: "medium",
  timeStyle: "short",
  hourCycle: "h23",
});
const clock = new Intl.DateTimeFormat("en", {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const monthDay = new Intl.DateTimeFormat("en", { month: "short", day: "numeric" });
const monthDayYear = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

export const formatNumber = (value: number): string => number.format(value);

export const formatDateTime = (iso: string): string => dateTime.format(new Date(iso));

export const formatClock = (iso: string): string => clock.format(new Date(iso));

export const formatDate = (iso: string): string => monthDayYear.format(new Date(iso));

/** "1 item", "2,000 items". */
export const formatCount = (count: number, plural: string): string =>
  `${number.format(count)} ${count === 1 ? singular(plural) : plural}`;

function singular(plural: string): string {
  if (plural.endsWith("ies")) return `${plural.slice(0, -3)}y`;
  if (/(ch|sh|s|x|z)es$/.test(plural)) return plural.slice(0, -2);
  return plural.endsWith("s") ? plural.slice(0, -1) : plural;
}

/** A percentage that never rounds up, so that 100 % means the end. */
export function formatPercent(progress: number): string {
  return progress >= 100 ? "100%" : `${(Math.floor(progress * 10) / 10).toFixed(1)}%`;
}

/** A rate in the unit that gives a readable number. */
export function formatRate(perSecond: number): string {
  if (!(perSecond > 0)) return "–";
  if (perSecond >= 100) return `${number.format(Math.round(perSecond))}/s`;
  if (perSecond >= 1) return `${perSecond.toFixed(1)}/s`;
  if (perSecond * MINUTE >= 1) return `${(perSecond * MINUTE).toFixed(1)}/min`;
  return `${(perSecond * HOUR).toFixed(1)}/h`;
}

/** A span of time in its two largest units. */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `${Math.max(0, Math.round(seconds * 1000))} ms`;
  if (seconds < 10) return `${(Math.floor(seconds * 10) / 10).toFixed(1)} s`;
  const whole = Math.floor(seconds);
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${whole % MINUTE} s`;
  if (whole < DAY)
    return `${Math.floor(whole / HOUR)} h ${Math.floor((whole % HOUR) / MINUTE)} min`;
  return `${Math.floor(whole / DAY)} d ${Math.floor((whole % DAY) / HOUR)} h`;
}

/** The time since something began, in whole seconds, so that it does not flicker. */
export const formatElapsed = (seconds: number): string =>
  seconds < 10 ? `${Math.max(0, Math.floor(seconds))} s` : formatDuration(seconds);

/** Time left, as rough as it is known. */
export function formatTimeLeft(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 2) return "a moment";
  if (seconds < MINUTE) return `about ${Math.round(seconds)} s`;
  if (seconds < HOUR) return `about ${Math.round(seconds / MINUTE)} min`;
  if (seconds < DAY) return `about ${(seconds / HOUR).toFixed(1)} h`;
  return `about ${(seconds / DAY).toFixed(1)} d`;
}

/** When it was, seen from now: the nearer, the finer. */
export function formatAgo(iso: string, now: number): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (seconds < 10) return "just now";
  if (seconds < MINUTE) return `${Math.floor(seconds)} s ago`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  const then = new Date(iso);
  const today = new Date(now);
  if (then.toDateString() === today.toDateString()) return `today, ${clock.format(then)}`;
  const day = then.getFullYear() === today.getFullYear() ? monthDay : monthDayYear;
  return `${day.format(then)}, ${clock.format(then)}`;
}

/** The hour and minute that lie so many seconds ahead. */
export const formatClockIn = (seconds: number, now: number): string =>
  clock.format(new Date(now + seconds * 1000));

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} KiB`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1).replace(/\.0$/, "")} MiB`;
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}

export function formatMilliseconds(value: number): string {
  if (value < 0.1) return "<0.1 ms";
  if (value < 10) return `${value.toFixed(1)} ms`;
  return value < 10_000 ? `${number.format(Math.round(value))} ms` : formatDuration(value / 1000);
}
