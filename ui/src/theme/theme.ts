/** Mantine set to Sheaf's density, type and colours. Colour tokens for our own CSS are in tokens.css. */
import {
  ActionIcon,
  Autocomplete,
  Badge,
  Button,
  Checkbox,
  createTheme,
  Drawer,
  Loader,
  Modal,
  MultiSelect,
  NumberInput,
  PasswordInput,
  Select,
  SegmentedControl,
  Switch,
  Table,
  Tabs,
  TagsInput,
  Textarea,
  TextInput,
  Tooltip,
  type MantineColorsTuple,
} from "@mantine/core";

const leaf: MantineColorsTuple = [
  "#e9f8f3",
  "#d3efe6",
  "#a6dfcd",
  "#74cdb1",
  "#4cbd9a",
  "#2fa985",
  "#1a8f6e",
  "#0f7459",
  "#0a5f4a",
  "#064b3a",
];
const dark: MantineColorsTuple = [
  "#d7dbe0",
  "#b4bac3",
  "#949ca8",
  "#646d7a",
  "#3d454f",
  "#2e353e",
  "#22282f",
  "#191e24",
  "#13171c",
  "#0d1014",
];
const gray: MantineColorsTuple = [
  "#f8f9fa",
  "#f1f3f5",
  "#e7eaee",
  "#dde1e6",
  "#cdd3da",
  "#a9b2bd",
  "#6b7583",
  "#4b5563",
  "#333c47",
  "#1f262e",
];

const small = { defaultProps: { size: "xs" as const } };
/** Coming to it by Tab opens nothing over what lies below: typing, an arrow or a click does. */
const smallList = { defaultProps: { size: "xs" as const, openOnFocus: false } };

export const theme = createTheme({
  primaryColor: "leaf",
  primaryShade: 7,
  colors: { leaf, dark, gray },
  autoContrast: true,
  luminanceThreshold: 0.45,
  fontFamily:
    '"Inter Variable", ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace:
    '"JetBrains Mono Variable", ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "19px" },
  lineHeights: { xs: "1.4", sm: "1.45", md: "1.5", lg: "1.5", xl: "1.4" },
  spacing: { xs: "6px", sm: "10px", md: "14px", lg: "20px", xl: "30px" },
  radius: { xs: "3px", sm: "5px", md: "7px", lg: "10px", xl: "14px" },
  defaultRadius: "sm",
  cursorType: "pointer",
  focusRing: "auto",
  headings: {
    fontWeight: "620",
    sizes: {
      h1: { fontSize: "18px", lineHeight: "1.35" },
      h2: { fontSize: "15px", lineHeight: "1.4" },
      h3: { fontSize: "13px", lineHeight: "1.4" },
    },
  },
  components: {
    Button: Button.extend({ defaultProps: { size: "xs" } }),
    ActionIcon: ActionIcon.extend({
      defaultProps: { variant: "subtle", color: "gray", size: "md" },
    }),
    TextInput: TextInput.extend(small),
    PasswordInput: PasswordInput.extend(small),
    NumberInput: NumberInput.extend(small),
    Textarea: Textarea.extend(small),
    Select: Select.extend(smallList),
    MultiSelect: MultiSelect.extend(smallList),
    Autocomplete: Autocomplete.extend(smallList),
    TagsInput: TagsInput.extend(smallList),
    SegmentedControl: SegmentedControl.extend(small),
    Checkbox: Checkbox.extend(small),
    Switch: Switch.extend(small),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
    Badge: Badge.extend({
      defaultProps: { size: "sm", variant: "light", radius: "sm", tt: "none", fw: 600 },
      // A word or two: a narrow column gives way, not the badge.
      styles: { root: { flex: "none", minWidth: "max-content" } },
    }),
    Loader: Loader.extend({ defaultProps: { size: "sm" } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 6, horizontalSpacing: 10 } }),
    Drawer: Drawer.extend({
      defaultProps: { closeButtonProps: { "aria-label": "Close" } },
      styles: { title: { fontWeight: 620, fontSize: "15px" } },
    }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        radius: "md",
        closeButtonProps: { "aria-label": "Close" },
      },
      styles: { title: { fontWeight: 620, fontSize: "15px" } },
    }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 350, withArrow: false, fz: "xs", px: 8, py: 4 },
    }),
  },
});
