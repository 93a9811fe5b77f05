export { describeChapter, type ForAll } from './describe-chapter.ts';
export { cutInto, cuts, damaged, damages } from './odd-bytes.ts';
export { oddText } from './odd-text.ts';
export { OtlpReceiver, type ReceivedSpan } from './otlp-receiver.ts';
export type { RawAnswer } from './raw-answer.ts';
export { RawClient, requestBytes } from './raw-client.ts';
export { keepReplay, parseReplay, readReplays, replayText, type Replay } from './replays.ts';
export { tryClaim, type Claim, type Trial } from './try-claim.ts';
export { routesOf } from './routes-of.ts';
