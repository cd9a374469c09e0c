// What the server, or the way to it, has to say when something can't be done.

/** A fault with a stable code: one of the server's, or `offline` or `server_gone` when nothing came back. */
export class ApiError extends Error {
  /** @param {{ code: string, detail?: string, status?: number, [member: string]: any }} problem */
  constructor(problem) {
    super(problem.detail ?? problem.code);
    this.code = problem.code;
    this.status = problem.status ?? 0;
    this.detail = problem.detail ?? '';
    this.requestId = problem.requestId ?? null;
    /** @type {{ pointer: string, detail: string }[]} */
    this.errors = problem.errors ?? [];
    /** Everything else that the server said, like `existingId` or `usableModels`. */
    this.more = problem;
    /** @type {number | null} */
    this.retryAfter = problem.retryAfter ?? null;
  }

  /** What is wrong with one member of the body. */
  at(/** @type {string} */ pointer) {
    return this.errors.find((fault) => fault.pointer === pointer)?.detail ?? null;
  }

  /** Reads a problem out of an answer that isn't good. @param {Response} answer */
  static async of(answer) {
    const problem = await answer.json().catch(() => null);
    if (typeof problem?.code !== 'string') {
      return new ApiError({ code: 'foreign_answer', status: answer.status });
    }
    const seconds = Number(answer.headers.get('retry-after'));
    return new ApiError({ ...problem, retryAfter: seconds > 0 ? seconds : null });
  }

  /** No answer at all. */
  static unreachable() {
    return new ApiError({ code: navigator.onLine ? 'server_gone' : 'offline' });
  }
}

/** Whether somebody, not something, ended the request. @param {unknown} fault */
export const wasAborted = (fault) => fault instanceof DOMException && fault.name === 'AbortError';

/** The JSON in a good answer. One that breaks off on the way is as good as none. @param {Response} answer */
export async function jsonOf(answer) {
  try {
    return await answer.json();
  } catch (fault) {
    throw fault instanceof TypeError ? ApiError.unreachable() : fault;
  }
}
