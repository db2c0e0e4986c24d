const number = new Intl.NumberFormat("en");
const dateTime = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

export const formatNumber = (value: number): string => number.format(value);

export const formatDateTime = (iso: string): string => dateTime.format(new Date(iso));

/** A percentage that never rounds up to 100 before the end. */
export function formatPercent(progress: number): string {
  return progress >= 100 ? "100 %" : `${(Math.floor(progress * 10) / 10).toFixed(1)} %`;
}

/** A rate in the unit that gives a readable number. */
export function formatRate(perSecond: number): string {
  if (perSecond <= 0) return "–";
  if (perSecond >= 100) return `${number.format(Math.round(perSecond))}/s`;
  if (perSecond >= 1) return `${perSecond.toFixed(1)}/s`;
  return `${(perSecond * 60).toFixed(1)}/min`;
}

/** A span of time in its two largest units. */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return "under 1 s";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Time left, as rough as it is known. */
export function formatTimeLeft(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 2) return "a moment";
  if (seconds < 60) return `about ${Math.round(seconds)} s`;
  if (seconds < 3600) return `about ${Math.round(seconds / 60)} min`;
  return `about ${(seconds / 3600).toFixed(1)} h`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(0)} KiB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
