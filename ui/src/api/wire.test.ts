/**
 * The wire types written by hand in types.ts are what docs/openapi.json says: every field that the UI reads is sent,
 * under that name and of that kind. Literals (the words of a state) are not compared.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { afterAll, expect, test } from "vitest";

const here = dirname(fileURLToPath(import.meta.url));
const ui = join(here, "../..");
const scratch = join(ui, "node_modules/.cache/sheaf-wire");

/** Name in types.ts -> name in the document, where they differ. */
const READ: Record<string, string> = {
  Session: "Session",
  Person: "Person",
  Invitation: "Invitation",
  InvitationLookup: "InvitationLookup",
  NewApiKey: "NewApiKey",
  AuditEntry: "AuditEntry",
  Project: "Project",
  ProjectDetail: "ProjectDetail",
  Member: "Member",
  TaxonomyVersion: "TaxonomyVersion",
  Upload: "Upload",
  UploadSync: "UploadSync",
  UploadSource: "UploadSource",
  UploadFileResult: "UploadFileOutcome",
  RowProblem: "UploadProblem",
  ManifestPreview: "ManifestPreview",
  AssetPage: "AssetPage",
  AssetDetail: "AssetDetail",
  Field: "FieldInfo",
  Facets: "Facets",
  Parsed: "ParsedQuery",
  Completion: "Completion",
  Batch: "Batch",
  BatchTaskPage: "BatchTaskPage",
  BatchProgressDetail: "BatchProgressDetail",
  BatchProgressEvent: "BatchProgressEvent",
  Insights: "Insights",
  Rehearsal: "Rehearsal",
  BatchAgreement: "BatchAgreement",
  Selection: "DryRun",
  MetadataUpdate: "MetadataUpdate",
  StandingBatch: "StandingBatch",
  StandingRun: "StandingRun",
  Webhook: "Webhook",
  WebhookWithSecret: "WebhookWithSecret",
  Delivery: "Delivery",
  SavedQuery: "SavedQuery",
  Queue: "QueueOverview",
  Claim: "ClaimAnswer",
  Submitted: "Receipt",
  KnownAnswers: "KnownAnswers",
  KnownAnswersWritten: "KnownAnswersWritten",
  Quality: "Quality",
  PrelabelSources: "PrelabelSources",
  PrelabelReport: "PrelabelsWritten",
  AnnotationsAdded: "AnnotationsAdded",
  ReviewSaid: "ReviewSaid",
  HistoryEntry: "HistoryItem",
  Skip: "Skip",
  Group: "Group",
  QueueOrder: "QueueOrder",
  MemberQueue: "MemberQueue",
  TaskQueue: "TaskQueue",
  ErrorBody: "ErrorBody",
};

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("what the UI reads is what the server sends", { timeout: 60_000 }, async () => {
  const document = pathToFileURL(join(ui, "../docs/openapi.json"));
  mkdirSync(scratch, { recursive: true });
  writeFileSync(join(scratch, "schema.d.ts"), astToString(await openapiTS(document)));
  const check = join(scratch, "check.ts");
  writeFileSync(
    check,
    `import type * as ui from "${join(here, "types")}";
import type { components } from "./schema";
type Wire = components["schemas"];
type Loose<T> = unknown extends T ? any
  : T extends string ? string
  : T extends readonly [number, number] ? number[]
  : T extends readonly (infer E)[] ? Loose<E>[]
  : T extends object ? { [K in keyof T]: Loose<T[K]> }
  : T;
type Reads<Ui, Sent extends Ui> = [Ui, Sent];
${Object.entries(READ)
  .map(([name, sent]) => `export type _${name} = Reads<Loose<ui.${name}>, Loose<Wire["${sent}"]>>;`)
  .join("\n")}
`,
  );
  const program = ts.createProgram([check], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  });
  const found = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  expect(found).toEqual([]);
});
