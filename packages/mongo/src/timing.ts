/** So long a server may take for one step of an operation: being found, being connected to, answering. */
export const ANSWER_MS = 1500;

/** So long an operation may take altogether, whatever its steps: callers are promised an answer within 2 s. */
export const OPERATION_MS = 1800;

/**
 * So long a server may take for a bulky step, such as storing one block of a file. A disk under load may stall for
 * seconds, which should not cost an upload of an hour; a server that is gone breaks the connection anyway.
 */
export const BULK_MS = 10_000;
