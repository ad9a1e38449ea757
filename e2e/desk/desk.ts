/** An instance that is set up, and what the stories put into it: people, projects, assets, batches. */
import type { Browser } from "@playwright/test";
import { Api } from "./api";
import { freshBrowser } from "./browser";
import { png } from "./png";
import type { Server } from "./server";

export type Role = "manager" | "reviewer" | "annotator";
export type Person = {
  id: string;
  name: string;
  email: string;
  password: string;
  /** Value of the session's cookie, for a browser that is logged in. */
  cookie: string;
  api: Api;
};
export type Project = { id: string; name: string };
export type Batch = {
  id: string;
  name: string;
  state: string;
  counts: Record<string, number>;
  recipe: { seed: number | null; text: string };
};
export type Asset = { id: string; name: string; ordinal: number; metadata: Record<string, unknown> };
export type ExportLine = {
  asset: { id: string; name: string; metadata: Record<string, unknown> };
  task_id: string;
  annotator: unknown;
  response: { annotations: Record<string, unknown>[]; fields: Record<string, unknown> };
};
/** A file as file choosers and uploads take it. */
export type GivenFile = { name: string; mimeType: string; buffer: Buffer };

const PASSWORD = "seven wise owls";
const COOKIE = "sheaf_session";

export class Desk {
  private made = 0;

  private constructor(
    readonly server: Server,
    readonly admin: Person,
  ) {}

  /** Becomes the first admin in the browser, by the link that the server printed. */
  static async setUp(server: Server, browser: Browser): Promise<Desk> {
    const context = await freshBrowser(browser, server.url);
    const page = await context.newPage();
    const admin = { name: "Ada Admin", email: "ada@example.org", password: PASSWORD };
    await page.goto(server.setupLink);
    await page.getByLabel("Your name").fill(admin.name);
    await page.getByLabel("E-mail").fill(admin.email);
    await page.getByLabel("Password", { exact: true }).fill(admin.password);
    await page.getByRole("button", { name: "Set up" }).click();
    await page.getByRole("heading", { name: "Projects", exact: true }).waitFor();
    const cookie = (await context.cookies()).find(({ name }) => name === COOKIE)?.value ?? "";
    await context.close();
    return new Desk(server, await personOf(server.url, cookie, admin));
  }

  /** A number that was not given out before, for names. */
  next(): number {
    this.made += 1;
    return this.made;
  }

  async project(
    options: { name?: string; media?: "image" | "text"; taxonomy?: object; instructions?: string } = {},
  ): Promise<Project> {
    const { media = "image", name = `Project ${this.next()}`, ...rest } = options;
    return this.admin.api.post<Project>("/projects", { name, media, ...rest });
  }

  /** Somebody new, in the project by invitation. */
  async join(project: Project, roles: Role[], name = `Person ${this.next()}`): Promise<Person> {
    const email = `${name.toLowerCase().replace(/\W+/g, ".")}.${this.next()}@example.org`;
    const { token } = await this.admin.api.post<{ token: string }>("/invitations", {
      email,
      project_id: project.id,
      roles,
    });
    const person = { name, email, password: PASSWORD };
    const answer = await fetch(`${this.server.url}/api/invitations/accept`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token, ...person }),
    });
    if (!answer.ok) throw new Error(`the invitation was not accepted: ${await answer.text()}`);
    return personOf(this.server.url, sessionIn(answer), person);
  }

  manager(project: Project): Promise<Person> {
    return this.join(project, ["manager"], `Mona Manager ${this.next()}`);
  }

  annotator(project: Project, name = "Nils Annotator"): Promise<Person> {
    return this.join(project, ["annotator"], `${name} ${this.next()}`);
  }

  /** Uploads files, and a manifest about them when there is one; answers when all is in the library. */
  async upload(
    project: Project,
    files: GivenFile[],
    options: { name?: string; manifest?: string } = {},
  ): Promise<void> {
    const { api } = this.admin;
    const root = `/projects/${project.id}/uploads`;
    const { id } = await api.post<{ id: string }>(root, {
      name: options.name ?? `upload ${this.next()}`,
      source: "api",
    });
    if (options.manifest !== undefined) {
      await api.putBytes(`${root}/${id}/manifest?filename=manifest.csv`, options.manifest);
      await api.post(`${root}/${id}/manifest/commit`);
    }
    for (const { name, buffer } of files) {
      const query = new URLSearchParams({
        path: name,
        size: String(buffer.length),
        offset: "0",
      });
      await api.putBytes(`${root}/${id}/files?${query.toString()}`, buffer);
    }
    await eventually(async () => {
      const { job } = await api.get<{ job: { state: string } | null }>(`${root}/${id}`);
      return job?.state !== "running";
    });
    await api.post(`${root}/${id}/finish`);
  }

  async images(project: Project, count: number, from = 0): Promise<void> {
    await this.upload(project, pictures(count, from));
  }

  async texts(project: Project, texts: Record<string, string>): Promise<void> {
    await this.upload(
      project,
      Object.entries(texts).map(([name, text]) => ({
        name,
        mimeType: "text/plain",
        buffer: Buffer.from(text, "utf8"),
      })),
    );
  }

  async batch(project: Project, recipe: object, rest: object = {}): Promise<Batch> {
    return this.admin.api.post<Batch>(`/projects/${project.id}/batches`, {
      name: `batch ${this.next()}`,
      recipe,
      ...rest,
    });
  }

  /** What a query finds, in upload order. */
  async assets(project: Project, q = ""): Promise<Asset[]> {
    const query = new URLSearchParams({ q, limit: "500" });
    const page = await this.admin.api.get<{ items: Asset[] }>(
      `/projects/${project.id}/assets?${query.toString()}`,
    );
    return page.items;
  }

  async exported(project: Project): Promise<ExportLine[]> {
    const text = await this.admin.api.text(`/projects/${project.id}/export?format=jsonl`);
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as ExportLine);
  }
}

/** picture-000.png, picture-001.png, ... */
export function pictures(count: number, from = 0): GivenFile[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `picture-${String(from + i).padStart(3, "0")}.png`,
    mimeType: "image/png",
    buffer: png(from + i),
  }));
}

export function csv(rows: (string | number)[][]): GivenFile & { text: string } {
  const text = rows.map((row) => `${row.join(",")}\n`).join("");
  return { name: "manifest.csv", mimeType: "text/csv", buffer: Buffer.from(text), text };
}

/** Asks again and again, for what the server does behind an answer. */
async function eventually(done: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 20_000;
  while (!(await done())) {
    if (Date.now() > until) throw new Error("the server did not get there in 20 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const sessionIn = (answer: Response): string =>
  new RegExp(`${COOKIE}=([^;]+)`).exec(answer.headers.getSetCookie().join("\n"))?.[1] ?? "";

async function personOf(
  url: string,
  cookie: string,
  about: { name: string; email: string; password: string },
): Promise<Person> {
  const headers = {
    cookie: `${COOKIE}=${cookie}`,
    origin: url,
    "content-type": "application/json",
  };
  const made = await fetch(`${url}/api/keys`, {
    method: "POST",
    headers,
    body: JSON.stringify({ name: "stories" }),
  });
  if (!made.ok) throw new Error(`no key was made: ${await made.text()}`);
  const { secret } = (await made.json()) as { secret: string };
  const api = new Api(url, secret);
  const { user } = await api.get<{ user: { id: string } }>("/session");
  return { id: user.id, ...about, cookie, api };
}
