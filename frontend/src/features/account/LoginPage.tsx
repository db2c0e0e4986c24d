import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { queries } from "../../queries";
import { Logo } from "../../ui/Logo";
import { useHasExpired } from "../../ui/useSession";
import { DemoAccounts } from "./DemoAccounts";
import { LoginArt } from "./LoginArt";
import classes from "./LoginPage.module.css";
import { useLogin } from "./useLogin";

export function LoginPage() {
  useDocumentTitle("Log in · Batchwire");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const passwordInput = useRef<HTMLInputElement>(null);
  const { submit, error, busy } = useLogin(email, password, passwordInput);
  const hasExpired = useHasExpired();
  const options = useQuery(queries.authOptions());

  return (
    <div className={classes.page}>
      <main className={classes.side}>
        <div className={classes.box}>
          <Logo size={34} />
          <h1 className={classes.title}>Log in</h1>
          <form onSubmit={submit}>
            <Stack gap="md">
              {hasExpired && !error && (
                <Alert variant="light" role="status">
                  Your session has ended. Log in to go on.
                </Alert>
              )}
              {error && (
                <Alert color="red" variant="light" role="alert">
                  {error}
                </Alert>
              )}
              <TextInput
                label="E-mail address"
                type="email"
                size="md"
                autoComplete="username"
                autoFocus
                required
                withAsterisk={false}
                value={email}
                onChange={(event) => setEmail(event.currentTarget.value)}
                data-testid="login-email"
              />
              <PasswordInput
                ref={passwordInput}
                label="Password"
                size="md"
                autoComplete="current-password"
                required
                withAsterisk={false}
                value={password}
                onChange={(event) => setPassword(event.currentTarget.value)}
                data-testid="login-password"
              />
              <Button type="submit" size="md" loading={busy} fullWidth data-testid="login-submit">
                Log in
              </Button>
            </Stack>
          </form>
          {options.data?.local && (
            <DemoAccounts
              accounts={options.data.demoAccounts}
              choose={(account) => {
                setEmail(account.email);
                setPassword(account.password);
              }}
            />
          )}
        </div>
      </main>
      <LoginArt />
    </div>
  );
}
