import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./ui/styles/tokens.css";
import "./ui/styles/base.css";
import { MantineProvider } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { io } from "socket.io-client";
import { ApiError } from "./core/api";
import { batchStore } from "./core/batchStore";
import { keepFresh } from "./core/keepFresh";
import { session } from "./core/session";
import { connection } from "./core/socket";
import { router } from "./router";
import { cssVariablesResolver, theme } from "./ui/theme";

const MAX_RETRIES = 2;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2000,
      retry: (count, error) => count < MAX_RETRIES && !(error instanceof ApiError && error.isFinal),
    },
  },
});

keepFresh(connection);
// For the browser's console: anybody can look at what the server sends there.
Object.assign(window, { io });

// Nothing of one user is left for the next.
let userId = session.current()?.user.id;
session.subscribe(() => {
  const now = session.current()?.user.id;
  if (now === userId) return;
  userId = now;
  connection.disconnect();
  batchStore.clear();
  client.clear();
  notifications.clean();
  if (!now) void router.navigate({ to: "/login", search: {} });
});

const element = document.getElementById("root");
if (element) {
  createRoot(element).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        defaultColorScheme="auto"
      >
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
