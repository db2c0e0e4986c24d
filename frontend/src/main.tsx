import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./ui/styles/tokens.css";
import "./ui/styles/base.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { io } from "socket.io-client";
import { followSession } from "./app/followSession";
import { createQueryClient } from "./app/queryClient";
import { keepFresh } from "./core/keepFresh";
import { connection } from "./core/socket";
import { createPages } from "./router";
import { cssVariablesResolver, theme } from "./ui/theme";

const client = createQueryClient();
const router = createPages();

keepFresh(connection);
followSession(client, router);
// For the browser's console: anybody can look at what the server sends there.
Object.assign(window, { io });

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
