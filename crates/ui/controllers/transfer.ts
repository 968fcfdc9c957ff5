// Sends one file by the tus protocol (resumable uploads, tus.io 1.0.0). Loaded only when a file is chosen.
import { DetailedError, Upload } from "tus-js-client";

const ENDPOINT = "/files/uploads";

export class Transfer {
  private readonly upload: Upload;

  constructor(file: File, progress: (sent: number) => void, done: (key: string) => void, failed: (words: string, mayRetry: boolean) => void) {
    this.upload = new Upload(file, {
      endpoint: ENDPOINT, retryDelays: [0, 500, 2000, 5000], removeFingerprintOnSuccess: true,
      metadata: { filename: file.name, filetype: file.type || "application/octet-stream" },
      onProgress: (sent) => progress(sent),
      onSuccess: () => done(this.upload.url?.split("/").pop() ?? ""),
      onError: (error) => failed(...words(error)),
      onShouldRetry: (error) => { const status = error.originalResponse?.getStatus() ?? 0; return status === 0 || status === 409 || status === 423 || status >= 500; },
    });
  }

  start(): void {
    this.upload.start();
  }

  stop(isForGood: boolean): void {
    this.upload.abort(isForGood).catch(() => { /* It goes by itself when it is old. */ });
  }
}

/** What went wrong in the person's words, and whether trying again may help. */
function words(error: Error | DetailedError): [string, boolean] {
  const status = error instanceof DetailedError ? (error.originalResponse?.getStatus() ?? 0) : 0;
  switch (status) {
    case 0: return ["The connection broke. Resume when you are back.", true];
    case 401: case 403: return ["Sign in again to add files.", false];
    case 413: return ["The file is too large.", false];
    case 415: return ["This type of file is not allowed.", false];
    case 429: return ["Too many files at once. Try again in a minute.", true];
    default: return ["The file could not be sent.", true];
  }
}
