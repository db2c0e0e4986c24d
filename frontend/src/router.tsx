import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
  redirect,
} from "@tanstack/react-router";
import { AppLayout } from "./app/AppLayout";
import { session } from "./core/session";
import { BatchesPage } from "./features/batches/BatchesPage";
import { readHistorySearch } from "./features/batches/historySearch";
import { readRoomName } from "./features/chat/chatRooms";
import { NotFoundPage } from "./ui/NotFoundPage";
import { PageError } from "./ui/PageError";
import { PageLoading } from "./ui/PageLoading";
import { Root } from "./ui/Root";

type Search = Record<string, unknown>;

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value ? value : undefined;

const root = createRootRoute({
  component: Root,
  notFoundComponent: () => (
    <main>
      <NotFoundPage />
    </main>
  ),
});

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search: Search): { next?: string } => ({ next: textOf(search.next) }),
  beforeLoad: () => {
    if (session.current()) throw redirect({ to: "/batches" });
  },
  component: lazyRouteComponent(() => import("./features/account/LoginPage"), "LoginPage"),
});

const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  beforeLoad: ({ location }) => {
    if (session.current()) return;
    const isHome = location.href === "/" || location.href === "/batches";
    throw redirect({ to: "/login", search: { next: isHome ? undefined : location.href } });
  },
  component: AppLayout,
});

const home = createRoute({
  getParentRoute: () => app,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/batches" });
  },
});

const batches = createRoute({
  getParentRoute: () => app,
  path: "/batches",
  validateSearch: readHistorySearch,
  component: BatchesPage,
});

const create = createRoute({
  getParentRoute: () => app,
  path: "/batches/new",
  validateSearch: (search: Search): { operation?: string; from?: string } => ({
    operation: textOf(search.operation),
    from: textOf(search.from),
  }),
  component: lazyRouteComponent(() => import("./features/form/NewBatchPage"), "NewBatchPage"),
});

const batch = createRoute({
  getParentRoute: () => app,
  path: "/batches/$batchId",
  component: lazyRouteComponent(() => import("./features/batch/BatchPage"), "BatchPage"),
});

const dashboard = createRoute({
  getParentRoute: () => app,
  path: "/dashboard",
  component: lazyRouteComponent(
    () => import("./features/dashboard/DashboardPage"),
    "DashboardPage",
  ),
});

const chat = createRoute({
  getParentRoute: () => app,
  path: "/chat",
  validateSearch: (search: Search): { room?: string } => ({ room: readRoomName(search.room) }),
  component: lazyRouteComponent(() => import("./features/chat/ChatPage"), "ChatPage"),
});

const catalog = createRoute({
  getParentRoute: () => app,
  path: "/catalog",
  validateSearch: (search: Search): { q?: string; kind?: string; node?: string } => ({
    q: textOf(search.q),
    kind: textOf(search.kind),
    node: textOf(search.node),
  }),
  component: lazyRouteComponent(() => import("./features/catalog/CatalogPage"), "CatalogPage"),
});

const system = createRoute({
  getParentRoute: () => app,
  path: "/system",
  component: lazyRouteComponent(() => import("./features/system/SystemPage"), "SystemPage"),
});

const routeTree = root.addChildren([
  login,
  app.addChildren([home, batches, create, batch, dashboard, chat, catalog, system]),
]);

/** All pages by their addresses; without a history of one's own, it is the browser's. */
export function createPages(history?: RouterHistory) {
  return createRouter({
    routeTree,
    history,
    defaultErrorComponent: PageError,
    // Where its code takes longer than a moment, the page is not left blank.
    defaultPendingComponent: PageLoading,
    // The code of a page is there by the time its link is clicked.
    defaultPreload: "intent",
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPages>;
  }
}
