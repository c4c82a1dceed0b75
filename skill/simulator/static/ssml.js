// SSML as it is heard: a list of pieces to speak, each with its rate and the silence before it.

const RATES = { "x-slow": 0.5, slow: 0.8, medium: 1, fast: 1.5, "x-fast": 2 };
const DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/** The pieces of `ssml`: {text, rate, pause} with the pause in milliseconds. */
export function pieces(ssml) {
  const root = new DOMParser().parseFromString(ssml, "application/xml").documentElement;
  const found = [];
  let pause = 0;
  const say = (text, rate) => {
    const last = found.at(-1);
    if (last && !pause && last.rate === rate) last.text += text;
    else if (text.trim()) {
      found.push({ text, rate, pause });
      pause = 0;
    }
  };
  const walk = (node, rate) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) say(child.data, rate);
      else if (child.nodeName === "break") pause += milliseconds(child);
      else if (child.nodeName === "sub") say(child.getAttribute("alias"), rate);
      else if (child.nodeName === "say-as") say(spelled(child), rate);
      else walk(child, child.nodeName === "prosody" ? rate * rateOf(child) : rate);
    }
  };
  walk(root, 1);
  return found.filter((piece) => piece.text.trim());
}

function milliseconds(node) {
  const [, amount, unit] = /^([\d.]+)(ms|s)$/.exec(node.getAttribute("time") ?? "") ?? [null, "500", "ms"];
  return Number(amount) * (unit === "s" ? 1000 : 1);
}

function rateOf(node) {
  const rate = node.getAttribute("rate") ?? "medium";
  return RATES[rate] ?? (Number.parseFloat(rate) / 100 || 1);
}

/** Telephone numbers and digits one by one, a short rest between groups; characters likewise. */
function spelled(node) {
  const text = node.textContent;
  switch (node.getAttribute("interpret-as")) {
    case "telephone":
    case "digits":
      return text
        .split(/\D+/)
        .filter(Boolean)
        .map((group) => [...group].map((digit) => DIGITS[digit]).join(" "))
        .join(", ");
    case "characters":
    case "spell-out":
      return [...text].join(" ");
    default:
      return text;
  }
}
