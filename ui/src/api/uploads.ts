/** Uploads: the act, its files, its manifest, its report. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { apiUrl, del, get, post, request } from "./http";
import type {
  ManifestColumnChoice,
  ManifestPreview,
  NewUpload,
  NewUploadSync,
  Page,
  RowProblem,
  Upload,
  UploadFile,
  UploadFileResult,
  UploadSource,
  UploadSync,
} from "./types";

const base = (projectId: string, uploadId = "") =>
  `/projects/${projectId}/uploads${uploadId === "" ? "" : `/${uploadId}`}`;

export const fetchUploads = (projectId: string, cursor: string | null, signal?: AbortSignal) =>
  get<Page<Upload>>(base(projectId), { query: { limit: 200, cursor }, signal });
/** The newest ones. */
export const uploadsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["uploads", projectId],
    queryFn: ({ signal }) => fetchUploads(projectId, null, signal),
  });
export const uploadQuery = (projectId: string, uploadId: string) =>
  queryOptions({
    queryKey: ["upload", projectId, uploadId],
    queryFn: ({ signal }) => get<Upload>(base(projectId, uploadId), { signal }),
  });
export const reportQuery = (projectId: string, uploadId: string) =>
  infiniteQueryOptions({
    queryKey: ["report", projectId, uploadId],
    queryFn: ({ pageParam, signal }) =>
      get<Page<RowProblem>>(`${base(projectId, uploadId)}/report`, {
        query: { limit: 100, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
export const reportCsvUrl = (projectId: string, uploadId: string) =>
  apiUrl(`${base(projectId, uploadId)}/report`, { format: "csv" });

/** The folders of buckets that may be read. */
export const uploadSourcesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["upload-sources", projectId],
    queryFn: ({ signal }) =>
      get<{ items: UploadSource[] }>(`/projects/${projectId}/upload-sources`, { signal }),
  });
/** Null for an upload that is not made of a bucket. */
export const syncQuery = (projectId: string, uploadId: string) =>
  queryOptions({
    queryKey: ["upload-sync", projectId, uploadId],
    queryFn: ({ signal }) =>
      get<UploadSync | null>(`${base(projectId, uploadId)}/sync`, { signal }),
  });
/** Begins, goes on with one that stopped, or takes what is new. */
export const startSync = (projectId: string, uploadId: string, body: NewUploadSync) =>
  post<UploadSync>(`${base(projectId, uploadId)}/sync`, body);

export const createUpload = (projectId: string, body: NewUpload, signal?: AbortSignal) =>
  post<Upload>(base(projectId), body, { signal });
export const finishUpload = (projectId: string, uploadId: string, launch?: boolean) =>
  post<Upload>(`${base(projectId, uploadId)}/finish`, launch === undefined ? {} : { launch });
export const cancelUpload = (projectId: string, uploadId: string) =>
  post<Upload>(`${base(projectId, uploadId)}/cancel`);

export const fetchUploadFiles = (
  projectId: string,
  uploadId: string,
  cursor: string | null,
  signal?: AbortSignal,
) =>
  get<Page<UploadFile>>(`${base(projectId, uploadId)}/files`, {
    query: { limit: 1000, cursor },
    signal,
  });
export const putFile = (
  projectId: string,
  uploadId: string,
  query: { path: string; size: number; offset: number },
  body: Blob,
  signal?: AbortSignal,
) =>
  request<UploadFileResult>("PUT", `${base(projectId, uploadId)}/files`, { query, body, signal });

export const putManifest = (
  projectId: string,
  uploadId: string,
  file: File,
  signal?: AbortSignal,
) =>
  request<ManifestPreview>("PUT", `${base(projectId, uploadId)}/manifest`, {
    query: { filename: file.name },
    body: file,
    signal,
  });
export const commitManifest = (
  projectId: string,
  uploadId: string,
  columns: ManifestColumnChoice[],
) => post<Upload>(`${base(projectId, uploadId)}/manifest/commit`, { columns });
export const dropManifest = (projectId: string, uploadId: string) =>
  del(`${base(projectId, uploadId)}/manifest`);
