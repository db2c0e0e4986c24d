/** The pages that the header leads to. */
export const PAGES = [
  { to: "/batches", label: "Batches" },
  { to: "/dashboard", label: "Dashboard" },
  { to: "/chat", label: "Chat" },
] as const;
