import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { act, render, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, onTestFinished } from "vitest";
import { followSession } from "../app/followSession";
import { createQueryClient } from "../app/queryClient";
import { session } from "../core/session";
import { createPages } from "../router";
import { theme } from "../ui/theme";
import { connect } from "./connection";
import { logIn } from "./people";
import type { FakeSocket } from "./socket";

/** An answer that failed is not asked for again behind a test's back. */
function clientForTests() {
  const client = createQueryClient();
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retry: false } });
  onTestFinished(() => client.clear());
  return client;
}

interface OpenPage {
  socket: FakeSocket;
  /** Where the page is now, as its address says. */
  address: () => string;
}

/** Opens the whole application at an address, with a live connection; as Ada, unless somebody is logged in. */
export async function openPage(address: string): Promise<OpenPage> {
  if (!session.current()) logIn();
  return openAnyPage(address);
}

/** Opens the whole application at an address as whoever is logged in, or nobody. */
export async function openAnyPage(address: string): Promise<OpenPage> {
  const page = await beginPage(address);
  // The code of a page is loaded when it is opened; each page has a heading, whatever state it is in.
  await waitFor(() => expect(document.querySelector("h1")).not.toBeNull());
  return page;
}

/** Begins to open a page, whose code is not there yet. */
export async function beginPage(address: string): Promise<OpenPage> {
  const client = clientForTests();
  const router = createPages(createMemoryHistory({ initialEntries: [address] }));
  onTestFinished(followSession(client, router));
  const socket = connect();
  await act(async () => {
    render(
      <Around client={client}>
        <RouterProvider router={router} />
      </Around>,
    );
  });
  return { socket, address: () => router.state.location.href };
}

/** Shows a component alone, as somebody who is logged in has it on a page with a live connection. */
export async function show(component: ReactNode): Promise<FakeSocket> {
  if (!session.current()) logIn();
  const root = createRootRoute({
    component: () => (
      <>
        <main>
          <h1>A page</h1>
          {component}
        </main>
        <Notifications />
      </>
    ),
  });
  const router = createRouter({ routeTree: root, history: createMemoryHistory() });
  const socket = connect();
  await act(async () => {
    await router.load();
    render(
      <Around client={clientForTests()}>
        {/* Its one route is none of the application's, whose types links are checked against. */}
        <RouterProvider router={router as never} />
      </Around>,
    );
  });
  return socket;
}

function Around({
  client,
  children,
}: {
  client: ReturnType<typeof createQueryClient>;
  children: ReactNode;
}) {
  return (
    <MantineProvider theme={theme} withCssVariables={false} withGlobalClasses={false} env="test">
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </MantineProvider>
  );
}
