/** Below this the difference is the network's delay, not a wrong clock. */
const TOLERANCE_MS = 2000;

let offsetMs = 0;

/** Learns how far this machine's clock is from the server's. */
export function noteServerTime(timestamp: string, now = Date.now()): void {
  const difference = Date.parse(timestamp) - now;
  offsetMs = Math.abs(difference) > TOLERANCE_MS ? difference : 0;
}

/** The time on the server in milliseconds, so that durations are right where a clock is wrong. */
export const serverNow = (): number => Date.now() + offsetMs;
