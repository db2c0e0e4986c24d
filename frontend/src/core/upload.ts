import { ApiError, readAnswer, withFreshToken } from "./http";
import { KEY_HEADER } from "./idempotency";
import { SERVER_URL } from "./server";
import { session } from "./session";
import type { BatchResponse, CreateRequest } from "./wire";

/** What a batch is started with. */
export type NewBatch = Omit<CreateRequest, "maxParallel" | "sealed">;

interface UploadOptions {
  /** Makes it safe to send the same again. */
  key: string;
  /** Told how much of the file has been sent, from 0 to 1. */
  onProgress: (share: number) => void;
}

/** Starts a batch over a file. */
export async function upload(
  batch: NewBatch,
  file: File,
  options: UploadOptions,
): Promise<BatchResponse> {
  const form = new FormData();
  for (const [name, value] of Object.entries(batch)) {
    const text = asText(value);
    if (text) form.set(name, text);
  }
  // Last, so that a server which reads the form as a stream knows the rest by then.
  form.set("file", file);
  return readAnswer(await withFreshToken(() => post(form, options)));
}

/** How a value stands in a form; nothing where there is none. */
function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  return Object.keys(value).length > 0 ? JSON.stringify(value) : "";
}

// fetch cannot tell the progress of an upload.
function post(form: FormData, { key, onProgress }: UploadOptions): Promise<Response> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", `${SERVER_URL}/api/batch/create`);
    xhr.setRequestHeader("Authorization", `Bearer ${session.current()?.token ?? ""}`);
    xhr.setRequestHeader(KEY_HEADER, key);
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    xhr.onload = () => resolve(new Response(xhr.responseText, { status: xhr.status }));
    xhr.onerror = () => reject(new ApiError("The upload was interrupted; try again", 0));
    xhr.send(form);
  });
}
