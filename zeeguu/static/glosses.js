// The glosses of an article, fetched once as its page opens, and which of them is that
// of a word. reader.js says what all this is for.

const page = document.querySelector(".reading");
const menu = page.querySelector(".into select");
const offered = [...menu.options].map((one) => one.value).filter(Boolean);
const REMEMBERED = "translate-into";
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

function target() {
  const asked = new URLSearchParams(location.search).get("to");
  const spoken = navigator.languages.map((code) => code.split("-")[0]);
  const wishes = [asked, remembered(), "en", ...spoken];
  const only = offered.length === 1 ? offered[0] : "";
  return wishes.find((code) => offered.includes(code)) ?? only;
}

function load() {
  const url = `${page.dataset.glosses}?to=${menu.value}`;
  answer = menu.value ? fetch(url).then((got) => (got.ok ? got.json() : null)) : null;
  // Told at the tap.
  answer = Promise.resolve(answer).catch(() => null);
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
