/** The pages that the header leads to. */
export const PAGES = [
  { to: "/batches", label: "Batches" },
  { to: "/catalog", label: "Catalog" },
  { to: "/dashboard", label: "Dashboard" },
  { to: "/chat", label: "Chat" },
] as const;

/** Those that only admins are shown. */
export const ADMIN_PAGES = [{ to: "/system", label: "System" }] as const;
