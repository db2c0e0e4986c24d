import { Link } from "@tanstack/react-router";
import { formatAgo, formatDateTime, formatNumber } from "../../core/format";
import type { Loop, ProcessesResponse, WorkerProcess } from "../../core/wire";
import { DataTable } from "../../ui/DataTable";
import { useNow } from "../../ui/useNow";
import { Loops } from "./Loops";
import classes from "./Processes.module.css";

const AGE_MS = 10_000;

/** The queues, the processes that work and serve, and the rooms. */
export function Processes({ found }: { found: ProcessesResponse }) {
  const now = useNow(true, AGE_MS);
  return (
    <div className={classes.tables}>
      <DataTable
        title="Queues"
        testId="queues"
        columns={["Priority", "Running", "Pending", "Waiting chunks", "In hand", "Messages"]}
        numbersFrom={1}
        empty="There is no queue."
        rows={found.queues.map((queue) => ({
          key: queue.priority,
          cells: [
            queue.priority,
            formatNumber(queue.runningBatches),
            formatNumber(queue.pendingBatches),
            formatNumber(queue.queuedChunks),
            formatNumber(queue.chunksInHand),
            formatNumber(queue.messages),
          ],
        }))}
      />
      <DataTable
        title="Worker processes"
        testId="workers"
        columns={["Process", "Works for", "Since"]}
        empty="No worker is running: batches wait. Start one: celery -A tasks.app worker"
        rows={found.workers.map((worker) => ({
          key: worker.id,
          cells: [
            <Process key="process" {...worker} now={now} />,
            <Work key="work" worker={worker} />,
            <Since key="since" at={worker.startedAt} now={now} />,
          ],
        }))}
      />
      <DataTable
        title="Web processes"
        testId="web-processes"
        columns={["Process", "Connections", "Anonymous", "Since"]}
        empty="No web process has said that it is there."
        rows={found.web.map((web) => ({
          key: web.id,
          cells: [
            <Process key="process" {...web} now={now} />,
            formatNumber(web.authenticated + web.anonymous),
            formatNumber(web.anonymous),
            <Since key="since" at={web.startedAt} now={now} />,
          ],
        }))}
      />
      <DataTable
        title="Rooms"
        testId="rooms"
        columns={["Room", "Connections"]}
        numbersFrom={1}
        empty="Nobody is in any room."
        rows={Object.entries(found.rooms)
          .sort(([, one], [, other]) => other - one)
          .map(([room, count]) => ({ key: room, cells: [room, formatNumber(count)] }))}
      />
    </div>
  );
}

interface ProcessProps {
  host: string;
  pid: number | null;
  loops: Loop[];
  now: number;
}

function Process({ host, pid, loops, now }: ProcessProps) {
  return (
    <>
      {host} <span className="mono">{pid}</span>
      <Loops loops={loops} now={now} />
    </>
  );
}

function Work({ worker }: { worker: WorkerProcess }) {
  if (worker.inHand.length === 0) return <span className="note">Idle</span>;
  return worker.inHand.map(({ batchId, batchName, isPlanning }) => (
    <div key={batchId}>
      <Link to="/batches/$batchId" params={{ batchId }}>
        {batchName}
      </Link>
      {isPlanning && <span className="note"> (reads its input)</span>}
    </div>
  ));
}

function Since({ at, now }: { at: string | null; now: number }) {
  if (!at) return null;
  return (
    <time dateTime={at} title={formatDateTime(at)}>
      {formatAgo(at, now)}
    </time>
  );
}
