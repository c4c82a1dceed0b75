// A voice and an ear in place of the browser's: what is spoken is written down with the time, what is heard is put in
// by the test. Every utterance begins and ends at once, unless `voice.breath` says that it takes its time.
window.voice = { spoken: [], cancelled: 0, breath: 0, mute: false, listening: null, started: 0, aborted: 0 };

class Utterance {
  constructor(text) {
    Object.assign(this, { text, rate: 1, lang: "", voice: null });
  }
}

let waiting = []; // the first one is speaking
const next = () => {
  const [utterance] = waiting;
  if (!utterance) return;
  utterance.onstart?.();
  const ends = () => {
    if (waiting[0] !== utterance) return;
    waiting.shift();
    utterance.onend?.();
    next();
  };
  if (window.voice.breath) setTimeout(ends, window.voice.breath);
  else queueMicrotask(ends);
};
const synthesis = {
  getVoices: () => [
    { name: "Kate", lang: "en_GB" },
    { name: "Ava", lang: "en-US" },
    { name: "Hedda", lang: "de-DE" },
  ],
  speak(utterance) {
    const { text, rate, lang } = utterance;
    window.voice.spoken.push({ text, rate, lang, voice: utterance.voice?.name ?? null, at: Date.now() });
    if (window.voice.mute) return; // a machine without a voice: nothing ever begins
    waiting.push(utterance);
    if (waiting.length === 1) next();
  },
  cancel() {
    window.voice.cancelled += 1;
    const stopped = waiting;
    waiting = [];
    queueMicrotask(() => stopped.forEach((utterance) => utterance.onerror?.({ error: "canceled" })));
  },
};

class Recognition {
  start() {
    window.voice.listening = this;
    window.voice.started += 1;
  }
  abort() {
    window.voice.aborted += 1;
    this.ends();
  }
  ends(error) {
    if (error) this.onerror?.({ error });
    window.voice.listening = null;
    this.onend?.();
  }
}

/** Somebody says something: first a part of it, then all. */
window.voice.hear = (words) => {
  const listener = window.voice.listening;
  const result = (transcript, isFinal) => ({ results: [Object.assign([{ transcript }], { isFinal })] });
  listener.onresult(result(words.split(" ")[0], false));
  listener.onresult(result(words, true));
  listener.ends();
};

Object.defineProperty(window, "speechSynthesis", { value: synthesis });
Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Utterance });
for (const name of ["SpeechRecognition", "webkitSpeechRecognition"]) {
  Object.defineProperty(window, name, { value: Recognition, configurable: true });
}
