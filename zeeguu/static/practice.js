// Keys for who practises: 1 to 4 answer, once it is shown what a word means.

document.addEventListener("keydown", (event) => {
  const answer = document.querySelector(`details[open] button[value="${event.key}"]`);
  if (answer && !event.altKey && !event.ctrlKey && !event.metaKey) answer.click();
});
