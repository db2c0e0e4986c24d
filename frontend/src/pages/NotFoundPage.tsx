import { Button, Center, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";

export function NotFoundPage({ what = "There is nothing at this address." }: { what?: string }) {
  return (
    <Center py={80}>
      <Stack align="center" gap="xs">
        <Title order={1} size="h2">
          Not found
        </Title>
        <Text c="dimmed">{what}</Text>
        <Button component={Link} to="/batches" variant="default" mt="sm">
          To the batches
        </Button>
      </Stack>
    </Center>
  );
}
