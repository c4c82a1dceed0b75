// What the page shows of one turn: its place in the conversation, and its parts beside it.

import { drawn, screenOf } from "./apl.js";
import { element, linked } from "./elements.js";

const part = (id) => document.getElementById(id);

/** The two sides of a turn, for the log. `choose` is called to show the turn's parts. */
export function spokenTurn(number, asked, answer, choose) {
  const { speech, ended, kind } = answer.turn;
  return [
    personLine(asked),
    element(
      "div",
      { class: kind === "emergency" || kind === "crisis" ? "line alexa urgent" : "line alexa", id: `turn-${number}` },
      element("span", { class: "who" }, "Cancer Guide"),
      element("p", {}, speech || "(silence)"),
      element(
        "div",
        { class: "under" },
        element("span", { class: ended ? "state ended" : "state open" }, ended ? "The session is over" : "Listening for an answer"),
        element("button", { type: "button", class: "quiet choose", "aria-pressed": "false", "aria-label": `Card and details of turn ${number}`, onclick: choose }, "Card and details"),
      ),
    ),
  ];
}

function personLine(asked) {
  const done = asked.touch ? `(touched ${asked.touch.join(", ")})` : asked.end ? "(silence)" : asked.say;
  return element("div", { class: "line person" }, element("span", { class: "who" }, "You"), element("p", {}, done || "(nothing)"));
}

/** Words of Alexa's own in the log: the reprompt after silence. */
export function promptedLine(text) {
  return element("div", { class: "line alexa" }, element("span", { class: "who" }, "Cancer Guide, after 8 seconds of silence"), element("p", {}, text));
}

/** Shows the parts of a turn beside the conversation. */
export function showTurn(number, { answer, shown }, viewport, touched) {
  const { turn, request, response, session, explain } = answer;
  part("no-turn").hidden = true;
  part("turn-parts").hidden = false;
  part("turn-title").textContent = `Turn ${number}`;
  part("facts").replaceChildren(
    element("span", { class: turn.ended ? "state ended" : "state open" }, turn.ended ? "Session over" : "Session open"),
    element("span", {}, turn.kind + (turn.answer ? `: ${turn.answer}` : turn.choices.length ? `: ${turn.choices.join(" or ")}` : "")),
    element("span", {}, `${turn.ms.toFixed(1)} ms`),
  );
  showCard(turn.card);
  showScreen(shown.screen ? screenOf(response) ?? turn : null, viewport, touched);
  part("reprompt").textContent = turn.reprompt ?? (turn.ended ? "Nothing: the session is over." : "Nothing.");
  part("why").replaceChildren(...reasons(explain, request));
  part("request").textContent = JSON.stringify(request, null, 2);
  part("response").textContent = JSON.stringify(response, null, 2);
  part("attributes").textContent = JSON.stringify(session.attributes, null, 2);
}

/** Back to the state before any turn. */
export function showNothing() {
  part("no-turn").hidden = false;
  part("turn-parts").hidden = true;
}

function showCard(card) {
  if (!card) {
    part("card").replaceChildren(element("p", { class: "empty" }, "No card in this turn."));
    return;
  }
  const paragraphs = card.text.trim().split(/\n{2,}/).map((paragraph) => element("p", {}, ...linked(paragraph)));
  part("card").replaceChildren(element("article", { class: "card" }, element("h4", {}, card.title ?? ""), ...paragraphs));
}

