import { Badge, Group, Stack, Text, Title } from "@mantine/core";
import type { FailureGroup } from "../core/api-types";
import { formatNumber } from "../core/format";

/** What went wrong, grouped by kind, the most frequent first. */
export function FailureGroups({ groups }: { groups: FailureGroup[] }) {
  return (
    <section className="panel" aria-labelledby="failures">
      <Title order={2} size="h4" p="md" pb="xs" id="failures">
        What failed, by kind
      </Title>
      <Stack gap={0}>
        {groups.map((group) => (
          <details
            key={group.fingerprint}
            data-testid="failure-group"
            style={{ borderTop: "1px solid var(--line)" }}
          >
            <summary style={{ padding: "12px 20px", cursor: "pointer" }}>
              <Group component="span" gap="sm" display="inline-flex" wrap="nowrap" maw="94%">
                <Badge component="span" color="red" variant="light" miw={48}>
                  {formatNumber(group.count)}
                </Badge>
                <Text component="span" size="sm">
                  {group.message}
                </Text>
                <Text component="span" size="sm" c="dimmed" visibleFrom="sm">
                  {describe(group)}
                </Text>
              </Group>
            </summary>
            <ul style={{ margin: 0, padding: "0 20px 14px 40px" }}>
              {group.examples.map((example) => (
                <li key={example.position}>
                  <Text size="sm">
                    <strong>{example.key}</strong>: {example.message}
                  </Text>
                </li>
              ))}
              {group.count > group.examples.length && (
                <Text size="sm" c="dimmed">
                  and {formatNumber(group.count - group.examples.length)} more
                </Text>
              )}
            </ul>
          </details>
        ))}
      </Stack>
    </section>
  );
}

function describe(group: FailureGroup): string {
  const example = group.examples[0];
  const parts = [group.type];
  if (example?.field) parts.push(`field ${example.field}`);
  if (example?.rule) parts.push(`rule ${example.rule}`);
  return parts.join(" · ");
}
