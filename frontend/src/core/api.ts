import type {
  AreasResponse,
  AuthOptionsResponse,
  BatchResponse,
  BrokenRule,
  HistoryResponse,
  ItemsResponse,
  LoginResponse,
  OperationsResponse,
  ResultsResponse,
} from "./api-types";
import { session } from "./session";

/** Where the API is; empty for the host that served this page. */
export const API_URL: string = import.meta.env.VITE_API_URL ?? "";

/** A request that did not go well. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly fields: BrokenRule[] = [],
  ) {
    super(message);
  }

  /** The message for one field, or nothing. */
  fieldMessage(field: string): string | undefined {
    return this.fields.find((broken) => broken.field === field)?.message;
  }
}

type Query = Record<string, string | number | null | undefined>;

function withQuery(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const token = session.current()?.token;
  const headers = new Headers(init.headers);
  if (token) headers.set("Authorization", `Bearer ${token}`);
  try {
    return await fetch(API_URL + path, { ...init, headers });
  } catch {
    throw new ApiError("The server cannot be reached", 0);
  }
}

async function answer<T>(response: Response): Promise<T> {
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body as T;
  const message = body?.error ?? `The server answered ${response.status}`;
  throw new ApiError(message, response.status, body?.details?.fields ?? []);
}

let refreshing: Promise<boolean> | null = null;

/** Exchanges the refresh token for new tokens; several callers share one exchange. */
export function refreshSession(): Promise<boolean> {
  refreshing ??= exchange().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function exchange(): Promise<boolean> {
  const before = session.current();
  if (!before) return false;
  const response = await send("/api/auth/refresh", jsonBody({ refreshToken: before.refreshToken }));
  if (response.ok) {
    session.start((await response.json()) as LoginResponse);
    return true;
  }
  // Another tab may have used the token a moment ago and stored a newer one.
  session.reload();
  if (session.current() && session.current()?.refreshToken !== before.refreshToken) return true;
  if (response.status === 401) session.end();
  return false;
}

function jsonBody(body: unknown): RequestInit {
  return {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  };
}

async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  let response = await send(path, init);
  if (response.status === 401 && session.current() && (await refreshSession())) {
    response = await send(path, init);
  }
  return answer<T>(response);
}

export interface NewBatch {
  operation: string;
  items?: unknown[];
  filters?: Record<string, unknown>;
  options: Record<string, unknown>;
  name?: string;
  description?: string;
}

/** All requests that the UI makes. */
export const api = {
  authOptions: () => request<AuthOptionsResponse>("/api/auth/options"),
  login: async (email: string, password: string) => {
    session.start(
      await answer<LoginResponse>(await send("/api/auth/login", jsonBody({ email, password }))),
    );
  },
  logout: async () => {
    const refreshToken = session.current()?.refreshToken;
    session.end();
    if (refreshToken) await send("/api/auth/logout", jsonBody({ refreshToken })).catch(() => {});
  },
  operations: () => request<OperationsResponse>("/api/batch/operations"),
  areas: () => request<AreasResponse>("/api/functions/areas"),
  history: (query: Query) => request<HistoryResponse>(withQuery("/api/batch/history", query)),
  batch: (id: string) => request<BatchResponse>(`/api/batch/${id}`),
  results: (id: string) => request<ResultsResponse>(`/api/batch/${id}/results`),
  items: (id: string, query: Query) =>
    request<ItemsResponse>(withQuery(`/api/batch/${id}/items`, query)),
  cancel: (id: string) => request<BatchResponse>(`/api/batch/${id}/cancel`, { method: "POST" }),
  create: (batch: NewBatch) => request<BatchResponse>("/api/batch/create", jsonBody(batch)),
  upload,
};

/** Starts a batch over a file, telling how much of the file has been sent, from 0 to 1. */
async function upload(
  batch: NewBatch,
  file: File,
  onProgress: (share: number) => void,
): Promise<BatchResponse> {
  const form = new FormData();
  form.set("operation", batch.operation);
  form.set("options", JSON.stringify(batch.options));
  if (batch.name) form.set("name", batch.name);
  if (batch.description) form.set("description", batch.description);
  form.set("file", file);
  const first = await post(form, onProgress);
  if (first.status === 401 && (await refreshSession())) return answer(await post(form, onProgress));
  return answer(first);
}

function post(form: FormData, onProgress: (share: number) => void): Promise<Response> {
  // fetch cannot tell the progress of an upload.
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", `${API_URL}/api/batch/create`);
    xhr.setRequestHeader("Authorization", `Bearer ${session.current()?.token ?? ""}`);
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    xhr.onload = () => resolve(new Response(xhr.responseText, { status: xhr.status }));
    xhr.onerror = () => reject(new ApiError("The upload was interrupted", 0));
    xhr.send(form);
  });
}
