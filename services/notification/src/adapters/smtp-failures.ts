import { MailError, MailLoginError, MailRejectedError, MailUnavailableError } from '../mailer.ts';

/** The parts of nodemailer's errors that tell what happened. */
interface SmtpFailure {
  code: string | undefined;
  /** The command that failed, such as `RCPT TO`. */
  command: string | undefined;
  responseCode: number | undefined;
}

/** Authentication required, too weak, wrong, or only after encryption (RFC 4954 section 6). */
const LOGIN_REPLIES: readonly number[] = [530, 534, 535, 538];

const MAX_MESSAGE_CHARACTERS = 300;

/**
 * What a failed sending means for the mail. Only an answer about the recipient or the content condemns it.
 * A refused greeting or sender is about us: the same mail may go once the operator has set that right, so it
 * counts as unavailable, like everything that is unknown.
 */
export function asMailError(error: unknown): MailError {
  if (error instanceof MailError) return error;
  const failure = readFailure(error);
  const options = { responseCode: failure.responseCode, cause: error };
  const message = describe(error);
  if (isLoginRefused(failure))
    return new MailLoginError(`the mail server refuses our login: ${message}`, options);
  if (isMailRefused(failure)) return new MailRejectedError(`the mail was refused: ${message}`, options);
  return new MailUnavailableError(`the mail could not be handed over: ${message}`, options);
}

function isLoginRefused({ code, command, responseCode }: SmtpFailure): boolean {
  // A reply to DATA may come from further down the line, where it says nothing about our login.
  if (responseCode !== undefined && LOGIN_REPLIES.includes(responseCode)) return command !== 'DATA';
  return (code === 'EAUTH' || code === 'ENOAUTH') && !isTransientReply(responseCode);
}

function isMailRefused({ command, responseCode }: SmtpFailure): boolean {
  return (command === 'RCPT TO' || command === 'DATA') && isPermanentReply(responseCode);
}

function isTransientReply(reply: number | undefined): boolean {
  return reply !== undefined && reply >= 400 && reply < 500;
}

/** 5xx is final (RFC 5321 section 4.2.1), but 503 says that the session got out of step. */
function isPermanentReply(reply: number | undefined): boolean {
  return reply !== undefined && reply >= 500 && reply < 600 && reply !== 503;
}

function readFailure(error: unknown): SmtpFailure {
  if (!(error instanceof Error)) return { code: undefined, command: undefined, responseCode: undefined };
  const { code, command, responseCode } = error as Error & Partial<Record<keyof SmtpFailure, unknown>>;
  return {
    code: typeof code === 'string' ? code : undefined,
    command: typeof command === 'string' ? command : undefined,
    responseCode: typeof responseCode === 'number' ? responseCode : undefined,
  };
}

/** One short line: servers may answer at length. */
function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/[\s\p{Cc}]+/gu, ' ').slice(0, MAX_MESSAGE_CHARACTERS);
}
