import { type RefObject, useCallback, useEffect } from "react";

/**
 * Keeps the focus inside an element whose buttons are busy for a while, or go away with what they were
 * for: either would throw somebody who uses the keyboard back to the top of the page.
 *
 * @returns A function that does it once the page is drawn, for after a dialog.
 */
export function useKeptFocus(element: RefObject<HTMLElement | null>, isBusy: boolean): () => void {
  const restore = useCallback(() => {
    requestAnimationFrame(() => {
      if (!element.current || document.activeElement !== document.body) return;
      const next = element.current.querySelector<HTMLElement>("button:not(:disabled), a");
      (next ?? element.current).focus({ preventScroll: true });
    });
  }, [element]);
  useEffect(() => (isBusy ? restore : undefined), [isBusy, restore]);
  return restore;
}
