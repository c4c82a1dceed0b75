// A conversation kept: as a replay file (the dialogs of python -m skill.simulator), as a pytest case, as a link.

/** What one turn of a replay file holds. A touch and a lasting silence have no words. */
function kept({ asked, answer }) {
  const { speech, answer: id, ended } = answer.turn;
  const done = asked.touch ? { touch: asked.touch } : asked.end ? { silence: true } : {};
  return { person: asked.say ?? "", ...done, alexa: speech, answer: id, ended };
}

/** The replay file of `turns`. */
export function replayFile(turns, locale) {
  return `${JSON.stringify({ dialog: 1, locale, turns: turns.map(kept) }, null, 1)}\n`;
}

/** A pytest case for tests/ that holds the same conversation. */
export function pytestCase(turns, locale) {
  const lines = [
    '"""A conversation kept in the simulator."""',
    "",
    "from __future__ import annotations",
    "",
    "from collections.abc import Callable",
    "",
    "from tests.alexa import Alexa",
    "",
    "",
    `def test_${caseName(turns)}(alexa_in: Callable[[str], Alexa]) -> None:`,
    `    alexa = alexa_in(${python(locale)})`,
  ];
  for (const { asked, answer } of turns) {
    lines.push(
      "",
      `    turn = ${done(asked)}`,
      ...speechLines(answer.turn.speech),
      answer.turn.answer === null ? "    assert turn.answer is None" : `    assert turn.answer == ${python(answer.turn.answer)}`,
      answer.turn.ended ? "    assert turn.ended" : "    assert not turn.ended",
    );
  }
  return `${lines.join("\n")}\n`;
}

function done(asked) {
  if (asked.touch) {
    return `alexa.sends(type="Alexa.Presentation.APL.UserEvent", arguments=[${asked.touch.map(python).join(", ")}])`;
  }
  if (asked.end) return `alexa.sends(type="SessionEndedRequest", reason=${python(asked.end)})`;
  return `alexa.says(${python(asked.say)})`;
}

/** The assertion on what is heard, broken into lines that fit. */
function speechLines(speech) {
  const whole = `    assert turn.speech == ${python(speech)}`;
  if (whole.length <= 120) return [whole];
  const lines = [""];
  for (const word of speech.split(/(?<= )/)) {
    if (python(lines.at(-1) + word).length > 110) lines.push("");
    lines[lines.length - 1] += word;
  }
  return ["    assert turn.speech == (", ...lines.map((line) => `        ${python(line)}`), "    )"];
}

/** A string as Python writes it: JSON's escapes are Python's too. */
const python = (text) => JSON.stringify(text);

function caseName(turns) {
  const said = turns.map(({ asked }) => asked.say ?? "").find((words) => words && !/^open cancer guide$/i.test(words));
  const name = (said ?? "a conversation").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return name.slice(0, 60) || "a_conversation";
}

/** The dialog in a replay file; throws an Error that says what is wrong. */
export function readReplay(text) {
  let dialog;
  try {
    dialog = JSON.parse(text);
  } catch {
    throw new Error("The file is no JSON.");
  }
  const fits = (turn) =>
    typeof turn?.person === "string" &&
    (turn.touch === undefined || (Array.isArray(turn.touch) && turn.touch.every((part) => typeof part === "string")));
  if (dialog?.dialog !== 1 || !Array.isArray(dialog.turns) || !dialog.turns.every(fits)) {
    throw new Error("The file is no dialog of version 1.");
  }
  return { locale: typeof dialog.locale === "string" ? dialog.locale : "en-US", turns: dialog.turns };
}

/** What was asked in a turn of a replay file. */
export function askedIn(turn) {
  if (turn.touch?.length) return { touch: turn.touch };
  return turn.silence === true ? { end: "EXCEEDED_MAX_REPROMPTS" } : { say: turn.person };
}

/** What is different now: {key, was, is} for each thing that the file holds. */
export function differences(turn, answer) {
  const now = { alexa: answer.turn.speech, answer: answer.turn.answer, ended: answer.turn.ended };
  return Object.entries(now)
    .filter(([key, is]) => key in turn && turn[key] !== is)
    .map(([key, is]) => ({ key, was: turn[key], is }));
}

/** Two texts word by word: [{kind: "same" | "was" | "is", text}]. */
export function compared(was, is) {
  const [a, b] = [was.split(/(?<=\s)/), is.split(/(?<=\s)/)];
  const longest = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i][j] = a[i].trim() === b[j].trim() ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  const parts = [];
  const add = (kind, text) => (parts.at(-1)?.kind === kind ? (parts.at(-1).text += text) : parts.push({ kind, text }));
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i].trim() === b[j].trim()) {
      add("same", b[j]);
      [i, j] = [i + 1, j + 1];
    } else if (j >= b.length || (i < a.length && longest[i + 1][j] >= longest[i][j + 1])) add("was", a[i++]);
    else add("is", b[j++]);
  }
  return parts;
}

const MARK = "#talk=";

/** The fragment of an address that holds what was asked: it stays in the browser. */
export function fragment(turns, { locale, device }) {
  const said = turns.map(({ asked }) => asked.say ?? { touch: asked.touch, end: asked.end });
  const bytes = new TextEncoder().encode(JSON.stringify({ locale, device, said }));
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return MARK + base64.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** What a fragment holds: {locale, device, asked}, or null where it holds no conversation. */
export function readFragment(hash) {
  if (!hash.startsWith(MARK)) return null;
  try {
    const base64 = hash.slice(MARK.length).replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const { locale, device, said } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return { locale, device, asked: said.map((part) => (typeof part === "string" ? { say: part } : part)) };
  } catch {
    return null;
  }
}

/** Has the browser save `text` as a file. */
export function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
