// Adds a search field and a choice of verdicts above the scenarios; without scripts all are shown.
(function () {
  "use strict";
  var place = document.getElementById("filter");
  if (!place) return;
  var states = ["all", "fail", "error", "mended", "known", "warn", "inconclusive", "skip", "pass"];
  var text = document.createElement("input");
  text.type = "search";
  text.id = "filter-text";
  var textLabel = document.createElement("label");
  textLabel.htmlFor = text.id;
  textLabel.textContent = "Search";
  var choice = document.createElement("select");
  choice.id = "filter-state";
  states.forEach(function (state) {
    var option = document.createElement("option");
    option.value = option.textContent = state;
    choice.appendChild(option);
  });
  var choiceLabel = document.createElement("label");
  choiceLabel.htmlFor = choice.id;
  choiceLabel.textContent = "Verdict";
  var count = document.createElement("output");
  count.setAttribute("role", "status");
  [textLabel, text, choiceLabel, choice, count].forEach(function (each) {
    place.appendChild(each);
  });
  var rows = Array.prototype.slice.call(document.querySelectorAll("table.filtered tbody tr"));
  var words = rows.map(function (row) { return row.cells[0].textContent.toLowerCase(); });
  function apply() {
    var wanted = text.value.toLowerCase().split(/\s+/);
    var shown = 0;
    rows.forEach(function (row, n) {
      var fits = wanted.every(function (word) { return words[n].indexOf(word) >= 0; });
      if (fits && choice.value !== "all") fits = !!row.querySelector("td." + choice.value);
      row.hidden = !fits;
      if (fits) shown += 1;
    });
    count.textContent = shown + " of " + rows.length;
  }
  text.addEventListener("input", apply);
  choice.addEventListener("change", apply);
  apply();
})();
