import { Button, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../../core/api";
import { formatAgo, formatCount, formatDateTime } from "../../core/format";
import type { OpenConnection } from "../../core/wire";
import { queries } from "../../queries";
import { DataTable } from "../../ui/DataTable";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Loading } from "../../ui/Loading";
import { useNow } from "../../ui/useNow";
import classes from "./ConnectionsTable.module.css";

const WAIT_MS = 250;
const PAGE = 50;
const AGE_MS = 10_000;

/** Everybody who is connected, to whichever web process. */
export function ConnectionsTable({ refreshMs }: { refreshMs: number }) {
  const [text, setText] = useState("");
  const [wanted] = useDebouncedValue(text.trim(), WAIT_MS);
  const [offset, setOffset] = useState(0);
  const now = useNow(true, AGE_MS);
  const found = useQuery({
    ...queries.connections({ q: wanted, offset, limit: PAGE }),
    placeholderData: keepPreviousData,
    // The message of a failure stays, and nothing is asked for behind it.
    refetchInterval: ({ state }) => (state.data ? refreshMs : false),
  });
  const end = useMutation({ mutationFn: api.endConnection });
  const total = found.data?.total ?? 0;
  useEffect(() => {
    // There are fewer by now, and this page of them is no more.
    if (found.isSuccess && offset > 0 && offset >= total) setOffset(lastPage(total));
  }, [found.isSuccess, offset, total]);
  return (
    <DataTable
      title="Connections"
      testId="connections"
      columns={["User", "Address", "Since", "Rooms", "Action"]}
      empty={wanted ? "No connection matches." : "Nobody is connected."}
      instead={
        found.isError ? (
          <ErrorPanel message={found.error.message} retry={() => void found.refetch()} />
        ) : (
          found.isPending && (
            <Loading what="the connections">
              <Skeleton height={80} radius="md" />
            </Loading>
          )
        )
      }
      rows={(found.data?.connections ?? []).map((one) => ({
        key: one.id,
        cells: [
          <User key="user" connection={one} />,
          <span key="address" className="mono">
            {one.address}
          </span>,
          <time key="since" dateTime={one.connectedAt} title={formatDateTime(one.connectedAt)}>
            {formatAgo(one.connectedAt, now)}
          </time>,
          one.rooms.filter((room) => room !== `user:${one.user?.id}`).join(", "),
          <Button
            key="end"
            size="compact-xs"
            variant="default"
            loading={end.isPending && end.variables === one.id}
            aria-label={`Disconnect ${one.user?.name ?? "anonymous"}`}
            title="The client comes back by itself; to keep somebody out, disable the user"
            onClick={() => end.mutate(one.id)}
          >
            Disconnect
          </Button>,
        ],
      }))}
    >
      <span className={classes.count} role="status">
        {found.data && formatCount(total, "connections")}
      </span>
      {end.isError && (
        <span className={classes.error} role="alert">
          {end.error.message}
        </span>
      )}
      {total > PAGE && (
        <Button.Group>
          <Button
            size="xs"
            variant="default"
            disabled={offset === 0}
            onClick={() => setOffset(Math.max(0, offset - PAGE))}
          >
            Newer
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={offset + PAGE >= total}
            onClick={() => setOffset(offset + PAGE)}
          >
            Older
          </Button>
        </Button.Group>
      )}
      <TextInput
        className={classes.search}
        size="xs"
        aria-label="Search connections"
        placeholder="User, address or room"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setOffset(0);
        }}
        data-testid="connection-search"
      />
    </DataTable>
  );
}

const lastPage = (total: number): number => Math.max(0, Math.ceil(total / PAGE) - 1) * PAGE;

function User({ connection: { user } }: { connection: OpenConnection }) {
  if (!user) return <span className={classes.count}>Anonymous</span>;
  return (
    <>
      {user.name}
      <div className={classes.count}>{user.email}</div>
    </>
  );
}
