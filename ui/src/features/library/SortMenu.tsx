/** The order of the library: by upload, or by any field, found by a part of its name. */
import { ActionIcon, Menu, TextInput, Tooltip } from "@mantine/core";
import { IconArrowsSort } from "@tabler/icons-react";
import { useState } from "react";
import { useFieldSearch } from "~/components/query/useFieldSearch";
import { count } from "~/lib/format";

/** Fields that say something about labelling: they have no order. */
const NOT_SORTABLE = new Set(["id", "batch", "is", "status", "label", "annotator", "labelled"]);

export function SortMenu({
  projectId,
  sort,
  onSort,
}: {
  projectId: string;
  /** `ordinal` or a field, `-` before it for down. */
  sort: string;
  onSort: (sort: string) => void;
}) {
  const [find, setFind] = useState("");
  const { listed, more } = useFieldSearch(projectId, find);
  const field = sort.replace(/^-/, "");
  const down = sort.startsWith("-");
  const sortable = listed.filter((entry) => !NOT_SORTABLE.has(entry.name));
  return (
    <Menu position="bottom-end" width={250} trapFocus onClose={() => setFind("")}>
      <Menu.Target>
        <Tooltip
          label={`Order: ${field === "ordinal" ? "upload order" : field}${down ? ", down" : ""}`}
        >
          <ActionIcon
            variant={sort === "ordinal" ? "default" : "light"}
            color="leaf"
            size={32}
            aria-label="Order"
          >
            <IconArrowsSort size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown mah={440} style={{ overflowY: "auto" }}>
        <Menu.Label>Order</Menu.Label>
        <Menu.Item onClick={() => onSort("ordinal")} fw={sort === "ordinal" ? 650 : 400}>
          First uploaded first
        </Menu.Item>
        <Menu.Item onClick={() => onSort("-ordinal")} fw={sort === "-ordinal" ? 650 : 400}>
          Last uploaded first
        </Menu.Item>
        <Menu.Divider />
        <TextInput
          aria-label="Find a field to order by"
          placeholder="By a field"
          value={find}
          onChange={(event) => setFind(event.target.value)}
          m={4}
          data-autofocus
        />
        {sortable.map(({ name }) => (
          <Menu.Item
            key={name}
            fw={field === name ? 650 : 400}
            onClick={() => onSort(sort === name ? `-${name}` : name)}
            rightSection={sort === name ? "↑" : sort === `-${name}` ? "↓" : null}
          >
            {name}
          </Menu.Item>
        ))}
        {sortable.length === 0 && <Menu.Label>No field has this in its name</Menu.Label>}
        {more > 0 && <Menu.Label>{count(more)} more: type a part of the name</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  );
}
