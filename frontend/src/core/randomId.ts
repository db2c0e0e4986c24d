/** An id that nobody else has. */
export function randomId(): string {
  // Browsers offer randomUUID to pages from HTTPS or localhost only.
  if ("randomUUID" in crypto) return crypto.randomUUID();
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
