import { Radio } from "@mantine/core";
import type { OperationInfo } from "../../core/wire";
import { OperationIcon } from "../batches/OperationIcon";
import classes from "./OperationCards.module.css";

interface Props {
  operations: OperationInfo[];
  value: string | undefined;
  onChange: (name: string) => void;
}

const INPUTS = { filters: "From the catalog", file: "From a file", items: "From a list" } as const;

/** All operations to choose one from. */
export function OperationCards({ operations, value, onChange }: Props) {
  return (
    <Radio.Group
      value={value ?? null}
      onChange={onChange}
      label={<span className="visually-hidden">Operation</span>}
    >
      <div className={classes.grid}>
        {operations.map((operation) => (
          <Radio.Card
            key={operation.name}
            value={operation.name}
            className={classes.card}
            data-testid={`operation-${operation.name}`}
          >
            <OperationIcon name={operation.icon} size={36} />
            <span>
              <span className={classes.title}>{operation.title}</span>
              <span className={classes.description}>{operation.description}</span>
              <span className={classes.input}>{INPUTS[operation.input]}</span>
            </span>
            <Radio.Indicator className={classes.mark} size="xs" />
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}
