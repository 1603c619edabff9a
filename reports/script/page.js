(function () {
  "use strict";
  var store = document.getElementById("figures");
  var told = store ? JSON.parse(store.textContent) : { charts: {} };
  var wide = window.matchMedia("(min-width: 760px)");

  function language() {
    var chosen = document.querySelector('input[name="lang"]:checked');
    return chosen && chosen.value === "en" ? "en" : "zh";
  }

  function draw() {
    if (!window.Plotly || !wide.matches) { return; }
    Object.keys(told.charts).forEach(function (key) {
      var lang = language();
      var place = document.querySelector('[data-figure="' + key + '"][data-lang="' + lang + '"]');
      if (!place || place.dataset.drawn) { return; }
      var figure = told.charts[key][lang];
      var layout = Object.assign({ template: told.template }, figure.layout);
      place.dataset.drawn = "1";
      place.parentNode.classList.add("live");
      window.Plotly.newPlot(place, figure.data, layout, told.config);
    });
  }

  function sortBy(button) {
    var cell = button.closest("th");
    var table = button.closest("table");
    var index = Array.prototype.indexOf.call(cell.parentNode.children, cell);
    var down = cell.getAttribute("aria-sort") !== "descending";
    var body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows);
    rows.sort(function (one, other) {
      var a = one.cells[index].dataset.v || "";
      var b = other.cells[index].dataset.v || "";
      if (a === "" || b === "") { return a === b ? 0 : a === "" ? 1 : -1; }
      var order = isNaN(a) || isNaN(b) ? a.localeCompare(b) : Number(a) - Number(b);
      return down ? -order : order;
    });
    rows.forEach(function (row) { body.appendChild(row); });
    Array.prototype.forEach.call(cell.parentNode.children, function (each) { each.removeAttribute("aria-sort"); });
    cell.setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  document.querySelectorAll("table[data-sortable] thead th:not([data-fixed])").forEach(function (cell) {
    var button = document.createElement("button");
    button.type = "button";
    while (cell.firstChild) { button.appendChild(cell.firstChild); }
    cell.appendChild(button);
  });

  document.addEventListener("change", function (event) {
    if (event.target.name === "lang") {
      document.documentElement.lang = language() === "en" ? "en" : "zh-CN";
      draw();
    }
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("th button");
    if (button) { sortBy(button); }
  });
  if (wide.addEventListener) { wide.addEventListener("change", draw); }
  document.documentElement.lang = language() === "en" ? "en" : "zh-CN";
  draw();
}());
