import { FILE_ENDINGS } from '../disputed.ts';
import { overLimit, type Failure } from '../errors.ts';
import { textAt } from '../json.ts';
import { done, failed, type Result } from '../result.ts';
import { callOa, type OaOptions } from './call.ts';
import { OA_LIMITS } from './limits.ts';

export type Upload = { bytes: Uint8Array; filename: string };

/** Uploads, whose ids are good for 7 days. There is none for sound: a voice answer has to go as a link. */
export class ZaloUploads {
  readonly #options: OaOptions;

  constructor(options: OaOptions) {
    this.#options = options;
  }

  /** jpg or png up to 1 MB. */
  async image(upload: Upload): Promise<Result<{ attachment_id: string }>> {
    const id = await this.#upload('oa.uploads.image', '/v2.0/oa/upload/image', upload, ['jpg', 'jpeg', 'png'], OA_LIMITS.imageBytes, 'attachment_id');
    return id.ok ? done({ attachment_id: id.value }) : id;
  }

  /** gif up to 5 MB. */
  async gif(upload: Upload): Promise<Result<{ attachment_id: string }>> {
    const id = await this.#upload('oa.uploads.gif', '/v2.0/oa/upload/gif', upload, ['gif'], OA_LIMITS.gifBytes, 'attachment_id');
    return id.ok ? done({ attachment_id: id.value }) : id;
  }

  /** pdf, doc or docx up to 5 MB. */
  async file(upload: Upload): Promise<Result<{ token: string }>> {
    const token = await this.#upload('oa.uploads.file', '/v2.0/oa/upload/file', upload, FILE_ENDINGS, OA_LIMITS.fileBytes, 'token');
    return token.ok ? done({ token: token.value }) : token;
  }

  async #upload(name: string, path: string, upload: Upload, endings: readonly string[], limit: number, field: string): Promise<Result<string>> {
    const broken = check(name, upload, endings, limit);
    if (broken !== null) return failed(broken);
    const body = new FormData();
    body.set('file', new Blob([new Uint8Array(upload.bytes)], { type: MIME[endingOf(upload.filename)] ?? 'application/octet-stream' }), upload.filename);
    const request = { name, host: 'api', path, body, changes: false } as const;
    const answer = await callOa(request, this.#options);
    if (!answer.ok) return answer;
    const id = textAt(answer.value.data, field);
    // Zalo says "success" without an id when it does not like the name.
    return id === undefined || id === '' ? failed(overLimit(name, 'filename', 'was not taken: Zalo answered without an id')) : done(id);
  }
}

const MIME: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  pdf: 'application/pdf',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
};

function check(call: string, { bytes, filename }: Upload, endings: readonly string[], limit: number): Failure | null {
  if (!endings.includes(endingOf(filename))) return overLimit(call, 'filename', `has to end in ${endings.map((ending) => `.${ending}`).join(', ')}`);
  const size = bytes.byteLength;
  if (size === 0) return overLimit(call, 'bytes', 'are none', limit, 0);
  return size > limit ? overLimit(call, 'bytes', `are ${size}; Zalo takes at most ${limit}`, limit, size) : null;
}

function endingOf(filename: string): string {
  return /\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase() ?? '';
}
