import { Input, NumberInput, SegmentedControl, TextInput } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useId, useState } from "react";
import type { OperationInfo } from "../../core/wire";
import { PRIORITIES } from "../batches/describe";
import classes from "./AdvancedSection.module.css";
import { type Advanced, MAX_RETRIES, MAX_TIMEOUT_SECONDS, summarise } from "./advanced";
import { FormSection } from "./FormSection";
import { WaitForInput } from "./WaitForInput";

interface Props {
  operation: OperationInfo;
  value: Advanced;
  onChange: (change: Partial<Advanced>) => void;
  /** What is wrong with a field, by the server's name of it. */
  errorOf: (name: string) => string | undefined;
  /** Whether anything in here is wrong; then it cannot be closed. */
  hasErrors: boolean;
}

/** How the batch is run, whatever its operation; closed until somebody wants to know. */
export function AdvancedSection({ operation, value, onChange, errorOf, hasErrors }: Props) {
  const [isOpen, setOpen] = useState(false);
  const unusual = summarise(value);
  const priority = useId();
  return (
    <FormSection title="Advanced" hint="Left as it is, it suits most batches.">
      <details
        className={classes.details}
        open={isOpen || hasErrors}
        onToggle={(event) => setOpen(event.currentTarget.open)}
        data-testid="advanced"
      >
        <summary className={classes.summary}>
          <IconChevronRight size={16} stroke={2} className={classes.chevron} aria-hidden />
          <span>Advanced settings</span>
          <span className={`${classes.unusual} ellipsis`}>{unusual.join(" · ") || "as usual"}</span>
        </summary>
        <div className={classes.grid}>
          <Input.Wrapper
            label="Priority"
            labelElement="div"
            labelProps={{ id: priority }}
            description="Which of your batches goes first when workers are short."
            error={errorOf("priority")}
          >
            <SegmentedControl
              value={value.priority}
              onChange={(chosen) => onChange({ priority: chosen as Advanced["priority"] })}
              data={Object.entries(PRIORITIES).map(([name, label]) => ({ value: name, label }))}
              aria-labelledby={priority}
              mt={4}
              fullWidth
              data-testid="field-priority"
            />
          </Input.Wrapper>
          <TextInput
            label="Failure limit"
            description="How many items may fail: a count (20) or a share (5%)."
            placeholder="No limit"
            value={value.maxFailures}
            maxLength={20}
            error={errorOf("maxFailures")}
            onChange={(event) => onChange({ maxFailures: event.currentTarget.value })}
            data-testid="field-maxFailures"
          />
          <NumberInput
            label="Retries per item"
            description="How often an item is tried again after an error that may pass by itself."
            placeholder="As the operation has it"
            value={value.retryAttempts}
            min={0}
            max={MAX_RETRIES}
            allowDecimal={false}
            // What is out of range is said, not silently changed.
            clampBehavior="none"
            error={errorOf("retryAttempts")}
            onChange={(retryAttempts) => onChange({ retryAttempts })}
            data-testid="field-retryAttempts"
          />
          <NumberInput
            label="Time limit per item"
            description="In seconds. An item that takes longer has failed."
            placeholder={operation.timeoutSeconds ? `${operation.timeoutSeconds} s` : "No limit"}
            value={value.timeoutSeconds}
            min={0}
            max={MAX_TIMEOUT_SECONDS}
            suffix=" s"
            thousandSeparator=","
            clampBehavior="none"
            error={errorOf("timeoutMs")}
            onChange={(timeoutSeconds) => onChange({ timeoutSeconds })}
            data-testid="field-timeoutMs"
          />
          <div className={classes.wide}>
            <WaitForInput
              value={value.dependsOn}
              isShown={isOpen}
              error={errorOf("dependsOn")}
              onChange={(dependsOn) => onChange({ dependsOn })}
            />
          </div>
        </div>
      </details>
    </FormSection>
  );
}
