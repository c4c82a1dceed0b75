// The page: holds the session, takes turns one after another, and joins what is typed, heard, said and shown.

import { newSession, take } from "./api.js";
import { VIEWPORTS } from "./apl.js";
import { element } from "./elements.js";
import * as record from "./record.js";
import { promptedLine, showNothing, showTurn, spokenTurn } from "./turn.js";
import { canListen, canSpeak, Listener, Speaker } from "./voice.js";

const SILENCE = 8000; // milliseconds before Alexa asks again, and before she gives up
const INVOKED = /\b(?:ask|tell|open|start|use|launch|talk to)\b.*\bcancer guide\b/i;

const narrow = matchMedia("(max-width: 60rem)"); // one column: the parts of a turn stand below the conversation
const byId = (id) => document.getElementById(id);
const [log, say, status] = ["log", "say", "status"].map(byId);

let turns = []; // {asked, answer, shown}: the conversation since the session began or was loaded
let session = newSession();
let queue = Promise.resolve(); // turns are taken one after another
let silence = 0;
let recalled = 0;
let shownTurn = 0; // the number of the turn whose parts are shown
const said = [];

const speaker = new Speaker();
const listener = new Listener({
  heard(words, final) {
    say.value = words;
    if (final) submit();
  },
  ended(error) {
    byId("microphone").setAttribute("aria-pressed", "false");
    if (error === "not-allowed") tell("The browser does not allow the microphone here.");
  },
});

const chosen = () => ({ locale: byId("locale").value, device: byId("device").value });

function tell(text) {
  status.textContent = text;
}

// Turns

/** Takes a turn after those before it; gives the answer, or null where it was refused. */
function turn(asked, { aloud = true } = {}) {
  const taken = queue.then(() => taken_(asked, aloud));
  queue = taken.catch(() => {});
  return taken;
}

async function taken_(asked, aloud) {
  clearTimeout(silence);
  log.setAttribute("aria-busy", "true");
  const { locale, device } = chosen();
  try {
    const answer = await take({ ...asked, locale, screen: device === "screen", session });
    session = answer.session;
    added({ asked, answer, shown: { screen: device === "screen" } });
    tell("");
    if (aloud) sayAloud(answer, locale);
    return answer;
  } catch (error) {
    tell(error.message);
    return null;
  } finally {
    log.removeAttribute("aria-busy");
  }
}

function added(done) {
  turns.push(done);
  const number = turns.length;
  const lines = spokenTurn(number, done.asked, done.answer, () => choose(number, true));
  log.append(...lines);
  byId("starters").open = false;
  for (const id of ["download-replay", "download-test", "share"]) byId(id).disabled = false;
  choose(number);
  bringIntoView(lines);
}

/** The last turn, from what was asked on: in its own box where there is one, else on the page. */
function bringIntoView(lines) {
  if (narrow.matches) lines[0].scrollIntoView({ block: "start" });
  else log.scrollTop = log.scrollHeight;
}

/** Shows a turn's parts; where the parts stand below the conversation, goes there. */
function choose(number, go = false) {
  shownTurn = number;
  showTurn(number, turns[number - 1], VIEWPORTS[byId("viewport").value], (given) => turn({ touch: given }));
  for (const button of log.querySelectorAll(".choose")) button.setAttribute("aria-pressed", "false");
  log.querySelector(`#turn-${number} .choose`).setAttribute("aria-pressed", "true");
  if (go && narrow.matches) {
    byId("turn").focus({ preventScroll: true });
    byId("turn").scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }
}

async function sayAloud(answer, locale) {
  const ssml = answer.response.response?.outputSpeech?.ssml;
  if (ssml && byId("speak").checked && !(await speaker.speak(ssml, locale))) return;
  if (answer.turn.ended) return;
  if (byId("hands-free").checked) listen();
  waitForWords(answer, locale);
}

/** After silence the reprompt, after as much again the end, as Alexa does. Whoever types is not silent. */
function waitForWords(answer, locale) {
  clearTimeout(silence);
  if (!byId("ask-again").checked) return;
  silence = setTimeout(async () => {
    const line = promptedLine(answer.turn.reprompt);
    log.append(line);
    bringIntoView([line]);
    const ssml = answer.response.response.reprompt?.outputSpeech?.ssml;
    if (ssml && byId("speak").checked && !(await speaker.speak(ssml, locale))) return;
    if (byId("hands-free").checked) listen();
    silence = setTimeout(() => turn({ end: "EXCEEDED_MAX_REPROMPTS" }), SILENCE);
  }, SILENCE);
}

function reset(message) {
  clearTimeout(silence);
  speaker.stop();
  listener.stop();
  turns = [];
  session = newSession();
  log.replaceChildren();
  showNothing();
  byId("replay").hidden = true;
  byId("starters").open = true;
  for (const id of ["download-replay", "download-test", "share"]) byId(id).disabled = true;
  tell(message);
}

// Typing

function submit() {
  const words = say.value.trim();
  if (!words) return;
  said.push(words);
  recalled = said.length;
  say.value = "";
  speaker.stop();
  turn({ say: asInvoked(words) });
}

/** In one-shot mode a question is asked with the skill's name, in a session of its own. */
const asInvoked = (words) => (byId("mode").value === "one-shot" && !INVOKED.test(words) ? `ask cancer guide ${words}` : words);

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});

