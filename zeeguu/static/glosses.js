// The glosses of an article, fetched once as its page opens, and which of them is that
// of a word. reader.js says what all this is for.

const page = document.querySelector(".reading");
const menu = page.querySelector(".into select");
const options = [...menu.options].filter((one) => one.value);
const REMEMBERED = "translate-into";
const PATIENCE = 10_000; // milliseconds, until an answer is not waited for any more
let answer; // a promise of the glosses

// Browsers may refuse to remember; then it is as if nothing had been chosen.
function remembered() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

function remember(code) {
  try {
    localStorage.setItem(REMEMBERED, code);
  } catch {
    // Chosen for this page alone.
  }
}

// Our code of what is offered that a wish names, by that or a written form: nb-NO is no.
function offer(wish) {
  const code = wish?.toLowerCase().split("-")[0];
  const names = (one) => [one.value, ...one.dataset.forms.split(" ")];
  return options.find((one) => names(one).includes(code))?.value;
}

function target() {
  const asked = new URLSearchParams(location.search).get("to");
  const wishes = [asked, remembered(), "en", ...navigator.languages];
  const only = options.length === 1 ? options[0].value : "";
  return wishes.map(offer).find(Boolean) ?? only;
}

function load() {
  const url = `${page.dataset.glosses}?to=${menu.value}`;
  answer = menu.value ? ask(url).then((got) => (got.ok ? got.json() : null)) : null;
  // Told at the tap.
  answer = Promise.resolve(answer).catch(() => null);
}

// Fetch, and fail where the whole answer is not there in time.
function ask(url, options) {
  return fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE) });
}

// Members of a group, such as a verb and its particle, are one word.
function members(word) {
  const group = word.dataset.group;
  if (!group) return [word];
  return [...word.closest(".s").querySelectorAll(`[data-group="${group}"]`)];
}

function lookUp(text, glosses) {
  const keys = [text, text.toLowerCase()];
  return glosses[keys.find((key) => Object.hasOwn(glosses, key))];
}

function glossOf(word, { glosses }) {
  const [lemma] = members(word).map((one) => one.dataset.lemma).filter(Boolean);
  return lookUp(lemma ?? word.textContent, glosses);
}

// The longest phrase around a word: [its text, its gloss], or nothing.
function phraseOf(word, { glosses }) {
  for (const length of [3, 2])
    for (let back = length - 1; back >= 0; back--) {
      const text = textFrom(word, back, length);
      const gloss = text && lookUp(text, glosses);
      if (gloss) return [text, gloss];
    }
}

// The text of so many words side by side, the first of them so many before a word.
function textFrom(word, back, length) {
  let node = word;
  while (node && back--) node = isWord(node.previousElementSibling);
  let text = node?.textContent;
  while (node && length > 1) {
    node = node.nextSibling;
    if (node?.nodeType === Node.ELEMENT_NODE) {
      node = isWord(node);
      length--;
    }
    text += node?.textContent;
  }
  return node && text;
}

const isWord = (element) => (element?.matches(".w") ? element : null);
