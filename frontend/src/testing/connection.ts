import { connection } from "../core/socket";
import { type FakeSocket, theSocket } from "./socket";

/** Opens the page's own connection, whose other end is the socket that comes back. */
export function connect(): FakeSocket {
  connection.connect();
  return theSocket().connect();
}
