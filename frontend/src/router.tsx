import { Button, Center, Stack, Text, Title } from "@mantine/core";
import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { AppLayout } from "./components/AppLayout";
import { LiveUpdates } from "./components/LiveUpdates";
import { session } from "./core/session";
import { BatchesPage } from "./pages/BatchesPage";
import { BatchPage } from "./pages/BatchPage";
import { LoginPage } from "./pages/LoginPage";
import { NewBatchPage } from "./pages/NewBatchPage";
import { NotFoundPage } from "./pages/NotFoundPage";

const root = createRootRoute({ component: Outlet, notFoundComponent: () => <NotFoundPage /> });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === "string" ? { next: search.next } : {},
  component: LoginPage,
});

const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  beforeLoad: ({ location }) => {
    if (!session.current()) throw redirect({ to: "/login", search: { next: location.href } });
  },
  component: () => (
    <>
      <LiveUpdates />
      <AppLayout />
    </>
  ),
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
  component: BatchesPage,
});
const create = createRoute({
  getParentRoute: () => app,
  path: "/batches/new",
  component: NewBatchPage,
});
const batch = createRoute({
  getParentRoute: () => app,
  path: "/batches/$batchId",
  component: BatchPage,
});

export const router = createRouter({
  routeTree: root.addChildren([login, app.addChildren([home, batches, create, batch])]),
  defaultErrorComponent: ({ error }) => (
    <Center py={80}>
      <Stack align="center" gap="xs" role="alert">
        <Title order={1} size="h2">
          Something went wrong
        </Title>
        <Text c="dimmed">{error instanceof Error ? error.message : String(error)}</Text>
        <Button variant="default" onClick={() => window.location.reload()}>
          Load the page again
        </Button>
      </Stack>
    </Center>
  ),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
