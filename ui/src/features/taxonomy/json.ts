/** A taxonomy as JSON text and back. Reading never throws: it answers the taxonomy, or what is wrong and where. */
import type {
  FieldType,
  Problem,
  Taxonomy,
  TaxonomyAttribute,
  TaxonomyField,
  TaxonomyLabel,
  TaxonomyOption,
  Tool,
} from "~/api/types";

export type Read =
  | { readonly taxonomy: Taxonomy; readonly problems: readonly [] }
  | { readonly taxonomy: null; readonly problems: readonly Problem[] };

/** Without keys that say nothing, in the order in which one reads them. */
export function writeTaxonomy(taxonomy: Taxonomy): string {
  return JSON.stringify(cleaned(taxonomy), null, 2);
}

/** What is sent and stored: no empty hotkeys, helps or options. */
export function cleaned({ labels, fields }: Taxonomy): Taxonomy {
  return {
    labels: labels.map(({ name, title, color, hotkey, tools, attributes }) => ({
      name,
      title: title || name,
      color,
      ...(hotkey ? { hotkey } : {}),
      tools,
      attributes: attributes.map((attribute) => ({
        name: attribute.name,
        title: attribute.title || attribute.name,
        type: attribute.type,
        ...(attribute.options?.length ? { options: attribute.options } : {}),
        required: attribute.required ?? false,
      })),
    })),
    fields: fields.map(({ id, title, help, type, options, required, min, max }) => ({
      id,
      title,
      ...(help ? { help } : {}),
      type,
      ...(options?.length
        ? {
            options: options.map((option) => ({
              value: option.value,
              title: option.title || option.value,
              ...(option.hotkey ? { hotkey: option.hotkey } : {}),
            })),
          }
        : {}),
      required: required ?? false,
      ...(min == null ? {} : { min }),
      ...(max == null ? {} : { max }),
    })),
  };
}

export function readTaxonomy(text: string): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : "cannot be read";
    return { taxonomy: null, problems: [{ path: "", message: `is not JSON: ${message}` }] };
  }
  const reader = new Reader();
  const taxonomy = reader.taxonomy(value);
  if (reader.problems.length > 0) return { taxonomy: null, problems: reader.problems };
  return { taxonomy, problems: [] };
}

type Row = Readonly<Record<string, unknown>>;

class Reader {
  readonly problems: Problem[] = [];

  taxonomy(value: unknown): Taxonomy {
    const row = this.object("", value, ["labels", "fields"]);
    return {
      labels: this.list("labels", row["labels"], (at, item) => this.label(at, item)),
      fields: this.list("fields", row["fields"], (at, item) => this.field(at, item)),
    };
  }

  private label(at: string, value: unknown): TaxonomyLabel {
    const row = this.object(at, value, ["name", "title", "color", "hotkey", "tools", "attributes"]);
    const name = this.text(`${at}.name`, row["name"]);
    return {
      name,
      title: this.optionalText(`${at}.title`, row["title"]) ?? name,
      color: this.text(`${at}.color`, row["color"]),
      hotkey: this.optionalText(`${at}.hotkey`, row["hotkey"]),
      tools: this.list(`${at}.tools`, row["tools"], (path, tool) => this.tool(path, tool)),
      attributes: this.list(`${at}.attributes`, row["attributes"], (path, item) =>
        this.attribute(path, item),
      ),
    };
  }

  private attribute(at: string, value: unknown): TaxonomyAttribute {
    const row = this.object(at, value, ["name", "title", "type", "options", "required"]);
    const name = this.text(`${at}.name`, row["name"]);
    return {
      name,
      title: this.optionalText(`${at}.title`, row["title"]) ?? name,
      type: this.type(`${at}.type`, row["type"]),
      options: this.list(`${at}.options`, row["options"], (path, item) => this.text(path, item)),
      required: this.flag(`${at}.required`, row["required"]),
    };
  }

  private field(at: string, value: unknown): TaxonomyField {
    const keys = ["id", "title", "help", "type", "options", "required", "min", "max"];
    const row = this.object(at, value, keys);
    return {
      id: this.text(`${at}.id`, row["id"]),
      title: this.text(`${at}.title`, row["title"]),
      help: this.optionalText(`${at}.help`, row["help"]),
      type: this.type(`${at}.type`, row["type"]),
      options: this.list(`${at}.options`, row["options"], (path, item) => this.option(path, item)),
      required: this.flag(`${at}.required`, row["required"]),
      min: this.number(`${at}.min`, row["min"]),
      max: this.number(`${at}.max`, row["max"]),
    };
  }

  private option(at: string, value: unknown): TaxonomyOption {
    const row = this.object(at, value, ["value", "title", "hotkey"]);
    const name = this.text(`${at}.value`, row["value"]);
    return {
      value: name,
      title: this.optionalText(`${at}.title`, row["title"]) ?? name,
      hotkey: this.optionalText(`${at}.hotkey`, row["hotkey"]),
    };
  }

  private object(at: string, value: unknown, keys: readonly string[]): Row {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.add(at, "must be an object");
      return {};
    }
    const row: Row = { ...value };
    for (const key of Object.keys(row)) {
      if (!keys.includes(key)) {
        this.add(at === "" ? key : `${at}.${key}`, `is not known here; known: ${keys.join(", ")}`);
      }
    }
    return row;
  }

  private list<T>(at: string, value: unknown, read: (at: string, item: unknown) => T): T[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.add(at, "must be a list");
      return [];
    }
    return value.map((item: unknown, i) => read(`${at}[${i}]`, item));
  }

  private text(at: string, value: unknown): string {
    if (typeof value === "string") return value;
    this.add(at, value === undefined ? "is missing" : "must be text");
    return "";
  }

  private optionalText(at: string, value: unknown): string | null {
    return value === undefined || value === null ? null : this.text(at, value);
  }

  private number(at: string, value: unknown): number | null {
    if (value === undefined || value === null) return null;
    if (typeof value === "number") return value;
    this.add(at, "must be a number");
    return null;
  }

  private flag(at: string, value: unknown): boolean {
    if (value === undefined || typeof value === "boolean") return value ?? false;
    this.add(at, "must be true or false");
    return false;
  }

  private tool(at: string, value: unknown): Tool {
    if (value === "box" || value === "polygon" || value === "span") return value;
    this.add(at, "must be box, polygon or span");
    return "box";
  }

  private type(at: string, value: unknown): FieldType {
    switch (value) {
      case "single":
      case "multiple":
      case "boolean":
      case "number":
      case "text":
        return value;
      default:
        this.add(at, "must be single, multiple, boolean, number or text");
        return "single";
    }
  }

  private add(path: string, message: string): void {
    this.problems.push({ path, message });
  }
}
