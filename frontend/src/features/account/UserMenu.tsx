import { Menu, Text, UnstyledButton } from "@mantine/core";
import { IconApi, IconBroadcast, IconLogout } from "@tabler/icons-react";
import { api } from "../../core/api";
import { useSession } from "../../ui/useSession";
import classes from "./UserMenu.module.css";

export function UserMenu() {
  const session = useSession();
  if (!session) return null;
  const { user } = session;
  const shown = initials(user.name || user.email);
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton
          className={classes.avatar}
          // What is seen is part of the name, for those who speak to their computer.
          aria-label={`${shown}, account of ${user.name}`}
          data-testid="user-menu"
        >
          <span aria-hidden>{shown}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <Text component="div" size="md" fw={550} className="ellipsis">
            {user.name}
          </Text>
          <Text component="div" size="xs" c="dimmed" className="ellipsis">
            {user.email}
            {user.roles.includes("admin") && " · admin"}
          </Text>
        </div>
        <Menu.Divider />
        <Menu.Item
          component="a"
          href="/api/docs/"
          leftSection={<IconApi size={16} stroke={1.7} aria-hidden />}
        >
          API documentation
        </Menu.Item>
        <Menu.Item
          component="a"
          href="/api/docs/events"
          leftSection={<IconBroadcast size={16} stroke={1.7} aria-hidden />}
        >
          Socket.IO events
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={16} stroke={1.7} aria-hidden />}
          onClick={() => void api.logout()}
          data-testid="logout"
        >
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function initials(name: string): string {
  const words = name.split(/[\s@.]+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");
}
