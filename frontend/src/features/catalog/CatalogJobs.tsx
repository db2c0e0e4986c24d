import { Button } from "@mantine/core";
import { IconFilePlus, IconListSearch, IconRefresh } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, type CatalogJob } from "../../core/api";
import { batchStore } from "../../core/batchStore";
import { RequestKey } from "../../core/idempotency";
import { ProgressBar } from "../batches/ProgressBar";
import { useBatch } from "../batches/useBatch";
import classes from "./CatalogJobs.module.css";

const JOBS: { job: CatalogJob; label: string; Icon: typeof IconRefresh }[] = [
  { job: "reindex", label: "Re-index", Icon: IconListSearch },
  { job: "add-files", label: "Add files", Icon: IconFilePlus },
  { job: "reload", label: "Reload from files", Icon: IconRefresh },
];

/** What an admin can do with the whole catalog, and how far it is. */
export function CatalogJobs() {
  const [key] = useState(() => new RequestKey());
  const start = useMutation({
    mutationFn: (job: CatalogJob) => api.startCatalogJob(job, key.current),
    onSuccess: ({ batch }) => batchStore.put(batch),
    onSettled: () => key.renew(),
  });
  return (
    <div className={classes.jobs}>
      {start.data && <Started id={start.data.batch.id} />}
      {start.isError && (
        <p className={classes.error} role="alert">
          {start.error.message}
        </p>
      )}
      {JOBS.map(({ job, label, Icon }) => (
        <Button
          key={job}
          variant="default"
          leftSection={<Icon size={16} stroke={1.8} aria-hidden />}
          loading={start.isPending && start.variables === job}
          onClick={() => start.mutate(job)}
          data-testid={`catalog-${job}`}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}

function Started({ id }: { id: string }) {
  const batch = useBatch(id);
  if (!batch) return null;
  return (
    <Link to="/batches/$batchId" params={{ batchId: id }} className={classes.started}>
      <span>{batch.name}</span>
      <ProgressBar batch={batch} testId="catalog-progress" />
    </Link>
  );
}
