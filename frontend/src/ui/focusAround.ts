/**
 * Moves the focus to what surrounds an element that is about to go away: it would else be thrown back to the
 * top of the page.
 */
export function focusAround(element: HTMLElement): void {
  const around = element.parentElement?.closest<HTMLElement>("[tabindex]");
  (around ?? document.getElementById("main"))?.focus({ preventScroll: true });
}
