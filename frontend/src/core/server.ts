/** Where the API and the sockets are: `VITE_API_URL` at build time, else the host that served this page. */
export const SERVER_URL: string = (import.meta.env.VITE_API_URL ?? "").replace(/\/$/, "");
