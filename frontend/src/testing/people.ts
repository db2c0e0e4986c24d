import { session } from "../core/session";
import type { LoginResponse, User } from "../core/wire";

export const ada: User = {
  id: "u1",
  email: "ada@example.org",
  name: "Ada Lovelace",
  roles: ["user"],
};

export const anAdmin: User = {
  id: "u2",
  email: "grace@example.org",
  name: "Grace Hopper",
  roles: ["user", "admin"],
};

/** What a login answers. */
export const loggedIn = (user: User): LoginResponse => ({
  user,
  token: `token of ${user.id}`,
  refreshToken: `refresh token of ${user.id}`,
  expiresAt: "2099-01-01T00:00:00Z",
});

/** Lets somebody be logged in. */
export const logIn = (user: User = ada): void => session.start(loggedIn(user));
