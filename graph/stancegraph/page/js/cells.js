// A cell as cells.py makes it: no control characters, one kind of line end, an apostrophe before what a spreadsheet would run.
const UNSAFE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\p{Cs}\u{e0000}-\u{e007f}]/gu;
const FORMULA = /^(?:[\s\u00ad\u061c\u180e\u200b-\u200f\u2060-\u206f\ufeff\ufffd]*[=+\-@＝＋－＠﹢﹣﹦﹫−]|[\t\n])/;
const NUMBER = /^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$/;
export function cellOfCsv(value) {
  const text = String(value ?? "").replace(/\r\n?|[\x0b\x0c\x85\u2028\u2029]/g, "\n").replace(UNSAFE, "\ufffd");
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}
