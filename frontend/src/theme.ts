import { createTheme, type MantineColorsTuple } from "@mantine/core";

// Ten shades of teal; the product's colour is number 7.
const wire: MantineColorsTuple = [
  "#effaf8",
  "#d6f2ed",
  "#aee4da",
  "#7fd3c5",
  "#4dbcac",
  "#2aa394",
  "#17887c",
  "#0f766e",
  "#0d5f59",
  "#0a4a46",
];

export const theme = createTheme({
  colors: { wire },
  primaryColor: "wire",
  primaryShade: { light: 7, dark: 5 },
  defaultRadius: "md",
  fontFamily:
    'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  headings: { fontWeight: "650" },
  respectReducedMotion: true,
  autoContrast: true,
});
