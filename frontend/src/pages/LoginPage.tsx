import {
  Alert,
  Button,
  Center,
  Paper,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../core/api";

export function LoginPage() {
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/login" });
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const options = useQuery({ queryKey: ["auth-options"], queryFn: api.authOptions });

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError("");
    try {
      await api.login(email, password);
      await navigate({ to: next?.startsWith("/") ? next : "/batches", replace: true });
    } catch (problem) {
      setError((problem as Error).message);
      setBusy(false);
    }
  };

  return (
    <Center mih="100dvh" p="md">
      <main style={{ width: "100%", maxWidth: 380 }}>
        <Stack align="center" gap={6} mb="lg">
          <img src="/icon.svg" width={44} height={44} alt="" />
          <Title order={1} size="h2">
            Batchwire
          </Title>
          <Text c="dimmed">Large jobs, every step live</Text>
        </Stack>
        <Paper className="panel" p="xl" component="form" onSubmit={submit}>
          <Stack>
            {error && (
              <Alert color="red" variant="light" role="alert">
                {error}
              </Alert>
            )}
            <TextInput
              label="E-mail address"
              type="email"
              autoComplete="username"
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
              data-testid="login-email"
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              data-testid="login-password"
            />
            <Button type="submit" loading={busy} fullWidth data-testid="login-submit">
              Log in
            </Button>
          </Stack>
        </Paper>
        {options.data?.local && (
          <Stack gap={4} mt="md" align="center">
            <Text size="sm" c="dimmed">
              Demo accounts of this machine
            </Text>
            {options.data.demoAccounts.map((account) => (
              <Button
                key={account.email}
                variant="subtle"
                size="compact-sm"
                onClick={() => {
                  setEmail(account.email);
                  setPassword(account.password);
                }}
              >
                {account.email}
              </Button>
            ))}
          </Stack>
        )}
      </main>
    </Center>
  );
}
