// On narrow screens the rows of tables are stacked: each cell says what it is.
for (const table of document.querySelectorAll(
  "#result_list, .visits table, .found table, .numbers table, #fragments-group table"
)) {
  const names = [...table.tHead.rows[0].cells].flatMap((cell) =>
    Array(cell.colSpan).fill((cell.querySelector(".text") ?? cell).textContent.trim())
  );
  for (const body of table.tBodies) {
    for (const row of body.rows) {
      [...row.cells].forEach((cell, place) => { cell.dataset.name = names[place] ?? ""; });
    }
  }
}
