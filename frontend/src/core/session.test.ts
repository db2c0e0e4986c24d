import { describe, expect, it } from "vitest";
import { ada, loggedIn } from "../testing/people";
import { Session } from "./session";

function aStorage() {
  const values = new Map<string, string>();
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
    removeItem: (name: string) => void values.delete(name),
  };
}

describe("a session", () => {
  it("has expired where the server does not know it any more, until somebody logs in", () => {
    const session = new Session(aStorage());
    session.start(loggedIn(ada));
    session.expire();
    expect([session.current(), session.hasExpired()]).toEqual([null, true]);
    session.start(loggedIn(ada));
    expect(session.hasExpired()).toBe(false);
  });

  it("has not expired where it is ended after another tab has logged in again", () => {
    const storage = aStorage();
    const session = new Session(storage);
    session.start(loggedIn(ada));
    session.expire();
    new Session(storage).start(loggedIn(ada));
    session.reload();
    expect(session.current()?.user).toEqual(ada);
    session.end();
    expect([session.current(), session.hasExpired()]).toEqual([null, false]);
  });
});
