import { useQuery } from "@tanstack/react-query";
import { formatNumber } from "../../core/format";
import type { Choice, Field } from "../../core/schema";
import { queries } from "../../queries";

const AREAS = "areas";

/** Titles and sizes of the catalog's business areas, for a form that lets one choose among them. */
export function useAreaLabels(fields: Field[]): Record<string, Choice[]> {
  const isAsked = fields.some((field) => field.name === AREAS);
  const areas = useQuery({ ...queries.areas(), enabled: isAsked });
  const known = areas.data?.areas ?? [];
  if (known.length === 0) return {};
  return {
    [AREAS]: known.map(({ id, title, count }) => ({
      value: id,
      label: `${title} (${formatNumber(count)})`,
    })),
  };
}
