import { Group, Text, Tooltip } from "@mantine/core";
import { useConnectionState } from "../hooks/useConnectionState";

const LOOKS = {
  live: { color: "var(--ok)", text: "Live", hint: "Progress arrives as it happens" },
  connecting: { color: "#f08c00", text: "Connecting", hint: "Connecting to the server" },
  reconnecting: {
    color: "#f08c00",
    text: "Reconnecting",
    hint: "The connection was lost; what is missed is fetched again",
  },
  offline: { color: "var(--skip)", text: "Offline", hint: "There is no connection" },
} as const;

export function ConnectionBadge() {
  const state = useConnectionState();
  const { color, text, hint } = LOOKS[state];
  return (
    <Tooltip label={hint}>
      <Group gap={7} role="status" data-testid="connection-state" data-state={state} wrap="nowrap">
        <span
          aria-hidden
          style={{ width: 8, height: 8, borderRadius: 8, background: color, display: "block" }}
        />
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      </Group>
    </Tooltip>
  );
}
