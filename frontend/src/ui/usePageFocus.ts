import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

/** Moves the focus to the new page's heading, so that a screen reader reads on from there. */
export function usePageFocus(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ pathChanged, fromLocation }) => {
        // The first page begins at the top by itself.
        if (!pathChanged || !fromLocation) return;
        const main = document.getElementById("main");
        const heading = main?.querySelector("h1");
        heading?.setAttribute("tabindex", "-1");
        (heading ?? main)?.focus({ preventScroll: true });
      }),
    [router],
  );
}
