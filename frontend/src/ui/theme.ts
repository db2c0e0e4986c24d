import {
  ActionIcon,
  Button,
  type CSSVariablesResolver,
  createTheme,
  Input,
  type MantineColorsTuple,
  Menu,
  Modal,
  Notification,
  Tooltip,
} from "@mantine/core";

// Ten shades of teal; the product's colour is number 7.
const wire: MantineColorsTuple = [
  "#effaf8",
  "#d6f2ed",
  "#aee4da",
  "#7fd3c5",
  "#4dbcac",
  "#2aa394",
  "#157f74",
  "#0f766e",
  "#0d5f59",
  "#0a4a46",
];

// Greys with a trace of the product's colour, in place of Mantine's bluish ones.
const gray: MantineColorsTuple = [
  "#f6f7f7",
  "#f1f3f3",
  "#e4e8e8",
  "#dbe0e1",
  "#cfd6d7",
  "#a7b2b6",
  "#5e6a72",
  "#4f5b60",
  "#2d3639",
  "#12181a",
];

const dark: MantineColorsTuple = [
  "#ecf1f2",
  "#cdd6d9",
  "#a9b5ba",
  "#8a979d",
  "#364145",
  "#222a2c",
  "#171c1e",
  "#121617",
  "#0b0e0f",
  "#070909",
];

const red: MantineColorsTuple = [
  "#fdecec",
  "#fad6d7",
  "#f3adb0",
  "#ec8387",
  "#e55f64",
  "#e0484e",
  "#d93a40",
  "#c22d33",
  "#a8252b",
  "#8c1b20",
];

export const theme = createTheme({
  colors: { wire, gray, dark, red },
  primaryColor: "wire",
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 8,
  // What the system brings; nothing is downloaded.
  fontFamily:
    'Inter, -apple-system, "Segoe UI Variable", "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", "Liberation Sans", Arial, sans-serif',
  fontFamilyMonospace:
    '"SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "18px" },
  lineHeights: { xs: "1.4", sm: "1.45", md: "1.5", lg: "1.5", xl: "1.5" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "22px", lineHeight: "1.3" },
      h2: { fontSize: "15px", lineHeight: "1.4" },
      h3: { fontSize: "14px", lineHeight: "1.4" },
    },
  },
  respectReducedMotion: true,
  autoContrast: true,
  cursorType: "pointer",
  components: {
    Button: Button.extend({ defaultProps: { size: "sm" }, styles: { label: { fontWeight: 550 } } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { size: 34 } }),
    Input: Input.extend({ defaultProps: { size: "sm" } }),
    InputWrapper: Input.Wrapper.extend({
      styles: {
        label: { fontWeight: 550, marginBottom: 4 },
        description: { color: "var(--text-faint)", fontSize: 12.5, marginBottom: 2 },
      },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 250, withArrow: true } }),
    Menu: Menu.extend({ defaultProps: { shadow: "lg", radius: 10 } }),
    Modal: Modal.extend({ defaultProps: { radius: 12, centered: true } }),
    Notification: Notification.extend({
      defaultProps: {
        radius: 10,
        withBorder: true,
        closeButtonProps: { "aria-label": "Close the message" },
      },
    }),
  },
});

/** Lets Mantine's own components use the colours of tokens.css. */
export const cssVariablesResolver: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--surface)",
    "--mantine-color-text": "var(--text)",
    "--mantine-color-dimmed": "var(--text-faint)",
    "--mantine-color-placeholder": "var(--text-ghost)",
    "--mantine-color-default-border": "var(--line-strong)",
    "--mantine-color-error": "var(--bad-text)",
  };
  return { variables: {}, light: shared, dark: shared };
};
