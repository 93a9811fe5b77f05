/** What holds for all routes. */
export const description = `Turns video into an MP3 and a transcript.

Log in with \`POST /login\`, send the token that it gives as \`Authorization: Bearer TOKEN\`, upload with \`POST /upload\`, and look at the job until it has ended.

Errors are \`application/problem+json\` (RFC 9457) with a stable \`code\`; \`detail\` says what to do. What belongs to somebody else is answered with 404, as if it were not there. A path that is there for other methods is answered with 405 \`METHOD_NOT_ALLOWED\` and \`Allow\`, everything else that is not there with 404 \`NOT_FOUND\`. What is no well-formed HTTP request is answered with 400, 408 or 431 and \`BAD_REQUEST\` or \`REQUEST_TIMEOUT\`, before any route is asked.

Clients must take fields and codes that they do not know yet.`;
