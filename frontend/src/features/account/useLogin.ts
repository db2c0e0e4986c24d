import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, type RefObject, useEffect, useState } from "react";
import { api } from "../../core/api";

/**
 * Logs in and goes on to where one wanted to be.
 *
 * @param toCorrect Gets the focus after a refusal: the button has lost it while it was busy.
 */
export function useLogin(
  email: string,
  password: string,
  toCorrect: RefObject<HTMLInputElement | null>,
) {
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/login" });
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (!error) return;
    toCorrect.current?.focus();
    toCorrect.current?.select();
  }, [error, toCorrect]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError("");
    try {
      await api.login(email.trim(), password);
      // Only paths of this page: an address from elsewhere could lead anywhere.
      const isOwn = next?.startsWith("/") && !next.startsWith("//");
      await navigate({ href: isOwn ? next : "/batches", replace: true });
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
      setBusy(false);
    }
  };
  return { submit, error, busy };
}
