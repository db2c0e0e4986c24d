import { CopyButton, Title, Tooltip, UnstyledButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { formatBytes, formatDateTime, formatDuration, formatNumber } from "../../core/format";
import type { ObjectSchema } from "../../core/schema";
import type { Batch, OperationInfo } from "../../core/wire";
import { useSession } from "../../ui/useSession";
import { describeLimit, describeSettings, PRIORITIES, type Setting } from "../batches/describe";
import classes from "./BatchDetails.module.css";

interface Props {
  batch: Batch;
  operation: OperationInfo | undefined;
}

/** With what the batch was started, and what else is known about it. */
export function BatchDetails({ batch, operation }: Props) {
  const me = useSession()?.user.id;
  const filters = describeSettings(batch.filters, operation?.filtersSchema as ObjectSchema | null);
  const options = describeSettings(batch.options, operation?.optionsSchema as ObjectSchema | null);
  return (
    <aside className={`panel ${classes.panel}`} aria-label="Details">
      <Group title="Batch">
        <Entry title="Operation">{operation?.title ?? batch.operation}</Entry>
        {batch.uploadName && <Entry title="File">{batch.uploadName}</Entry>}
        <Entry title="Created">{formatDateTime(batch.createdAt)}</Entry>
        {batch.startedAt && <Entry title="Started">{formatDateTime(batch.startedAt)}</Entry>}
        {batch.finishedAt && <Entry title="Ended">{formatDateTime(batch.finishedAt)}</Entry>}
        {batch.ownerId !== me && <Entry title="Owner">{batch.ownerId}</Entry>}
        <Entry title="Parallel slices">{`up to ${formatNumber(batch.maxParallel)}`}</Entry>
        {describeRules(batch, operation).map(({ title, value }) => (
          <Entry key={title} title={title}>
            {value}
          </Entry>
        ))}
        {batch.retries > 0 && <Entry title="Tried again">{formatNumber(batch.retries)}</Entry>}
        {batch.recoveries > 0 && <Entry title="Taken over">{formatNumber(batch.recoveries)}</Entry>}
        {batch.redeliveries > 0 && (
          <Entry title="Redeliveries">{formatNumber(batch.redeliveries)}</Entry>
        )}
        <Entry title="Id">
          <CopyId id={batch.id} />
        </Entry>
      </Group>
      {operation?.input === "filters" && (
        <Settings
          title="Filters"
          settings={filters.filter((filter) => !filter.isDefault)}
          otherwise={`None: all ${operation.itemLabel}`}
        />
      )}
      <Settings title="Options" settings={options} />
      {batch.artifacts.length > 0 && (
        <Group title="Files">
          {batch.artifacts.map((file) => (
            <Entry key={file.name} title={file.name}>
              {formatBytes(file.size)}
            </Entry>
          ))}
        </Group>
      )}
    </aside>
  );
}

/** How the batch is run, where it is not the usual way. */
function describeRules(batch: Batch, operation: OperationInfo | undefined) {
  const { priority, maxFailures, retryAttempts } = batch;
  const timeoutMs = batch.timeoutMs ?? (operation?.timeoutSeconds ?? 0) * 1000;
  const perMinute = operation?.perMinute ?? 0;
  const rules: [title: string, isSet: boolean, value: string][] = [
    ["Priority", priority !== "normal", PRIORITIES[priority]],
    ["Failure limit", maxFailures !== null, `${describeLimit(maxFailures ?? "")} may fail`],
    ["Retries per item", retryAttempts > 0, `up to ${formatNumber(retryAttempts)}`],
    ["Time limit per item", timeoutMs > 0, formatDuration(timeoutMs / 1000)],
    ["Speed limit", perMinute > 0, `${formatNumber(perMinute)} a minute, shared`],
  ];
  return rules.flatMap(([title, isSet, value]) => (isSet ? [{ title, value }] : []));
}

interface SettingsProps {
  title: string;
  settings: Setting[];
  /** What to say where there are none; without it, nothing is shown then. */
  otherwise?: string;
}

function Settings({ title, settings, otherwise }: SettingsProps) {
  const chosen = settings.filter((setting) => setting.value !== "–");
  if (chosen.length === 0 && !otherwise) return null;
  return (
    <Group title={title}>
      {chosen.map((setting) => (
        <Entry key={setting.name} title={setting.title}>
          {setting.value}
        </Entry>
      ))}
      {chosen.length === 0 && <Entry title={otherwise ?? ""}>{null}</Entry>}
    </Group>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.group}>
      <Title order={2} className={classes.title}>
        {title}
      </Title>
      <dl className={classes.list}>{children}</dl>
    </section>
  );
}

function Entry({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.entry}>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function CopyId({ id }: { id: string }) {
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : "Copy"}>
          <UnstyledButton className={classes.copy} onClick={copy} aria-label={`Copy the id ${id}`}>
            <span className="mono ellipsis">{id}</span>
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}
