// The box beside a word that shows what it means.

const box = page.querySelector(".gloss");
const GAP = 8; // pixels, to the word and to the window's edge
const POS = {
  n: "noun", pn: "name", v: "verb", adj: "adjective", adv: "adverb",
  prep: "preposition", conj: "conjunction", pron: "pronoun", det: "determiner",
  art: "article", num: "number", int: "interjection", part: "particle",
};
const GENDERS = { m: "masculine", f: "feminine", n: "neuter", c: "common gender" };
const GUESSES = {
  folded: "from a word written with other accents",
  elision: "from the word behind the apostrophe",
  ending: "from a word with another ending",
  prefix: "from a verb with a prefix",
  accents: "from words with accents",
  hyphen: "from the part behind the hyphen",
  compound: "from the last part of the word",
};

// What else there is for who is signed in (learner.js): beside a sense, and below all.
const own = { beside: () => [], below: () => [] };

function make(tag, className, content, lang) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (lang) made.lang = lang;
  made.append(...[content].flat());
  return made;
}

function button(className, label, onClick) {
  const made = make("button", className, label);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

function heading(word) {
  const parts = members(word);
  const isSplit = parts.some((one, i) => i && one.previousElementSibling !== parts[i - 1]);
  const text = parts.map((one) => one.textContent).join(isSplit ? " … " : " ");
  const made = make("h2", "", text, box.dataset.lang);
  made.id = "gloss-word";
  return made;
}

// What was looked up, where it is another word than the one in the text.
function origin(word, gloss) {
  const plain = members(word).length > 1 ? "" : word.textContent.toLowerCase();
  const { before, headword = gloss.lemma } = gloss;
  if (before) {
    const part = `${before.headword}: ${before.translations.join(", ")}`;
    const parts = make("p", "from", `${before.headword} + ${headword}`, box.dataset.lang);
    return [parts, make("p", "", part)];
  }
  if (!headword || headword.toLowerCase() === plain) return [];
  return [make("p", "from", headword, box.dataset.lang)];
}

function sense(word, gloss, one, phrase) {
  const kind = [POS[one.pos] ?? one.pos, GENDERS[one.gender] ?? one.gender];
  const about = kind.filter(Boolean).join(", ");
  const other = make("span", "headword", one.headword ?? "", box.dataset.lang);
  const translations = one.translations.join(", ");
  return make("li", "", [
    make("span", "kind", one.headword ? [other, ` ${about}`] : about),
    make("span", "means", translations, menu.selectedOptions[0].lang),
    ...own.beside(word, one, phrase),
    wrongButton(word, gloss, one),
  ]);
}

// Of several translations the reader is asked which one is wrong.
function wrongButton(word, gloss, one) {
  const choices = one.translations.map((text) => reportButton(word, gloss, one, text));
  if (choices.length === 1) {
    choices[0].textContent = "wrong?";
    return choices[0];
  }
  const asking = button("wrong", "wrong?", () => {
    asking.replaceWith(make("span", "which", ["Which one?", ...choices]));
    choices[0].focus();
    place(word);
  });
  asking.setAttribute("aria-label", `Report as wrong: ${one.translations.join(", ")}`);
  return asking;
}

function reportButton(word, gloss, one, translation) {
  const label = `Report as wrong: ${translation}`;
  const made = button("wrong", translation, async () => {
    made.disabled = true;
    const said = { headword: one.headword ?? gloss.headword, translation };
    const isTold = await report(word, said);
    made.disabled = isTold;
    made.textContent = isTold ? "noted, thank you" : "not sent, try again later";
    // It would still be read as what the button was for.
    if (isTold) made.removeAttribute("aria-label");
    else made.setAttribute("aria-label", `${made.textContent}: ${label}`);
    if (isTold) box.focus({ preventScroll: true });
  });
  made.setAttribute("aria-label", label);
  return made;
}

function told(word, got) {
  const phrase = phraseOf(word, got);
  const ofWord = wordTold(word, glossOf(word, got));
  return phrase ? [phraseTold(word, ...phrase), ...ofWord] : ofWord;
}

function phraseTold(word, text, gloss) {
  const found = make("li", "", make("span", "headword", text, box.dataset.lang));
  return make("ul", "phrase", [found, ...gloss.senses.map((one) => sense(word, gloss, one, text))]);
}

function wordTold(word, gloss) {
  if (!gloss?.senses.length)
    return [...(gloss ? origin(word, gloss) : []), make("p", "", "Not in the dictionary.")];
  const guess = GUESSES[gloss.step] ?? "from a word like it";
  return [
    ...origin(word, gloss),
    ...(gloss.guess ? [make("p", "guess", `A guess, ${guess}.`)] : []),
    make("ul", "", gloss.senses.map((one) => sense(word, gloss, one))),
  ];
}

// What is shown in place of a gloss, as long as there are none.
function trouble(word, got) {
  if (!options.length)
    return [make("p", "", "There is no dictionary of this language here.")];
  if (!menu.value) return [make("p", "", "Translate into"), choice(word)];
  if (got) return null;
  const again = button("again", "Try again", () => { load(); show(word); });
  return [make("p", "", "The translations could not be loaded."), again];
}

// The menu of the page once more, where the reader is looking.
function choice(word) {
  const copy = menu.cloneNode(true);
  copy.setAttribute("aria-label", "Translate into");
  copy.addEventListener("change", () => {
    menu.value = copy.value;
    choose();
    box.focus({ preventScroll: true });
  });
  return copy;
}

function choose() {
  remember(menu.value);
  load();
  if (!box.hidden) show(current);
}

function fill(word, content) {
  const close = button("close", "×", closeBox);
  close.setAttribute("aria-label", "Close");
  box.replaceChildren(heading(word), close, ...content);
  place(word);
}

async function show(word) {
  const asked = answer;
  const isShown = () => word === current && !box.hidden;
  const wait = () => isShown() && fill(word, [make("p", "", "Loading…")]);
  const timer = setTimeout(wait, 100);
  const got = await asked;
  clearTimeout(timer);
  if (!isShown()) return;
  if (asked !== answer) return show(word);
  fill(word, [...(trouble(word, got) ?? told(word, got)), ...own.below(word, got)]);
}

function report(word, said) {
  const pair = { from: page.dataset.language, to: menu.value };
  const text = members(word).map((one) => one.textContent).join(" ");
  const options = {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...pair, ...said, word: text }),
  };
  return ask(page.dataset.reports, options).then((got) => got.ok, () => false);
}

function place(word) {
  const [line] = word.getClientRects();
  const { offsetWidth: width, offsetHeight: height } = box;
  const most = document.documentElement.clientWidth - width - GAP;
  const left = Math.min(line.left + line.width / 2 - width / 2, most);
  const isBelow = line.bottom + GAP + height <= innerHeight || line.top < height + GAP;
  const top = isBelow ? line.bottom + GAP : line.top - GAP - height;
  box.style.left = `${Math.max(GAP, left) + scrollX}px`;
  box.style.top = `${top + scrollY}px`;
}
