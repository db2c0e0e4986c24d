import { IconFileImport, IconStack2, IconTags } from "@tabler/icons-react";

const ICONS: Record<string, typeof IconStack2> = { tags: IconTags, "file-import": IconFileImport };

export function OperationIcon({ name, size = 20 }: { name: string; size?: number }) {
  const Icon = ICONS[name] ?? IconStack2;
  return <Icon size={size} stroke={1.6} style={{ flexShrink: 0 }} aria-hidden />;
}
