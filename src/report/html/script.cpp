#include "report/html/script.h"

namespace inferometer::report::html {

const char* const kScript = R"js(
(() => {
  'use strict';
  const key = (row, column) => row.cells[column].dataset.v ?? row.cells[column].textContent.trim();
  // Blank cells stay last, whichever way round.
  const compare = (a, b, sign) => {
    if (a === '' || b === '') return (a === '') - (b === '');
    const numbers = Number(a) - Number(b);
    return sign * (Number.isNaN(numbers) ? a.localeCompare(b) : numbers);
  };
  for (const table of document.querySelectorAll('table.sortable')) {
    const body = table.tBodies[0];
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const sign = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
        for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', sign > 0 ? 'ascending' : 'descending');
        body.append(...[...body.rows].sort((a, b) => compare(key(a, column), key(b, column), sign)));
      });
    });
  }
  let lit = null;
  document.addEventListener('pointerover', (event) => {
    const part = event.target.closest('[data-c]');
    const candidate = part && part.dataset.c;
    if (candidate === lit) return;
    lit = candidate;
    document.body.classList.toggle('tracing', lit !== null);
    for (const one of document.querySelectorAll('[data-c]')) one.classList.toggle('lit', one.dataset.c === lit);
  });
})();
)js";

}  // namespace inferometer::report::html