/** The device as it looks after a turn: its document, or what Alexa puts there when a reply brings none. */
function showScreen(shown, viewport, touched) {
  part("viewport-part").hidden = !shown;
  if (!shown) {
    part("screen").replaceChildren(element("p", { class: "empty" }, "A speaker has no screen. Choose Echo Show under Settings."));
    return;
  }
  const own = shown.type !== undefined;
  const frame = element("div", { class: "device", role: "group", "aria-label": `Echo Show, ${viewport.name}` }, own ? drawn(shown, viewport, touched) : cardView(shown));
  const { width, height, shape } = viewport;
  frame.classList.toggle("round", shape === "round");
  frame.classList.toggle("upright", height > width);
  frame.style.aspectRatio = `${width} / ${height}`;
  frame.firstChild.style.width = `${width}px`;
  frame.firstChild.style.height = `${height}px`;
  part("screen").replaceChildren(frame);
  if (!own) part("screen").append(element("p", { class: "empty" }, shown.card ? "This reply brings no screen of its own: the device shows the card." : "This reply brings neither screen nor card: the device shows the skill’s name."));
  const fit = () => frame.style.setProperty("--scale", frame.clientWidth / width);
  new ResizeObserver(fit).observe(frame);
  fit();
}

/** What a device shows when a reply brings no document: the card, or the name of the skill; nothing of the turn before. */
function cardView({ card }) {
  const words = card ? [element("p", { class: "card-title" }, card.title ?? ""), element("p", {}, card.text.trim())] : [element("p", { class: "card-title" }, "Cancer Guide")];
  return element("div", { class: card ? "apl-stage card-view" : "apl-stage card-view bare", tabindex: card ? "0" : null, role: card ? "group" : null, "aria-label": card ? "The card, which scrolls" : null }, ...words);
}

function reasons(explain, request) {
  if (!explain) return [element("p", {}, `${request.request.type}: nothing was said.`)];
  const rows = [
    ["Intent", explain.intent ?? explain.kind],
    ["Because", explain.why ?? (explain.kind === "launch" ? "the skill was opened" : "Alexa ends the session itself")],
    ...Object.entries(explain.slots).map(([name, slot]) => [`Slot ${name}`, `“${slot.value}” → ${slot.id || "no match"}`]),
  ];
  const { find } = explain;
  if (find) {
    const corrected = find.corrected.map((slip) => `${slip.heard} → ${slip.meant}`).join(", ");
    const safety = find.safety && Object.values(find.safety).filter(Boolean).join(", ");
    rows.push(["Words", find.words.join(" ") || "none"], ["Corrected", corrected || "nothing"], ["Safety", safety || "nothing heard"]);
    rows.push(["Decision", [find.decision.kind, find.decision.answers.join(" or ")].filter(Boolean).join(": ")]);
    if (find.known) rows.push(["Matched", `Alexa matched the words to ${find.known}; no search was needed`]);
    rows.push(["Sure that it is ours", bar(find.ours, find.thresholds.ours, "anything but no")]);
    rows.push(["Sure of the best", bar(find.first, find.thresholds.answer, "an answer")], ["Of the best two", bar(find.both, find.thresholds.offer, "an offer of two")]);
  }
  const list = element("dl", { class: "reasons" }, ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  return find ? [list, runnersUp(find)] : [list];
}

function bar(probability, threshold, what) {
  const percent = (share) => `${(share * 100).toFixed(1)} %`;
  return element(
    "span",
    { class: "sure" },
    element("meter", { min: "0", max: "1", low: String(threshold), optimum: "1", value: String(probability), "aria-label": `${percent(probability)}, ${percent(threshold)} is needed for ${what}` }),
    element("span", {}, `${percent(probability)}, ${percent(threshold)} needed for ${what}`),
  );
}

function runnersUp({ best, decline }) {
  const row = (title, id, score) => element("tr", {}, element("td", {}, title), element("td", {}, element("code", {}, id)), element("td", { class: "number" }, score.toFixed(3)));
  return element(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": "Best five answers, table" },
    element(
      "table",
      {},
      element("caption", {}, "The best five, and the best of what is not ours"),
      element("thead", {}, element("tr", {}, ...["Answer", "Id", "Score"].map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, ...best.map(({ title, id, score }) => row(title, id, score)), row("(not ours)", decline.id || "none", decline.score)),
    ),
  );
}
