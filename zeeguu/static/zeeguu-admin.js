// On narrow screens the rows of a list are stacked: each cell says what it is.
for (const table of document.querySelectorAll("#result_list, .visits table")) {
  const names = [...table.tHead.rows[0].cells].map(
    (cell) => (cell.querySelector(".text") ?? cell).textContent.trim()
  );
  for (const row of table.tBodies[0].rows) {
    [...row.cells].forEach((cell, place) => { cell.dataset.name = names[place]; });
  }
}
