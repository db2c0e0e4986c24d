import { Text, Title } from "@mantine/core";
import { IconArrowLeft, IconCopyPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { isOver } from "../../core/batchStore";
import type { Batch, OperationInfo } from "../../core/wire";
import { ButtonLink } from "../../ui/ButtonLink";
import { BatchActions } from "../batches/BatchActions";
import { describeInput } from "../batches/describe";
import { OperationIcon } from "../batches/OperationIcon";
import { StatusBadge } from "../batches/StatusBadge";
import classes from "./BatchHeader.module.css";

interface Props {
  batch: Batch;
  operation: OperationInfo | undefined;
}

export function BatchHeader({ batch, operation }: Props) {
  const facts = [operation?.title ?? batch.operation, describeInput(batch, operation)];
  return (
    <div className={classes.header}>
      <Link to="/batches" className={classes.back}>
        <IconArrowLeft size={15} stroke={2} aria-hidden />
        Batches
      </Link>
      <div className={classes.row}>
        <OperationIcon name={operation?.icon} size={44} />
        <div className={classes.what}>
          <div className={classes.name}>
            <Title order={1}>{batch.name}</Title>
            <StatusBadge batch={batch} testId="batch-status" />
          </div>
          <Text size="sm" c="dimmed" className={classes.facts}>
            {facts.filter((fact) => fact && fact !== batch.name).join(" · ") || facts[0]}
          </Text>
        </div>
        <BatchActions batch={batch}>{isOver(batch) && <RunAgain batch={batch} />}</BatchActions>
      </div>
      {batch.description && <p className={classes.description}>{batch.description}</p>}
    </div>
  );
}

function RunAgain({ batch }: { batch: Batch }) {
  return (
    <ButtonLink
      to="/batches/new"
      search={{ operation: batch.operation, from: batch.id }}
      variant="default"
      leftSection={<IconCopyPlus size={16} stroke={1.8} aria-hidden />}
    >
      Run as new batch
    </ButtonLink>
  );
}
