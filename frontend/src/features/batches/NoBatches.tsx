import { Button, Text, Title } from "@mantine/core";
import { IconPlus, IconStack2 } from "@tabler/icons-react";
import { ButtonLink } from "../../ui/ButtonLink";
import { focusAround } from "../../ui/focusAround";
import classes from "./NoBatches.module.css";

/** In place of an empty list: what to do about it. */
export function NoBatches({ isFiltered, clear }: { isFiltered: boolean; clear: () => void }) {
  return (
    <div className={`panel ${classes.box}`}>
      <span className={classes.icon} aria-hidden>
        <IconStack2 size={24} stroke={1.5} />
      </span>
      <Title order={2}>{isFiltered ? "No batch matches" : "No batches yet"}</Title>
      <Text c="dimmed" maw={420} mt={4} mb="lg">
        {isFiltered
          ? "Nothing fits the search and the filters above."
          : "A batch does one operation to many items, such as annotating the catalog or importing a file. You can watch every step of it here."}
      </Text>
      {isFiltered ? (
        <Button
          variant="default"
          onClick={(event) => {
            focusAround(event.currentTarget);
            clear();
          }}
        >
          Clear the filters
        </Button>
      ) : (
        <ButtonLink to="/batches/new" leftSection={<IconPlus size={16} stroke={2.2} aria-hidden />}>
          Start the first batch
        </ButtonLink>
      )}
    </div>
  );
}
