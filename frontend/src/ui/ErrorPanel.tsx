import { Button, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import classes from "./ErrorPanel.module.css";
import { focusAround } from "./focusAround";

/** Says that something could not be loaded, and offers to try again. */
export function ErrorPanel({ message, retry }: { message: string; retry?: () => void }) {
  return (
    <div className={`panel ${classes.panel}`} role="alert">
      <IconAlertTriangle size={18} stroke={1.8} aria-hidden />
      <Text size="md" flex={1}>
        {message}
      </Text>
      {retry && (
        <Button
          variant="default"
          size="xs"
          onClick={(event) => {
            // Where nothing else is shown, the button goes away with the message.
            focusAround(event.currentTarget);
            retry();
          }}
        >
          Try again
        </Button>
      )}
    </div>
  );
}
