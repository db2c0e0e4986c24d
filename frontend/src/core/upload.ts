import type { BatchResponse } from "./api-types";
import { ApiError, readAnswer, withFreshToken } from "./http";
import { SERVER_URL } from "./server";
import { session } from "./session";

/** What a batch is started with. */
export interface NewBatch {
  operation: string;
  items?: unknown[];
  filters?: Record<string, unknown>;
  options: Record<string, unknown>;
  name?: string;
  description?: string;
}

/**
 * Starts a batch over a file.
 *
 * @param onProgress Told how much of the file has been sent, from 0 to 1.
 * @param signal Ends the upload; nothing is started then.
 */
export async function upload(
  batch: NewBatch,
  file: File,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
): Promise<BatchResponse> {
  const form = new FormData();
  form.set("operation", batch.operation);
  form.set("options", JSON.stringify(batch.options));
  if (batch.filters && Object.keys(batch.filters).length > 0) {
    form.set("filters", JSON.stringify(batch.filters));
  }
  if (batch.name) form.set("name", batch.name);
  if (batch.description) form.set("description", batch.description);
  // Last, so that a server which reads the form as a stream knows the rest by then.
  form.set("file", file);
  return readAnswer(await withFreshToken(() => post(form, onProgress, signal)));
}

// fetch cannot tell the progress of an upload.
function post(
  form: FormData,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", `${SERVER_URL}/api/batch/create`);
    xhr.setRequestHeader("Authorization", `Bearer ${session.current()?.token ?? ""}`);
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    xhr.onload = () => resolve(new Response(xhr.responseText, { status: xhr.status }));
    xhr.onerror = () => reject(new ApiError("The upload was interrupted; try again", 0));
    xhr.onabort = () => reject(new ApiError("The upload was stopped", 0));
    signal?.addEventListener("abort", () => xhr.abort());
    xhr.send(form);
  });
}
