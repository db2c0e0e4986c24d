import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./app.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./core/api";
import { batchStore } from "./core/batchStore";
import { session } from "./core/session";
import { connection } from "./core/socket";
import { router } from "./router";
import { theme } from "./theme";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2000,
      retry: (count, error) =>
        count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

// Nothing of one user is left for the next.
let user = session.current()?.user.id;
session.subscribe(() => {
  const now = session.current()?.user.id;
  if (now === user) return;
  user = now;
  connection.disconnect();
  batchStore.clear();
  client.clear();
  if (!now) void router.navigate({ to: "/login" });
});

const element = document.getElementById("root");
if (element) {
  createRoot(element).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <QueryClientProvider client={client}>
          <Notifications position="bottom-right" />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
