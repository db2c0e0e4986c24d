import { useQuery } from "@tanstack/react-query";
import { api } from "../../core/api";
import { formatNumber } from "../../core/format";
import type { Choice, Field } from "../../core/schema";

const AREAS = "areas";

/** Titles and sizes of the catalog's business areas, for a form that lets one choose among them. */
export function useAreaLabels(fields: Field[]): Record<string, Choice[]> {
  const isAsked = fields.some((field) => field.name === AREAS);
  const areas = useQuery({ queryKey: ["areas"], queryFn: api.areas, enabled: isAsked });
  const known = areas.data?.areas ?? [];
  if (known.length === 0) return {};
  return {
    [AREAS]: known.map(({ id, title, count }) => ({
      value: id,
      label: `${title} (${formatNumber(count)})`,
    })),
  };
}
