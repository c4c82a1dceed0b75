// Speaking and listening, where the browser can. Both are asked for; neither is needed.

import { pieces } from "./ssml.js";

const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
const MUTE_AFTER = 1500; // milliseconds without a sound beginning: there is no voice on this machine

export const canSpeak = "speechSynthesis" in window && "SpeechSynthesisUtterance" in window;
export const canListen = Boolean(Recognition);

/** Speaks one text at a time. */
export class Speaker {
  #turn = 0;

  /** Speaks `ssml` in a voice of `locale`; gives true when all of it was spoken, false when it was stopped. */
  async speak(ssml, locale) {
    this.stop();
    const turn = this.#turn;
    for (const piece of pieces(ssml)) {
      if (piece.pause) await new Promise((done) => setTimeout(done, piece.pause));
      if (turn !== this.#turn) return false;
      await this.#say(piece, locale);
      if (turn !== this.#turn) return false;
    }
    return true;
  }

  /** Falls silent at once. */
  stop() {
    this.#turn += 1;
    if (canSpeak) speechSynthesis.cancel();
  }

  #say(piece, locale) {
    return new Promise((done) => {
      const utterance = new SpeechSynthesisUtterance(piece.text);
      const voices = speechSynthesis.getVoices();
      utterance.lang = locale;
      utterance.rate = piece.rate;
      utterance.voice =
        voices.find((voice) => voice.lang.replace("_", "-") === locale) ??
        voices.find((voice) => voice.lang.startsWith("en")) ??
        null;
      const unheard = setTimeout(done, MUTE_AFTER);
      utterance.onstart = () => clearTimeout(unheard);
      utterance.onend = utterance.onerror = () => {
        clearTimeout(unheard);
        done();
      };
      speechSynthesis.speak(utterance);
    });
  }
}

/** Listens to one utterance at a time. `heard(words, final)`, `ended(error)`: error is "" where there was none. */
export class Listener {
  #recognition = null;

  constructor({ heard, ended }) {
    this.heard = heard;
    this.ended = ended;
  }

  get listening() {
    return this.#recognition !== null;
  }

  start(locale) {
    if (!canListen || this.listening) return;
    const recognition = new Recognition();
    let error = "";
    recognition.lang = locale;
    recognition.interimResults = true;
    recognition.onresult = (event) => {
      const result = event.results[event.results.length - 1];
      this.heard(result[0].transcript, result.isFinal);
    };
    recognition.onerror = (event) => {
      error = event.error;
    };
    recognition.onend = () => {
      this.#recognition = null;
      this.ended(error);
    };
    this.#recognition = recognition;
    recognition.start();
  }

  stop() {
    this.#recognition?.abort();
  }
}
