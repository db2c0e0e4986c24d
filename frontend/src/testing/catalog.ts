import type { NodeResponse, NodeSummary } from "../core/wire";

/** A node with nothing below it, with whatever a test wants otherwise. */
export const aNode = (changes: Partial<NodeResponse> = {}): NodeResponse => ({
  id: "fin.pay",
  title: "Pay an invoice",
  kind: "function",
  area: "Finance",
  description: "Pays what is due.",
  breadcrumbs: [{ id: "fin", title: "Finance" }],
  tags: [],
  summary: null,
  keywords: null,
  businessArea: null,
  pii: null,
  complexity: null,
  quality: null,
  annotatedAt: null,
  meta: {},
  ...changes,
});

/** A node as lists have it. */
export const inList = (id: string, title: string, children = 0): NodeSummary => ({
  id,
  title,
  children,
  kind: "function",
  area: null,
});
