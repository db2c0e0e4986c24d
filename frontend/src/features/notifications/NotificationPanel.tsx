import { Button, Skeleton, Text, Title } from "@mantine/core";
import { announceProblem } from "../../ui/announceProblem";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { focusAround } from "../../ui/focusAround";
import { Loading } from "../../ui/Loading";
import { hasFailed, MorePages } from "../../ui/MorePages";
import { useNow } from "../../ui/useNow";
import classes from "./NotificationPanel.module.css";
import { NotificationRow } from "./NotificationRow";
import { all, unreadCount } from "./notifications";
import { useMarkRead, useNotifications } from "./useNotifications";

const SKELETON_ROWS = ["a", "b", "c"];
const TIMES_CHANGE_MS = 10_000;

/** What the user was told: read, unread, and more on request. */
export function NotificationPanel({ close }: { close: () => void }) {
  const query = useNotifications();
  const markRead = useMarkRead((reason) => announceProblem("That was not marked as read", reason));
  const now = useNow(true, TIMES_CHANGE_MS);
  const notifications = all(query.data);
  return (
    <div data-testid="notification-panel">
      <div className={classes.head}>
        <Title order={2} data-autofocus tabIndex={-1} className={classes.title}>
          Notifications
        </Title>
        <Button
          variant="subtle"
          size="compact-sm"
          disabled={unreadCount(query.data) === 0}
          onClick={(event) => {
            // It cannot be used any more after that.
            focusAround(event.currentTarget);
            markRead(null);
          }}
        >
          Mark all as read
        </Button>
      </div>
      <div className={classes.body}>
        {hasFailed(query) && (
          <div className={classes.problem}>
            <ErrorPanel message={query.error?.message ?? ""} retry={() => void query.refetch()} />
          </div>
        )}
        {query.isPending && (
          <Loading what="the notifications">
            <Shapes />
          </Loading>
        )}
        {query.isSuccess && notifications.length === 0 && (
          <Text c="dimmed" size="sm" className={classes.empty}>
            Nothing yet. When a batch ends, or there is news about the system, it is kept here.
          </Text>
        )}
        {notifications.length > 0 && (
          <ul className={classes.list}>
            {notifications.map((one) => (
              <li key={one.id}>
                <NotificationRow
                  notification={one}
                  now={now}
                  markRead={() => markRead(one.id)}
                  close={close}
                />
              </li>
            ))}
          </ul>
        )}
        <div className={classes.more}>
          <MorePages pages={query} label="Show more" />
        </div>
      </div>
    </div>
  );
}

function Shapes() {
  return (
    <div>
      {SKELETON_ROWS.map((row) => (
        <div key={row} className={classes.skeleton}>
          <Skeleton height={12} width="60%" mb={8} />
          <Skeleton height={9} width="85%" />
        </div>
      ))}
    </div>
  );
}
