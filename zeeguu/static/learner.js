// What a learner does with words of an article: say how well they are known, and save
// them with what they mean here. For who is signed in; between gloss-box.js and
// reader.js.

const STATES = {
  new: "New to you",
  met: "You have met it",
  learning: "You are learning it",
  known: "You know it",
  ignored: "You ignore it",
};
const CHOICES = { learning: "Learning", known: "I know it", ignored: "Ignore" };
const secret = document.querySelector("[name=csrfmiddlewaretoken]").value;
const saved = new Map(); // the bookmark of a word that is the first of its place

async function send(method, url, body) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": secret };
  try {
    const got = await ask(url, { method, headers, body: body && JSON.stringify(body) });
    return got.ok ? got : null;
  } catch {
    return null;
  }
}

// --- how well a word is known

const lexemeOf = (word) => members(word).find((one) => one.dataset.lexeme);

function stateTools(word) {
  const head = lexemeOf(word);
  if (!head) return [];
  const { state } = head.dataset;
  const choices = Object.entries(CHOICES).map(([name, label]) => {
    const made = button("choice", label, () => say(word, state === name ? "new" : name));
    made.setAttribute("aria-pressed", String(state === name));
    return made;
  });
  return [make("p", "state", STATES[state]), make("div", "choices", choices)];
}

async function say(word, state) {
  const { lexeme } = lexemeOf(word).dataset;
  const said = { language: page.dataset.language, lexemes: { [lexeme]: state } };
  const isTold = await send("PATCH", page.dataset.knowledge, said);
  if (!isTold) return fail();
  setState(lexeme, state);
  again(word);
}

function setState(lexeme, state) {
  for (const one of page.querySelectorAll(`[data-lexeme="${lexeme}"]`))
    one.dataset.state = state;
}

// --- saving

// The words that are saved together: a phrase, a verb and its particle, or one.
function together(word, phrase) {
  if (!phrase) return members(word);
  const all = [...word.closest(".s").children];
  for (let back = 0; back < 3; back++)
    for (const length of [2, 3])
      if (textFrom(word, back, length) === phrase) {
        const first = all.indexOf(word) - back;
        return all.slice(first, first + length);
      }
  return members(word);
}

function placeOf(words) {
  const sentence = words[0].closest(".s");
  const block = sentence.parentElement;
  const { part, fragment } = block.dataset;
  const tokens = [...sentence.children];
  const [first, last] = [words[0], words.at(-1)].map((one) => tokens.indexOf(one));
  return {
    part,
    ...(fragment && { fragment: Number(fragment) }),
    sentence: sentencesOf(block).indexOf(sentence),
    token: first,
    // Of a verb at two places the first is named alone.
    length: last - first + 1 === words.length ? words.length : 1,
  };
}

const sentencesOf = (block) => [...block.querySelectorAll(".s")];

// Without a translation of its own it gets the dictionary's, if that has one.
async function save(word, translation, phrase) {
  const words = together(word, phrase);
  const got = await send("POST", page.dataset.bookmarks, {
    article: Number(page.dataset.article),
    ...placeOf(words),
    word: phrase ?? words.map((one) => one.textContent).join(" "),
    context: words[0].closest(".s").textContent.trim(),
    ...(translation && { translation, source: "dictionary" }),
    ...(menu.value && { to: menu.value }),
  });
  if (!got) return fail();
  const bookmark = await got.json();
  keep(words[0], bookmark);
  if (bookmark.lexeme) setState(bookmark.lexeme, bookmark.state);
  again(word);
}

async function forget(word, first) {
  const url = `${page.dataset.bookmarks}${saved.get(first).id}/`;
  if (!(await send("DELETE", url))) return fail();
  saved.delete(first);
  first.classList.remove("saved");
  again(word);
}

function keep(word, bookmark) {
  saved.set(word, bookmark);
  word.classList.add("saved");
}

function savedTools(word) {
  const [first] = members(word);
  const bookmark = saved.get(first);
  if (!bookmark) return [];
  const means = bookmark.translation ? `Saved: ${bookmark.translation} ` : "Saved ";
  return [make("p", "kept", [means, button("", "remove", () => forget(word, first))])];
}

function saveButton(word, one, phrase) {
  const [first] = together(word, phrase);
  const translation = one.translations.join(", ");
  if (saved.get(first)?.translation === translation) return [];
  const made = button("save", "save", () => save(word, translation, phrase));
  made.setAttribute("aria-label", `Save: ${translation}`);
  return [made];
}

function bareSave(word, got) {
  const isTold = got && glossOf(word, got)?.senses.length;
  if (isTold || saved.has(members(word)[0])) return [];
  return [button("save", "Save without a translation", () => save(word, ""))];
}

// --- around both

function again(word) {
  if (word !== current || box.hidden) return;
  show(word);
  box.focus({ preventScroll: true });
}

function fail() {
  const told = make("p", "failed", "This could not be kept. Please try again later.");
  box.querySelector(".failed")?.remove();
  box.append(told);
}

async function markSaved() {
  const got = await send("GET", page.dataset.saved);
  if (!got) return;
  const { results } = await got.json();
  for (const one of results) {
    const word = wordAt(one);
    if (word) keep(word, one);
  }
}

// What is lost has no place.
function wordAt({ part, fragment, sentence, token }) {
  const name = fragment ? `[data-fragment="${fragment}"]` : `[data-part="${part}"]`;
  const block = page.querySelector(name);
  return block && sentencesOf(block)[sentence]?.children[token];
}

own.beside = saveButton;
own.below = (word, got) => [
  ...savedTools(word),
  ...bareSave(word, got),
  ...stateTools(word),
];
markSaved();
if (!("opened" in page.dataset)) send("PATCH", page.dataset.mine, { opened: true });
