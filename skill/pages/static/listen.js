// The "listen" button: reads the answer aloud with the browser's own voice. Without it, the page lacks nothing.

const LISTEN = "Listen";
const STOP = "Stop listening";
const PACE = 0.9;

/** The text of an element as it should be spoken: telephone numbers one digit at a time. */
function spoken(element) {
  const copy = element.cloneNode(true);
  for (const number of copy.querySelectorAll('a[href^="tel:"], a[href^="sms:"]')) {
    number.textContent = number.textContent.replace(/\d/g, "$& ").replace(/-/g, ", ");
  }
  return [...copy.querySelectorAll("p")].map((paragraph) => paragraph.textContent.trim());
}

/** Speaks paragraphs one after another, then calls `done`: long texts in one piece are cut off by some browsers. */
function speak(paragraphs, done) {
  const language = document.documentElement.lang;
  paragraphs.forEach((text, place) => {
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = language;
    utterance.rate = PACE;
    utterance.onerror = done;
    if (place === paragraphs.length - 1) {
      utterance.onend = done;
    }
    speechSynthesis.speak(utterance);
  });
}

if ("speechSynthesis" in window) {
  for (const button of document.querySelectorAll("button[data-listen]")) {
    const text = document.getElementById(button.dataset.listen);
    let speaking = 0; // the number of the reading under way; what is told of an earlier one comes too late
    let readings = 0;
    const stopped = (reading) => {
      if (reading !== speaking) return;
      speaking = 0;
      button.textContent = LISTEN;
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      const before = speaking;
      stopped(before);
      speechSynthesis.cancel();
      if (before) return;
      const reading = (readings += 1);
      speaking = reading;
      button.textContent = STOP;
      speak(spoken(text), () => stopped(reading));
    });
  }
  window.addEventListener("pagehide", () => speechSynthesis.cancel());
}
