// A tap marks a word; the mark moves with the next tap.
document.addEventListener("click", (event) => {
  const word = event.target.closest(".w");
  if (!word) return;
  document.querySelector(".w.tapped")?.classList.remove("tapped");
  word.classList.add("tapped");
});
