import { Button, Text, Title } from "@mantine/core";
import classes from "./PageError.module.css";

/** In place of a page whose code failed; the rest of the application stays usable. */
export function PageError({ error }: { error: unknown }) {
  return (
    <div className={classes.page} role="alert">
      <Title order={1}>Something went wrong on this page</Title>
      <Text c="dimmed" maw={520}>
        Your batches are not affected: they run on the server.
      </Text>
      <pre className={classes.message}>
        {error instanceof Error ? error.message : String(error)}
      </pre>
      <Button onClick={() => window.location.reload()}>Load the page again</Button>
    </div>
  );
}