say.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  if (event.isComposing || !said.length) return;
  recalled = Math.max(0, Math.min(said.length, recalled + (event.key === "ArrowUp" ? -1 : 1)));
  say.value = said[recalled] ?? "";
  event.preventDefault();
  say.setSelectionRange(say.value.length, say.value.length);
});

say.addEventListener("input", () => clearTimeout(silence));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  clearTimeout(silence);
  speaker.stop();
  listener.stop();
});

for (const button of document.querySelectorAll(".starter")) {
  button.addEventListener("click", () => {
    say.value = button.textContent;
    submit();
    say.focus();
  });
}

// Speaking and listening

function listen() {
  if (!canListen || listener.listening) return;
  byId("microphone").setAttribute("aria-pressed", "true");
  listener.start(chosen().locale);
}

byId("microphone").addEventListener("click", () => {
  speaker.stop();
  clearTimeout(silence);
  if (listener.listening) listener.stop();
  else listen();
});
byId("speak").addEventListener("change", () => speaker.stop());
byId("hands-free").addEventListener("change", (event) => {
  if (!event.target.checked) return listener.stop();
  byId("speak").checked = canSpeak;
  return listen();
});
byId("ask-again").addEventListener("change", () => {
  const last = turns.at(-1);
  clearTimeout(silence);
  if (last && !last.answer.turn.ended) waitForWords(last.answer, chosen().locale);
});
for (const [needs, here] of [["speech", canSpeak], ["microphone", canListen]]) {
  for (const control of document.querySelectorAll(`[data-needs="${needs}"]`)) control.hidden = !here;
}
byId("speak").checked = canSpeak;

// Sessions, recordings, links

byId("new-session").addEventListener("click", () => {
  history.replaceState(null, "", location.pathname);
  reset("A new session.");
  say.focus();
});
byId("viewport").append(...Object.entries(VIEWPORTS).map(([id, { name }]) => element("option", { value: id }, name)));
byId("viewport").value = "medium";
byId("viewport").addEventListener("change", () => choose(shownTurn));
byId("device").addEventListener("change", () => tell("The next turn is asked from the other device."));
byId("locale").addEventListener("change", () => reset("A new session: the device speaks another English now."));

byId("download-replay").addEventListener("click", () => record.download("conversation.json", record.replayFile(turns, chosen().locale)));
byId("download-test").addEventListener("click", () => record.download("test_conversation.py", record.pytestCase(turns, chosen().locale)));

byId("share").addEventListener("click", async () => {
  history.replaceState(null, "", record.fragment(turns, chosen()));
  try {
    await navigator.clipboard.writeText(location.href);
    tell("The link is copied. What was asked stands in the link itself, and nowhere on a server.");
  } catch {
    tell("The link stands in the address bar. What was asked stands in the link itself, and nowhere on a server.");
  }
});

byId("load-replay").addEventListener("click", () => byId("replay-file").click());
byId("replay-file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  try {
    await replay(record.readReplay(await file.text()));
  } catch (error) {
    tell(`${file.name}: ${error.message}`);
  }
  event.target.value = "";
});

/** Asks everything in a replay file again, and shows what is heard differently. */
async function replay(dialog) {
  if (!chooseOption("locale", dialog.locale)) throw new Error(`The locale ${dialog.locale} is not one of those here.`);
  reset("");
  const list = byId("replay-turns");
  list.replaceChildren();
  let different = 0;
  for (const kept of dialog.turns) {
    const answer = await turn(record.askedIn(kept), { aloud: false });
    if (!answer) return;
    const found = record.differences(kept, answer);
    if (found.length) different += 1;
    list.append(element("li", { class: found.length ? "different" : "same" }, element("strong", {}, kept.person || "(no words)"), ...shown(found)));
  }
  byId("replay-summary").textContent = different
    ? `${different} of ${dialog.turns.length} turns are different now.`
    : `${dialog.turns.length} turns, all as they were.`;
  byId("replay").hidden = false;
  tell(byId("replay-summary").textContent);
  byId("replay").scrollIntoView({ block: "nearest" });
}

function shown(found) {
  if (!found.length) return [element("span", { class: "verdict" }, "as it was")];
  return found.map(({ key, was, is }) => {
    const words = (value) => (typeof value === "string" ? value : String(value));
    const parts = record.compared(words(was), words(is)).map(({ kind, text }) => (kind === "same" ? text : element(kind === "was" ? "del" : "ins", {}, text)));
    return element("p", {}, element("span", { class: "verdict" }, `${key} `), ...parts);
  });
}

function chooseOption(id, value) {
  if (![...byId(id).options].some((option) => option.value === value)) return false;
  byId(id).value = value;
  return true;
}

/** Asks again what a link holds. */
async function fromLink() {
  const held = record.readFragment(location.hash);
  if (!held) return;
  reset("");
  if (!chooseOption("locale", held.locale) || !chooseOption("device", held.device)) {
    tell("The link holds settings that are not known here.");
    return;
  }
  for (const asked of held.asked) if (!(await turn(asked, { aloud: false }))) return;
}

window.addEventListener("hashchange", fromLink);
byId("no-script").hidden = true;
if (narrow.matches) byId("settings").open = false;
await fromLink();
if (matchMedia("(pointer: fine)").matches) say.focus({ preventScroll: true });
document.body.dataset.ready = "";
