import {
  IconBolt,
  IconChecklist,
  IconDatabase,
  IconFileExport,
  IconFileImport,
  IconFilePlus,
  IconLanguage,
  IconLink,
  IconListSearch,
  IconMail,
  IconPhoto,
  IconRefresh,
  IconReportAnalytics,
  IconSearch,
  IconShieldCheck,
  IconSparkles,
  IconStack2,
  IconTags,
  IconTrash,
} from "@tabler/icons-react";
import classes from "./OperationIcon.module.css";

// The names that an operation may give as its icon; any other one gets the stack.
const ICONS: Record<string, typeof IconStack2> = {
  bolt: IconBolt,
  checklist: IconChecklist,
  database: IconDatabase,
  "file-export": IconFileExport,
  "file-import": IconFileImport,
  "file-plus": IconFilePlus,
  language: IconLanguage,
  link: IconLink,
  "list-search": IconListSearch,
  mail: IconMail,
  photo: IconPhoto,
  refresh: IconRefresh,
  report: IconReportAnalytics,
  search: IconSearch,
  "shield-check": IconShieldCheck,
  sparkles: IconSparkles,
  tags: IconTags,
  trash: IconTrash,
};

export function OperationIcon({ name, size = 34 }: { name: string | undefined; size?: number }) {
  const Icon = ICONS[name ?? ""] ?? IconStack2;
  return (
    <span className={classes.tile} style={{ width: size, height: size }} aria-hidden>
      <Icon size={Math.round(size * 0.53)} stroke={1.7} />
    </span>
  );
}
