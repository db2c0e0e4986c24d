import { useCallback, useState } from "react";
import type { DashboardUpdate, WidgetUpdate } from "../../core/wire";
import { useDashboardUpdates } from "./useDashboardUpdates";

/** As many updates are kept, one a second: the charts show five minutes. */
const KEPT = 300;

type Widgets = Record<string, WidgetUpdate["data"]>;

export interface DashboardState {
  isConnected: boolean;
  lastUpdate: DashboardUpdate | null;
  /** The newest updates, the oldest of them first. */
  updates: DashboardUpdate[];
  /** What each widget was last told, by its id. */
  widgetUpdates: Widgets;
  clearUpdates: () => void;
}

/** Keeps what the dashboard was told since the component appeared, or since it was cleared. */
export function useDashboardWebSocket(): DashboardState {
  const [updates, setUpdates] = useState<DashboardUpdate[]>([]);
  const [widgetUpdates, setWidgetUpdates] = useState<Widgets>({});
  const { isConnected } = useDashboardUpdates(
    (update) => setUpdates((before) => [...before.slice(1 - KEPT), update]),
    ({ widgetId, data }) => setWidgetUpdates((before) => ({ ...before, [widgetId]: data })),
  );
  const clearUpdates = useCallback(() => {
    setUpdates([]);
    setWidgetUpdates({});
  }, []);
  return { isConnected, lastUpdate: updates.at(-1) ?? null, updates, widgetUpdates, clearUpdates };
}
