// A tap on a word, by mouse, finger or Enter, shows what it means. The glosses of the
// whole article are fetched once, as the page opens: a tap asks nobody. Without scripts
// the page is there to be read. glosses.js and gloss-box.js come before this.

const words = [...page.querySelectorAll(".w")];
let current; // the word that Tab leads to, and that the box is about

function openBox(word) {
  mark(word);
  makeCurrent(word);
  box.hidden = false;
  fill(word, []);
  box.focus({ preventScroll: true });
  show(word);
}

function closeBox() {
  const hadFocus = box.contains(document.activeElement);
  mark(null);
  box.hidden = true;
  if (hadFocus) current.focus({ preventScroll: true });
}

function mark(word) {
  for (const one of page.querySelectorAll(".tapped")) one.classList.remove("tapped");
  if (word) for (const one of members(word)) one.classList.add("tapped");
}

// One word at a time can be reached by Tab; the arrows lead to the others.
function makeCurrent(word) {
  for (const name of ["tabindex", "role", "aria-haspopup", "aria-describedby"])
    current?.removeAttribute(name);
  current = word;
  word.tabIndex = 0;
  word.setAttribute("role", "button");
  word.setAttribute("aria-haspopup", "dialog");
  word.setAttribute("aria-describedby", "keys");
}

function step(by) {
  const next = words[words.indexOf(current) + by];
  if (!next) return;
  makeCurrent(next);
  next.scrollIntoView({ block: "nearest" });
  if (box.hidden) next.focus();
  else openBox(next);
}

document.addEventListener("click", (event) => {
  const word = event.target.closest(".w");
  // By its path: what was clicked in the box may have gone.
  if (event.composedPath().includes(box) || String(getSelection())) return;
  if (!word || (word === current && !box.hidden)) return box.hidden || closeBox();
  openBox(word);
});

page.addEventListener("keydown", (event) => {
  const isOnWord = event.target === current;
  if (!isOnWord && !box.contains(event.target)) return;
  if (event.target.matches("select") && !["Escape", "Tab"].includes(event.key)) return;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const isTap = isOnWord && (event.key === "Enter" || event.key === " ");
  if (isTap) openBox(current);
  else if (event.key === "ArrowRight") step(1);
  else if (event.key === "ArrowLeft") step(-1);
  else if (event.key === "Escape" && !box.hidden) closeBox();
  else if (event.key === "Tab" && isEnd(event)) closeBox();
  else return;
  event.preventDefault();
});

// Past the box's ends Tab leads back to the word.
function isEnd(event) {
  const buttons = [...box.querySelectorAll("button:enabled, select")];
  const ends = event.shiftKey ? [box, buttons.at(0)] : [buttons.at(-1)];
  return !box.hidden && ends.includes(event.target);
}

menu.addEventListener("change", choose);
addEventListener("resize", () => box.hidden || place(current));

if (words.length) {
  menu.value = target();
  menu.closest(".into").hidden = options.length < 2;
  load();
  makeCurrent(words[0]);
}
