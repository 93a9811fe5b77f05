/** Words that passwords are made of by those who add a year and an exclamation mark. */
const words = `
  password passwort passord passwd pass secret geheim login access letmein welcome willkommen hello hallo
  changeme changethis default temp temporary admin administrator root master superuser user guest test testing
  qwe asd zxc qwer zaq xsw telecom demo aa theworldinyourhand
  qwerty qwertz azerty qwertyuiop qwertzuiop asdf asdfgh asdfghjkl zxcvbn zxcvbnm qaz wsx edc
  abc abcd abcdef abcdefg abcdefgh iloveyou love you monkey dragon sunshine princess football baseball basketball
  superman batman starwars pokemon shadow michael jordan jessica charlie whatever trustno trustnoone
  january february march april may june july august september october november december
  daniel thomas robert jennifer ashley nicole joshua andrew justin matthew anthony christopher alexander elizabeth
  liverpool chelsea arsenal barcelona chocolate butterfly computer internet samsung google facebook linkedin myspace
  freedom flower metallica spiderman minecraft naruto india pakistan america jesus angel babygirl fuck
  spring summer autumn winter monday friday sunday my the is this new clipscribe
  correcthorsebatterystaple tobeornottobe thequickbrownfox opensesame maytheforcebewithyou`;

const onlyWords = new RegExp(`^(?:${words.trim().split(/\s+/).join('|')})+$`);

/** Ways over a keyboard, and counting; each is refused in both directions and from any start. */
const ways = [
  'abcdefghijklmnopqrstuvwxyz',
  '1234567890',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'qwertyuiop[]',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'qazwsxedcrfvtgbyhnujmikolp',
  '112233445566778899',
  '!@#$%^&*()',
];

const FEWEST_DIFFERENT_CHARACTERS = 5;

/** So many digits and signs around common words do not make them uncommon. */
const MOST_DECORATION = 10;

/** Signs that stand for letters, and the letters. */
const lookalikes = new Map(Array.from('013457@$!', (sign, n) => [sign, Array.from('oieastasi')[n] ?? sign]));

/** So many letters around a way over the digits do not make it uncommon. */
const FEW_LETTERS = 3;
const LONG_WAY = 6;

/** True for what guessing programs try first: common words with decoration, repetition, numbers, ways over the keyboard. */
export function isCommonPassword(password: string): boolean {
  const lower = password.toLowerCase();
  if (new Set(lower).size < FEWEST_DIFFERENT_CHARACTERS) return true;
  return isRepeated(lower) || isWay(lower) || isNumber(lower) || isMadeOfWords(lower);
}

/** Digits alone, or counting with a letter or two: `Aa@123456789`. */
function isNumber(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  if (digits === text) return true;
  const letters = text.replace(/[^\p{L}]/gu, '');
  return letters.length <= FEW_LETTERS && digits.length >= LONG_WAY && (isWay(digits) || isRepeated(digits));
}

function isRepeated(text: string): boolean {
  return (text + text).indexOf(text, 1) < text.length;
}

function isWay(text: string): boolean {
  const backwards = Array.from(text).reverse().join('');
  return ways.some((way) => way.repeat(8).includes(text) || way.repeat(8).includes(backwards));
}

function isMadeOfWords(text: string): boolean {
  const core = text.replace(/^[^\p{L}@$]+|[^\p{L}]+$/gu, '');
  const unmasked = core.replace(/[013457@$!]/g, (sign) => lookalikes.get(sign) ?? sign);
  return [text, unmasked].some((form) => {
    const letters = form.replace(/[^\p{L}]/gu, '');
    return text.length - letters.length <= MOST_DECORATION && onlyWords.test(letters);
  });
}
