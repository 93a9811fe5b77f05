export { AnswerChecker, type AskedAndAnswered } from './answer-checker.ts';
export type { Json, JsonObject } from './closed-document.ts';
export { watchAnswers } from './watch-answers.ts';
export { SchemaChecks } from './schema-checks.ts';
