import { Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { ButtonLink } from "./ButtonLink";
import classes from "./NotFoundPage.module.css";

export function NotFoundPage({ what = "There is nothing at this address." }: { what?: string }) {
  useDocumentTitle("Not found · Batchwire");
  return (
    <div className={classes.page}>
      <p className={classes.code}>404</p>
      <Title order={1}>Not found</Title>
      <Text c="dimmed" mt={6}>
        {what}
      </Text>
      <ButtonLink to="/batches" variant="default" mt="lg">
        To the batches
      </ButtonLink>
    </div>
  );
}
