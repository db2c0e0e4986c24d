import {
  ActionIcon,
  AppShell,
  Button,
  Container,
  Group,
  Menu,
  Text,
  Tooltip,
  UnstyledButton,
  useMantineColorScheme,
} from "@mantine/core";
import {
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconPlus,
  IconSun,
  IconUser,
} from "@tabler/icons-react";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { api } from "../core/api";
import { useSession } from "../hooks/useSession";
import { ConnectionBadge } from "./ConnectionBadge";

export function AppLayout() {
  return (
    <AppShell header={{ height: 60 }} padding={0}>
      <a href="#main" className="skip-link">
        Skip to the content
      </a>
      <AppShell.Header style={{ background: "var(--surface)", borderColor: "var(--line)" }}>
        <Container size="lg" h="100%">
          <Group h="100%" justify="space-between" wrap="nowrap">
            <Link to="/batches" style={{ textDecoration: "none", color: "inherit" }}>
              <Group gap={10} wrap="nowrap">
                <img src="/icon.svg" width={26} height={26} alt="" />
                <Text fw={700} size="lg" style={{ letterSpacing: "-0.02em" }}>
                  Batchwire
                </Text>
              </Group>
            </Link>
            <Group gap="md" wrap="nowrap">
              <ConnectionBadge />
              <NewBatchButton />
              <SchemeToggle />
              <UserMenu />
            </Group>
          </Group>
        </Container>
      </AppShell.Header>
      <AppShell.Main>
        <Container size="lg" py="xl" id="main" tabIndex={-1} style={{ outline: "none" }}>
          <Outlet />
        </Container>
      </AppShell.Main>
    </AppShell>
  );
}

function NewBatchButton() {
  const navigate = useNavigate();
  return (
    <Button
      visibleFrom="xs"
      size="sm"
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => navigate({ to: "/batches/new" })}
      data-testid="new-batch"
    >
      New batch
    </Button>
  );
}

const SCHEMES = {
  auto: { next: "light", label: "Colours: as the system", Icon: IconDeviceDesktop },
  light: { next: "dark", label: "Colours: light", Icon: IconSun },
  dark: { next: "auto", label: "Colours: dark", Icon: IconMoon },
} as const;

function SchemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { next, label, Icon } = SCHEMES[colorScheme];
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={label}
        onClick={() => setColorScheme(next)}
      >
        <Icon size={18} stroke={1.6} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

function UserMenu() {
  const session = useSession();
  if (!session) return null;
  const { user } = session;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton aria-label={`Account of ${user.name}`} style={{ display: "flex" }}>
          <IconUser size={20} stroke={1.6} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {user.name}
          <br />
          {user.email}
        </Menu.Label>
        <Menu.Item
          leftSection={<IconLogout size={16} aria-hidden />}
          onClick={() => void api.logout()}
        >
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
