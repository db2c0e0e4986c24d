import { Button } from "@mantine/core";
import { IconFilePlus, IconRefresh } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../core/api";
import { batchStore } from "../core/batchStore";
import { RequestKey } from "../core/idempotency";
import { useBatch } from "../hooks/useBatch";
import classes from "./CatalogFiles.module.css";
import { ProgressBar } from "./ProgressBar";

/** What an admin can do with the files of the catalog's folder, and how far it is. */
export function CatalogFiles() {
  const [key] = useState(() => new RequestKey());
  const load = useMutation({
    mutationFn: (how: "reload" | "add-files") => api.loadCatalogFiles(how, key.current),
    onSuccess: ({ batch }) => batchStore.put(batch),
    onSettled: () => key.renew(),
  });
  return (
    <div className={classes.files}>
      {load.data && <Started id={load.data.batch.id} />}
      {load.isError && (
        <p className={classes.error} role="alert">
          {load.error.message}
        </p>
      )}
      <Button
        variant="default"
        leftSection={<IconFilePlus size={16} stroke={1.8} aria-hidden />}
        loading={load.isPending && load.variables === "add-files"}
        onClick={() => load.mutate("add-files")}
        data-testid="catalog-add-files"
      >
        Add files
      </Button>
      <Button
        variant="default"
        leftSection={<IconRefresh size={16} stroke={1.8} aria-hidden />}
        loading={load.isPending && load.variables === "reload"}
        onClick={() => load.mutate("reload")}
        data-testid="catalog-reload"
      >
        Reload from files
      </Button>
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
